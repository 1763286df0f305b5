"""A command loads what it uses: loading is most of the work of a pass that finds nothing new."""

import ast
import subprocess
import sys

HEAVY = ("alembic", "apprise", "apscheduler", "dateparser", "feedparser", "trafilatura", "watchdesk.demo")
ALL_HEAVY = (
    *HEAVY,
    "bs4",
    "lxml",
    "numpy",
    "pydantic",
    "requests",
    "rich",
    "ruamel",
    "sqlalchemy",
    "structlog",
)


def loaded(code: str, names: tuple[str, ...]) -> object:
    """Which of these modules are there after the code."""
    code = f"import sys; {code}; print([name for name in {names} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return ast.literal_eval(done.stdout)


def test_help_and_version_load_none_of_the_commands() -> None:
    assert loaded("import watchdesk.cli.root", ALL_HEAVY) == []


def test_commands_leave_heavy_libraries_to_those_that_need_them() -> None:
    commands = (
        "from watchdesk.cli.root import watchdesk; [one.command for one in watchdesk.commands.values()]"
    )
    assert loaded(commands, HEAVY) == []


PREPARED = """
import sys
import py3langid.langid
from watchdesk.model import FullText, Source
from watchdesk.service import reader_for

def loaded(first):
    with reader_for(8, first):
        return [py3langid.langid.IDENTIFIER is not None, "trafilatura" in sys.modules]

feeds = [Source(str(number), "http://e.org/feed", full_text=FullText.NEVER) for number in range(8)]
pages = [Source(str(number), "http://e.org/feed", full_text=FullText.ALWAYS) for number in range(8)]
print([loaded(first) for first in ([], feeds[:7], feeds, pages)])
"""


def test_what_new_sources_need_is_loaded_once_and_not_by_a_pass_over_known_ones() -> None:
    done = subprocess.run([sys.executable, "-c", PREPARED], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[[False, False], [False, False], [True, False], [True, True]]"
