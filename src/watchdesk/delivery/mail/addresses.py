"""Mail addresses as people write them: `desk@example.org`, `Night desk <night@example.org>`."""

import re
from dataclasses import dataclass
from email.headerregistry import Address
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

_WRITTEN = re.compile(r"(?:(?P<name>.*?)\s*<(?P<named>[^<>]*)>|(?P<bare>[^<>]*))")
_LOCAL = re.compile(r"[^\s\"(),:;<>@\[\\\].]+(?:\.[^\s\"(),:;<>@\[\\\].]+)*|\"(?:[^\"\\]|\\.)+\"")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_FORM = "write it as desk@example.org or Desk <desk@example.org>"


@dataclass(frozen=True, slots=True)
class MailAddress:
    """An address; its domain is in ASCII (IDNA), its local part may not be."""

    name: str
    spec: str
    """`local@domain`, as an SMTP envelope takes it."""

    @property
    def domain(self) -> str:
        """What stands behind the @."""
        return self.spec.rpartition("@")[2]

    @property
    def needs_utf8(self) -> bool:
        """Whether only a server with SMTPUTF8 (RFC 6531) can take it."""
        return not self.spec.isascii()

    @property
    def header(self) -> Address:
        """For From and To."""
        local, _, domain = self.spec.rpartition("@")
        if local.startswith('"'):
            local = re.sub(r"\\(.)", r"\1", local[1:-1])
        return Address(display_name=self.name, username=local, domain=domain)


def parse_address(text: str) -> MailAddress:
    """Reads one address. Raises `ValueError` with what is wrong and how it is written."""
    written = _WRITTEN.fullmatch(text.strip())
    if written is None or not text.isprintable():
        raise ValueError(f"{text!r} is not a mail address; {_FORM}")
    local, _, domain = (written["named"] or written["bare"] or "").strip().rpartition("@")
    domain = _in_ascii(domain)
    if not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain):
        raise ValueError(f"{text!r} is not a mail address; {_FORM}")
    return MailAddress((written["name"] or "").strip().strip('"'), f"{local}@{domain}")


def _in_ascii(domain: str) -> str:
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return ""


def _read(value: object) -> MailAddress:
    if isinstance(value, MailAddress):
        return value
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is not a mail address; {_FORM}")
    return parse_address(value)


AddressOption = Annotated[MailAddress, BeforeValidator(_read), WithJsonSchema({"type": "string"})]
