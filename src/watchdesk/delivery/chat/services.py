"""The home of Apprise: opens an address as a chat service that sends one message and says why it failed.

Apprise reports failures to its log alone, addresses included. Reasons are taken from there without any
part of an address, and the log itself goes nowhere.
"""

import json
import logging
import re
import ssl
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from apprise import Apprise, AppriseAsset, NotifyBase

from watchdesk.config.network import Network
from watchdesk.config.places import did_you_mean
from watchdesk.delivery.chat.compact import Message, Room
from watchdesk.delivery.chat.markup import Markup
from watchdesk.encoding.display import one_line
from watchdesk.model import NotReached, NotTried, Probed, Reached, Refused, Retry, SendOutcome, Sent
from watchdesk.transport.library_sessions import library_network, probing_network
from watchdesk.transport.trust import trust_store

LIST_OF_KINDS = "https://github.com/caronc/apprise/wiki"

_RENDERS_MARKDOWN = {"mmost", "mmosts", "discord"}
"""Apprise says they take plain text; they show it as Markdown."""
_NTFY = {"ntfy", "ntfys"}
_NTFY_BYTES = 4000
"""Its servers turn longer messages into a file, unless configured otherwise (`message-size-limit`)."""
_NTFY_JSON = 7500
"""Apprise turns a message whose JSON is longer into a file."""
_FOR_GOOD = {410, 413}
"""The target is gone or the message too large: a repeat would be refused again."""
_STATUS = re.compile(r"error[=:]\s?(\d{3})")
_ANSWER = re.compile(r"Response Details:\s+b?['\"]?(.*?)['\"]?$", re.DOTALL)
_CAUSE = re.compile(
    r"Connection refused|Connection reset by peer|timed out|Name or service not known|No route to host"
    r"|Temporary failure in name resolution|No address associated with hostname|Network is unreachable"
    r"|certificate verify failed|Remote end closed connection|WRONG_VERSION_NUMBER",
    re.IGNORECASE,
)
_REPEATED = 200
"""How many characters of an answer a reason quotes."""


@dataclass(frozen=True, slots=True)
class _Said:
    """What Apprise said of one attempt."""

    warnings: Sequence[str]
    details: Sequence[str]
    trouble: str | None = None
    """Why the network failed."""

    @property
    def status(self) -> int | None:
        """The HTTP status, or the status that the service's own code means."""
        found = _STATUS.search(" ".join(self.warnings))
        return int(found[1]) if found else None

    @property
    def reason(self) -> str:
        """The first complaint, with its cause or the beginning of the answer."""
        words = self.warnings[0] if self.warnings else "it did not say why"
        if self.trouble:
            return f"{words} ({self.trouble})"
        cause = _CAUSE.search(" ".join(self.details))
        answers = [found[1] for detail in self.details if (found := _ANSWER.search(detail)) and found[1]]
        more = cause[0] if cause else "".join(answers[:1])
        return f"{words} ({more[:_REPEATED]})" if more else words


