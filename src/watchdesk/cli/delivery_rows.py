"""How a delivery looks on a terminal: a row, its subject, and its last error as a sentence.

The same as JSON, and when it goes out in words, is in `documents.deliveries`.
"""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, tzinfo

from watchdesk.cli.session import Line
from watchdesk.documents.deliveries import when_of
from watchdesk.documents.words import counted, printable
from watchdesk.model import Delivery, DeliveryState

_INDENT = " " * 10
_SHORT = 8
"""Characters of an id that are shown; more if two would look alike."""
_ROUTE = 22
_NARROW = 80
_STYLES = {DeliveryState.DEAD: "bold red", DeliveryState.WAITING: "yellow", DeliveryState.DROPPED: "dim"}


def delivery_lines(
    rows: Sequence[Delivery],
    stopped: Mapping[str, str],
    now: datetime,
    zone: tzinfo,
    width: int | None,
) -> Iterator[Line]:
    """The rows, each with its details, within `width` columns; None: at full length."""
    length = _id_length([row.id for row in rows])
    routes = [f"{row.digest_name} → {row.channel}" for row in rows]
    pad = min(max(map(len, routes), default=0), _ROUTE)
    for row, route in zip(rows, routes, strict=True):
        when = when_of(row, stopped, now, zone)
        tries = f", {counted(row.attempts, 'attempt')}" if row.attempts else ""
        yield f"{row.id[:length]}  {row.state:<7}  {route:<{pad}}  {when}{tries}", _STYLES.get(row.state)
        if row.subject:
            yield _INDENT + _shortened(printable(row.subject), width), "dim"
        for sentence in (row.error, row.note):
            if sentence:
                yield from ((line, None) for line in _sentence(sentence, width))


def stopped_lines(channel: str, reason: str, width: int | None) -> Iterator[Line]:
    """Says that nothing is sent to the channel, and how to start it again."""
    lines = [f"The channel {channel} is stopped: {printable(reason)}"]
    if width is not None:
        lines = textwrap.wrap(lines[0], width, break_on_hyphens=False)
    yield "", None
    yield from ((line, "bold red") for line in lines)
    yield f"To start it again: watchdesk deliveries retry --channel {channel}", None
    yield "To try the way there first: watchdesk doctor", None


def _id_length(ids: Sequence[str]) -> int:
    longest = max(map(len, ids), default=_SHORT)
    fitting = (n for n in range(_SHORT, longest) if len({one[:n] for one in ids}) == len(ids))
    return next(fitting, longest)


def _shortened(text: str, width: int | None) -> str:
    room = (width or _NARROW) - len(_INDENT)
    return textwrap.shorten(text, room, placeholder=" …") if width else text


def _sentence(text: str, width: int | None) -> list[str]:
    line = _INDENT + printable(text)
    if width is None:
        return [line]
    return textwrap.wrap(line, width, subsequent_indent=_INDENT, break_on_hyphens=False)
