"""What a reload sends of the sources, and what stays as it was."""

import json
import subprocess
import sys
import threading
from datetime import timedelta
from operator import attrgetter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchdesk.model import FullText, Source
from watchdesk.service.poll_workers.gently import gently
from watchdesk.service.poll_workers.sent_sources import received, sent, sharing
from watchdesk.sources import by_request

SCRIPT = """\
import json, os, sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from watchdesk.configuration import read_configuration
from watchdesk.service.poll_workers.files_reader import FilesReader
from watchdesk.service.poll_workers.generations import Generations
from watchdesk.service.poll_workers.slots import Slots

config, state = Path(sys.argv[1]), Path(sys.argv[2])
load, prove = lambda _: read_configuration(config), lambda _: None
reader = FilesReader(load, prove, lambda _: False, state, lambda: datetime.now(UTC), Slots())
generations = Generations(reader.begin())

def following():
    generation = generations.load()
    generations.keep(generation)
    return generation.configuration.settings.sources

def write(*sources):
    (config / "sources.yaml").write_text("sources:\\n" + "".join(f"  {line}\\n" for line in sources))

first = following()
write("b: {feed: http://b.example/}", "a: {feed: http://a.example/, tags: [x]}", "d: {feed: http://d.example/}")
second = following()
write("b: {feed: http://b.example/}", "wrong")
try:
    generations.load()
except Exception as error:
    refused = type(error).__name__
write("b: {feed: http://b.example/}", "a: {feed: http://a.example/, tags: [x]}", "d: {feed: http://d.example/}")
third = following()
fresh = read_configuration(config).settings.sources
generations.close()
print(json.dumps({
    "orders": [list(first), list(second), list(third)],
    "kept": [name for name in second if second[name] is first.get(name)],
    "refused": refused,
    "all kept": third is second,
    "equal": third == fresh and list(third) == list(fresh),
}))
"""


def test_sources_that_a_reload_leaves_as_they_are_stay_the_same_objects(tmp_path: Path) -> None:
    config, state = tmp_path / "config", tmp_path / "state"
    (config / "rules").mkdir(parents=True)
    state.mkdir()
    (config / "watchdesk.yaml").write_text("contact: desk@example.org\n")
    (config / "rules" / "rules.yaml").write_text("rules:\n  a: {title: A, query: nato}\n")
    (config / "sources.yaml").write_text(
        "sources:\n" + "".join(f"  {name}: {{feed: http://{name}.example/}}\n" for name in ("a", "b", "c"))
    )
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(config), str(state)],
        check=False,
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout) == {
        "orders": [["a", "b", "c"], ["b", "a", "d"], ["b", "a", "d"]],
        "kept": ["b"],
        "refused": "ConfigurationError",
        "all kept": True,
        "equal": True,
    }


sources_by_id = st.dictionaries(
    st.sampled_from("abcdef"),
    st.tuples(st.sampled_from(["x", "y"]), st.sampled_from([None, "T"]), st.sampled_from(FullText)),
).map(
    lambda drawn: {
        name: Source(name, f"http://{url}.example/", title=title, full_text=full_text)
        for name, (url, title, full_text) in drawn.items()
    }
)


@given(sources_by_id, sources_by_id)
def test_the_difference_leads_from_one_set_of_sources_to_the_other(
    before: dict[str, Source], after: dict[str, Source]
) -> None:
    shared = sharing(after, before)
    found = received(sent(shared, before), before)
    assert (found, list(found)) == (after, list(after))
    assert all(found[name] is before[name] for name in after if before.get(name) == after[name])


@given(st.lists(st.tuples(st.sampled_from("xyz"), st.sampled_from(["", "u"]), st.booleans())))
def test_sources_are_grouped_as_by_a_comparison_of_their_requests(
    drawn: list[tuple[str, str, bool]],
) -> None:
    sources = [
        Source(f"s{number}", f"http://{url}.example/", user=user or None, paused=paused)
        for number, (url, user, paused) in enumerate(drawn)
    ]
    groups: list[list[Source]] = []
    same = attrgetter("url", "user")
    for source in sources:
        if not source.paused:
            known = next((group for group in groups if same(group[0]) == same(source)), None)
            if known is None:
                groups.append([source])
            else:
                known.append(source)
    assert [list(group) for group in by_request(sources)] == groups


def test_gentle_work_answers_and_raises_as_any_other_and_leaves_one_thread() -> None:
    before = threading.active_count()
    assert gently(lambda: timedelta(seconds=1)) == timedelta(seconds=1)
    with pytest.raises(ZeroDivisionError):
        gently(lambda: 1 / 0)
    assert threading.active_count() == before


def test_gentle_work_leaves_the_rest_of_the_process_as_it_was() -> None:
    script = (
        "import os, threading\n"
        "from watchdesk.service.poll_workers.gently import gently\n"
        "thread = lambda: os.getpriority(os.PRIO_PROCESS, threading.get_native_id())\n"
        "print(thread(), gently(thread) > thread(), thread(), os.nice(0))\n"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    first, was_nicer, after, whole = said.split()
    assert (was_nicer, after, whole) == ("True", first, first)
