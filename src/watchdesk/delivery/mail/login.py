"""Logs in to a mail server (RFC 4954): by user and password, or by user and an OAuth 2.0 token.

Ours and not smtplib's, which takes ASCII alone; PLAIN carries UTF-8 (RFC 4616 §2). A token goes by
OAUTHBEARER (RFC 7628) or by XOAUTH2, which Microsoft and Google had before it.
"""

import base64
import binascii
import hmac
import json
import smtplib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeAlias, assert_never

from watchdesk.delivery.mail.replies import Reply
from watchdesk.delivery.mail.server import MailServer
from watchdesk.encoding.display import one_line, shortened

_REPEATED = 200
"""Characters of a server's own words that a reason repeats."""
_LONGEST_COMMAND = 512
_DONE = (235, 503)
"""503: we are logged in already."""


@dataclass(frozen=True, slots=True)
class Login:
    """User and password."""

    user: str
    password: str = field(repr=False)
    noun = "password"


@dataclass(frozen=True, slots=True)
class TokenLogin:
    """User and an access token of OAuth 2.0."""

    user: str
    token: str = field(repr=False)
    noun = "token"


Credentials: TypeAlias = Login | TokenLogin


def log_in(connection: smtplib.SMTP, server: MailServer, login: Credentials, *, secure: bool) -> str | None:
    """Logs in by one of the ways that the server offers, the best first. None, or why it is not possible.

    `secure`: over TLS, where PLAIN comes before CRAM-MD5, which servers that keep no passwords cannot check.
    """
    offered = connection.esmtp_features.get("auth", "").upper().split()
    match login:
        case Login():
            said, order = "user and password", ["PLAIN", "LOGIN", "CRAM-MD5"]
            if not secure:
                order = ["CRAM-MD5", "PLAIN", "LOGIN"]  # it shows the password to nobody
            ways = {way: _BY_PASSWORD[way](connection, login) for way in order}
        case TokenLogin():
            said, order = "user and token", ["OAUTHBEARER", "XOAUTH2"]
            ways = {way: _BY_TOKEN[way](connection, server, login) for way in order}
        case _:
            assert_never(login)
    possible = [way for way in order if way in offered]
    if not possible:
        return _no_way(server, login, offered)
    refusals: dict[str, str] = {}
    for way in possible:
        reply, error = ways[way]()
        if reply.code in _DONE:
            return None
        refusals[way] = f"{reply}{f' ({error})' if error else ''}"
        if error or reply.code == 421:
            break  # the token was judged; another way of handing it over would not better it
    reasons = dict.fromkeys(refusals.values())
    return f"{server} did not take {said}: {'; '.join(reasons)} (by {', '.join(refusals)})"


def _no_way(server: MailServer, login: Credentials, offered: Iterable[str]) -> str:
    ways = ", ".join(offered)
    if not ways:
        return (
            f"{server} offers no login; leave out `user` and `{login.noun}`, or give the port where it "
            "does (often 587)"
        )
    match login:
        case Login():
            hint = "it may want a `token`" if {"XOAUTH2", "OAUTHBEARER"} & set(offered) else "ask who runs it"
            return f"{server} offers no login that is known here for a password (it offers {ways}); {hint}"
        case TokenLogin():
            return f"{server} takes no token (it offers {ways}); give a `password` in place of `token`"
        case _:
            assert_never(login)


Attempt: TypeAlias = Callable[[], tuple[Reply, str]]
"""The last reply, and what the server said of a token."""


def _plain(connection: smtplib.SMTP, login: Login) -> Attempt:
    def attempt() -> tuple[Reply, str]:
        return Reply.of(_begun(connection, "PLAIN", f"\0{login.user}\0{login.password}".encode())), ""

    return attempt


