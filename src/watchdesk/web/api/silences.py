"""/api/v1/silences: what `watchdesk silence --json` prints; mutes a rule, and ends that."""

from dataclasses import dataclass

from watchdesk.config.moments import parse_until
from watchdesk.documents.silences import RuleSilenceDocument, RuleSilencesDocument, silence_document
from watchdesk.model import Silence
from watchdesk.ports import Store
from watchdesk.web.asked import LARGEST_NUMBER, Asked, Refusal, absent
from watchdesk.web.routes import Operation


@dataclass(frozen=True, slots=True)
class _Wanted:
    rule: str
    until: str
    """2h, 3d, 18:00, 2026-11-30 or `2026-11-30 09:00`, in the desk's time zone."""


@dataclass(frozen=True, slots=True)
class _One:
    id: int


def _list(asked: Asked, _: None) -> RuleSilencesDocument:
    with asked.desk.reading() as store:
        found = [one for one in store.silences(asked.now) if one.until > asked.now]
        return {"silences": [silence_document(one, store.held_back(one)) for one in found]}


def _begin(asked: Asked, wanted: _Wanted) -> RuleSilenceDocument:
    with asked.desk.writing() as store:
        made = begin(asked, store, wanted.rule, wanted.until)
        return silence_document(made, store.held_back(made))


def _end(asked: Asked, given: _One) -> RuleSilenceDocument:
    with asked.desk.writing() as store:
        ended = store.end_silence(given.id, asked.now) if 0 < given.id <= LARGEST_NUMBER else None
        if ended is None:
            raise absent(f"silence {given.id} in force")
        return silence_document(ended, store.held_back(ended))


def begin(asked: Asked, store: Store, rule: str, until: str) -> Silence:
    """Mutes a rule of the files. Raises `Refusal`, whose `detail` says what is wrong."""
    asked.rule(rule)
    try:
        end = parse_until(until, asked.now, asked.zone)
    except ValueError as error:
        raise Refusal(422, f"until: {error}") from None
    return store.silence(rule, asked.now, end)


SILENCES = Operation("/silences", "The silences in force", _list, document=RuleSilencesDocument)
BEGIN = Operation(
    "/silences",
    "Mutes a rule for a while: until then, no digest includes what it finds",
    _begin,
    document=RuleSilenceDocument,
    body=_Wanted,
    changes=True,
)
END = Operation(
    "/silences/{id}/end",
    "Ends a silence before its time",
    _end,
    document=RuleSilenceDocument,
    parameters=_One,
    changes=True,
    is_post=True,
)
