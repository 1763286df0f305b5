"""Many sources that fail together, or one after the other: the operators hear of it in few notices."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest

from support.desk import item, rss
from support.notices import causes, over, sentences
from support.timed import TimedDesk, entry
from support.web import WebServer
from watchdesk.errors import StorageError
from watchdesk.remembered import remembered
from watchdesk.service.upkeep.chores import Workplace
from watchdesk.service.upkeep.watching_sources import WatchingSources

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)

SETTINGS = """\
polling: {first_poll: all, private_addresses: allow, timeout: 5s, every: 30m, per_host: 20}
channels: {shelf: {files: digests/}}
operators: {to: [shelf]}
"""


def test_a_broken_network_is_one_notice_and_its_end_another(timed: TimedDesk, web: WebServer) -> None:
    feeds = {f"paper-{n}": f"/{n}" for n in range(8)}
    timed.files.write({name: web.url(path) for name, path in feeds.items()}, settings=SETTINGS)
    timed.start()
    for path in feeds.values():
        web.serve(path, rss(item("1", "One")))
    timed.once()
    for path in feeds.values():
        web.serve(path, status=503, etag=None)
    for hours in (1, 1, 2, 4, 12, 24, 24):
        timed.after(hours=hours)
        timed.once()
    assert causes(timed.files) == [["failing-sources"]]
    for path in feeds.values():
        web.serve(path, rss(item("1", "One")))
    for _ in range(3):
        timed.after(hours=26)
        timed.once()
    assert over(timed.files) == [[], ["Most sources can be read again."]]


def test_what_is_told_of_sources_is_gathered_for_an_hour(timed: TimedDesk, web: WebServer) -> None:
    feeds = [f"paper-{n}" for n in range(12)]
    timed.files.write({name: web.url(f"/{name}") for name in feeds}, settings=SETTINGS)
    timed.start()
    for name in feeds[:4]:
        web.serve(f"/{name}", status=410)
        timed.after(minutes=5)
        timed.once()
    assert len(causes(timed.files)) == 1
    timed.after(minutes=61)
    timed.once()
    first, second = causes(timed.files)
    assert len(first) == 1
    assert len(second) == 3


def look(timed: TimedDesk) -> None:
    """What the upkeep does every ten minutes, and what is told of it."""
    chore = WatchingSources()
    place = Workplace(timed.store, timed.plan, timed.clock)
    while chore.step(place):
        pass
    timed.send()


def look_interrupted(timed: TimedDesk) -> None:
    """The same, where the database cannot be read at first."""
    chore = WatchingSources()
    place = Workplace(timed.store, timed.plan, timed.clock)
    with closing(sqlite3.connect(timed.files.state / "watchdesk.db")) as database:
        database.execute("ALTER TABLE sources RENAME TO away")
        with pytest.raises(StorageError):
            chore.step(place)
        database.execute("ALTER TABLE away RENAME TO sources")
    while chore.step(place):
        pass


def published(timed: TimedDesk, number: int) -> str:
    return entry(str(number), f"Report {number}", timed.now)


def test_a_feed_that_answers_for_ever_with_nothing_new_is_told_of_and_that_it_is_back(
    timed: TimedDesk, web: WebServer
) -> None:
    timed.files.write({"wire": web.url("/feed")}, settings=SETTINGS)
    timed.at(NOW).start()
    items: list[str] = []
    for number in range(16 * 2):  # four each half day for sixteen days
        items = [*(published(timed, 4 * number + part) for part in range(4)), *items][:6]
        web.serve("/feed", rss(*items))
        timed.after(hours=12)
        timed.poll()
    look(timed)
    assert causes(timed.files) == []
    for _ in range(8):
        timed.after(hours=12)
        timed.poll()
        look(timed)
    assert causes(timed.files) == [["silent:wire"]]
    assert "has brought nothing new since 2026-03-18" in sentences(timed.files)
    shown = timed.files.run("status")
    assert shown.status == 1
    assert "! wire (" in shown.out
    timed.start()  # a restart repeats nothing
    look(timed)
    found = remembered(timed.store).source_faults
    look_interrupted(timed)
    assert found is not None
    assert remembered(timed.store).source_faults == found
    web.serve("/feed", rss(published(timed, 999), *items))
    timed.after(hours=12)
    timed.once()
    look(timed)
    assert causes(timed.files) == [["silent:wire"], []]
    assert over(timed.files)[1] == [f"wire ({web.url('/feed')}) brings something new again."]


def test_lost_entries_and_guids_that_repeat_are_told_of_and_need_nobody(
    timed: TimedDesk, web: WebServer
) -> None:
    timed.files.write({"wire": web.url("/feed"), "paper": web.url("/paper")}, settings=SETTINGS)
    timed.at(NOW).start()
    for round_ in range(2):
        numbers = range(10 * round_, 10 * round_ + 10)
        web.serve("/feed", rss(*(published(timed, number) for number in numbers)))
        same = [entry("same", f"Other subject {number}", timed.now, f"{number} words") for number in numbers]
        web.serve("/paper", rss(entry("fixed", "About us", NOW), *same))
        timed.after(hours=1)
        timed.once()
    look(timed)
    (told,) = causes(timed.files)
    assert sorted(told) == ["gap:wire", f"guids:paper:{web.url('/paper')}"]
    shown = timed.files.run("status")
    assert shown.status == 0, shown.out
    assert shown.out.count("noted ") == 2
    for _ in range(8):
        timed.after(hours=24)
        web.serve("/feed", rss(*(published(timed, 100 + number) for number in range(3))))
        look(timed)
    assert [said for notice in over(timed.files) for said in notice] == [
        f"No gap was found in wire ({web.url('/feed')}) for a week."
    ]
