"""Receivers that fail in every ordinary way, and keep all that they took, by the identity it bore.

What a receiver took and did not get to say so is taken all the same: a repeat of it has to bear the same
identity and the same bytes.
"""

import asyncio
import base64
import email
import email.policy
import json
import random
import re
import threading
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from standardwebhooks import Webhook

from support.web import Answer, Request, WebServer
from torture.newsroom import AID, NATO, Pair
from watchdesk.demo.servers import free_port

SECRET = "whsec_" + base64.b64encode(b"a key of twenty-four byt").decode()

TOKEN = re.compile(r"wire\d+n\d{5}x")
_HEADING = re.compile(r"^=+\n(?:! )?(NATO SPENDING|UKRAINE AID)\n", re.MULTILINE)
_RULES = {"NATO SPENDING": NATO, "UKRAINE AID": AID}


@dataclass(frozen=True)
class Taken:
    """A digest that a receiver took, read from what it took."""

    identity: str
    digest: str
    content: bytes
    pairs: frozenset[Pair]


@dataclass(frozen=True)
class Faults:
    """How often an attempt goes wrong, of one."""

    put_off: float = 0.08
    broken: float = 0.06
    stall: float = 0.05
    cut: float = 0.06
    lost_answer: float = 0.08
    refuse: float = 0.03


NONE = Faults(0, 0, 0, 0, 0, 0)
STALL = 3.0
"""Seconds."""


@dataclass
class Receiver:
    """What both have: an account, and faults by chance."""

    rng: random.Random
    faults: Faults = field(default_factory=Faults)
    taken: list[Taken] = field(default_factory=list)
    lost_answers: int = 0
    failures: int = 0
    forged: int = 0
    """Posts whose signature is not what the secret makes of them."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def fault(self) -> str | None:
        """What goes wrong this time."""
        with self._lock:
            chance = self.rng.random()
            for name, share in vars(self.faults).items():
                chance -= share
                if chance < 0:
                    self.failures += 1
                    self.lost_answers += name == "lost_answer"
                    return str(name)
        return None

    def take(self, taken: Taken) -> None:
        """Enters it."""
        with self._lock:
            self.taken.append(taken)


_UNTAKEN: dict[str | None, Answer] = {
    "put_off": Answer(b"later", 429, {"Retry-After": "2"}),
    "broken": Answer(b"broken", 500),
    "refuse": Answer(b"who are you?", 403),
    "stall": Answer(b"too late", 504, delay=STALL),
    "cut": Answer(mute=True),
}


@dataclass(eq=False)
class Hook(Receiver):
    """A webhook receiver that checks each signature."""

    def serve(self, web: WebServer) -> str:
        """The address to POST to, which no other desk knows."""
        path = f"/{uuid.uuid4().hex}/hook"
        web.respond(path, self._answer)
        return web.url(path)

    def _answer(self, request: Request) -> Answer:
        fault = self.fault()
        if fault in _UNTAKEN:
            return _UNTAKEN[fault]
        if len(request.body) < int(request.headers["content-length"]):
            return Answer(b"cut off", 400)  # by a death in the middle of it
        if not _is_signed(request):
            self.forged += 1
            return Answer(b"forged", 401)
        self.take(_posted(request))
        return Answer(mute=True) if fault == "lost_answer" else Answer(status=204)


def _is_signed(request: Request) -> bool:
    """As `Webhook.verify` has it, but at the time that the sender's clock shows."""
    moment = datetime.fromtimestamp(int(request.headers["webhook-timestamp"]), UTC)
    signed = Webhook(SECRET).sign(request.headers["webhook-id"], moment, request.body.decode())
    return bool(request.headers["webhook-signature"] == signed)


def _posted(request: Request) -> Taken:
    document = json.loads(request.body)
    pairs = {
        (rule["id"], token)
        for rule in document["rules"]
        for story in rule["stories"]
        for article in (story["article"], *story["also_in"])
        for token in TOKEN.findall(article["title"])
    }
    return Taken(request.headers["webhook-id"], document["digest"], request.body, frozenset(pairs))


@dataclass(eq=False)
class Mail(Receiver):
    """An SMTP server (aiosmtpd)."""

    def __post_init__(self) -> None:
        self.port = free_port()
        self._controller = _FaultyController(self, hostname="127.0.0.1", port=self.port)

    def __enter__(self) -> "Mail":
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802 - aiosmtpd's name
        session.fault = self.fault()
        envelope.mail_from = address
        return "451 come back later" if session.fault == "put_off" else "250 fine"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if session.fault == "broken":
            return "451 the disk is full"
        if session.fault == "refuse":
            return "554 not wanted"
        if session.fault == "stall":
            await asyncio.sleep(STALL)
            return "451 too late"
        self.take(_mailed(envelope.content))
        if session.fault == "lost_answer":
            server.transport.abort()
        return "250 kept"


class _FaultyController(Controller):
    def factory(self) -> SMTP:
        return _Faulty(self.handler, **self.SMTP_kwargs)


class _Faulty(SMTP):
    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        if getattr(self.session, "fault", None) == "cut":
            await self.push("354 go on")
            await self._reader.read(200)
            transport: Any = self.transport
            transport.abort()
            return
        await super().smtp_DATA(arg)


def _mailed(content: bytes) -> Taken:
    message = email.message_from_bytes(content, policy=email.policy.default)
    body = message.get_body(("plain",))
    assert body is not None
    text = body.get_content().replace("\r\n", "\n")
    parts = _HEADING.split(text)[1:]
    pairs = {
        (_RULES[heading], token)
        for heading, part in zip(parts[::2], parts[1::2], strict=True)
        for token in TOKEN.findall(part)
    }
    return Taken(message["Message-ID"], message["X-Watchdesk-Digest"], content, frozenset(pairs))
