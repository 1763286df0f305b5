"""The settings of the page and the API, with their defaults. `web_reader` checks them."""

from dataclasses import dataclass
from ipaddress import ip_address
from typing import Annotated, ClassVar
from urllib.parse import urlsplit

from pydantic import BeforeValidator, ConfigDict, PlainValidator, ValidationInfo, WithJsonSchema

from watchdesk.config.option_types import Listen
from watchdesk.config.secrets import SECRET_PLACES, Secret, read_secret

NO_TOKEN = Secret("none", "")
"""Whoever reaches the page has been let in by a proxy."""
_NONE = "none"


def _public(value: object) -> str:
    """`https://HOST[:PORT]/[PATH/]`, ending in a slash. Raises `ValueError`."""
    form = "write it as https://desk.example.org/, or with a path as https://example.org/desk/"
    try:
        parts = urlsplit(str(value))
        port = parts.port
    except ValueError:
        raise ValueError(f"'{value}' is not an address; {form}") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise ValueError(f"'{value}' is not where people reach the page; {form}")
    if parts.username is not None or parts.query or parts.fragment:
        raise ValueError(f"the address has no login, no '?' and no '#'; {form}")
    return f"{parts.scheme}://{parts.netloc.lower()}{parts.path.rstrip('/')}/"


def _token(value: object, validation: ValidationInfo) -> Secret:
    if value == _NONE or value is NO_TOKEN:
        return NO_TOKEN
    return read_secret(value, validation)


PublicAddress = Annotated[
    str, BeforeValidator(_public), WithJsonSchema({"type": "string", "pattern": "^https?://"})
]
TokenOption = Annotated[
    Secret,
    PlainValidator(_token),
    WithJsonSchema({"anyOf": [{"const": _NONE}, {"type": "string"}, *SECRET_PLACES]}),
]


@dataclass(frozen=True, slots=True)
class WebSettings:
    """The page and the API."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    listen: Listen = "127.0.0.1:8680"
    """Address and port; port 0 takes a free one. `null`: there is no page."""
    public: PublicAddress | None = None
    """Where people reach the page through a reverse proxy, such as `https://desk.example.org/`. Digests then
    have links."""
    token: TokenOption | None = None
    """The administrator's, a secret; needed for any address but loopback, and wherever `public` is set.
    `none`: a proxy lets people in."""
    metrics: bool = True
    """Whether `/metrics` answers without the token."""

    @property
    def address(self) -> tuple[str, int] | None:
        """Host and port to listen on; None where there is no page."""
        if self.listen is None:
            return None
        host, _, port = self.listen.rpartition(":")
        return host.removeprefix("[").removesuffix("]"), int(port)

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine reaches it."""
        return self.address is None or _is_this_machine(self.address[0])

    @property
    def takes_token(self) -> bool:
        """Whether people sign in by a token."""
        return self.token is not None and self.token != NO_TOKEN

    @property
    def base_path(self) -> str:
        """The path of `public` without its last slash, such as `/desk`."""
        return urlsplit(self.public).path.rstrip("/") if self.public else ""


def _is_this_machine(host: str) -> bool:
    """Whether a host to listen on is this machine alone: 0.0.0.0 is not, though one connects to it here."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
