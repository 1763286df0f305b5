"""`webhook`: POSTs a digest as a JSON document, signed by Standard Webhooks.

`signature` makes the signatures. What an answer means, and how long it may take, is decided here.
"""

import ssl
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

import requests
from pydantic import BaseModel, ConfigDict, Field, field_validator
from urllib3.exceptions import HTTPError

from watchdesk import __version__
from watchdesk.config.network import Network, Proxy
from watchdesk.config.secrets import SecretMissing, SecretRef
from watchdesk.delivery.kind import ChannelContext, ChannelKind
from watchdesk.delivery.signature import key_of, signed_headers
from watchdesk.delivery.timeouts import Timeouts
from watchdesk.model import (
    Account,
    NotReached,
    NotTried,
    Parcel,
    Probed,
    Reached,
    Refused,
    Retry,
    SendOutcome,
    Sent,
)
from watchdesk.transport.adapter import Adapter, connected, redacted, route_of
from watchdesk.transport.connections import ConnectionPolicy
from watchdesk.transport.deadline import Deadline, Watch
from watchdesk.transport.reasons import reason_of, unknown_login
from watchdesk.transport.retry_after import retry_after
from watchdesk.transport.trust import trust_store

_LOOKED_AT = 2000
"""How many bytes of an answer's body are read."""
_REPEATED = 200
"""How many characters of it a reason quotes."""
_LOGINS = {401: "www-authenticate", 407: "proxy-authenticate"}


TIMEOUTS = Timeouts(wait=30, whole=60)
"""The defaults, where the configuration names none."""


