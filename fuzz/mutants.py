"""Mutation testing: which small faults in the code that decides what is lost or repeated does the suite find?

    python fuzz/mutants.py map                 which test runs which line, once, in half an hour
    python fuzz/mutants.py draw                the mutants of the published seed
    python fuzz/mutants.py run [--part 1/2]    makes each in turn, runs the tests of its line, then the others
    python fuzz/mutants.py report              how many die; those that live

Run it in a clean checkout of its own: it changes files in place and puts them back. Needs pytest-cov. Mutants
that mean the same as the original are struck out in `mutants-equivalent.yaml`, each with its reason.
"""

import argparse
import ast
import hashlib
import json
import signal
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "watchdesk"
SEED = 20261129
COUNT = 120
FLOOR = 0.9
"""Of the mutants that are not equivalent, this share must die."""
SUBJECTS = {
    "scheduling": ("scheduling/*.py",),
    "due": ("digests/due.py",),
    "outbox": (
        "delivery/outbox.py",
        "delivery/in_flight.py",
        "delivery/delivered.py",
        "store/outbox.py",
        "store/delivery_queue.py",
        "store/attempts.py",
    ),
    "identity": (
        "articles/identity.py",
        "articles/sameness.py",
        "articles/revision.py",
        "polling/recognising.py",
    ),
    "stories": ("stories/*.py", "store/stories.py"),
    "notices": ("notices/*.py",),
}
STATE = ROOT / ".mutants"
EQUIVALENT = ROOT / "fuzz" / "mutants-equivalent.yaml"
"""Id of a mutant → why it means the same."""
LONGEST = 900
"""Seconds of one run of tests; a mutant that never ends is found."""
FIRST = 60
"""Tests that are tried first: the quickest of those that run the line."""

_COMPARED = {
    ast.Lt: "<=",
    ast.LtE: "<",
    ast.Gt: ">=",
    ast.GtE: ">",
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.Is: "is not",
    ast.IsNot: "is",
    ast.In: "not in",
    ast.NotIn: "in",
}
_COUNTED = {ast.Add: "-", ast.Sub: "+", ast.Mult: "/", ast.Div: "*", ast.BitOr: "&", ast.BitAnd: "|"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one place. `start` and `end` are bytes of the file."""

    subject: str
    file: str
    function: str
    line: int
    kind: str
    before: str
    after: str
    start: int
    end: int

    @property
    def id(self) -> str:
        """The same as long as the function's text at this place is."""
        told = f"{Path(self.file).name}|{self.function}|{self.kind}|{self.before}|{self.after}"
        return hashlib.sha256(told.encode()).hexdigest()[:10]


class _Places(ast.NodeVisitor):
    """All mutants of one file."""

    def __init__(self, subject: str, path: Path) -> None:
        self.subject, self.file = subject, path.relative_to(ROOT).as_posix()
        self.text = path.read_bytes()
        self.starts = [0]
        for line in self.text.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))
        self.names: list[str] = []
        self.found: list[Mutant] = []
        self.visit(ast.parse(self.text))

    def _at(self, line: int, column: int) -> int:
        return self.starts[line - 1] + column

    def _span(self, node: ast.AST) -> tuple[int, int]:
        first = self._at(node.lineno, node.col_offset)  # type: ignore[attr-defined]
        return first, self._at(node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]

    def _add(self, kind: str, line: int, start: int, end: int, after: str) -> None:
        before = self.text[start:end].decode()
        whole = self.text[:start] + after.encode() + self.text[end:]
        try:
            compile(whole, self.file, "exec")
        except SyntaxError:
            return
        function = ".".join(self.names)
        self.found.append(Mutant(self.subject, self.file, function, line, kind, before, after, start, end))

    def _between(self, left: ast.AST, right: ast.AST) -> tuple[int, int]:
        return self._span(left)[1], self._span(right)[0]

    def _swap(self, kind: str, line: int, gap: tuple[int, int], old: str, new: str) -> None:
        text = self.text[gap[0] : gap[1]].decode()
        place = text.find(old)
        if place >= 0:
            start = gap[0] + len(text[:place].encode())
            self._add(kind, line, start, start + len(old), new)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self.names.append(node.name)
        for default in (*node.args.defaults, *node.args.kw_defaults):
            if default is not None:
                self.visit(default)
        for statement in node.body:
            self.visit(statement)
        self.names.pop()

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.names.append(node.name)
        for statement in node.body:
            self.visit(statement)
        self.names.pop()

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_JoinedStr(self, _node: ast.JoinedStr) -> None:  # places inside are not exact
        return

    def visit_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Constant):
            return
        called = ast.unparse(node.value)
        if called.startswith(("log.", "assert_never", "super().")):
            return
        self._remove(node)
        self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self._remove(node)
        self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        if any(isinstance(target, ast.Attribute | ast.Subscript) for target in node.targets) and self.names:
            self._remove(node)
        self.generic_visit(node)

    def visit_Continue(self, node: ast.Continue) -> None:
        self._remove(node)

    def visit_Break(self, node: ast.Break) -> None:
        self._remove(node)

    def _remove(self, node: ast.stmt) -> None:
        self._add("removed", node.lineno, *self._span(node), "pass")

    def visit_Call(self, node: ast.Call) -> None:
        if not ast.unparse(node.func).startswith(("log.", "assert_never", "cast")):
            self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        sides = [node.left, *node.comparators]
        for operator, left, right in zip(node.ops, sides, sides[1:], strict=False):
            start, end = self._between(left, right)
            old = self.text[start:end].decode().strip(" ()\n")
            self._swap("operator", node.lineno, (start, end), old, _COMPARED[type(operator)])
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        old, new = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        for left, right in zip(node.values, node.values[1:], strict=False):
            self._swap("operator", node.lineno, self._between(left, right), old, new)
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if type(node.op) in _COUNTED:
            start, end = self._between(node.left, node.right)
            old = self.text[start:end].decode().strip(" ()\n")
            self._swap("operator", node.lineno, (start, end), old, _COUNTED[type(node.op)])
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, ast.Not):
            self._add("condition", node.lineno, self._span(node)[0], self._span(node.operand)[0], "")
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        start, end = self._span(node)
        if isinstance(node.value, bool):
            self._add("constant", node.lineno, start, end, str(not node.value))
        elif isinstance(node.value, int | float):
            self._add("constant", node.lineno, start, end, repr(node.value + 1))

    def _negate(self, test: ast.expr) -> None:
        start, end = self._span(test)
        self._add("condition", test.lineno, start, end, f"(not ({self.text[start:end].decode()}))")

    def visit_If(self, node: ast.If) -> None:
        self._negate(node.test)
        self.generic_visit(node)

    def visit_While(self, node: ast.While) -> None:
        self._negate(node.test)
        self.generic_visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self._negate(node.test)
        self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        for test in node.ifs:
            self._negate(test)
        self.generic_visit(node)


