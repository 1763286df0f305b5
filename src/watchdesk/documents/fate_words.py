"""What became of an article, in sentences.

`digests.fate` decides; `fates` says the same as JSON.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import assert_never
from zoneinfo import ZoneInfo

from watchdesk.config.settings import Settings
from watchdesk.digests import Departure, Reason
from watchdesk.digests.fate import (
    ArchiveOnly,
    AskedLater,
    Course,
    Fate,
    FoundSince,
    InDigests,
    InNoDigest,
    LetGo,
    NotFound,
    Out,
    OutAndGone,
    Shown,
    Waits,
    WaitsInVain,
)
from watchdesk.documents.words import day_and_time, local, printable, span
from watchdesk.model import (
    Article,
    Delivery,
    DeliveryState,
    HeldUpdate,
    MoreSources,
    Release,
    Released,
    Standing,
)


class FateWords:
    """Describes what became of one article under one rule."""

    def __init__(self, article: Article, rule_id: str, settings: Settings, now: datetime) -> None:
        self._article = article
        self._rule = rule_id
        self._settings = settings
        self._zone: ZoneInfo = settings.timezone
        self._now = now

    def lines(self, fate: Fate, *, matches_now: bool) -> Iterator[str]:
        """Lines of text; details of the line before are indented."""
        match fate:
            case NotFound():
                yield "This rule has never found the article, so no digest has it for this rule."
            case FoundSince():
                came = self._time(self._article.first_seen)
                yield (
                    f"The rule finds it now but did not when it came ({came}): "
                    "the rule is newer, or has been changed since. A rule alerts only about what comes after "
                    "it, unless its `backfill` looks back as far; "
                    f"`watchdesk backtest {self._rule}` shows what it would have found before."
                )
            case ArchiveOnly():
                yield from self._changed(matches_now=matches_now)
                yield f"It went to the archive only: {self.standing(fate.standing)}."
            case InNoDigest():
                yield from self._changed(matches_now=matches_now)
                yield (
                    f"It is in no digest, because none asks for this rule: add {self._rule} to the `rules` "
                    "of a digest in watchdesk.yaml."
                )
            case InDigests():
                yield from self._changed(matches_now=matches_now)
                for course in fate.courses:
                    yield from self._course(course)
            case _:
                assert_never(fate)

    def standing(self, standing: Standing | None) -> str:
        """Why the article alerts nobody."""
        seen, when = self._time(self._article.first_seen), self._article.published_at
        published = self._time(when) if when else "at an unknown time"
        oldest = self._settings.articles.oldest
        first_poll = self._settings.polling.first_poll
        match standing:
            case Standing.TOO_OLD:
                limit = f" ({span(oldest)})" if oldest else ""
                return (
                    f"published {published}, it was older than `articles.oldest`{limit} when it was first "
                    f"seen {seen}"
                )
            case Standing.OLD_AT_FIRST_POLL:
                limit = f" ({span(first_poll)})" if first_poll else ""
                return (
                    f"its source '{self._article.source_id}' was polled for the first time {seen}, when "
                    f"articles older than `polling.first_poll`{limit} alert nobody; this was published "
                    f"{published}"
                )
            case Standing.UNDATED_AT_FIRST_POLL:
                return (
                    f"its source '{self._article.source_id}' was polled for the first time {seen}, when "
                    "articles without a date alert nobody (`polling.first_poll`)"
                )
            case Standing.OLDER_THAN_ITS_GAP:
                return (
                    f"it was found {seen} on an older page that was read to fill a gap, and was published "
                    f"{published}, before that gap"
                )
            case Standing.NEWS | None:
                return (
                    "the reason was not recorded, because it came before watchdesk kept reasons (most likely "
                    "it was older than `articles.oldest` or `polling.first_poll` allow)"
                )
            case _:
                assert_never(standing)

    def _changed(self, *, matches_now: bool) -> Iterator[str]:
        if not matches_now:
            yield (
                "The rule found it when it came; the rule or the article has been changed since, and they no "
                "longer match."
            )

    def _course(self, course: Course) -> Iterator[str]:
        match course:
            case Waits():
                yield self._waits(course)
            case WaitsInVain():
                yield (
                    f"It waits for the digest '{course.digest}', which is no longer in watchdesk.yaml: it "
                    "goes out if that digest comes back."
                )
            case Out():
                how = _HOW[course.shown].format(headline=printable(course.within or ""))
                if course.shown is Shown.COUNTED and course.within:
                    how = f"as a copy of '{printable(course.within)}', which the page does not name"
                sent = any(one.state is DeliveryState.SENT for one in course.deliveries)
                yield (
                    f"It {'went out' if sent else 'is'} in '{course.digest}', made "
                    f"{self._time(course.composed_at)}, {how}:"
                )
                for delivery in course.deliveries:
                    yield f"  {delivery.channel}: {self._delivery(delivery)}"
                if not course.deliveries:
                    yield "  to no channel"
            case OutAndGone():
                yield f"It went out in '{course.digest}'; that digest has been pruned since."
            case LetGo():
                yield (
                    f"It waited for '{course.digest}' until {self._time(course.released.at)}, and was "
                    f"let go: {_released(course.released)}."
                )
            case AskedLater():
                yield (
                    f"It is not in '{course.digest}': that digest asks for this rule now but did not when "
                    "the article was found."
                )
            case _:
                assert_never(course)

    def _waits(self, waits: Waits) -> str:
        goes = self.departure(waits.departure)
        match waits.held:
            case MoreSources(found=count, wanted=wanted, until=until):
                return (
                    f"It waits for '{waits.digest}' until more sources tell its story: {count} of {wanted} "
                    f"do. If they do not by {self._time(until)}, it is let go as not wanted."
                )
            case HeldUpdate(told_at=told):
                return (
                    f"It waits for '{waits.digest}', which told its story {self._time(told)} and holds "
                    "updates (`updates: hold`): it is listed by its headline when the digest goes out next."
                )
            case None:
                pass
            case _:
                assert_never(waits.held)
        if waits.silent_until:
            return (
                f"It is held back for '{waits.digest}': {self._rule} is silent until "
                f"{self._time(waits.silent_until)} (`watchdesk silence --list`). After that the digest "
                f"{goes}."
            )
        return f"It waits for '{waits.digest}', which {goes}."

    def departure(self, departure: Departure) -> str:  # noqa: PLR0911 - one answer a reason
        """When a digest goes out."""
        match departure.reason:
            case Reason.MATCHED | Reason.URGENT | Reason.SCHEDULED | Reason.SPIKED:
                moment = departure.at
                if moment is None or moment <= self._now:
                    return "is due now: it goes out at the next pass of the service, or with `once --send`"
                return f"goes out {self._time(moment)}"
            case Reason.NOTHING_SPIKES | Reason.NOTHING_WAITS:
                return "goes out when a rule finds many times its usual number"
            case Reason.HOLDING:
                return "goes out with the next story that is new to it and that enough sources tell"
            case Reason.NOT_YET:
                return f"goes out {self._time(departure.at)}"
            case Reason.GATHERING:
                return f"goes out {self._time(departure.at)}, once it has waited for more of the same"
            case Reason.QUIET_HOURS:
                return f"goes out {self._time(departure.at)}, after its quiet hours"
            case _:
                assert_never(departure.reason)

    def _delivery(self, delivery: Delivery) -> str:
        error = printable(delivery.error or "")
        match delivery.state:
            case DeliveryState.SENT:
                note = f"; but {printable(delivery.note)}" if delivery.note else ""
                return f"sent {self._time(delivery.sent_at)}{note}"
            case DeliveryState.WAITING:
                failed = f": {error}" if error else ""
                return f"not sent yet{failed}; next attempt {self._time(delivery.due_at)}"
            case DeliveryState.LEASED:
                return "being sent"
            case DeliveryState.DEAD:
                return (
                    f"could not be sent: {error}; to send it again: watchdesk deliveries retry {delivery.id}"
                )
            case DeliveryState.DROPPED:
                return "dropped by a person, and not sent"
            case _:
                assert_never(delivery.state)

    def _time(self, moment: datetime | None) -> str:
        if moment is None:
            return "never"
        near = abs((moment - self._now).days) < 7
        return day_and_time(moment, self._now, self._zone) if near else local(moment, self._zone)


_HOW = {
    Shown.STORY: "as a story",
    Shown.FOLDED: "folded into the story '{headline}'",
    Shown.HEADLINE: "as a headline only (the digest had more stories than its `most`)",
    Shown.UPDATE: "by its headline among the updates (the digest had told its story)",
    Shown.HELD_BACK: "in the list of what a silence had held back",
    Shown.COUNTED: "only counted (the page had no room for it)",
}


def _released(released: Released) -> str:
    match released.reason:
        case Release.NO_SPIKE:
            return "that digest asks for spikes, and none came"
        case Release.DIGEST_GONE:
            return "that digest was removed from watchdesk.yaml"
        case Release.NOT_WANTED:
            return f"not wanted: {released.sources} of {released.sources_wanted} sources told its story"
        case Release.IN_IT_BEFORE:
            return "the rule found it by looking back, and that digest had held it before for another rule"
        case Release.LOOKED_BACK:
            return "the rule found it by looking back, and that digest asks for spikes"
        case _:
            assert_never(released.reason)
