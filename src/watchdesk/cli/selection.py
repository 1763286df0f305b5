"""Finds the deliveries that a person names: by the beginnings of their ids, or all dead ones."""

from collections.abc import Collection, Sequence
from datetime import datetime, tzinfo

from watchdesk.cli.delivery_rows import delivery_lines
from watchdesk.config.places import did_you_mean
from watchdesk.errors import UsageError
from watchdesk.model import Delivery, DeliveryState
from watchdesk.ports import OutboxStore

_SHORTEST = 4
_CANDIDATES = 5


def deliveries_by_id(
    store: OutboxStore, ids: Sequence[str], now: datetime, zone: tzinfo
) -> tuple[Sequence[Delivery], Sequence[str]]:
    """The deliveries, each once, and those of `ids` that no delivery has.

    Raises `UsageError`, naming the candidates, if several ids begin with one of them.
    """
    found: dict[str, Delivery] = {}
    unknown: list[str] = []
    for given in ids:
        if len(given) < _SHORTEST:
            raise UsageError(f"'{given}' is too short for an id: give at least {_SHORTEST} of its characters")
        alike = store.deliveries(limit=_CANDIDATES + 1, beginning=given.lower())
        if len(alike) > 1:
            raise UsageError(_ambiguous(given, alike, now, zone))
        found |= {delivery.id: delivery for delivery in alike}
        unknown += [] if alike else [given]
    return list(found.values()), unknown


def dead_deliveries(
    store: OutboxStore, channel: str | None, configured: Collection[str]
) -> Sequence[Delivery]:
    """Every dead delivery, or every one to `channel`. Raises `UsageError` for an unknown channel."""
    dead = store.deliveries(DeliveryState.DEAD, channel=channel)
    if not dead:
        refuse_unknown("channel", channel, configured)
    return dead


def refuse_unknown(noun: str, name: str | None, known: Collection[str]) -> None:
    """Raises `UsageError` for an unknown name, with the nearest known one."""
    if name is not None and name not in known:
        hint = did_you_mean(name, list(known)) or f"there are: {', '.join(known) or 'none'}"
        raise UsageError(f"there is no {noun} '{name}'; {hint}")


def _ambiguous(given: str, alike: Sequence[Delivery], now: datetime, zone: tzinfo) -> str:
    rows = [text for text, _ in delivery_lines(alike[:_CANDIDATES], {}, now, zone, None)]
    more = ["  …"] if len(alike) > _CANDIDATES else []
    return "\n".join([f"'{given}' is the beginning of several ids; give more of it:", *rows, *more])
