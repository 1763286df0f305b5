"""A desk's own templates in the configuration folder, which replace those of watchdesk.

They are read with the configuration, and again at a reload. A broken one costs nobody a digest: the
built-in one is used, and the trouble is reported.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from traceback import walk_tb

from css_inline import InlineError
from jinja2 import TemplateNotFound, TemplateSyntaxError

from watchdesk import __version__
from watchdesk.digests.rendering.compiling import MOST_ELEMENTS, Mistake, elements_too_deep, mistake_in
from watchdesk.digests.rendering.environments import sandbox_of
from watchdesk.digests.rendering.inlining import inlined
from watchdesk.digests.rendering.sandbox import LONGEST, Endless
from watchdesk.encoding.display import fit_to_store

TEMPLATE_FOLDER = "templates"
"""In the configuration folder."""
GMAIL = 102 * 1024
"""Bytes of HTML that Gmail shows of a mail."""
_MODULE = re.compile(r"\bwatchdesk(?:\.\w+)+\.(\w+)")


@dataclass(frozen=True, slots=True)
class TemplateTrouble:
    """What is wrong with a template of the desk's."""

    file: str
    """Its name in the folder."""
    line: int
    reason: str
    was_used: bool = False
    """What it wrote goes out all the same."""

    @property
    def outcome(self) -> str:
        """What becomes of the digest."""
        return "it is used all the same" if self.was_used else "the built-in template is used in its place"

    @property
    def sentence(self) -> str:
        """What is wrong, and what became of it."""
        return f"{TEMPLATE_FOLDER}/{self.file}:{self.line}: {self.reason}; {self.outcome}."


@dataclass(frozen=True, slots=True)
class Written:
    """What a template wrote; and that it is too long, if it is."""

    content: str
    trouble: TemplateTrouble | None = None


