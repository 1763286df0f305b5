"""What a person decides of deliveries that did not go out: to be tried again, or not to be sent."""

from collections.abc import Collection, Sequence
from datetime import datetime

from watchdesk.model import DeadLetters, Delivery, DeliveryState
from watchdesk.notices import trouble_of
from watchdesk.notices.dead_letters import cause_of
from watchdesk.ports import Store


def retry_deliveries(store: Store, chosen: Sequence[Delivery], now: datetime) -> Sequence[str]:
    """Dead and waiting ones become due, and their channels take deliveries again; the ids that did.

    Their troubles are over: should they die again, the operators are told again.
    """
    over = _keys_over(store, chosen)
    done = store.retry([delivery.id for delivery in chosen], now)
    for channel in sorted({delivery.channel for delivery in chosen if delivery.id in done}):
        store.restart_channel(channel)
    _end(store, over)
    return done


def drop_deliveries(store: Store, chosen: Sequence[Delivery]) -> Sequence[str]:
    """Dead and waiting ones will not be sent, and their troubles are over; the ids that were dropped."""
    over = _keys_over(store, chosen)
    done = store.drop([delivery.id for delivery in chosen])
    _end(store, over)
    return done


def _keys_over(store: Store, chosen: Sequence[Delivery]) -> Collection[str]:
    """Keys of the troubles that end with the chosen dead letters, since no other one causes them."""
    ids = {delivery.id for delivery in chosen}
    dead = store.deliveries(DeliveryState.DEAD)
    return {_key(d) for d in dead if d.id in ids} - {_key(d) for d in dead if d.id not in ids}


def _key(delivery: Delivery) -> str:
    letter = DeadLetters(delivery.channel, delivery.digest_name, delivery.error, 1)
    return trouble_of(cause_of([letter])).cause


def _end(store: Store, keys: Collection[str]) -> None:
    if keys:
        store.end_troubles(keys)
