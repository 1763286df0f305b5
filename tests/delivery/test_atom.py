"""The feeds: valid, kept once, never lost to each other or to a damaged file. Read by three readers."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import feedparser
import pytest
from lxml import etree
from pydantic import ValidationError

from support.desk import DeskFiles
from support.parcels import NOW, parcel
from support.sample_digests import COMPOSED, found, notice, rendered
from watchdesk.delivery.atom_feed import Entry, Feed, with_entries
from watchdesk.delivery.channels.atom import KIND, AtomChannel, AtomOptions
from watchdesk.delivery.kind import ChannelContext
from watchdesk.model import Parcel, Rendered, Retry, Sent, Silence

ATOM = "{http://www.w3.org/2005/Atom}"


def digest(number: int = 1, *stories: Any, name: str = "morning") -> Parcel:
    made = rendered(stories or [found(number)], digest_id=f"d{number}")
    at = COMPOSED + timedelta(minutes=number)
    return parcel(rendered=made, digest=name, digest_id=f"d{number}", composed_at=at)


def sample(made: Rendered) -> Parcel:
    return parcel(rendered=made, composed_at=COMPOSED)


def send(folder: Path, *parcels: Parcel, keep: int = 100) -> None:
    for each in parcels:
        assert AtomChannel(folder, keep).send(each, NOW) == Sent()


def read(path: Path) -> Any:
    """By feedparser, which finds nothing wrong with it."""
    feed = feedparser.parse(path.read_bytes())
    assert not feed.bozo, feed.get("bozo_exception")
    return feed


def ids(path: Path) -> list[str]:
    return [entry.id for entry in read(path).entries]


def test_no_text_of_a_publisher_turns_what_stands_around_it(tmp_path: Path) -> None:
    turning = [chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))]
    story = found(1, f"Allies {''.join(turning)}meet")
    send(tmp_path, digest(1, story))
    written = "".join(path.read_text() for path in tmp_path.glob("*.atom"))
    entry = Entry("tag:a", "A", NOW, author=f"{turning[4]}evil", summary_html=f"{turning[4]}evil")
    written += with_entries(Feed("tag:f", f"F{turning[4]}"), None, [entry], 10, NOW).decode()
    assert "Allies meet" in written
    assert not [char for char in turning if char in written]


def test_a_digest_is_an_entry_with_its_page_as_content(tmp_path: Path) -> None:
    send(tmp_path, digest(1, found(1, "Allies & friends <meet>"), found(2)))
    feed = read(tmp_path / "morning.atom")
    (entry,) = feed.entries
    assert feed.feed.title == "Morning brief"
    assert (entry.id, entry.title) == (
        "tag:watchdesk,2026:digest/d1",
        "Morning brief: 2 stories, NATO spending leads",
    )
    assert (entry.updated, entry.published) == ("2026-11-24T07:01:00Z", "2026-11-24T07:01:00Z")
    (content,) = entry.content
    assert content.type == "text/html"
    assert "Allies &amp; friends &lt;meet&gt;" in content.value
    assert "<body" not in content.value


def test_a_rule_has_a_feed_with_an_entry_for_each_story(tmp_path: Path) -> None:
    send(
        tmp_path,
        digest(1, found(1, "Allies meet", source="daily"), found(2, "Aid", "aid", url='https://e.org/(2)"')),
    )
    feed = read(tmp_path / "rules" / "nato.atom")
    (entry,) = feed.entries
    assert feed.feed.title == "NATO spending"
    assert (entry.title, entry.link, entry.author) == ("Allies meet", "https://example.org/1", "daily")
    assert entry.summary == "Ministers agreed on defence spending."  # feedparser takes marks out
    assert entry.published == "2026-11-24T05:00:00Z"
    assert [tag.term for tag in entry.tags] == ["nato"]
    (aid,) = read(tmp_path / "rules" / "aid.atom").entries
    assert aid.link == "https://e.org/(2)%22"


def test_a_snippet_is_text_and_only_its_marks_are_markup(tmp_path: Path) -> None:
    send(tmp_path, digest(1, found(1, text="<script>x</script> & defence spending abounds here")))
    raw = etree.parse(str(tmp_path / "rules" / "nato.atom")).findtext(f"{ATOM}entry/{ATOM}summary")
    assert (
        raw == "<mark>&lt;script&gt;x</mark>&lt;/script&gt; &amp;<mark> defence spendin</mark>g abounds here"
    )


def test_what_rfc_4287_requires_is_there(tmp_path: Path) -> None:
    send(tmp_path, digest(1), digest(2))
    for path in (tmp_path / "morning.atom", tmp_path / "rules" / "nato.atom"):
        root = etree.fromstring(path.read_bytes())
        assert root.tag == f"{ATOM}feed"
        for element in (root, *root.findall(f"{ATOM}entry")):
            for name in ("id", "title", "updated"):
                assert len(element.findall(f"{ATOM}{name}")) == 1
                assert element.findtext(f"{ATOM}{name}")
        assert root.findtext(f"{ATOM}author/{ATOM}name") == "watchdesk"
        assert root.findtext(f"{ATOM}updated") == max(e.text for e in root.iter(f"{ATOM}updated"))
        every = [element.text for element in root.iter(f"{ATOM}id")]
        assert len(every) == len(set(every))
        assert all(identity.startswith("tag:watchdesk,2026:") for identity in every)


def test_our_own_reader_reads_it(desk: DeskFiles, tmp_path: Path) -> None:
    send(tmp_path, digest(1, found(1, "NATO agrees on defence spending")))
    desk.write({})
    told = desk.run("try", str(tmp_path / "rules" / "nato.atom"), "--json")
    assert told.status == 0
    assert told.document["article"]["title"] == "NATO agrees on defence spending"


def test_the_newest_stands_first_and_the_oldest_is_left_out(tmp_path: Path) -> None:
    send(tmp_path, digest(1), digest(3), digest(2), keep=2)
    assert ids(tmp_path / "morning.atom") == ["tag:watchdesk,2026:digest/d3", "tag:watchdesk,2026:digest/d2"]


def test_a_feed_moves_on_after_a_clock_was_ahead(tmp_path: Path) -> None:
    channel, years = AtomChannel(tmp_path, 2), timedelta(days=3650)
    for number in (1, 2):
        ahead = digest(number, found(9, "As it was, dated ahead", revised=True))
        channel.send(replace(ahead, composed_at=ahead.composed_at + years), NOW + years)
    send(tmp_path, digest(3, found(9, "As it is", revised=True)), keep=2)
    assert ids(tmp_path / "morning.atom") == ["tag:watchdesk,2026:digest/d3", "tag:watchdesk,2026:digest/d2"]
    (story,) = read(tmp_path / "rules" / "nato.atom").entries
    assert (story.title, story.updated) == ("As it is", "2026-11-24T07:03:00Z")
    assert read(tmp_path / "morning.atom").feed.updated == "2026-11-24T07:03:00Z"
    before = (tmp_path / "morning.atom").read_bytes()
    send(tmp_path, digest(3, found(9, "As it is", revised=True)), keep=2)
    assert (tmp_path / "morning.atom").read_bytes() == before


def test_stories_of_one_digest_stand_best_first_and_the_last_of_them_is_left_out(tmp_path: Path) -> None:
    many = digest(1, *(found(number) for number in range(1, 9)))
    send(tmp_path, many, keep=5)
    path = tmp_path / "rules" / "nato.atom"
    assert [entry.title for entry in read(path).entries] == [
        f"Story number {number}" for number in range(1, 6)
    ]
    before = path.read_bytes()
    send(tmp_path, many, keep=5)
    assert path.read_bytes() == before


def test_a_story_that_has_changed_stands_where_its_digest_has_it(tmp_path: Path) -> None:
    send(tmp_path, digest(1, found(3)))
    send(tmp_path, digest(2, found(1), found(2), found(3, revised=True), found(4)))
    titles = [entry.title for entry in read(tmp_path / "rules" / "nato.atom").entries]
    assert titles == [f"Story number {number}" for number in (1, 2, 3, 4)]


def test_stories_over_the_digest_s_most_are_entries_as_well(tmp_path: Path) -> None:
    send(tmp_path, sample(rendered([found(1), found(2), found(3, url="https://e.org/3")], most=1)))
    entries = read(tmp_path / "rules" / "nato.atom").entries
    assert [entry.title for entry in entries] == [f"Story number {number}" for number in (1, 2, 3)]
    assert entries[2].link == "https://e.org/3"
    assert "summary" in entries[0]
    assert entries[2].content[0].value == "<p>Ministers agreed on defence spending.</p>"


def test_an_entry_of_a_rule_carries_the_article_under_the_title_of_its_source(tmp_path: Path) -> None:
    made = rendered([found(1)])
    document = json.loads(made.json)
    (story,) = document["rules"][0]["stories"]
    story["article"] |= {"byline": "Ada Quay", "source_name": "The Harbour Post"}
    story["text"] = "First <b>.\n\nSecond."
    send(tmp_path, sample(replace(made, json=json.dumps(document))))
    (entry,) = read(tmp_path / "rules" / "nato.atom").entries
    assert entry.author == "Ada Quay, The Harbour Post"
    assert entry.content[0].value == "<p>First &lt;b&gt;.</p><p>Second.</p>"


def test_what_was_held_back_by_a_silence_is_an_entry_when_it_is_told(tmp_path: Path) -> None:
    silence = Silence(1, "nato", COMPOSED - timedelta(hours=1), COMPOSED + timedelta(seconds=1))
    send(tmp_path, sample(rendered([found(1)], silences=[silence])))
    (entry,) = read(tmp_path / "rules" / "nato.atom").entries
    assert entry.title == "Story number 1"


def test_a_test_leaves_no_story_in_a_rule_s_feed(tmp_path: Path) -> None:
    send(tmp_path, sample(rendered([found(1)], is_test=True)))
    assert not list((tmp_path / "rules").iterdir())
    assert len(ids(tmp_path / "morning.atom")) == 1
    send(tmp_path, digest(2, found(1)))
    (entry,) = read(tmp_path / "rules" / "nato.atom").entries
    assert entry.updated == "2026-11-24T07:02:00Z"


def test_a_repeat_of_a_delivery_changes_nothing(tmp_path: Path) -> None:
    send(tmp_path, digest(1), digest(2))
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.atom")}
    send(tmp_path, digest(1))
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.atom")} == before


def test_a_story_that_two_digests_hold_stands_once_in_its_rule_s_feed(tmp_path: Path) -> None:
    send(tmp_path, digest(1, found(1)), digest(2, found(1), name="flash"))
    (entry,) = read(tmp_path / "rules" / "nato.atom").entries
    assert entry.updated == "2026-11-24T07:01:00Z"


def test_a_story_that_has_changed_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    send(tmp_path, digest(1, found(1, "As it was")), digest(2, found(1, "As it is", revised=True)))
    (entry,) = read(tmp_path / "rules" / "nato.atom").entries
    assert (entry.title, entry.updated) == ("As it is", "2026-11-24T07:02:00Z")


def test_a_quiet_digest_is_an_entry_and_touches_no_rule(tmp_path: Path) -> None:
    what = replace(digest(1), rendered=rendered([]))
    send(tmp_path, what)
    assert len(ids(tmp_path / "morning.atom")) == 1
    assert list((tmp_path / "rules").iterdir()) == []


def test_a_notice_to_the_operators_goes_to_their_feed(tmp_path: Path) -> None:
    send(tmp_path, parcel(rendered=notice("The disk is full."), digest="operators", digest_id="n1"))
    (entry,) = read(tmp_path / "operators.atom").entries
    assert "The disk is full." in entry.content[0].value


def test_a_document_of_another_kind_is_an_entry_all_the_same(tmp_path: Path) -> None:
    send(tmp_path, parcel(rendered=Rendered("s", "", "", "no json")))
    assert len(ids(tmp_path / "morning.atom")) == 1


def test_characters_that_xml_forbids_do_not_break_the_feed(tmp_path: Path) -> None:
    send(
        tmp_path,
        digest(1, found(1, "a\x00b\x0bc\x1fd\uffffe", text="Ministers \x01 agreed on defence spending.")),
    )
    (entry,) = read(tmp_path / "rules" / "nato.atom").entries
    assert entry.title == "abcde"


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "half": lambda written: written[: len(written) // 2],
    "empty": lambda _: b"",
    "nulls": lambda written: b"\0" * len(written),
    "another-feed": lambda _: b"<rss version='2.0'><channel/></rss>",
    "no-id": lambda written: written.replace(b"<id>tag:watchdesk,2026:digest/d1</id>", b""),
    "no-xml": lambda _: b"edited by hand",
    "bomb": lambda _: b"<!DOCTYPE f [<!ENTITY a 'aaaa'>]><f>&a;</f>",
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_feed_is_set_aside_told_and_begun_anew(tmp_path: Path, damage: str) -> None:
    send(tmp_path, digest(1))
    path = tmp_path / "morning.atom"
    path.write_bytes(broken := DAMAGE[damage](path.read_bytes()))
    outcome = AtomChannel(tmp_path).send(digest(2), NOW)
    aside = tmp_path / "morning.atom.damaged"
    assert outcome == Sent(f"morning.atom was damaged and is begun anew; what was left of it is {aside}")
    assert aside.read_bytes() == broken
    assert ids(path) == ["tag:watchdesk,2026:digest/d2"]
    assert AtomChannel(tmp_path).send(digest(3), NOW) == Sent()


WRITER = """
import sys
from datetime import timedelta
from pathlib import Path
from support.sample_digests import COMPOSED, found, rendered
from support.parcels import NOW, parcel
from watchdesk.delivery.channels.atom import AtomChannel
for n in range(int(sys.argv[2]), 24, 2):
    what = rendered([found(n)], digest_id=f"d{n}")
    at = COMPOSED + timedelta(minutes=n)
    AtomChannel(Path(sys.argv[1])).send(parcel(rendered=what, digest_id=f"d{n}", composed_at=at), NOW)
