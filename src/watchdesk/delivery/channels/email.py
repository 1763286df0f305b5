"""`email`: a digest as a mail to people. What the message holds and how it is handed over is in `mail`."""

import ssl
from datetime import datetime, timedelta
from typing import Protocol, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from watchdesk.config.secrets import Secret, SecretMissing, SecretRef
from watchdesk.delivery.kind import ChannelContext, ChannelKind
from watchdesk.delivery.limits import Limits
from watchdesk.delivery.mail.addresses import AddressOption
from watchdesk.delivery.mail.conversation import Conversation, Login
from watchdesk.delivery.mail.message import LONGEST_URI, Letter, uri_in_header, write_letter
from watchdesk.delivery.mail.program import SendmailProgram
from watchdesk.delivery.mail.server import Protocol as MailProtocol
from watchdesk.delivery.mail.server import ServerOption
from watchdesk.delivery.taken import Taken
from watchdesk.model import Parcel, Retry, SendOutcome


class EmailOptions(BaseModel):
    """Under `email:`."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, hide_input_in_errors=True)

    to: tuple[AddressOption, ...] = Field(
        min_length=1,
        description="Who gets it: addresses such as desk@example.org or Night desk <night@example.org>",
    )
    sender: AddressOption = Field(alias="from", description="The address it comes from")
    server: ServerOption = Field(
        description="smtp://HOST[:PORT] (STARTTLS when offered), smtps://HOST[:PORT], lmtp://HOST:PORT, "
        "lmtp:/PATH, sendmail or sendmail:/PATH"
    )
    user: str | None = Field(default=None, min_length=1, description="Name to log in with")
    password: SecretRef | None = Field(default=None, description="Password to log in with")
    unsubscribe: str | None = Field(
        default=None,
        pattern=r"^(mailto:|https?://)[!-;=?-~]+$",
        description="Where readers say that they want no more of it: a mailto: or https:// address, "
        "for List-Unsubscribe",
        json_schema_extra={"maxLength": LONGEST_URI},
    )

    @field_validator("to", mode="before")
    @classmethod
    def _one_is_a_list(cls, value: object) -> object:
        return [value] if isinstance(value, str) else value

    @field_validator("unsubscribe")
    @classmethod
    def _fits_its_header(cls, value: str | None) -> str | None:
        if value is not None and (length := len(uri_in_header(value))) > LONGEST_URI:
            raise ValueError(f"`unsubscribe` has {length} characters; a header has room for {LONGEST_URI}")
        return value

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if (self.user is None) != (self.password is None):
            given, missing = ("user", "password") if self.user else ("password", "user")
            raise ValueError(f"`{given}` is given without `{missing}`; a login needs both")
        if self.user and self.server.protocol not in (MailProtocol.SMTP, MailProtocol.SMTPS):
            raise ValueError(f"{self.server.protocol} knows no login; leave out `user` and `password`")
        repeated = {a.spec for a in self.to if [b.spec for b in self.to].count(a.spec) > 1}
        if repeated:
            raise ValueError(f"`to` names {', '.join(sorted(repeated))} more than once")
        return self


class _HandsOver(Protocol):
    def send(self, letter: Letter, age: timedelta) -> SendOutcome: ...


class EmailChannel:
    """Sends each digest as one message to all recipients."""

    def __init__(
        self, options: EmailOptions, limits: Limits | None = None, trust: ssl.SSLContext | None = None
    ) -> None:
        self._options = options
        self._limits = limits
        self._trust = trust
        self._taken: Taken[str] = Taken()

    def send(self, parcel: Parcel, now: datetime) -> SendOutcome:
        """Sends once. Every refusal and every trouble on the way is an outcome."""
        options = self._options
        letter = write_letter(parcel, options.sender, options.to, options.unsubscribe)
        try:
            way = self._way(parcel.delivery.id)
        except SecretMissing as missing:
            return Retry(str(missing))
        return way.send(letter, age=now - parcel.delivery.created_at)

    def _way(self, delivery_id: str) -> _HandsOver:
        options = self._options
        if options.server.protocol is MailProtocol.SENDMAIL:
            return SendmailProgram(options.server, self._limits, self._taken.of(delivery_id))
        return Conversation(options.server, _login(options.user, options.password), self._limits, self._trust)


def _login(user: str | None, password: Secret | None) -> Login | None:
    return Login(user, password.reveal()) if user and password else None


def _build(options: EmailOptions, context: ChannelContext) -> EmailChannel:
    return EmailChannel(options, Limits().within(context.timeout))


KIND = ChannelKind(EmailOptions, _build)