def all_mutants() -> list[Mutant]:
    """Every mutant of every subject; of those that read alike in one function, the first."""
    found: dict[str, Mutant] = {}
    for subject, patterns in SUBJECTS.items():
        for path in sorted({path for pattern in patterns for path in SOURCE.glob(pattern)}):
            for mutant in _Places(subject, path).found:
                found.setdefault(mutant.id, mutant)
    return list(found.values())


def drawn(mutants: list[Mutant], seed: int, count: int) -> list[Mutant]:
    """Every mutant has the same chance, and a draw changes little when the code does."""

    def place(mutant: Mutant) -> str:
        return hashlib.sha256(f"{seed}|{mutant.id}".encode()).hexdigest()

    return sorted(mutants, key=place)[:count]


def make_map(tests: list[str]) -> None:
    """Runs these tests once, and writes down which test ran which line and how long each took."""
    STATE.mkdir(exist_ok=True)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-n",
        "3",
        "-m",
        "not slow",
        "--cov-context=test",
        "--cov-report=",
    ]
    rooms = {Path(file).parts[0] for patterns in SUBJECTS.values() for file in patterns}
    command += [f"--cov=watchdesk.{room}" for room in sorted(rooms)]
    command += [f"--junitxml={STATE / 'times.xml'}", "-o", "junit_family=xunit1"]
    command += tests or ["tests"]
    subprocess.run(command, cwd=ROOT, check=False)
    (ROOT / ".coverage").replace(STATE / "coverage")


def tests_of(mutants: list[Mutant]) -> dict[str, list[str]]:
    """By mutant: the tests that run its line, the quickest first."""
    import coverage

    data = coverage.CoverageData(str(STATE / "coverage"))
    data.read()
    times: dict[str, float] = {}
    for case in ET.parse(STATE / "times.xml").iter("testcase"):
        times[f"{case.get('file')}::{case.get('name')}"] = float(case.get("time") or 0)
    measured = {name.rpartition("/src/watchdesk/")[2]: name for name in data.measured_files()}
    found: dict[str, list[str]] = {}
    for mutant in mutants:
        name = measured.get(mutant.file.removeprefix("src/watchdesk/"))
        lines = data.contexts_by_lineno(name) if name else {}
        # A statement of several lines is counted at its first.
        near = range(mutant.line, max(0, mutant.line - 8), -1)
        run_by = next((lines[line] for line in near if any(lines.get(line, ()))), [])
        if not run_by:  # it runs while the module is imported: whoever runs anything in it may notice
            run_by = [context for contexts in lines.values() for context in contexts]
        tests = {context.partition("|")[0] for context in run_by if context}
        found[mutant.id] = sorted(tests, key=lambda test: (times.get(test, 1.0), test))
    return found