"""


def test_deliveries_of_two_processes_at_once_do_not_lose_each_other_s_entries(tmp_path: Path) -> None:
    helpers = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    halves = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), start], env=helpers) for start in "01"
    ]
    assert [half.wait(60) for half in halves] == [0, 0]
    assert len(ids(tmp_path / "morning.atom")) == len(ids(tmp_path / "rules" / "nato.atom")) == 24


def test_deliveries_of_several_threads_at_once_do_not_either(tmp_path: Path) -> None:
    channel = AtomChannel(tmp_path)
    threads = [threading.Thread(target=channel.send, args=(digest(number), NOW)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ids(tmp_path / "morning.atom")) == 12


def test_a_folder_that_cannot_be_written_is_tried_again_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "feeds").write_text("a file stands where the folder should be")
    outcome = AtomChannel(tmp_path / "feeds").send(digest(1), NOW)
    assert isinstance(outcome, Retry)
    assert "cannot be written" in outcome.reason


def test_a_full_disk_is_tried_again_and_what_was_there_stays(tmp_path: Path) -> None:
    send(tmp_path, digest(1))
    before = (tmp_path / "morning.atom").read_bytes()
    (tmp_path / ".morning.atom.part").symlink_to("/dev/full")
    outcome = AtomChannel(tmp_path).send(digest(2), NOW)
    assert isinstance(outcome, Retry)
    assert "No space left on device" in outcome.reason
    assert (tmp_path / "morning.atom").read_bytes() == before
    send(tmp_path, digest(2))
    assert len(ids(tmp_path / "rules" / "nato.atom")) == 2


def test_no_name_leads_out_of_the_folder(tmp_path: Path) -> None:
    what = digest(1)
    document = json.loads(what.rendered.json)
    document["rules"][0]["id"] = "../../etc"
    sent = replace(what, rendered=replace(what.rendered, json=json.dumps(document)))
    send(tmp_path / "feeds", replace(sent, delivery=replace(sent.delivery, digest_name="../x")))
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.atom")) == [
        "feeds/-x.atom",
        "feeds/rules/-etc.atom",
    ]


def test_the_folder_alone_will_do_and_the_number_of_entries_may_be_said(tmp_path: Path) -> None:
    assert AtomOptions.model_validate("feeds/").keep == 100
    built = KIND.build(
        AtomOptions.model_validate({"path": "feeds/", "keep": 1}), ChannelContext("f", tmp_path)
    )
    for number in (1, 2):
        assert built.send(digest(number), NOW) == Sent()
    assert len(ids(tmp_path / "feeds" / "morning.atom")) == 1


@pytest.mark.parametrize("given", ["", 5, {"keep": 3}, {"path": "x", "keep": 0}, {"path": "x", "kep": 1}])
def test_options_that_cannot_be_are_told(given: object) -> None:
    with pytest.raises(ValidationError):
        AtomOptions.model_validate(given)


def test_an_entry_lists_the_story_elsewhere_and_updates_are_entries(tmp_path: Path) -> None:
    lead, other = found(1, "Allies meet"), found(2, "Ministers & generals talk")
    made = rendered([lead, replace(other, story_id=1)])
    document = json.loads(made.json)
    (rule,) = document["rules"]
    rule["updates"] = [{**rule["stories"][0], "article": {**rule["stories"][0]["article"], "url": None}}]
    send(tmp_path, sample(replace(made, json=json.dumps(document))))
    feed = read(tmp_path / "rules" / "nato.atom")
    assert len(feed.entries) == 2
    entry = next(one for one in feed.entries if one.get("link") == "https://example.org/1")
    assert 'also in: </p><ul><li><a href="https://example.org/2">Ministers &amp; generals talk</a>' in (
        entry.content[0].value
    )
