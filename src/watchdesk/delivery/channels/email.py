"""`email`: sends a digest as a mail message. `delivery.mail` writes the message and hands it over."""

import re
import ssl
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol, Self, assert_never

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from watchdesk.config.network import Authorities
from watchdesk.config.secrets import SecretMissing, SecretRef
from watchdesk.delivery.kind import ChannelContext, ChannelKind
from watchdesk.delivery.mail.addresses import AddressOption, MailAddress, parse_helo
from watchdesk.delivery.mail.connection import trust_for
from watchdesk.delivery.mail.login import Credentials, Login, TokenLogin
from watchdesk.delivery.mail.message import LONGEST_URI, Letter, uri_in_header, write_letter
from watchdesk.delivery.mail.program import SendmailProgram
from watchdesk.delivery.mail.recipients import Room
from watchdesk.delivery.mail.server import Protocol as MailProtocol
from watchdesk.delivery.mail.server import ServerOption, Tls
from watchdesk.delivery.mail.submission import Submission
from watchdesk.delivery.timeouts import Timeouts
from watchdesk.model import Account, NotReached, NotTried, Parcel, Probed, Retry, SendOutcome

_UNSUBSCRIBE = re.compile(r"([Mm][Aa][Ii][Ll][Tt][Oo]:|[Hh][Tt][Tt][Pp][Ss]?://)[!-;=?-~]+")
"""A scheme may be in capitals (RFC 3986 §3.1); angle brackets are those of the header."""


