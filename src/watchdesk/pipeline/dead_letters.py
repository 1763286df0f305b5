"""What dead letters have in common: one trouble for each channel and kind of reason. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence

from watchdesk.config.settings import OPERATORS
from watchdesk.model import DeadLetters, Trouble

_LONGEST_KIND = 150
_LONGEST_REASON = 400
_ADDRESS = re.compile(r"[^\s<>:,;]+@[^\s<>:,;]+(?:, [^\s<>:,;]+@[^\s<>:,;]+)*")
_UNIT = r"\s(?:s|min|h|seconds|minutes|hours|days|bytes|attempts|times)\b"
_NUMBER = re.compile(
    rf"(?P<status>(?<![\w.])(?:[345]\d\d|[45]\.\d\.\d{{1,3}})(?![\w.]|{_UNIT}))|[\w-]*\d[\w-]*", re.ASCII
)
"""A status of SMTP or HTTP; any other word with a digit is a count, a time, a host, a queue's id."""


def cause_of(channel: str, digest_name: str, error: str | None) -> str:
    """What makes the death of a delivery the same trouble as another's.

    Of notices to the operators only the channel counts: if every death of one made a notice of another
    kind, two broken channels would tell of each other for ever.
    """
    if digest_name == OPERATORS:
        return f"dead-notices:{channel}"
    return f"dead:{channel}:{kind_of(error or '')}"


def kind_of(reason: str) -> str:
    """The reason without what differs from one delivery to the next, however alike they are refused."""
    without = _ADDRESS.sub("(address)", reason)
    without = _NUMBER.sub(lambda found: found["status"] or "#", without)
    return " ".join(without.lower().split())[:_LONGEST_KIND]


def dead_letter_troubles(letters: Iterable[DeadLetters]) -> Iterator[Trouble]:
    """One trouble for each cause; of dead notices only where nothing else says that the channel is broken."""
    by_cause: dict[str, list[DeadLetters]] = {}
    for letter in letters:
        cause = cause_of(letter.channel, letter.digest_name, letter.error)
        by_cause.setdefault(cause, []).append(letter)
    with_digests = {of[0].channel for of in by_cause.values() if of[0].digest_name != OPERATORS}
    for cause, alike in by_cause.items():
        if alike[0].digest_name != OPERATORS:
            yield Trouble(cause, _digests_died(alike))
        elif alike[0].channel not in with_digests:
            yield Trouble(cause, _notices_died(alike), not_by=alike[0].channel)


def _digests_died(alike: Sequence[DeadLetters]) -> str:
    count, channel = sum(letters.count for letters in alike), alike[0].channel
    what, kept = ("A digest", "It is") if count == 1 else (f"{count} digests", "They are")
    return (
        f"{what} for the channel {channel} could not be sent: {_reason(alike)}. {kept} kept: watchdesk "
        f"deliveries --state dead --channel {channel}. When that is mended: watchdesk deliveries retry "
        f"--channel {channel}."
    )


def _notices_died(alike: Sequence[DeadLetters]) -> str:
    channel = alike[0].channel
    return (
        f"The channel {channel} does not tell you of troubles any more: {_reason(alike)}. What it should "
        f"have told is kept: watchdesk deliveries --state dead --channel {channel}."
    )


def _reason(alike: Sequence[DeadLetters]) -> str:
    most = max(alike, key=lambda letters: letters.count)
    return " ".join((most.error or "nobody knows why").split())[:_LONGEST_REASON].rstrip(" .")
