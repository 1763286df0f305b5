"""One attempt at a delivery. Whatever the channel's code does, the result is a short, clean outcome.

The outbox decides what follows from it.
"""

import queue
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from watchdesk.delivery.captured_output import captured_to_log
from watchdesk.encoding.display import encodable, one_line, shortened
from watchdesk.logger import get_logger
from watchdesk.model import Parcel, Refused, Retry, SendOutcome, Sent
from watchdesk.ports import Channel

log = get_logger(__name__)

_LONGEST_REASON = 1000
_LOOKED_AT = 10_000
"""How many characters of a reason are looked at."""
_HANGING = 4
"""How many attempts of a channel may hang before no further one begins."""
_MOST_NAMES = 100_000
"""The most receivers of one delivery that are remembered as having it."""


def attempt(name: str, channel: Channel, parcel: Parcel, now: datetime) -> SendOutcome:
    """Lets the channel send once. An exception in its code is a failed attempt and affects no other
    channel.
    """
    try:
        return normalised(channel.send(parcel, now))
    except Exception as mistake:  # noqa: BLE001 - whatever a channel does wrong is an outcome
        return _failed(name, parcel, mistake)


def normalised(outcome: object) -> SendOutcome:
    """The outcome with its texts on one line, storable and bounded; a failure if it is no outcome at all."""
    match outcome:
        case Sent(note):
            return Sent(None if note is None else _short(note))
        case Retry():
            after = outcome.after if isinstance(outcome.after, timedelta) else None
            return Retry(
                _short(outcome.reason),
                max(after, timedelta(0)) if after else None,
                tuple(str(who) for who in outcome.taken[:_MOST_NAMES]),
                needs_person=outcome.needs_person is True,
            )
        case Refused():
            return Refused(_short(outcome.reason), stop_channel=outcome.stop_channel is True)
        case _:  # rest: outside type
            kind = _short(type(outcome).__name__)
            return Retry(f"its channel answered with {kind}, where Sent, Retry or Refused is due")


class Contained:
    """Runs a third party's channel in a thread, for a limited time, and logs what it prints.

    No exception of the channel reaches the sender, not even `SystemExit`.
    """

    def __init__(self, name: str, channel: Channel, seconds: float) -> None:
        self._name = name
        self._channel = channel
        self._seconds = seconds
        self._late: dict[str, queue.SimpleQueue[SendOutcome]] = {}

    def send(self, parcel: Parcel, now: datetime) -> SendOutcome:
        """Sends by the channel. An attempt that has not come back is waited for, not repeated."""
        late = self._late.get(parcel.delivery.id)
        if late is not None:
            return self._wait(parcel, late, 0.0)
        hanging = sum(outcomes.empty() for outcomes in list(self._late.values()))
        if hanging >= _HANGING:
            return Retry(f"{hanging} attempts of the channel have not come back yet")
        outcomes: queue.SimpleQueue[SendOutcome] = queue.SimpleQueue()
        # A copy: whatever is done to it, the delivery stays what it is.
        copy = replace(parcel, delivery=replace(parcel.delivery), rendered=replace(parcel.rendered))
        self._begin(lambda: self._channel.send(copy, now), parcel, outcomes)
        return self._wait(parcel, outcomes, self._seconds)

    def _wait(
        self, parcel: Parcel, outcomes: "queue.SimpleQueue[SendOutcome]", seconds: float
    ) -> SendOutcome:
        try:
            outcome = outcomes.get(block=seconds > 0, timeout=seconds)
        except queue.Empty:
            self._late[parcel.delivery.id] = outcomes
            return Retry(f"the channel has not come back within {self._seconds:g} s; it may still send it")
        self._late.pop(parcel.delivery.id, None)
        return outcome

    def _begin(
        self, send: Callable[[], object], parcel: Parcel, outcomes: "queue.SimpleQueue[SendOutcome]"
    ) -> None:
        def run() -> None:
            outcome: SendOutcome = Retry("the channel ended its thread")
            try:
                with captured_to_log(channel=self._name):
                    outcome = normalised(send())
            except BaseException as mistake:  # noqa: BLE001 - SystemExit and the like are its own affair
                outcome = _failed(self._name, parcel, mistake)
            finally:
                outcomes.put(outcome)

        try:
            threading.Thread(target=run, name=f"channel {self._name}", daemon=True).start()
        except RuntimeError as error:  # the system has no room for another thread
            outcomes.put(Retry(f"no thread could be started for it: {error}"))


def _failed(name: str, parcel: Parcel, mistake: BaseException) -> Retry:
    kind = _short(type(mistake).__name__)
    bound_log = log.bind(channel=name, delivery=parcel.delivery.id)
    bound_log.error("a channel failed by a mistake in it", why=described(mistake))
    bound_log.debug("where the mistake is", exc_info=mistake)
    return Retry(f"channel '{name}' failed by a mistake in it ({kind}); the log has it")


def described(mistake: BaseException) -> str:
    """An exception of a third party's code as one line: its class, and its message."""
    kind = _short(type(mistake).__name__)
    try:
        said = str(mistake)
    except Exception:  # noqa: BLE001 - a third party's exception may fail at this, too
        said = "(its text cannot be made)"
    return f"{kind}: {_short(said)}" if said else kind


def _short(text: object) -> str:
    if not isinstance(text, str):
        return f"(no text, but {_short(type(text).__name__)})"
    return shortened(one_line(encodable(text[:_LOOKED_AT])), _LONGEST_REASON) or "(it did not say why)"
