"""What `explain` says of older versions, where some are not kept or cannot be read: only what is known."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from store.test_store import ARTICLE, NOW
from watchdesk.digests.fate import InDigests, Out, Shown
from watchdesk.documents.said_before import corrections
from watchdesk.model import Revision, SaidBefore, Section

UTC = ZoneInfo("UTC")
HOUR = timedelta(hours=1)


def revision(number: int, until: datetime | None = None) -> Revision:
    return Revision(number, until or NOW + number * HOUR, f"Title {number}", (Section(None, ("Text.",)),))


def shown(*hours: float) -> InDigests:
    """A digest at each of these hours."""
    return InDigests(
        NOW, tuple(Out(f"d{hour}", "id", NOW + hour * HOUR, Shown.STORY, None, ()) for hour in hours)
    )


def told(before: SaidBefore, fate: InDigests) -> tuple[str, dict[int, tuple[object, object]]]:
    found = corrections(ARTICLE, before, fate)
    lines = "\n".join(found.lines(NOW + 40 * HOUR, UTC))
    document = found.document["revisions"]
    assert isinstance(document, list)
    return lines, {one["number"]: (one["since"], one["digests"]) for one in document}


def at(hour: int) -> str:
    return (NOW + hour * HOUR).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_next_to_versions_that_are_not_kept_no_beginning_and_no_digest_is_claimed() -> None:
    before = SaidBefore((revision(8), revision(7), revision(1)), times=8, left_out=5)
    lines, found = told(before, shown(0.5, 4, 6.5, 7.5))
    assert found == {8: (at(7), ["d7.5"]), 7: (None, []), 1: (at(0), ["d0.5"])}
    assert "has changed it 8 times" in lines
    assert "5 other versions were not kept" in lines
    assert "d4" not in lines


def test_next_to_one_that_cannot_be_read_neither() -> None:
    before = SaidBefore((revision(5), revision(4)), times=5, unreadable_until=NOW + 3 * HOUR)
    lines, found = told(before, shown(1, 3.5, 4.5))
    assert found == {5: (at(4), ["d4.5"]), 4: (None, [])}
    assert "has changed it 5 times" in lines


def test_where_none_can_be_read_it_says_how_often_it_changed() -> None:
    lines, found = told(SaidBefore(times=3, unreadable_until=NOW), shown(1))
    assert found == {}
    assert "has changed it 3 times" in lines and "cannot be read" in lines


def test_versions_within_a_minute_are_told_apart() -> None:
    ends = [timedelta(seconds=50), timedelta(seconds=20), timedelta(seconds=-70)]
    kept = tuple(revision(3 - place, NOW + end) for place, end in enumerate(ends))
    lines, _ = told(SaidBefore(kept, times=3), shown())
    assert lines.count(f"{NOW:%H:%M}:50") == lines.count(f"{NOW:%H:%M}:20") == 1
    assert f"{NOW + ends[2]:%H:%M}:\n" in lines


def test_of_many_it_says_where_the_others_are_and_how_many_there_are_no_more() -> None:
    kept = (*(revision(number) for number in range(28, 8, -1)), revision(1))
    lines, _ = told(SaidBefore(kept, times=28, left_out=7), shown())
    assert "  and 15 versions before, which --json has whole\n  7 other versions were not kept" in lines
