"""Deliveries that were given up: one cause for each channel and kind of reason. Pure.

The kind is read from the reason's words, because the outbox stores nothing else of a failure: a kind beside
them would need a new column, and third parties' channels give only words.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias, assert_never

from watchdesk.config.settings import OPERATORS
from watchdesk.model import DeadLetters, Trouble
from watchdesk.notices import subjects
from watchdesk.notices.wording import in_a_sentence

_LONGEST_KIND = 150
_ADDRESS = re.compile(r"[^\s<>:,;]+@[^\s<>:,;]+(?:, [^\s<>:,;]+@[^\s<>:,;]+)*")
_UNIT = r"\s(?:s|min|h|seconds|minutes|hours|days|bytes|attempts|times)\b"
_NUMBER = re.compile(
    rf"(?P<status>(?<![\w.])(?:[345]\d\d|[45]\.\d\.\d{{1,3}})(?![\w.]|{_UNIT}))|[\w-]*\d[\w-]*", re.ASCII
)
"""A status of SMTP or HTTP; any other word with a digit is a count, a time, a host, a queue's id."""
_STATUS = re.compile(r"(?<![\w.#])[345]\d\d(?: [45]\.\d\.\d{1,3})?(?![\w.])", re.ASCII)
"""A status, with what SMTP may say more exactly (RFC 3463)."""


@dataclass(frozen=True, slots=True)
class DeadDigests:
    """Digests to one channel that were given up for one kind of reason."""

    channel: str
    kind: str
    """What their reasons have in common."""
    count: int
    reason: str | None
    """The one that most of them have."""
    digests: tuple[str, ...] = ()
    """Their names."""


@dataclass(frozen=True, slots=True)
class DeadNotices:
    """Notices to one channel that were given up.

    Only the channel counts: if every death of one made a notice of another kind, two broken channels would
    report each other for ever.
    """

    channel: str
    reason: str | None


DeadLetterCause: TypeAlias = DeadDigests | DeadNotices


def dead_letters(letters: Iterable[DeadLetters]) -> Iterator[DeadLetterCause]:
    """One for each cause, the largest first.

    Of dead notices only where nothing else says that the channel is broken.
    """
    groups: dict[str, list[DeadLetters]] = {}
    for letter in letters:
        groups.setdefault(trouble(cause_of([letter])).cause, []).append(letter)
    alike = sorted(groups.values(), key=lambda group: -sum(letters.count for letters in group))
    causes = [cause_of(group) for group in alike]
    with_digests = {cause.channel for cause in causes if isinstance(cause, DeadDigests)}
    for cause in causes:
        if isinstance(cause, DeadDigests) or cause.channel not in with_digests:
            yield cause


def cause_of(alike: Sequence[DeadLetters]) -> DeadLetterCause:
    """Of letters to one channel that died alike: all are counted, and the most frequent reason is given."""
    most = max(alike, key=lambda letters: letters.count)
    if most.digest_name == OPERATORS:
        return DeadNotices(most.channel, most.error)
    count = sum(letters.count for letters in alike)
    names = sorted({letters.digest_name for letters in alike})
    return DeadDigests(most.channel, kind_of(most.error or ""), count, most.error, tuple(names))


def kind_of(reason: str) -> str:
    """What of a reason is alike for every delivery that is refused alike: our own words, and the status.

    What stands behind the first colon and behind a status is the receiver's. It may repeat the title of
    what it refused, or a mark of its own for each.
    """
    known = _ADDRESS.sub("(address)", reason)
    known = " ".join(_NUMBER.sub(lambda found: found["status"] or "#", known).lower().split())
    ours, _, theirs = known.partition(": ")
    if status := _STATUS.search(ours):
        return ours[: status.end()][:_LONGEST_KIND]
    said = _STATUS.search(theirs)
    return " ".join((ours[:_LONGEST_KIND], *([said[0]] if said else [])))


def trouble(cause: DeadLetterCause) -> Trouble:
    """See `causes.trouble_of`. A channel that takes no notices cannot report itself."""
    channel, reason = cause.channel, in_a_sentence(cause.reason or "the reason is not known")
    match cause:
        case DeadDigests(kind=kind, count=count, digests=names):
            what, kept = ("A digest", "It is") if count == 1 else (f"{count} digests", "They are")
            it = "it" if count == 1 else "them"
            return Trouble(
                f"dead:{channel}:{kind}",
                f"{what} for the channel {channel} could not be sent: {reason}. {kept} kept; to see "
                f"{it}: watchdesk deliveries --state dead --channel {channel}. To try the way there: "
                f"watchdesk doctor. Once the cause is fixed, to "
                f"send {it}: watchdesk deliveries retry --channel {channel}.",
                recovery=f"No digest for the channel {channel} is among the dead letters any more.",
                subject=subjects.channel(channel),
                concerns=tuple(map(subjects.digest, names)),
            )
        case DeadNotices():
            return Trouble(
                f"dead-notices:{channel}",
                f"The channel {channel} no longer delivers notices of troubles: {reason}. They are kept; to "
                f"see them: watchdesk deliveries --state dead --channel {channel}.",
                not_by=channel,
                recovery=f"No notice for the channel {channel} is among the dead letters any more.",
                subject=subjects.channel(channel),
            )
        case _:
            assert_never(cause)
