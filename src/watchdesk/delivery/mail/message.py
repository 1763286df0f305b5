"""Writes a digest as a mail message (RFC 5322, RFC 2046): the same delivery always gives the same bytes.

`headers` writes the header fields.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import quote

from watchdesk.delivery.mail.addresses import MailAddress
from watchdesk.delivery.mail.headers import addresses_field, folded, text_field
from watchdesk.encoding.display import encodable, one_line, shortened
from watchdesk.model import Parcel

_SUBJECT_LENGTH = 250
_TOKEN_LENGTH = 200
_BOUNDARY_LENGTH = 68
"""RFC 2046 §5.1.1 allows 70 with the two characters before it."""
LONGEST_URI = 900
"""A header cannot be folded within one, and no line has more than 998 octets (RFC 5322 §2.1.1)."""
_UNFIT = re.compile(r"[^A-Za-z0-9._-]+")
_TRAVELS = re.compile(r"[\t\n\r -~]*")
"""What a server for seven bits hands on as it is."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message and its envelope."""

    sender: MailAddress
    recipients: tuple[MailAddress, ...]
    content: bytes
    """Lines end in CRLF."""
    reply_to: tuple[MailAddress, ...] = ()
    in_ascii: "Letter | None" = None
    """The same to those whom a server without SMTPUTF8 can take it for; None: it can for nobody."""

    @property
    def needs_utf8(self) -> bool:
        """Whether only a server with SMTPUTF8 (RFC 6531) can take it."""
        return any(address.needs_utf8 for address in (self.sender, *self.recipients, *self.reply_to))


def write_letter(
    parcel: Parcel,
    sender: MailAddress,
    recipients: Sequence[MailAddress],
    unsubscribe: str | None = None,
    *,
    one_click: bool = False,
    reply_to: Sequence[MailAddress] = (),
) -> Letter:
    """The rendered delivery as multipart/alternative, plain text first, with an identity that repeats
    share.

    `one_click`: the unsubscribe address takes the POST of RFC 8058.
    """
    # 7bit makes every body quoted-printable or base64, which no server on the way may alter.
    bodies = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    text, html = encodable(parcel.rendered.text), encodable(parcel.rendered.html)
    bodies.set_content(text, cte=_encoding(text))
    bodies.add_alternative(html, subtype="html", cte=_encoding(html))
    bodies.set_boundary(f"=_{_token(parcel.delivery.id)[:_BOUNDARY_LENGTH]}")
    fields = _fields(parcel, sender, recipients)
    if reply_to:
        fields.append(addresses_field("Reply-To", reply_to))
    if unsubscribe:
        fields.append(folded("List-Unsubscribe", [f"<{uri_in_header(unsubscribe)}>"]))  # RFC 2369
    if one_click:
        fields.append(folded("List-Unsubscribe-Post", ["List-Unsubscribe=One-Click"]))  # RFC 8058 §3.1
    content = "".join(fields).encode("utf-8") + bodies.as_bytes()
    return Letter(sender, tuple(recipients), content, tuple(reply_to))


def _encoding(text: str) -> str | None:
    """Quoted-printable for ASCII with controls, which servers refuse or take out; else what is shortest."""
    return "quoted-printable" if text.isascii() and not _TRAVELS.fullmatch(text) else None


def _fields(parcel: Parcel, sender: MailAddress, recipients: Sequence[MailAddress]) -> list[str]:
    digest = _token(parcel.delivery.digest_name)
    # RFC 2919 §2 and §3: a list's name ends in a domain, and one without any is of localhost.
    domain = "localhost" if sender.domain.startswith("[") else sender.domain
    fields = {
        "Date": format_datetime(parcel.composed_at.astimezone(UTC)),
        "Message-ID": f"<{_token(parcel.delivery.id)}@{sender.domain}>",
        "List-Id": f"<{digest}.watchdesk.{domain}>",
        "Auto-Submitted": "auto-generated",  # RFC 3834: no out-of-office replies
        "Precedence": "bulk",
        "X-Watchdesk-Digest": digest,
    }
    return [
        text_field("Subject", shortened(one_line(parcel.rendered.subject), _SUBJECT_LENGTH) or digest),
        *(folded(name, [value]) for name, value in fields.items()),
        addresses_field("From", [sender]),
        addresses_field("To", recipients),
    ]


def uri_in_header(text: str) -> str:
    """An address that stays between its angle brackets; what is longer than `LONGEST_URI` has no place."""
    return quote(encodable(text), safe="!#$%&'()*+,/:;=?@[]~")


def _token(text: str) -> str:
    """The text as a name that needs no quoting in a header."""
    return _UNFIT.sub("-", text)[:_TOKEN_LENGTH].strip(".-") or "digest"
