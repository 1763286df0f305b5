"""What became of an article, as JSON with stable keys.

`digests.fate` decides; `fate_words` says the same in sentences.
"""

from typing import assert_never

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
    Waits,
    WaitsInVain,
)
from watchdesk.documents.words import utc_text
from watchdesk.model import Delivery, DeliveryState, HeldUpdate, MoreSources, Release


def fate_document(fate: Fate) -> dict[str, object]:
    """A fate's part of `explain --json`."""
    document: dict[str, object] = {
        "fate": kind_of(fate),
        "reason": None,
        "matched_at": None,
        "digests": [],
    }
    match fate:
        case NotFound() | FoundSince():
            pass
        case ArchiveOnly():
            reason = str(fate.standing) if fate.standing else "not-recorded"
            document |= {"reason": reason, "matched_at": utc_text(fate.matched_at)}
        case InNoDigest():
            document |= {"matched_at": utc_text(fate.matched_at)}
        case InDigests():
            courses = [_course_document(course) for course in fate.courses]
            document |= {"matched_at": utc_text(fate.matched_at), "digests": courses}
        case _:
            assert_never(fate)
    return document


def kind_of(fate: Fate) -> str:
    """The fate in one word, for programs."""
    match fate:
        case NotFound():
            return "not-found"
        case FoundSince():
            return "found-since"
        case ArchiveOnly():
            return "archive-only"
        case InNoDigest():
            return "no-digest"
        case InDigests():
            kinds = [_kind_of_course(course) for course in fate.courses]
            return next((kind for kind in _FOREMOST if kind in kinds), kinds[0])
        case _:
            assert_never(fate)


_FOREMOST = ("dead", "silenced", "waiting", "sending", "sent")
"""What a person wants to know first about an article that several digests asked for."""


def _kind_of_course(course: Course) -> str:  # noqa: PLR0911 - one answer a course
    match course:
        case Waits():
            return "silenced" if course.silent_until else "waiting"
        case WaitsInVain():
            return "digest-gone"
        case Out():
            states = {delivery.state for delivery in course.deliveries}
            if DeliveryState.DEAD in states:
                return "dead"
            if states == {DeliveryState.DROPPED}:
                return "dropped"
            return "sent" if states <= {DeliveryState.SENT, DeliveryState.DROPPED} else "sending"
        case OutAndGone():
            return "sent"
        case LetGo():
            return "not-wanted" if course.released.reason is Release.NOT_WANTED else "let-go"
        case AskedLater():
            return "asked-later"
        case _:
            assert_never(course)


def _course_document(course: Course) -> dict[str, object]:
    document: dict[str, object] = {
        "digest": course.digest,
        "state": _kind_of_course(course),
        "goes_out": None,
        "silent_until": None,
        "digest_id": None,
        "composed_at": None,
        "shown": None,
        "within": None,
        "deliveries": [],
        "reason": None,
        "sources": None,
        "held_update": None,
    }
    match course:
        case Waits():
            document |= {
                "goes_out": utc_text(course.departure.at),
                "silent_until": utc_text(course.silent_until),
                "reason": str(course.departure.reason),
                **_held_document(course.held),
            }
        case Out():
            document |= {
                "digest_id": course.digest_id,
                "composed_at": utc_text(course.composed_at),
                "shown": str(course.shown),
                "within": course.within,
                "deliveries": [_delivery_document(delivery) for delivery in course.deliveries],
            }
        case OutAndGone():
            document |= {"digest_id": course.digest_id}
        case LetGo():
            document |= {"reason": str(course.released.reason)}
            if course.released.reason is Release.NOT_WANTED:
                told, wanted = course.released.sources, course.released.sources_wanted
                document |= {"sources": {"found": told, "wanted": wanted, "until": None}}
        case WaitsInVain() | AskedLater():
            pass
        case _:
            assert_never(course)
    return document


def _held_document(held: MoreSources | HeldUpdate | None) -> dict[str, object]:
    match held:
        case MoreSources():
            until = utc_text(held.until)
            return {"sources": {"found": held.found, "wanted": held.wanted, "until": until}}
        case HeldUpdate():
            return {"held_update": {"told_at": utc_text(held.told_at)}}
        case None:
            return {}
        case _:
            assert_never(held)


def _delivery_document(delivery: Delivery) -> dict[str, object]:
    return {
        "id": delivery.id,
        "channel": delivery.channel,
        "state": str(delivery.state),
        "sent_at": utc_text(delivery.sent_at),
        "due_at": utc_text(delivery.due_at) if delivery.state is DeliveryState.WAITING else None,
        "error": delivery.error,
        "note": delivery.note,
    }
