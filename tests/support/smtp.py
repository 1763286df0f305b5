"""Mail servers on loopback: one that keeps what it gets, and one that answers by a script."""

import base64
import hmac
import shutil
import socket
import socketserver
import ssl
import subprocess
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import MISSING, AuthResult, LoginPassword

from support.serving import end, serve
from watchdesk.demo.servers import free_port

DROP = "DROP"
"""Instead of a reply: hang up."""
STALL = "STALL"
"""Instead of a reply: say nothing until the test ends."""
DRIP = "DRIP"
"""Instead of a reply: a reply that never ends, a byte at a time."""
FLOOD = "FLOOD"
"""Instead of a reply: one of more and more lines, as fast as they are read."""
BROKEN = "BROKEN"
"""Instead of a reply: the beginning of one that says yes, and then nothing."""

Replies = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True)
class Received:
    """One message as it was taken."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes


class MailReceiver:
    """A real SMTP server (aiosmtpd) that keeps messages; with TLS and a login when asked."""

    def __init__(
        self,
        *,
        tls: ssl.SSLContext | None = None,
        smtps: bool = False,
        login: tuple[str, str] | None = None,
        most: int | None = None,
        ways: Sequence[str] = ("PLAIN", "LOGIN"),
        over: str = "452 4.5.3 Error: too many recipients",
    ) -> None:
        """`most`: recipients it takes in one transaction; what is over them is answered with `over`."""
        self.messages: list[Received] = []
        self.logins: list[str] = []
        self.over_tls: list[bool] = []
        self._login = login
        self._most, self._over = most, over
        self.refused = 0
        self.port = free_port()
        options: dict[str, Any] = {"enable_SMTPUTF8": True}
        if login:
            known = ("PLAIN", "LOGIN", "CRAM-MD5", "XOAUTH2", "OAUTHBEARER")
            options |= {"authenticator": self._authenticate, "auth_require_tls": False}
            options |= {"auth_exclude_mechanism": [way for way in known if way not in ways]}
        if tls and not smtps:
            options |= {"tls_context": tls, "require_starttls": True}
        self._controller = Controller(
            self, hostname="127.0.0.1", port=self.port, ssl_context=tls if smtps else None, **options
        )

    def _authenticate(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> Any:
        assert isinstance(given, LoginPassword)
        self.logins.append(given.login.decode())
        right = (given.login.decode(), given.password.decode()) == self._login
        return AuthResult(success=right, handled=right)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if self._most is not None and len(envelope.rcpt_tos) >= self._most:
            self.refused += 1
            return self._over
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.over_tls.append(server.transport.get_extra_info("ssl_object") is not None)
        self.messages.append(Received(envelope.mail_from, tuple(envelope.rcpt_tos), envelope.content))
        return "250 kept"

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._controller.stop()


class LoginServer(MailReceiver):
    """A real server that offers exactly these ways to log in, for one user; PLAIN and LOGIN are aiosmtpd's.

    A token that it does not take it answers as Google and Microsoft do: with a challenge of JSON, then 535.
    """

    def __init__(
        self,
        *offered: str,
        login: tuple[str, str],
        broken: Sequence[str] = (),
        error: str = '{"status":"400","schemes":"Bearer","scope":"https://mail.example/"}',
    ) -> None:
        self._token_error = error
        self._broken = broken
        self.tried: list[str] = []
        self.bows: list[bytes] = []
        super().__init__(login=login, ways=offered)

    async def handle_AUTH(self, _server: Any, _session: Any, _envelope: Any, args: Sequence[str]) -> Any:  # noqa: N802 - aiosmtpd's name
        self.tried.append(args[0])
        return "535 5.7.8 not that way" if args[0] in self._broken else MISSING

    async def auth_XOAUTH2(self, server: Any, args: Sequence[str]) -> AuthResult:  # noqa: N802 - aiosmtpd's name
        user, token = self._login or ("", "")
        return await self._by_token(server, args, f"user={user}\1auth=Bearer {token}\1\1")

    async def auth_OAUTHBEARER(self, server: Any, args: Sequence[str]) -> AuthResult:  # noqa: N802 - aiosmtpd's name
        user, token = self._login or ("", "")
        host = f"host=127.0.0.1\1port={self.port}\1"
        return await self._by_token(server, args, f"n,a={user},\1{host}auth=Bearer {token}\1\1")

    async def auth_CRAM__MD5(self, server: Any, _args: Sequence[str]) -> AuthResult:  # noqa: N802 - aiosmtpd's name
        user, password = self._login or ("", "")
        answer = await server.challenge_auth("<1896.697170952@example.org>")
        digest = hmac.digest(password.encode(), b"<1896.697170952@example.org>", "md5").hex()
        return AuthResult(success=answer == f"{user} {digest}".encode(), handled=False)

    async def _by_token(self, server: Any, args: Sequence[str], right: str) -> AuthResult:
        given = base64.b64decode(args[1]) if args[1:] else await server.challenge_auth("")
        if given == right.encode():
            return AuthResult(success=True)
        self.bows.append(await server.challenge_auth(self._token_error))
        return AuthResult(success=False, handled=False, message="535 5.7.8 Username and token not accepted")


class ScriptedMailServer:
    """Answers each stage as told: a reply, one reply after the other, or DROP, STALL, DRIP.

    Stages: connect, ehlo, helo, lhlo, starttls, auth, mail, rcpt, data, content, quit.
    """

    def __init__(
        self,
        replies: Replies | None = None,
        *,
        extensions: Sequence[str] = (),
        tls: ssl.SSLContext | None = None,
        path: Path | None = None,
    ) -> None:
        hello = "\r\n".join(f"250-{line}" for line in ("test", *extensions[:-1]))
        greeting = f"{hello}\r\n250 {extensions[-1]}" if extensions else "250 test"
        usual = {"connect": "220 test", "ehlo": greeting, "lhlo": greeting, "data": "354 go on"}
        usual |= {"starttls": "220 go on", "quit": "221 bye"}
        self._replies = {**usual, **(replies or {})}
        self._asked: dict[str, int] = {}
        self.commands: list[str] = []
        self.contents: list[bytes] = []
        self.tls = tls
        self.stopping = threading.Event()
        handler = lambda *arguments: _Talk(self, *arguments)  # noqa: E731 - binds the server to its handler
        self._server: socketserver.TCPServer
        if path is None:
            self._server = _TcpServer(("127.0.0.1", 0), handler)
        else:
            self._server = _PathServer(str(path), handler)

    @property
    def port(self) -> int:
        address = self._server.server_address
        assert isinstance(address, tuple)
        return int(address[1])

    def reply(self, stage: str) -> str:
        """The next reply of a stage; the last one stands for all that follow."""
        replies = self._replies.get(stage, "250 fine")
        if isinstance(replies, str):
            return replies
        position = self._asked.get(stage, 0)
        self._asked[stage] = position + 1
        return replies[min(position, len(replies) - 1)]

    def __enter__(self) -> Self:
        serve(self._server)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stopping.set()
        end(self._server)


class _TcpServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = True


class _PathServer(socketserver.ThreadingUnixStreamServer):
    pass


class _HangUp(Exception):
    pass


class _Talk(socketserver.BaseRequestHandler):
    def __init__(self, mail: ScriptedMailServer, *arguments: Any) -> None:
        self._mail = mail
        super().__init__(*arguments)

    def handle(self) -> None:
        self._socket: socket.socket = self.request
        self._unread = b""
        try:
            self._say("connect")
            while self._obey(self._line()):
                pass
        except (_HangUp, OSError):
            return
        finally:
            self._socket.close()

    def _obey(self, line: str) -> bool:
        self._mail.commands.append(line)
        stage = line.split(" ", maxsplit=1)[0].split(":", maxsplit=1)[0].lower()
        said = self._say(stage)
        if stage == "rcpt":
            self._taken = getattr(self, "_taken", 0) + said.startswith("2")
        if stage == "starttls" and said.startswith("220") and self._mail.tls:
            self._socket = self._mail.tls.wrap_socket(self._socket, server_side=True)
        if stage == "data" and said.startswith("354"):
            self._read_content()
        return stage != "quit"

    def _read_content(self) -> None:
        lines: list[bytes] = []
        while (line := self._raw_line()) != b".\r\n":
            lines.append(line.removeprefix(b"."))
        self._mail.contents.append(b"".join(lines))
        is_lmtp = any(command.lower().startswith("lhlo") for command in self._mail.commands)
        for _ in range(self._taken if is_lmtp else 1):
            self._say("content")

    def _say(self, stage: str) -> str:
        said = self._mail.reply(stage)
        if said == DROP:
            raise _HangUp
        if said == STALL:
            self._mail.stopping.wait()
            raise _HangUp
        if said == DRIP:
            while not self._mail.stopping.wait(0.02):
                self._socket.sendall(b"2")
            raise _HangUp
        if said == FLOOD:
            while not self._mail.stopping.is_set():
                self._socket.sendall(b"250-more\r\n" * 1000)
        if said == BROKEN:
            self._socket.sendall(b"250")
            raise _HangUp
        self._socket.sendall(said.encode("utf-8") + b"\r\n")
        return said

    def _line(self) -> str:
        return self._raw_line().decode("utf-8").rstrip("\r\n")

    def _raw_line(self) -> bytes:
        while b"\n" not in self._unread:
            more = self._socket.recv(65536)
            if not more:
                raise _HangUp
            self._unread += more
        line, newline, self._unread = self._unread.partition(b"\n")
        return line + newline


@dataclass(frozen=True)
class Certificate:
    """Self-made, for 127.0.0.1."""

    certificate: Path
    key: Path

    @property
    def served(self) -> ssl.SSLContext:
        """For a server."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        return context

    @property
    def trusted(self) -> ssl.SSLContext:
        """For a client that knows it."""
        return ssl.create_default_context(cafile=str(self.certificate))


def make_certificate(folder: Path) -> Certificate | None:
    """None where there is no openssl program."""
    openssl = shutil.which("openssl")
    if openssl is None:
        return None
    made = Certificate(folder / "certificate.pem", folder / "key.pem")
    command = [
        openssl,
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=127.0.0.1",
    ]
    command += [
        "-addext",
        "subjectAltName=IP:127.0.0.1",
        "-keyout",
        str(made.key),
        "-out",
        str(made.certificate),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=30)
    return made