class ChatService:
    """One address, opened for one message; Apprise makes a second message wait for seconds."""

    def __init__(
        self,
        address: str,
        network: Network = Network(),
        trust: ssl.SSLContext | None = None,
    ) -> None:
        """Raises `ValueError` for an invalid address, without quoting what is secret in it."""
        self._network = network
        self._trust = trust
        self._address = address.strip()
        self._scheme = _scheme_of(self._address)
        self._asset = AppriseAsset(
            service_timeout=0,  # the time is kept elsewhere, by threads that do not outlive the process
            async_mode=False,
            http_redirects=False,
            interpret_emojis=False,
            app_id="watchdesk",
            app_desc="watchdesk",
            app_url="",
            image_url_mask="",
            image_url_logo="",
        )
        self._service = _opened(self._address, self._scheme, self._asset)

    @property
    def name(self) -> str:
        """The service's own name."""
        return str(self._service.service_name)

    @property
    def markup(self) -> Markup:
        """Its markup."""
        if self._scheme in _RENDERS_MARKDOWN:
            return Markup.MARKDOWN
        return Markup(self._service.resolve_format(None).value)

    @property
    def room(self) -> Room:
        """What one message of it holds."""
        service = self._service
        title, lines = int(service.title_maxlen), int(service.body_max_line_count)
        if self._scheme in _NTFY:
            return Room(_NTFY_BYTES, title, lines, _bytes_for_ntfy)
        amalgamated = title + 2 if service.overflow_amalgamate_title else 0
        return Room(int(service.body_maxlen) - amalgamated, title, lines, _utf16)

    def send(self, message: Message, wait: float) -> SendOutcome:
        """Sends once; `wait`: seconds for each answer. Every refusal and failure is an outcome."""
        trust = self._trust or trust_store(self._network.authorities)
        with library_network(self._network, trust, wait) as way:
            result = self._notified(message, wait)
        if result:
            return Sent()
        entries = [
            (entry.level in ("WARNING", "ERROR", "CRITICAL"), str(entry.message)) for entry in result.logs()
        ]
        said = _Said(
            [text for grave, text in entries if grave],
            [text for grave, text in entries if not grave],
            way.trouble,
        )
        reason = f"{self.name} did not take it: {self._without_address(said.reason)}"
        return Refused(reason) if said.status in _FOR_GOOD else Retry(reason)

    def probe(self, wait: float) -> Probed:
        """Connects to where a message would go first, and sends nothing; `wait`: seconds."""
        if not _goes_by_requests(self._service):
            return NotTried(self.name, "the way it is sent cannot be tried without sending")
        trust = self._trust or trust_store(self._network.authorities)
        with probing_network(self._network, trust, wait) as way:
            self._notified(Message("watchdesk", "watchdesk"), wait)
        if way.reached:
            return Reached(f"{self.name}: {way.reached}", way.expires)
        if way.trouble:
            reason = f"{self.name}: {one_line(way.trouble)}"
            return NotReached(reason, "check its address, or ask whoever runs the service")
        return NotTried(self.name, "it would send in a way that cannot be tried")

    def _notified(self, message: Message, wait: float) -> Any:
        """What Apprise says of it: true where it was taken, and the log of the attempt."""
        self._service.socket_connect_timeout = self._service.socket_read_timeout = wait
        crowd = Apprise(asset=self._asset)
        crowd.add(self._service)
        return crowd.notify(
            body=message.body,
            title=message.title,
            body_format=self._service.resolve_format(None).value,
            interpret_escapes=False,
            log_level=logging.DEBUG,
        )

    def _without_address(self, text: str) -> str:
        """On one line, without any part of the address that is long enough to be a secret."""
        rest = self._address.partition("://")[2]
        parts = {piece for way in (rest, unquote(rest)) for piece in re.split(r"[/:@?&=#%+,\s]+", way)}
        for part in sorted((part for part in parts if len(part) > 3), key=len, reverse=True):
            text = text.replace(part, "…")
        return "".join(char for char in " ".join(text.split()) if char.isprintable())[: 2 * _REPEATED]


def _opened(address: str, scheme: str, asset: AppriseAsset) -> NotifyBase:
    if not scheme:
        raise ValueError(f"must be an address such as slack://…; the kinds there are: {LIST_OF_KINDS}")
    _keep_the_log_to_ourselves()
    service = Apprise.instantiate(address, asset=asset, suppress_exceptions=True)
    if service is not None:
        return service
    guides = {
        str(name): kind["setup_url"]
        for kind in Apprise(asset=asset).details()["schemas"]
        for name in (*(kind["protocols"] or ()), *(kind["secure_protocols"] or ()))
    }
    if scheme in guides:
        guide = guides[scheme] or LIST_OF_KINDS
        raise ValueError(f"what follows {scheme}:// is no address of that kind; how they are made: {guide}")
    near = did_you_mean(scheme, sorted(guides)) or f"the kinds there are: {LIST_OF_KINDS}"
    raise ValueError(f"'{scheme}' is no kind of chat that is known here; {near}")


def _goes_by_requests(service: NotifyBase) -> bool:
    """Whether all that it sends goes by that library: no plugin that imports it has another way besides."""
    return hasattr(sys.modules[type(service).__module__], "requests")


def _scheme_of(address: str) -> str:
    found = re.match(r"([a-z][a-z0-9+.-]*)://", address, re.IGNORECASE)
    return found[1].lower() if found else ""


def _keep_the_log_to_ourselves() -> None:
    """Records all of Apprise's log, for reasons, and shows none of it."""
    log = logging.getLogger("apprise")
    log.setLevel(logging.DEBUG)
    log.propagate = False
    if not log.hasHandlers():
        log.addHandler(logging.NullHandler())  # without any, logging would print the warnings


def _utf16(text: str) -> int:
    """The way most services count."""
    return len(text.encode("utf-16-le", "replace")) // 2


def _bytes_for_ntfy(text: str) -> int:
    """The larger of its two sizes, as if both were bounded by `_NTFY_BYTES`."""
    return max(len(text.encode("utf-8", "replace")), len(json.dumps(text)) * _NTFY_BYTES // _NTFY_JSON)
