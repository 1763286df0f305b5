"""What dead letters have in common: one trouble for each channel and kind of reason. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from watchdesk.config.settings import OPERATORS
from watchdesk.model import DeadLetters, Trouble
from watchdesk.notices.reasons import in_a_sentence

_LONGEST_KIND = 150
_ADDRESS = re.compile(r"[^\s<>:,;]+@[^\s<>:,;]+(?:, [^\s<>:,;]+@[^\s<>:,;]+)*")
_UNIT = r"\s(?:s|min|h|seconds|minutes|hours|days|bytes|attempts|times)\b"
_NUMBER = re.compile(
    rf"(?P<status>(?<![\w.])(?:[345]\d\d|[45]\.\d\.\d{{1,3}})(?![\w.]|{_UNIT}))|[\w-]*\d[\w-]*", re.ASCII
)
"""A status of SMTP or HTTP; any other word with a digit is a count, a time, a host, a queue's id."""
_STATUS = re.compile(r"(?<![\w.#])[345]\d\d(?: [45]\.\d\.\d{1,3})?(?![\w.])", re.ASCII)
"""A status, with what SMTP may say more exactly (RFC 3463)."""
_SELDOM = timedelta(hours=1)


def cause_of(channel: str, digest_name: str, error: str | None) -> str:
    """What makes the death of a delivery the same trouble as another's.

    Of notices to the operators only the channel counts: if every death of one made a notice of another
    kind, two broken channels would tell of each other for ever.
    """
    if digest_name == OPERATORS:
        return f"dead-notices:{channel}"
    return f"dead:{channel}:{kind_of(error or '')}"


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


def one_an_hour(fresh: Iterable[Trouble], told: Mapping[str, datetime], now: datetime) -> Iterator[Trouble]:
    """Of each channel's dead letters one cause within an hour of another; the others wait until it is over.

    However unlike the words may be in which a receiver refuses, they make no flood. `told`: when each
    cause was.
    """
    lately = {_channel_of(cause) for cause, at in told.items() if now - _SELDOM < at < now + _SELDOM}
    for trouble in fresh:
        channel = _channel_of(trouble.cause)
        if channel is None or channel not in lately:
            lately.add(channel)
            yield trouble


def _channel_of(cause: str) -> str | None:
    """The channel whose digests died of it; None: it is another trouble."""
    what, _, of = cause.partition(":")
    return of.partition(":")[0] if what == "dead" else None


def dead_letter_troubles(letters: Iterable[DeadLetters]) -> Iterator[Trouble]:
    """One trouble for each cause, the largest first.

    Of dead notices only where nothing else says that the channel is broken.
    """
    by_cause: dict[str, list[DeadLetters]] = {}
    for letter in letters:
        cause = cause_of(letter.channel, letter.digest_name, letter.error)
        by_cause.setdefault(cause, []).append(letter)
    with_digests = {of[0].channel for of in by_cause.values() if of[0].digest_name != OPERATORS}
    for cause, alike in sorted(by_cause.items(), key=lambda item: -sum(of.count for of in item[1])):
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
    return in_a_sentence(most.error or "nobody knows why")
