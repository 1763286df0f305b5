"""Lucene Monitor (once Luwak), by a small Java program compiled on the spot and timed inside Java.

At its best: words weighted by how many of the known articles hold them, three passes of its presearcher, the
serial collector, and a thorough warm-up. Processor time is that of the thread that matches, without Java's
compiler and collector. Its jar is not in Debian's Lucene: say where it is, or its source.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from matching.comparable import ironed
from matching.peers.peer import Ids, Run
from matching.question import (
    All,
    Any,
    Expression,
    InTitle,
    Near,
    No,
    Question,
    Term,
    has_free_negation,
    parts,
    question_of,
)
from matching.texts import Text
from watchdesk.rules import Rule

_JARS = Path("/usr/share/java")
_PROGRAM = Path(__file__).with_name("LuceneMonitor.java")
_WARM_UP = 3_000
"""Articles that the compiler of Java sees before any clock runs."""

_LONGEST_WARM_UP = 20.0
"""Seconds."""


class LuceneMonitor:
    """Debian's Lucene 8 with the monitor beside it."""

    name = "Lucene Monitor"

    def __init__(self, monitor: Path | None, known: Sequence[Text], passes: int = 3) -> None:
        """`monitor`: its jar, or its source folder; `known`: articles that tell how common words are."""
        self._monitor = monitor
        self._known = known
        self._passes = passes
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._java: subprocess.Popen[str] | None = None
        self.setting = f"MultipassTermFilteredPresearcher({passes}) by term frequency, single documents"

    def absent(self) -> str | None:
        if not (shutil.which("java") and shutil.which("javac")):
            return "there is no Java (apt install default-jdk)"
        if not _lucene_jars():
            return "there is no Lucene (apt install liblucene8-java)"
        if self._monitor is None:
            return "Debian's Lucene comes without its monitor: give its jar or source by --lucene-monitor"
        return None if self._monitor.exists() else f"{self._monitor} is not there"

    def takes(self, rule: Rule) -> bool:
        question = question_of(rule)
        if question is None or has_free_negation(question):
            return False
        return not any(_unknown(part) for part in parts(question))

    def build(self, rules: Sequence[Rule]) -> None:
        self.close()
        self._folder = tempfile.TemporaryDirectory(prefix="watchdesk-match-")
        folder = Path(self._folder.name)
        asked = ((rule.id, question_of(rule)) for rule in rules)
        lines = [f"{rule_id}\t{_written(question)}" for rule_id, question in asked if question]
        (folder / "rules").write_text("\n".join(lines), encoding="utf-8")
        known = map(ironed, self._known)
        (folder / "known").write_text("\n".join(f"{t.title} {t.body}" for t in known), encoding="utf-8")
        classpath = self._compile(folder)
        flags = ["-XX:+UseSerialGC", "-Xms2g", "-Xmx8g", "-XX:ActiveProcessorCount=1"]
        program = ["LuceneMonitor", str(folder / "rules"), str(folder / "known"), str(self._passes)]
        self._java = subprocess.Popen(
            ["java", *flags, "-cp", classpath, *program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        assert self._java.stdout
        if self._java.stdout.readline().strip() != "ready":
            raise RuntimeError("Lucene Monitor did not start")
        self._warm_up()

    def run(self, texts: Sequence[Text]) -> Run:
        answers, waits = [], []
        total = 0.0
        for text in texts:
            cpu, wall, found = self._ask(text)
            answers.append(found)
            waits.append(cpu)
            total += wall
        return Run(answers, sum(waits), total, waits)

    def close(self) -> None:
        if self._java and self._java.stdin:
            self._java.stdin.close()
            self._java.wait(timeout=60)
        if self._java and self._java.stdout:
            self._java.stdout.close()
        if self._folder:
            self._folder.cleanup()
        self._folder = self._java = None

    def _ask(self, text: Text) -> tuple[float, float, Ids]:
        """Seconds of processor time, seconds by the clock, and the answer."""
        assert self._java
        assert self._java.stdin
        assert self._java.stdout
        self._java.stdin.write(f"{text.title}\t{text.body}\n")
        self._java.stdin.flush()
        cpu, wall, ids = self._java.stdout.readline().split("\t")
        return int(cpu) / 1e9, int(wall) / 1e9, frozenset(ids.split())

    def _warm_up(self) -> None:
        spent, asked = 0.0, 0
        known = [ironed(text) for text in self._known]
        while known and asked < _WARM_UP and spent < _LONGEST_WARM_UP:
            spent += self._ask(known[asked % len(known)])[1]
            asked += 1

    def _compile(self, folder: Path) -> str:
        """Compiles the program, and the monitor where its source was given; the class path."""
        assert self._monitor
        classes = folder / "classes"
        classes.mkdir()
        jars = [*map(str, _lucene_jars()), str(classes)]
        sources = [_PROGRAM]
        if self._monitor.is_dir():
            sources += self._monitor.rglob("*.java")
        else:
            jars.append(str(self._monitor))
        classpath = os.pathsep.join(jars)
        options = ["-nowarn", "-Xlint:none", "-d", str(classes), "-cp", classpath]
        done = subprocess.run(
            ["javac", *options, *map(str, sources)], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"javac: {done.stderr.strip()}")
        return classpath


def _lucene_jars() -> list[Path]:
    kinds = ("core", "memory", "analyzers-common", "queries")
    found = [sorted(_JARS.glob(f"lucene-{kind}-8*.jar")) for kind in kinds]
    return [jars[-1] for jars in found] if all(found) else []


def _unknown(part: Question) -> bool:
    return isinstance(part, Expression) or (isinstance(part, Term) and part.prefix and len(part.words) > 1)


def _written(question: Question, field: str = "all") -> str:
    match question:
        case All() | Any():
            sign = "&" if isinstance(question, All) else "|"
            inner = " ".join(_written(part, field) for part in question.parts)
            return f"{sign} {len(question.parts)} {inner}"
        case No():
            return f"! {_written(question.part, field)}"
        case InTitle():
            return _written(question.part, "title")
        case Near():
            return f"~ {question.distance} {_side(question.left)} {_side(question.right)}"
        case Term(prefix=True):
            return f"* {field} {question.words[0]}"
        case Term():
            return f"p {field} {len(question.words)} {' '.join(question.words)}"
        case _:
            raise ValueError(question)


def _side(terms: Sequence[Term]) -> str:
    written = (f"{len(term.words)} {' '.join(term.words)}" for term in terms)
    return f"{len(terms)} {' '.join(written)}"