def suite(tests: list[str], workers: int) -> str | None:
    """Runs tests until one fails: its name, `timeout`, or None when all pass."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-n", str(workers), "-m", "not slow"]
    command += [
        "-p",
        "no:cacheprovider",
        "--no-header",
        "--tb=no",
        "-o",
        "addopts=--import-mode=importlib",
        *tests,
    ]
    try:
        ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=LONGEST, check=False)
    except subprocess.TimeoutExpired:
        return "timeout"
    if ran.returncode in (0, 5):
        return None
    failed = [line for line in ran.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return (
        failed[0].partition(" ")[2].partition(" - ")[0] if failed else ran.stdout[-300:] + ran.stderr[-300:]
    )


def try_mutant(mutant: Mutant, tests: list[str], elsewhere: list[str]) -> dict[str, object]:
    """What became of it. The file is put back, whatever happens."""
    path = ROOT / mutant.file
    text = path.read_bytes()
    mutated = text[: mutant.start] + mutant.after.encode() + text[mutant.end :]
    path.write_bytes(mutated)
    try:
        by = suite(tests[:FIRST], 0) if tests else None
        if by is None and tests[FIRST:]:
            by = suite(tests[FIRST:], 2)
        if by is None and elsewhere:
            by = suite(elsewhere, 2)
    finally:
        path.write_bytes(text)
    return {"id": mutant.id, "killed_by": by, **asdict(mutant)}


def run(seed: int, count: int, part: str, elsewhere: list[str]) -> None:
    """Tries each drawn mutant of this part that was not tried before."""
    number, _, parts = part.partition("/")
    ledger = STATE / f"results-{number}.jsonl"
    done = {result["id"] for result in _results()}
    mutants = [
        mutant
        for n, mutant in enumerate(drawn(all_mutants(), seed, count))
        if n % int(parts) == int(number) - 1
    ]
    tests = tests_of(mutants)
    for mutant in mutants:
        if mutant.id in done:
            continue
        result = try_mutant(mutant, tests[mutant.id], elsewhere)
        with ledger.open("a", encoding="utf-8") as file:
            file.write(json.dumps(result) + "\n")
        print(
            mutant.id,
            f"{mutant.file}:{mutant.line}",
            mutant.kind,
            "→",
            result["killed_by"] or "LIVES",
            flush=True,
        )


def _results() -> Iterator[dict[str, object]]:
    for ledger in sorted(STATE.glob("results*.jsonl")):
        for line in ledger.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)


def report(seed: int, count: int) -> bool:
    """Prints the mutants that live, and how many die; whether these are enough."""
    equivalent = YAML(typ="safe").load(EQUIVALENT) or {} if EQUIVALENT.exists() else {}
    results = {str(result["id"]): result for result in _results()}
    every = all_mutants()
    mutants = drawn(every, seed, count)
    tried = [mutant for mutant in mutants if mutant.id in results]
    dead = [mutant for mutant in tried if results[mutant.id]["killed_by"]]
    alive = [mutant for mutant in tried if mutant not in dead and mutant.id not in equivalent]
    struck = len(tried) - len(dead) - len(alive)
    for mutant in alive:
        change = f"{mutant.before[:60]!r} → {mutant.after[:60]!r}"
        print(f"{mutant.id} {mutant.file}:{mutant.line} {mutant.function} {mutant.kind}: {change}")
    share = len(dead) / max(1, len(dead) + len(alive))
    print(
        f"{len(mutants)} drawn of {len(every)}, {len(tried)} tried: {len(dead)} died, {struck} are "
        f"equivalent, {len(alive)} live ({share:.1%} of the others died)"
    )
    return len(tried) == len(mutants) and share >= FLOOR


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=["map", "draw", "run", "report"])
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument(
        "--part", default="1/1", help="1/2: the first of two, to run both side by side in two checkouts"
    )
    parser.add_argument("--tests", nargs="*", default=[], help="for map: only these")
    parser.add_argument(
        "--elsewhere", nargs="*", default=[], help="tests to run for mutants that live so far"
    )
    asked = parser.parse_args()
    # So that a run which is ended puts back the file that it has changed.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    match asked.what:
        case "map":
            make_map(asked.tests)
        case "draw":
            for mutant in drawn(all_mutants(), asked.seed, asked.count):
                print(
                    mutant.id,
                    f"{mutant.file}:{mutant.line}",
                    mutant.kind,
                    repr(mutant.before[:50]),
                    repr(mutant.after[:50]),
                )
        case "run":
            run(asked.seed, asked.count, asked.part, asked.elsewhere)
        case _:
            sys.exit(not report(asked.seed, asked.count))


if __name__ == "__main__":
    main()
