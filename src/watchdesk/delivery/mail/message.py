"""A digest as a mail message (RFC 5322, RFC 2046): the same parcel gives the same bytes, always."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from watchdesk.delivery.mail.addresses import MailAddress
from watchdesk.model import Parcel

_SUBJECT_LENGTH = 250
_UNFIT = re.compile(r"[^A-Za-z0-9._-]+")
_INVISIBLE = {"Cc", "Cs", "Zl", "Zp"}
_DIRECTION = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, slots=True)
class Letter:
    """A message and its envelope."""

    sender: MailAddress
    recipients: tuple[MailAddress, ...]
    content: bytes
    """Lines end in CRLF."""

    @property
    def needs_utf8(self) -> bool:
        """Whether only a server with SMTPUTF8 (RFC 6531) can take it."""
        return any(address.needs_utf8 for address in (self.sender, *self.recipients))


def write_letter(
    parcel: Parcel, sender: MailAddress, recipients: Sequence[MailAddress], unsubscribe: str | None = None
) -> Letter:
    """The parcel as multipart/alternative, plain text first, with an identity that repeats share."""
    utf8 = any(address.needs_utf8 for address in (sender, *recipients))
    # 7bit makes every body quoted-printable or base64, which no server on the way may alter.
    message = EmailMessage(policy=SMTP.clone(cte_type="7bit", utf8=utf8))
    for name, value in _headers(parcel, sender, unsubscribe).items():
        message[name] = value
    message["From"] = sender.header
    message["To"] = [address.header for address in recipients]
    message.set_content(_encodable(parcel.rendered.text))
    message.add_alternative(_encodable(parcel.rendered.html), subtype="html")
    message.set_boundary(f"=_{_token(parcel.delivery.id)}")
    return Letter(sender, tuple(recipients), message.as_bytes())


def _headers(parcel: Parcel, sender: MailAddress, unsubscribe: str | None) -> dict[str, str]:
    digest = _token(parcel.delivery.digest_name)
    headers = {
        "Subject": one_line(parcel.rendered.subject),
        "Date": format_datetime(parcel.composed_at.astimezone(UTC)),
        "Message-ID": f"<{_token(parcel.delivery.id)}@{sender.domain}>",
        "List-Id": f"<{digest}.watchdesk.{sender.domain}>",  # RFC 2919
        "Auto-Submitted": "auto-generated",  # RFC 3834: no out-of-office replies
        "Precedence": "bulk",
        "X-Watchdesk-Digest": digest,
    }
    if unsubscribe:
        headers["List-Unsubscribe"] = f"<{unsubscribe}>"  # RFC 2369
    return headers


def one_line(text: str) -> str:
    """A subject that stays in its header: no line breaks, no controls, nothing that turns the reading."""
    visible = "".join(
        " " if unicodedata.category(char) in _INVISIBLE else char for char in text if char not in _DIRECTION
    )
    subject = " ".join(visible.split())
    return subject if len(subject) <= _SUBJECT_LENGTH else subject[: _SUBJECT_LENGTH - 1].rstrip() + "…"


def _token(text: str) -> str:
    """The text as a name that needs no quoting in a header."""
    return _UNFIT.sub("-", text).strip(".-") or "digest"


def _encodable(text: str) -> str:
    """Without lone surrogates, which no encoding can write."""
    return text.encode("utf-8", "replace").decode("utf-8")
