"""What a room offers to the type checker it offers at run time, each name from its module."""

import ast
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

import watchdesk.digests
from watchdesk.doors import made_once_each

HOUSE = Path(__file__).parents[1] / "src" / "watchdesk"
ROOMS = [
    ".".join(file.parent.relative_to(HOUSE.parent).parts)
    for file in sorted(HOUSE.rglob("__init__.py"))
    if "on_demand(" in file.read_text(encoding="utf-8")
]


def checked(room: str) -> dict[str, str]:
    """Each name that the type checker finds in the room, with its module."""
    [file] = HOUSE.parent.glob(f"{room.replace('.', '/')}/__init__.py")
    tree = ast.parse(file.read_text(encoding="utf-8"))
    [block] = (node for node in tree.body if isinstance(node, ast.If))
    imports = [node for node in block.body if isinstance(node, ast.ImportFrom)]
    return {alias.name: str(node.module) for node in imports for alias in node.names}


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_offers_what_the_type_checker_sees(room: str) -> None:
    module, names = import_module(room), checked(room)
    assert module.__all__ == sorted(names)
    for name, home in names.items():
        offered = getattr(module, name)
        assert offered is getattr(import_module(home), name)
        assert not isinstance(offered, ModuleType)
    assert set(names) <= set(dir(module))


def test_the_list_of_rooms_is_not_empty() -> None:
    assert len(ROOMS) > 10


def test_a_name_stays_what_it_is_when_the_module_of_that_name_is_loaded() -> None:

    code = (
        "import watchdesk.digests.due, watchdesk.digests.compose; from watchdesk.digests import due;"
        "print(type(due).__name__, type(watchdesk.digests.compose).__name__)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["function", "function"]


def test_an_unknown_name_is_refused_as_python_does() -> None:
    with pytest.raises(AttributeError, match=r"module 'watchdesk\.digests' has no attribute 'compsoe'"):
        _ = watchdesk.digests.__getattr__("compsoe")


def test_what_is_made_for_each_is_made_by_one_thread_at_a_time_and_once() -> None:
    making, made = threading.Lock(), []
    begin = threading.Barrier(8)

    @made_once_each
    def make(key: int) -> int:
        assert making.acquire(blocking=False), "two threads make something"
        made.append(key)
        threading.Event().wait(0.01)
        making.release()
        return -key

    def ask(number: int) -> int:
        begin.wait()
        return make(number % 4)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(8))) == [-(number % 4) for number in range(8)]
    assert sorted(made) == [0, 1, 2, 3]