class WebhookOptions(BaseModel):
    """The options under `webhook:`."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    url: str = Field(
        description="Where to POST: an http:// or https:// address", json_schema_extra={"format": "uri"}
    )
    secret: tuple[SecretRef, ...] = Field(
        default=(),
        max_length=2,
        description="Signs each request (Standard Webhooks): whsec_… in base64, or any text; "
        "a list of two while it is being changed. Without it, requests are not signed",
    )

    @field_validator("secret", mode="before")
    @classmethod
    def _one_is_a_list(cls, value: object) -> object:
        return value if isinstance(value, list | tuple) else [value]

    @field_validator("url")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        try:
            parts = urlsplit(value)
            usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            usable = False
        if not usable or not value.isprintable() or " " in value:
            raise ValueError("a webhook's url is an http:// or https:// address")
        return value


class WebhookChannel:
    """POSTs each digest once for each attempt; follows no redirects."""

    def __init__(
        self,
        options: WebhookOptions,
        timeouts: Timeouts | None = None,
        trust: ssl.SSLContext | None = None,
        network: Network = Network(),
    ) -> None:
        """`trust`: whose certificates are believed; those of `network` when left out."""
        self._url = options.url
        self._secrets = options.secret
        self._timeouts = timeouts or TIMEOUTS
        self._watch = Watch(self._timeouts.whole)
        self._authorities = network.authorities
        self._route = route_of(options.url, network.proxies)
        self._trust = trust or trust_store(network.authorities)

    def send(self, parcel: Parcel, now: datetime) -> SendOutcome:
        """Sends once. Every refusal and every failure on the way is an outcome."""
        body = parcel.rendered.json.encode("utf-8", "replace")
        try:
            keys = self._keys()
        except (SecretMissing, ValueError) as trouble:
            return Retry(str(trouble))
        headers = {
            **signed_headers(parcel.delivery.id, body, keys, now),
            "Content-Type": "application/json",
            "User-Agent": f"watchdesk/{__version__}",
            "Accept-Encoding": "identity",
        }
        with self._watch.deadline() as deadline:
            try:
                return self._post(deadline, headers, body, now)
            except (requests.RequestException, HTTPError, OSError) as trouble:
                return Retry(self._interrupted(trouble, deadline))

    def probe(self, account: Account) -> Sequence[Probed]:  # noqa: ARG002 - a port's signature
        """Its secrets, and a connection to the receiver, TLS included. Nothing is asked of it."""
        found: list[Probed] = []
        try:
            self._keys()
        except SecretMissing as missing:
            there = all(secret.kind == "credential" for secret in self._secrets)
            found.append(NotTried("its signature", str(missing)) if there else NotReached(str(missing)))
        except ValueError as trouble:
            found.append(NotReached(str(trouble)))
        wait = self._timeouts.wait
        with self._watch.deadline() as deadline, closing(self._adapter(deadline)) as adapter:
            try:
                expires = adapter.connect_by(self._route, self._url, wait)
            except (requests.RequestException, HTTPError, OSError) as trouble:
                reason = self._interrupted(trouble, deadline)
                return [NotReached(reason, "check `url`, or ask whoever runs the receiver"), *found]
        return [Reached(connected(self._url, self._route), expires), *found]

    def _keys(self) -> Sequence[bytes]:
        """Raises `SecretMissing`, and `ValueError` for what is no key."""
        return [key_of(secret.reveal()) for secret in self._secrets]

    def _adapter(self, deadline: Deadline) -> Adapter:
        wait = self._timeouts.wait
        policy = ConnectionPolicy(lambda _asked: min(wait, deadline.remaining), deadline.watch)
        # No session: no login from a .netrc file may travel with it, and no cookie.
        return Adapter(policy, self._trust, 1, 1)

    def _post(
        self, deadline: Deadline, headers: Mapping[str, str], body: bytes, now: datetime
    ) -> SendOutcome:
        request = requests.Request("POST", self._url, headers=headers, data=body).prepare()
        adapter = self._adapter(deadline)
        with closing(adapter), adapter.send_by(self._route, request, self._timeouts.wait) as answer:
            said = "" if answer.ok else _first_words(answer)
            outcome = judge(answer.status_code, answer.headers, said, where=redacted(self._url), now=now)
        if isinstance(outcome, Retry) and isinstance(self._route, Proxy):
            return replace(outcome, reason=f"{outcome.reason}; asked through {self._route}")
        return outcome

    def _interrupted(self, trouble: Exception, deadline: Deadline) -> str:
        where = redacted(self._url)
        if deadline.expired:
            return f"{where} took more than {deadline.seconds:g} s in all"
        if isinstance(trouble, requests.Timeout) and not isinstance(self._route, Proxy):
            return f"{where} did not answer within {self._timeouts.wait:g} s"
        reason = reason_of(trouble, self._timeouts.wait, self._route, self._authorities)
        if isinstance(trouble, requests.exceptions.SSLError | ssl.SSLError):
            return f"no safe connection to {where}: {reason}"
        return f"no answer from {where}: {reason}"


def judge(status: int, headers: Mapping[str, str], said: str, *, where: str, now: datetime) -> SendOutcome:
    """What an answer means. `said`: the beginning of its body; `headers`: by name, in any case."""
    answered = f"{where} answered {status}" + (f": {said}" if said else "")
    if status in _LOGINS and (unknown := unknown_login(headers.get(_LOGINS[status], ""))):
        return Retry(f"{answered}; it asks for a login by {unknown}, which watchdesk does not know")
    if 200 <= status < 300:
        return Sent()
    if status == 410:
        return Refused(f"{answered}; it wants nothing more, so the channel is stopped", stop_channel=True)
    if 300 <= status < 400:
        return Retry(f"{answered}; redirects are not followed: give the new address as `url`")
    after = retry_after(headers.get("retry-after"), now) if status in (429, 503) else None
    return Retry(answered, after)


def _first_words(answer: requests.Response) -> str:
    try:
        start = answer.raw.read1(_LOOKED_AT, decode_content=False)
    except (HTTPError, OSError, ValueError):
        return ""  # the status is answer enough
    words = " ".join(start.decode("utf-8", "replace").split())
    return "".join(char for char in words if char.isprintable())[:_REPEATED]


def _build(options: WebhookOptions, context: ChannelContext) -> WebhookChannel:
    return WebhookChannel(options, TIMEOUTS.within(context.timeout), context.trust, context.network)


KIND = ChannelKind(WebhookOptions, _build)
