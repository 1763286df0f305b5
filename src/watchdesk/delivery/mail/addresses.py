"""Mail addresses as people write them: `desk@example.org`, `Night desk <night@example.org>`."""

import ipaddress
import re
from dataclasses import dataclass
from typing import Annotated

import idna
from pydantic import BeforeValidator, WithJsonSchema

_QUOTED = r"\"(?:[^\"\\]|\\.)*\""
_ADDRESS = rf"{_QUOTED}@[^<>\"]*|[^<>\"]*"
_WRITTEN = re.compile(rf"(?P<name>{_QUOTED}|.*?)\s*<(?P<named>{_ADDRESS})>|(?P<bare>{_ADDRESS})")
_SEVERAL = re.compile(r"@[^,;]*[,;]")
_LOCAL = re.compile(rf"[^\s\"(),:;<>@\[\\\].]+(?:\.[^\s\"(),:;<>@\[\\\].]+)*|(?!\"\"){_QUOTED}")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*")
_LONGEST_LABEL = 63
_LONGEST_PATH = 254
"""Octets; RFC 5321 §4.5.3.1.3 allows 256 with the angle brackets."""
_FORM = "write it as desk@example.org or Desk <desk@example.org>"


@dataclass(frozen=True, slots=True)
class MailAddress:
    """An address; its domain is in ASCII and small letters, its local part may not be."""

    name: str
    spec: str
    """`local@domain`, as an SMTP envelope takes it."""

    @property
    def domain(self) -> str:
        """What stands behind the @: a name, or an address in brackets (RFC 5321 §4.1.3)."""
        return self.spec.rpartition("@")[2]

    @property
    def needs_utf8(self) -> bool:
        """Whether only a server with SMTPUTF8 (RFC 6531) can take it."""
        return not self.spec.isascii()


def parse_address(text: str) -> MailAddress:
    """Reads one address. Raises `ValueError` with what is wrong and how it is written."""
    written = _WRITTEN.fullmatch(text.strip())
    if written is None or not text.isprintable():
        raise ValueError(f"{text!r} is not a mail address; {_FORM}")
    name = (written["name"] or "").strip()
    local, _, domain = (written["named"] or written["bare"] or "").strip().rpartition("@")
    domain = _in_ascii(domain)
    spec = f"{local}@{domain}"
    if _SEVERAL.search(name) and not name.startswith('"'):
        raise ValueError(f"{text!r} is not a mail address; {_FORM}, each of several as an item of its own")
    if not domain or not _LOCAL.fullmatch(local) or len(spec.encode("utf-8")) > _LONGEST_PATH:
        raise ValueError(f"{text!r} is not a mail address; {_FORM}")
    return MailAddress(_unquoted(name), spec)


def parse_helo(text: str) -> str:
    """A name or an address in brackets as EHLO takes it (RFC 5321 §4.1.1.1). Raises `ValueError`."""
    name = _in_ascii(text.strip())
    if not name or _is_literal(name):  # a bare address is a name that no server finds
        raise ValueError(
            f"{text!r} is no name to greet a server with; write it as desk.example.org or [192.0.2.1]"
        )
    return name


def _unquoted(name: str) -> str:
    if re.fullmatch(_QUOTED, name):
        return re.sub(r"\\(.)", r"\1", name[1:-1]).strip()
    return name


def _in_ascii(domain: str) -> str:
    """The domain as servers name it; empty when it is none.

    IDNA 2008 by the mapping of UTS 46, as registries and browsers have it: straße.de is a domain of its
    own, and not strasse.de, to which IDNA 2003 would send its mail.
    """
    if domain.startswith("[") and domain.endswith("]"):
        return domain if _is_literal(domain[1:-1]) else ""
    try:
        ascii_domain = domain if domain.isascii() else idna.encode(domain, uts46=True).decode("ascii")
    except UnicodeError:
        return ""
    fits = all(len(label) <= _LONGEST_LABEL for label in ascii_domain.split("."))
    return ascii_domain.lower() if fits and _DOMAIN.fullmatch(ascii_domain) else ""


def _is_literal(text: str) -> bool:
    """Whether it stands between brackets as RFC 5321 §4.1.3 has it."""
    try:
        if text.lower().startswith("ipv6:"):
            return not ipaddress.IPv6Address(text[5:]).scope_id
        return bool(ipaddress.IPv4Address(text))
    except ValueError:
        return False


def _read(value: object) -> MailAddress:
    if isinstance(value, MailAddress):
        return value
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is not a mail address; {_FORM}")
    return parse_address(value)


AddressOption = Annotated[MailAddress, BeforeValidator(_read), WithJsonSchema({"type": "string"})]