def _login(connection: smtplib.SMTP, login: Login) -> Attempt:
    def attempt() -> tuple[Reply, str]:
        reply = Reply.of(connection.docmd("AUTH", "LOGIN"))
        for words in (login.user, login.password):
            if reply.code == 334:
                reply = Reply.of(connection.docmd(_encoded(words.encode())))
        return reply, ""

    return attempt


def _cram_md5(connection: smtplib.SMTP, login: Login) -> Attempt:
    """RFC 2195; it names no encoding, and servers that know others than ASCII have UTF-8."""

    def attempt() -> tuple[Reply, str]:
        code, said = connection.docmd("AUTH", "CRAM-MD5")
        if code != 334:
            return Reply.of((code, said)), ""
        try:
            digest = hmac.new(login.password.encode(), _decoded(said), "md5").hexdigest()
        except ValueError:  # a machine that forbids MD5
            connection.docmd("*")
            return Reply(504, "there is no MD5 on this machine"), ""
        return Reply.of(connection.docmd(_encoded(f"{login.user} {digest}".encode()))), ""

    return attempt


def _oauthbearer(connection: smtplib.SMTP, server: MailServer, login: TokenLogin) -> Attempt:
    user = login.user.replace("=", "=3D").replace(",", "=2C")  # RFC 5801 §4
    host = f"host={server.host}\1port={server.port}\1"
    return _by_token(connection, "OAUTHBEARER", f"n,a={user},\1{host}auth=Bearer {login.token}\1\1", b"\1")


def _xoauth2(connection: smtplib.SMTP, _server: MailServer, login: TokenLogin) -> Attempt:
    return _by_token(connection, "XOAUTH2", f"user={login.user}\1auth=Bearer {login.token}\1\1", b"")


def _by_token(connection: smtplib.SMTP, way: str, first: str, bow: bytes) -> Attempt:
    """`bow`: what ends the exchange when the server reported an error (RFC 7628 §3.2.3)."""

    def attempt() -> tuple[Reply, str]:
        code, said = _begun(connection, way, first.encode())
        if code != 334:
            return Reply.of((code, said)), ""
        return Reply.of(connection.docmd(_encoded(bow))), _error_in(_decoded(said))

    return attempt


_BY_PASSWORD: Mapping[str, Callable[[smtplib.SMTP, Login], Attempt]] = MappingProxyType(
    {"PLAIN": _plain, "LOGIN": _login, "CRAM-MD5": _cram_md5}
)
_BY_TOKEN: Mapping[str, Callable[[smtplib.SMTP, MailServer, TokenLogin], Attempt]] = MappingProxyType(
    {"OAUTHBEARER": _oauthbearer, "XOAUTH2": _xoauth2}
)


def _begun(connection: smtplib.SMTP, way: str, response: bytes) -> tuple[int, bytes]:
    """The answer to the first response: sent at once, or when asked for where a command has no room for it.

    RFC 4954 §4: with it the command would have to fit into the 512 octets of RFC 5321 §4.5.3.1.4.
    """
    command = f"{way} {_encoded(response)}"
    if len(f"AUTH {command}\r\n") <= _LONGEST_COMMAND:
        code, said = connection.docmd("AUTH", command)
        if code != 334 or said.strip():
            return code, said
    else:
        code, said = connection.docmd("AUTH", way)
        if code != 334:
            return code, said
    return connection.docmd(_encoded(response))


def _error_in(challenge: bytes) -> str:
    """What the server says of a token that it does not take: JSON with a status, such as invalid_token."""
    words = challenge.decode("utf-8", "replace")
    try:
        document = json.loads(words)
    except ValueError:
        return shortened(one_line(words), _REPEATED)
    if not isinstance(document, dict):
        return shortened(one_line(words), _REPEATED)
    said = [f"{key} {document[key]}" for key in ("status", "scope") if document.get(key)]
    return shortened(one_line(", ".join(said)), _REPEATED) or "it did not say why"


def _encoded(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def _decoded(text: bytes) -> bytes:
    try:
        return base64.b64decode(text)
    except (binascii.Error, ValueError):
        return text
