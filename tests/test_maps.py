"""The pages for those who change the program name what there is, and all of its rooms."""

import ast
import re
import tomllib
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

from support.pages import code, codes, tables

ROOT = Path(__file__).parents[1]
MAPS = [ROOT / "CONTRIBUTING.md", ROOT / "docs" / "architecture.md", ROOT / "docs" / "glossary.md"]
RECORDS = [ROOT / "SECURITY.md", ROOT / "RELEASING.md", *sorted((ROOT / "docs" / "decisions").glob("*.md"))]
HOUSE = ROOT / "src" / "watchdesk"


@pytest.mark.parametrize("page", MAPS, ids=lambda page: page.name)
def test_every_file_module_and_function_that_a_map_names_exists(page: Path) -> None:
    prose = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    named = [name for name in codes(prose) if is_a_place(name)]
    assert len(named) > 50
    assert [name for name in named if not exists(name)] == []


@pytest.mark.parametrize("page", RECORDS, ids=lambda page: page.name)
def test_every_path_that_a_record_names_exists(page: Path) -> None:
    named = [name for name in codes(page.read_text(encoding="utf-8")) if "/" in name and is_a_place(name)]
    assert [name for name in named if not exists(name)] == []


def is_a_place(name: str) -> bool:
    """Whether it is written as a file, a dotted name, a function, a class or a constant is."""
    is_file = re.fullmatch(r"[\w./-]+(/|\.(py|md|toml|yaml|service))", name)
    is_name = re.fullmatch(r"[a-z_]+(\.\w+)+(\(\))?|\w+\(\)|[A-Z]\w+(\.\w+)*", name)
    return bool(is_file or is_name)


def exists(name: str) -> bool:
    """NAME, NUMBER and CODE in a path stand for any."""
    if "/" in name or re.search(r"\.(py|md|toml|yaml|service)$", name):
        pattern = re.sub(r"NAME|NUMBER|CODE", "*", name).rstrip("/")
        return any(any(folder.glob(pattern)) for folder in (ROOT, HOUSE))
    plain = name.removesuffix("()").removeprefix("watchdesk.")
    if "." not in plain or plain[0].isupper():
        return all(part in defined() for part in plain.split("."))
    return is_importable(plain.split("."))


def is_importable(parts: list[str]) -> bool:
    for length in range(len(parts), 0, -1):
        try:
            found: object = import_module(".".join(("watchdesk", *parts[:length])))
        except ModuleNotFoundError:
            continue
        for part in parts[length:]:
            found = getattr(found, part, None)
        return found is not None
    return False


@cache
def defined() -> frozenset[str]:
    """Every class, function, field and constant of the program."""
    names: set[str] = set()
    for file in HOUSE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            match node:
                case ast.ClassDef() | ast.FunctionDef():
                    names.add(node.name)
                case ast.Assign(targets=[ast.Name(name)]) | ast.AnnAssign(target=ast.Name(name)):
                    names.add(name)
                case ast.Assign(targets=[ast.Tuple(several)]):
                    names |= {one.id for one in several if isinstance(one, ast.Name)}
                case _:
                    pass
    return frozenset(names)


def test_the_architecture_names_every_room_and_no_other() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    told = [code(row["room"]) for table in tables(page) for row in table if "room" in row]
    rooms = {entry.name + "/" for entry in HOUSE.iterdir() if (entry / "__init__.py").exists()}
    modules = {entry.name for entry in HOUSE.glob("*.py") if not entry.name.startswith("__")}
    assert sorted(told) == sorted(rooms | modules)


def test_no_term_stands_in_the_glossary_twice() -> None:
    terms = [row["term"] for table in tables(MAPS[2].read_text(encoding="utf-8")) for row in table]
    bare = [term for row in terms for term in row.split(", ")]
    assert len(bare) > 100
    assert [term for term in bare if bare.count(term) > 1] == []
    qualified = {term.partition(" (")[0] for term in bare if " (" in term}
    assert [term for term in bare if term in qualified] == []


def test_the_line_of_rooms_has_the_layers_in_their_order() -> None:
    drawn = re.search(r"```text\n(cli ─.*?)```", MAPS[0].read_text(encoding="utf-8"), flags=re.DOTALL)
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    (layers,) = (found["layers"] for found in contracts["contracts"] if found["id"] == "layers")
    rooms = [room for layer in layers for room in re.findall(r"(?<!\()\b[a-z]+\b", layer)]
    assert drawn
    assert re.findall(r"[a-z]+", drawn[1]) == rooms
