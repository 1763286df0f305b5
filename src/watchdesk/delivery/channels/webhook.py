"""`webhook`: a digest as a JSON document, POSTed and signed as Standard Webhooks has it.

How signatures are made is in `signature`; what an answer means, and how long it may take, is here.
"""

import socket
import ssl
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from pydantic import BaseModel, ConfigDict, Field, field_validator
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection
from urllib3.exceptions import HTTPError

from watchdesk import __version__
from watchdesk.config.secrets import SecretMissing, SecretRef
from watchdesk.delivery.kind import ChannelContext, ChannelKind
from watchdesk.delivery.limits import Limits
from watchdesk.delivery.signature import key_of, signed_headers
from watchdesk.model import Parcel, Refused, Retry, SendOutcome, Sent
from watchdesk.wire.connections import Pools, pools_by, trust_store
from watchdesk.wire.deadline import Deadline, Watch
from watchdesk.wire.waits import retry_after

_LOOKED_AT = 2000
"""Bytes of an answer's body; the rest is never read."""
_REPEATED = 200
"""Characters of it that a reason repeats."""


LIMITS = Limits(wait=30, whole=60)
"""Where the configuration says nothing."""


class WebhookOptions(BaseModel):
    """Under `webhook:`."""

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
    """POSTs each digest once an attempt; redirects are not followed."""

    def __init__(
        self, options: WebhookOptions, limits: Limits | None = None, trust: ssl.SSLContext | None = None
    ) -> None:
        self._url = options.url
        self._secrets = options.secret
        self._limits = limits or LIMITS
        self._watch = Watch(self._limits.whole)
        self._trust = trust or (trust_store() if options.url.startswith("https:") else None)

    def send(self, parcel: Parcel, now: datetime) -> SendOutcome:
        """Sends once. Every refusal and every trouble on the way is an outcome."""
        body = parcel.rendered.json.encode("utf-8", "replace")
        try:
            keys = [key_of(secret.reveal()) for secret in self._secrets]
        except (SecretMissing, ValueError) as trouble:
            return Retry(str(trouble))
        headers = {
            **signed_headers(parcel.delivery.id, body, keys, now),
            "Content-Type": "application/json",
            "User-Agent": f"watchdesk/{__version__}",
            "Accept-Encoding": "identity",
        }
        with self._watch.deadline() as deadline, requests.Session() as session:
            try:
                return self._post(session, deadline, headers, body, now)
            except (requests.RequestException, HTTPError, OSError) as trouble:
                return Retry(self._interrupted(trouble, deadline))

    def _post(
        self,
        session: requests.Session,
        deadline: Deadline,
        headers: Mapping[str, str],
        body: bytes,
        now: datetime,
    ) -> SendOutcome:
        session.trust_env = False  # no login from a .netrc file may travel with it
        for scheme in ("http://", "https://"):
            session.mount(scheme, _WatchedAdapter(deadline, self._trust))
        with session.post(
            self._url,
            data=body,
            headers=headers,
            timeout=self._limits.wait,
            allow_redirects=False,
            stream=True,
        ) as answer:
            said = "" if answer.ok else _first_words(answer)
            return judge(answer.status_code, answer.headers, said, where=redacted(self._url), now=now)

    def _interrupted(self, trouble: Exception, deadline: Deadline) -> str:
        where = redacted(self._url)
        if deadline.expired:
            return f"{where} took more than {deadline.seconds:g} s in all"
        if isinstance(trouble, requests.Timeout):
            return f"{where} did not answer within {self._limits.wait:g} s"
        if isinstance(trouble, requests.exceptions.SSLError):
            return f"no safe connection to {where}: {_root_cause(trouble)}"
        return f"no answer from {where}: {_root_cause(trouble)}"


def judge(status: int, headers: Mapping[str, str], said: str, *, where: str, now: datetime) -> SendOutcome:
    """What an answer means. `said` is the beginning of its body; `headers` know no case."""
    told = f"{where} answered {status}" + (f": {said}" if said else "")
    if 200 <= status < 300:
        return Sent()
    if status == 410:
        return Refused(f"{told}; it wants nothing more, so the channel is stopped", stop_channel=True)
    if 300 <= status < 400:
        return Retry(f"{told}; redirects are not followed: give the new address as `url`")
    after = retry_after(headers.get("retry-after"), now) if status in (429, 503) else None
    return Retry(told, after)


def redacted(url: str) -> str:
    """Scheme and host: what follows them may be a secret."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname}{port}"


def _first_words(answer: requests.Response) -> str:
    try:
        start = answer.raw.read1(_LOOKED_AT, decode_content=False)
    except (HTTPError, OSError, ValueError):
        return ""  # the status is answer enough
    words = " ".join(start.decode("utf-8", "replace").split())
    return "".join(char for char in words if char.isprintable())[:_REPEATED]


def _root_cause(trouble: BaseException) -> str:
    """The innermost reason; requests' own texts hold the whole address."""
    seen: BaseException | None = trouble
    reason = type(trouble).__name__
    while seen is not None:
        if isinstance(seen, ssl.SSLCertVerificationError):
            return f"its certificate cannot be trusted ({seen.verify_message})"
        if isinstance(seen, OSError) and seen.strerror:
            reason = seen.strerror
        seen = seen.__cause__ or seen.__context__
    return reason


class _WatchedAdapter(HTTPAdapter):
    """For one exchange, under one deadline."""

    def __init__(self, deadline: Deadline, trust: ssl.SSLContext | None) -> None:
        self._deadline = deadline
        self._trust = trust
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Makes pools whose connections are watched."""
        super().init_poolmanager(*args, **kwargs, ssl_context=self._trust)
        self.poolmanager.pool_classes_by_scheme = _watched_pools(self._deadline)

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:  # noqa: ARG002 - requests' hook
        """The trust store is in the context already; requests would read its file again."""
        conn.cert_reqs = "CERT_REQUIRED"


def _watched_pools(deadline: Deadline) -> Pools:
    def connect(_asked: HTTPConnection, plainly: Callable[[], socket.socket]) -> socket.socket:
        connection = plainly()
        deadline.watch(connection)
        return connection

    return pools_by(connect)


def _build(options: WebhookOptions, context: ChannelContext) -> WebhookChannel:
    return WebhookChannel(options, LIMITS.within(context.timeout))


KIND = ChannelKind(WebhookOptions, _build)