class Templates:
    """The templates of one folder, by name; of an empty one there are none."""

    def __init__(self, files: Mapping[str, str] | None = None, unreadable: Mapping[str, str] | None = None):
        self._files = dict(files or {})
        self._unreadable = dict(unreadable or {})
        self._environment = sandbox_of(self._files)
        self._mistakes: dict[str, Mistake | None] = {}
        self._one_at_a_time = Lock()

    @property
    def fingerprint(self) -> str:
        """Another as soon as any file of it is another, or watchdesk is."""
        parts = (__version__, sorted(self._files.items()), sorted(self._unreadable.items()))
        return hashlib.sha256(repr(parts).encode("utf-8", "replace")).hexdigest()[:16]

    @property
    def names(self) -> tuple[str, ...]:
        """Every file of it."""
        return tuple(sorted(self._files.keys() | self._unreadable.keys()))

    def line(self, name: str, number: int) -> str:
        """A line of a file, counted from 1; empty where there is none."""
        lines = self._files.get(name, "").splitlines()
        return lines[number - 1] if 0 < number <= len(lines) else ""

    def first_of(self, *names: str) -> str | None:
        """The first of these that is there."""
        return next((name for name in names if name in self._files or name in self._unreadable), None)

    def unused(self, digest_names: Iterable[str]) -> list[str]:
        """Files that no digest asks for by name, and that no other file extends, includes or imports."""
        stems = ("digest", "notice", *digest_names)
        asked = {f"{stem}.{ending}.j2" for stem in stems for ending in ("html", "txt")}
        for source in self._files.values():
            asked |= _named_in(source)
        return [name for name in self.names if name not in asked]

    def mistakes(self) -> Iterator[TemplateTrouble]:
        """What can be seen without writing: files that cannot be read, and mistakes of syntax."""
        for name in self.names:
            if name in self._unreadable:
                yield TemplateTrouble(name, 1, self._unreadable[name])
                continue
            mistake = self._mistake_in(name)
            if mistake:
                yield TemplateTrouble(name, mistake.line, _tidy(mistake.reason))

    def write(self, name: str, **values: object) -> Written | TemplateTrouble:
        """What the template writes of these values, HTML with its styles inlined."""
        if name in self._unreadable:
            return TemplateTrouble(name, 1, self._unreadable[name])
        try:
            with self._one_at_a_time:
                content = fit_to_store(self._written(name, values))
            content = content.rstrip() + "\n" if name.endswith(".txt.j2") else _laid_out(content)
        except InlineError as error:
            return TemplateTrouble(name, 1, f"its styles cannot be read: {error}")
        except Exception as error:  # noqa: BLE001 - a template may raise anything, and must cost nobody a digest
            return self._trouble(name, error)
        if not re.sub(r"<(style|title)\b.*?</\1>|<[^>]*>", "", content, flags=re.DOTALL).strip():
            return TemplateTrouble(name, 1, "it writes nothing")
        size = len(content.encode("utf-8", "replace"))
        if name.endswith(".txt.j2") or size <= GMAIL:
            return Written(content)
        reason = f"it wrote {size / 1024:.0f} KB, of which Gmail shows the first {GMAIL // 1024}"
        return Written(content, TemplateTrouble(name, 1, reason, was_used=True))

    def _written(self, name: str, values: Mapping[str, object]) -> str:
        self._environment.begin()
        pieces: list[str] = []
        length = 0
        for piece in self._environment.get_template(name).generate(values):
            self._environment.step()
            length += len(piece)
            if length > LONGEST:
                raise Endless(f"it writes more than {LONGEST:,} characters")
            pieces.append(piece)
        return "".join(pieces)

    def _mistake_in(self, name: str) -> Mistake | None:
        """Why a file cannot be compiled; looked for once."""
        if name not in self._mistakes:
            self._mistakes[name] = mistake_in(self._environment, self._files[name], name)
        return self._mistakes[name]

    def _reached(self, name: str) -> Iterator[str]:
        """The file and those of the desk's that it extends, includes or imports."""
        seen, left = {name}, [name]
        while left:
            yield (file := left.pop())
            new = _named_in(self._files[file]) & self._files.keys() - seen
            seen |= new
            left += sorted(new)

    def _trouble(self, name: str, error: Exception) -> TemplateTrouble:
        if not isinstance(error, TemplateNotFound):
            # What cannot be compiled is reported with its own place, whatever came of it further on.
            for file in self._reached(name):
                mistake = self._mistake_in(file)
                if mistake:
                    return TemplateTrouble(file, mistake.line, _tidy(mistake.reason))
        said = _MODULE.sub(r"\1", str(error)) or type(error).__name__
        if isinstance(error, RecursionError):
            said = "it includes or calls itself without end"
        elif isinstance(error, MemoryError):
            said = "it takes more memory than there is"
        elif isinstance(error, TemplateNotFound):
            said = f"there is no template '{error.name}'; ours begin with watchdesk/"
        elif missing := _MISSING.search(said):
            said = f"there is no '{missing[1]}' there; docs/digests.md has all that there is"
        if isinstance(error, TemplateSyntaxError):
            return TemplateTrouble(
                error.name if error.name in self._files else name, error.lineno, _tidy(said)
            )
        places = [
            (frame.f_code.co_filename, line)
            for frame, line in walk_tb(error.__traceback__)
            if frame.f_code.co_filename in self._files
        ]
        file, line = places[-1] if places else (name, 1)
        return TemplateTrouble(file, line, _tidy(said))


def _laid_out(page: str) -> str:
    if elements_too_deep(page):
        raise Endless(f"it nests more than {MOST_ELEMENTS:,} elements of HTML")
    return inlined(page)


def _tidy(said: str) -> str:
    return re.sub(r"\s+", " ", said).rstrip(".")


def _named_in(source: str) -> set[str]:
    """Files that a template extends, includes or imports."""
    return set(re.findall(r"[\"']([^\"'\s]+\.j2)[\"']", source))


_MISSING = re.compile(r"' has no attribute '(\w+)'")

NONE = Templates()
"""Of a desk that has none."""


def load_templates(directory: Path) -> Templates:
    """The templates in `templates/` of a configuration folder, and in folders within it."""
    files: dict[str, str] = {}
    unreadable: dict[str, str] = {}
    folder = directory / TEMPLATE_FOLDER
    for path in sorted(folder.rglob("*.j2")):
        name = path.relative_to(folder).as_posix()
        if f"/{name}".count("/."):
            continue  # hidden: what systems and editors leave beside a template
        try:
            files[name] = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            unreadable[name] = f"it cannot be read: {error}".rstrip(".")
    return Templates(files, unreadable)
