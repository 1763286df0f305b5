"""A command loads what it uses: loading is most of the work of a pass that finds nothing new."""

import subprocess
import sys

HEAVY = ("alembic", "apprise", "apscheduler", "dateparser", "feedparser", "trafilatura", "watchdesk.demo")


def test_commands_leave_heavy_libraries_to_those_that_need_them() -> None:
    code = f"import sys, watchdesk.cli.root; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


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
