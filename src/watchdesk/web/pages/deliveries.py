"""/deliveries: the outbox, with retry and drop for what did not go out."""

from functools import partial

from watchdesk.config.settings import OPERATORS
from watchdesk.delivery.repairing import drop_deliveries, retry_deliveries
from watchdesk.documents.deliveries import when_of
from watchdesk.model import UNDECIDED, DeliveryState
from watchdesk.ports import Store
from watchdesk.web.asked import Asked, Elsewhere, Refusal
from watchdesk.web.paging import ROWS, cut, moment_cursor, place_of
from watchdesk.web.rendering import address
from watchdesk.web.routes import Page, Values

DEAD_SHOWN = 20
"""Dead letters that stand above the list."""
DEAD_COUNTED = 1000


def _show(asked: Asked) -> Values:
    state, channel = asked.query.get("state", ""), asked.query.get("channel", "")
    digest, cursor = asked.query.get("digest", ""), asked.query.get("cursor")
    wanted = _state(state)
    with asked.desk.reading() as store:
        rows = store.deliveries(
            wanted, ROWS + 1, channel=channel or None, digest=digest or None, after=place_of(cursor)
        )
        stopped = store.stopped_channels()
        is_whole = not (state or channel or digest or cursor)
        dead = store.deliveries(DeliveryState.DEAD, DEAD_COUNTED + 1) if is_whole else ()
    found = cut(rows, ROWS, lambda one: moment_cursor(one.created_at, one.id))
    settings = asked.configured.settings

    return {
        "deliveries": found.rows,
        "next": found.next,
        "is_first": not cursor,
        "dead": dead[:DEAD_SHOWN],
        "dead_count": len(dead),
        "dead_most": DEAD_COUNTED,
        "stopped": {name: why for name, why in stopped.items() if channel in ("", name)},
        "is_whole": is_whole,
        "state": state,
        "channel": channel,
        "digest": digest,
        "states": [str(one) for one in DeliveryState],
        "channels": sorted({*settings.channels, *stopped}),
        "digests": [*settings.digests, OPERATORS],
        "when_of": partial(when_of, stopped=stopped, now=asked.now, zone=asked.zone),
        "undecided": UNDECIDED,
    }


def _state(name: str) -> DeliveryState | None:
    try:
        return DeliveryState(name) if name else None
    except ValueError:
        raise Refusal(400, f"There is no state '{name}' of deliveries.") from None


def _change(asked: Asked) -> Values | Elsewhere:
    form = asked.form
    with asked.desk.writing() as store:
        if "restart" in form:
            _restart(asked, store, form["restart"])
        else:
            chosen = store.deliveries_of([form.get("id", "")], [])
            if form.get("do") == "retry":
                retry_deliveries(store, chosen, asked.now)
            elif form.get("do") == "drop":
                drop_deliveries(store, chosen)
    filters = {name: form.get(name) for name in ("state", "channel", "digest", "cursor")}
    return Elsewhere(address("/deliveries", **filters))


def _restart(asked: Asked, store: Store, channel: str) -> None:
    """Retries every dead delivery to the channel, and sends to it again."""
    retry_deliveries(store, store.deliveries(DeliveryState.DEAD, channel=channel), asked.now)
    store.restart_channel(channel)


PAGE = Page("/deliveries", "deliveries.html.j2", _show, name="Deliveries", change=_change)