class EmailOptions(BaseModel):
    """The options under `email:`."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, hide_input_in_errors=True)

    to: tuple[AddressOption, ...] = Field(
        min_length=1,
        description="Who gets it: addresses such as desk@example.org or Night desk <night@example.org>",
    )
    sender: AddressOption = Field(alias="from", description="The address it comes from")
    reply_to: tuple[AddressOption, ...] = Field(
        default=(), description="Whom answers go to, where that is not the address it comes from"
    )
    server: ServerOption = Field(
        description="smtp://HOST[:PORT] (STARTTLS as `tls` has it), smtps://HOST[:PORT], lmtp://HOST:PORT, "
        "lmtp:/PATH, sendmail or sendmail:/PATH"
    )
    user: str | None = Field(default=None, min_length=1, description="Name to log in with")
    password: SecretRef | None = Field(default=None, description="Password to log in with")
    token: SecretRef | None = Field(
        default=None,
        description="OAuth 2.0 access token to log in with in place of a password (OAUTHBEARER, XOAUTH2); "
        "most expire within the hour, so {command: [PROGRAM, ...]} prints a fresh one",
    )
    tls: Tls | None = Field(
        default=None,
        description="Of an smtp:// server. required: nothing goes there in the clear. when-offered: in the "
        "clear where the server offers no STARTTLS, and you are told. never: always in the clear. When left "
        "out, required with a login and when-offered without one or on this machine",
    )
    helo: str | None = Field(
        default=None,
        description="The name we greet the server with (EHLO); when left out this machine's own",
    )
    unsubscribe: str | None = Field(
        default=None,
        description="Where readers say that they want no more of it: a mailto: or https:// address, "
        "for List-Unsubscribe",
        json_schema_extra={"maxLength": LONGEST_URI, "pattern": f"^{_UNSUBSCRIBE.pattern}$"},
    )
    one_click: bool = Field(
        default=False,
        description="The https:// address of `unsubscribe` takes the POST of RFC 8058: mail programs then "
        "show a button of their own (List-Unsubscribe-Post)",
    )

    @field_validator("to", "reply_to", mode="before")
    @classmethod
    def _one_is_a_list(cls, value: object) -> object:
        return [value] if isinstance(value, str) else value

    @field_validator("helo")
    @classmethod
    def _is_a_name(cls, value: str | None) -> str | None:
        return None if value is None else parse_helo(value)

    @field_validator("unsubscribe")
    @classmethod
    def _fits_its_header(cls, value: str | None) -> str | None:
        if value is None:
            return None
        if not _UNSUBSCRIBE.fullmatch(value):
            raise ValueError(
                f"{value!r} is no address to unsubscribe at; write a mailto: or https:// address in ASCII, "
                "without spaces"
            )
        if (length := len(uri_in_header(value))) > LONGEST_URI:
            raise ValueError(f"`unsubscribe` has {length} characters; a header has room for {LONGEST_URI}")
        return value

    @field_validator("one_click")
    @classmethod
    def _has_where_to_post(cls, value: bool, others: ValidationInfo) -> bool:  # noqa: FBT001 - pydantic's
        where = others.data.get("unsubscribe", "https:")  # a mistake in it is already reported
        if value and not (where or "").lower().startswith("https:"):
            raise ValueError("`one_click` needs an https:// address as `unsubscribe`, which takes the POST")
        return value

    @field_validator("tls")
    @classmethod
    def _is_of_the_server(cls, value: Tls | None, others: ValidationInfo) -> Tls | None:
        server = others.data.get("server")
        if value is None or server is None or server.protocol is MailProtocol.SMTP:
            return value
        fits = value is not Tls.NEVER if server.protocol is MailProtocol.SMTPS else value is Tls.NEVER
        if fits and server.protocol is not MailProtocol.SENDMAIL:
            return value
        scheme = server.protocol.value
        said = "is always encrypted" if server.protocol is MailProtocol.SMTPS else "has no TLS here"
        raise ValueError(f"`tls: {value}` is for smtp:// servers, and {scheme} {said}; leave it out")

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if self.password and self.token:
            raise ValueError("`password` and `token` are two ways to log in; leave one of them out")
        secret = "token" if self.token else "password"
        has_secret = bool(self.password or self.token)
        if bool(self.user) != has_secret:
            given, missing = ("user", "password") if self.user else (secret, "user")
            raise ValueError(f"`{given}` is given without `{missing}`; a login needs both")
        if self.user and self.server.protocol not in (MailProtocol.SMTP, MailProtocol.SMTPS):
            raise ValueError(f"{self.server.protocol} knows no login; leave out `user` and `{secret}`")
        if self.user and self.tls is Tls.NEVER and not self.server.is_local:
            raise ValueError(
                f"with `tls: never` the {secret} would travel in the clear; leave out one of them"
            )
        repeated = {a.spec for a in self.to if [b.spec for b in self.to].count(a.spec) > 1}
        if repeated:
            raise ValueError(f"`to` names {', '.join(sorted(repeated))} more than once")
        return self

    @property
    def tls_in_force(self) -> Tls:
        """As configured, else the default for the kind of server."""
        if self.tls is not None:
            return self.tls
        return Tls.REQUIRED if self.user and not self.server.is_local else Tls.WHEN_OFFERED


class _HandsOver(Protocol):
    def send(self, letter: Letter, had: Collection[str]) -> SendOutcome: ...

    def probe(self) -> Probed: ...


class EmailChannel:
    """Sends each digest as one message to all recipients."""

    def __init__(
        self,
        options: EmailOptions,
        timeouts: Timeouts | None = None,
        trust: ssl.SSLContext | None = None,
        authorities: Authorities = Authorities(),
    ) -> None:
        self._options = options
        self._timeouts = timeouts
        self._authorities = authorities
        self._trust = trust or trust_for(options.server, authorities)
        self._room = Room()

    def send(self, parcel: Parcel, now: datetime) -> SendOutcome:  # noqa: ARG002 - a port's signature
        """Sends once, to the recipients who do not have it yet. Every refusal and every failure is an
        outcome.
        """
        options = self._options
        letter = self._letter(parcel, options.to)
        others = [address for address in options.to if not address.needs_utf8]
        if letter.needs_utf8 and others and not (in_ascii := self._letter(parcel, others)).needs_utf8:
            letter = replace(letter, in_ascii=in_ascii)
        try:
            way = self._way(_login(options))
        except SecretMissing as missing:
            # What a program could not print now it may print soon; nothing else mends itself.
            secret = options.token or options.password
            return Retry(str(missing), needs_person=secret is None or secret.kind != "command")
        return way.send(letter, parcel.delivery.taken)

    def probe(self, account: Account) -> Sequence[Probed]:  # noqa: ARG002 - a port's signature
        """As far as the login and a NOOP; without the login, where what it needs is not there."""
        options = self._options
        try:
            return [self._way(_login(options)).probe()]
        except SecretMissing as missing:
            secret = options.token or options.password
            return [
                self._way(None).probe(),
                NotTried("its login", str(missing))
                if secret and secret.kind == "credential"
                else NotReached(str(missing)),
            ]

    def _letter(self, parcel: Parcel, to: Sequence[MailAddress]) -> Letter:
        options = self._options
        return write_letter(
            parcel,
            options.sender,
            to,
            options.unsubscribe,
            one_click=options.one_click,
            reply_to=options.reply_to,
        )

    def _way(self, login: Credentials | None) -> _HandsOver:
        options = self._options
        match options.server.protocol:
            case MailProtocol.SENDMAIL:
                return SendmailProgram(options.server, self._timeouts)
            case MailProtocol.SMTP | MailProtocol.SMTPS | MailProtocol.LMTP:
                return Submission(
                    options.server,
                    login,
                    self._timeouts,
                    self._trust,
                    tls=options.tls_in_force,
                    helo=options.helo,
                    room=self._room,
                    authorities=self._authorities,
                )
            case _:
                assert_never(options.server.protocol)


def _login(options: EmailOptions) -> Credentials | None:
    if options.user and options.token:
        return TokenLogin(options.user, options.token.reveal())
    if options.user and options.password:
        return Login(options.user, options.password.reveal())
    return None


def _build(options: EmailOptions, context: ChannelContext) -> EmailChannel:
    return EmailChannel(options, Timeouts().within(context.timeout), authorities=context.network.authorities)


KIND = ChannelKind(EmailOptions, _build)
