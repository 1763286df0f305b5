"""`chat`: sends a digest as one message to Slack, Teams, Telegram, Matrix, ntfy and all else that Apprise
reaches.

`delivery.chat` decides what the message says and how it is sent.
"""

import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from watchdesk.config.network import Network
from watchdesk.config.secrets import Secret, SecretMissing, SecretRef, is_reference
from watchdesk.delivery.chat.compact import compact
from watchdesk.delivery.chat.time_limit import TimeLimit
from watchdesk.delivery.delivered import Delivered
from watchdesk.delivery.kind import ChannelContext, ChannelKind
from watchdesk.delivery.timeouts import Timeouts
from watchdesk.model import (
    Account,
    NotReached,
    NotTried,
    Parcel,
    Probed,
    Refused,
    Retry,
    SendOutcome,
    Sent,
)
from watchdesk.transport.trust import trust_store

if TYPE_CHECKING:
    from watchdesk.delivery.chat.services import ChatService

TIMEOUTS = Timeouts(wait=20, whole=60)
"""The defaults, where the configuration names none."""


class ChatOptions(BaseModel):
    """The options under `chat:`; an address alone is enough."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    address: tuple[SecretRef, ...] = Field(
        min_length=1,
        description="Where to send: an address of Apprise, such as slack://…, tgram://… or ntfy://…, "
        "or where it is kept; or a list of them",
    )

    @model_validator(mode="before")
    @classmethod
    def _address_alone(cls, value: object) -> object:
        in_full = isinstance(value, ChatOptions) or (isinstance(value, Mapping) and not is_reference(value))
        return value if in_full else {"address": value}

    @field_validator("address", mode="before")
    @classmethod
    def _one_is_a_list(cls, value: object) -> object:
        return value if isinstance(value, list | tuple) else [value]

    @model_validator(mode="after")
    def _addresses_are_known(self) -> Self:
        for secret in self.address:
            if secret.kind == "plain":
                _service(secret.reveal())
        return self


class ChatChannel:
    """Sends each digest as one message to each address."""

    def __init__(
        self,
        options: ChatOptions,
        timeouts: Timeouts | None = None,
        network: Network = Network(),
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self._network = network
        self._trust = trust or trust_store(network.authorities)
        self._secrets = options.address
        self._timeouts = timeouts or TIMEOUTS
        self._time_limit = TimeLimit()
        self._delivered: Delivered[int] = Delivered()

    def send(self, parcel: Parcel, now: datetime) -> SendOutcome:  # noqa: ARG002 - a port's signature
        """Sends once to each address that does not have it yet. Every failure on the way is an outcome.

        Chats cannot drop repeats, so a repeat leaves out the addresses that have the delivery. Only this
        process remembers them.
        """
        ends = time.monotonic() + self._timeouts.whole
        delivered = self._delivered.of(parcel.delivery.id)
        outcomes: list[SendOutcome] = []
        for number, secret in enumerate(self._secrets):
            if number in delivered:
                outcomes.append(Sent())
                continue
            arrived = partial(delivered.add, number)
            outcomes.append(self._send_to(secret, parcel, ends - time.monotonic(), arrived))
        return settled(outcomes)

    def mistakes(self) -> Sequence[str]:
        """What no service takes of the addresses that stand in files or in the environment."""
        found = []
        for named, secret in self._numbered:
            try:
                _service(secret.reveal(), self._network, self._trust)
            except SecretMissing:  # that is said where it is asked for
                continue
            except ValueError as trouble:
                found.append(f"{named} cannot be used: {trouble}")
        return found

    def probe(self, account: Account) -> Sequence[Probed]:  # noqa: ARG002 - a port's signature
        """A connection to each of its services, TLS included. Nothing is asked of them."""
        ends = time.monotonic() + self._timeouts.whole
        return [self._probe(secret, named, ends - time.monotonic()) for named, secret in self._numbered]

    @property
    def _numbered(self) -> Sequence[tuple[str, Secret]]:
        """Each address with how it is named, which says nothing of it."""
        if len(self._secrets) == 1:
            return [("its address", self._secrets[0])]
        return [(f"its address number {number}", secret) for number, secret in enumerate(self._secrets, 1)]

    def _probe(self, secret: Secret, named: str, left: float) -> Probed:
        if left <= 0:
            return NotTried(named, "there was no time left for it")
        try:
            service = _service(secret.reveal(), self._network, self._trust)
        except SecretMissing as missing:
            if secret.kind == "credential":
                return NotTried(named, str(missing))
            return NotReached(str(missing))
        except ValueError as trouble:
            return NotReached(f"{named} {trouble}")
        return service.probe(min(self._timeouts.wait, left))

    def _send_to(
        self, secret: Secret, parcel: Parcel, left: float, arrived: Callable[[], None]
    ) -> SendOutcome:
        if left <= 0:
            return Retry("there was no time left for another of its addresses")
        try:
            service = _service(secret.reveal(), self._network, self._trust)
        except (SecretMissing, ValueError) as trouble:
            return Retry(str(trouble))
        message = compact(parcel.rendered, service.markup, service.room)

        def attempt() -> SendOutcome:
            outcome = service.send(message, min(self._timeouts.wait, left))
            if isinstance(outcome, Sent):
                arrived()  # even when nobody waits for it any more
            return outcome

        return self._time_limit.run(service.name, attempt, left)


def _service(
    address: str, network: Network = Network(), trust: ssl.SSLContext | None = None
) -> "ChatService":
    """Raises `ValueError` for an invalid address."""
    from watchdesk.delivery.chat.services import ChatService  # noqa: PLC0415 - Apprise is heavy

    return ChatService(address, network, trust)


def settled(outcomes: Sequence[SendOutcome]) -> SendOutcome:
    """The outcome for all addresses together: Retry while any of them may still accept it."""
    later = [outcome.reason for outcome in outcomes if isinstance(outcome, Retry)]
    refused = [outcome.reason for outcome in outcomes if isinstance(outcome, Refused)]
    if later:
        return Retry("; ".join(dict.fromkeys([*later, *refused])))
    if len(refused) == len(outcomes):
        return Refused("; ".join(dict.fromkeys(refused)))
    return Sent("; ".join(dict.fromkeys(refused)) or None)


def _build(options: ChatOptions, context: ChannelContext) -> ChatChannel:
    return ChatChannel(options, TIMEOUTS.within(context.timeout), context.network, context.trust)


KIND = ChannelKind(ChatOptions, _build)
