"""Which proxy leads to a web address, and whose certificates are trusted.

Values only, made once from the files and from the environment, which is read here and nowhere else.
`transport` connects by them.
"""

import ipaddress
import os
import re
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from watchdesk.config.looking import is_folder

NO_PROXY_AT_ALL = "none"
"""Means no proxy, whatever the environment says."""
PROXY_FORMS = "http://HOST:PORT, https://HOST:PORT, socks5://HOST:PORT or socks5h://HOST:PORT"
_SCHEMES = ("http", "https", "socks5", "socks5h")
_LOCAL_NAMES = ("localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback")


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy, and what names it. Its text form never shows a login."""

    url: str = field(repr=False)
    """Scheme, login if there is one, host and port."""
    set_by: str
    """`polling.proxy`, `HTTPS_PROXY` …"""

    @property
    def scheme(self) -> str:
        """One of those in `PROXY_FORMS`."""
        return urlsplit(self.url).scheme

    @property
    def judges_names(self) -> bool:
        """Whether it looks names up itself; socks5 wants addresses."""
        return self.scheme != "socks5"

    def __str__(self) -> str:
        parts = urlsplit(self.url)
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        return f"the proxy {host}{f':{parts.port}' if parts.port else ''} ({self.set_by})"


@dataclass(frozen=True, slots=True)
class Direct:
    """No proxy."""

    unused: str | None = None
    """Which proxy is set, and why it is not used here."""


Route = Proxy | Direct


@dataclass(frozen=True, slots=True)
class Proxies:
    """Which proxy leads where. Loopback is always asked directly."""

    http: Proxy | None = None
    https: Proxy | None = None
    exceptions: tuple[str, ...] = ()
    """NO_PROXY: hosts, domains, HOST:PORT, networks in CIDR form, or `*`."""
    off: str | None = None
    """What says to use none of them; None where they are used."""

    @classmethod
    def of_environment(cls, environment: Mapping[str, str] | None = None) -> Self:
        """HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY; names in lower case come first.

        Raises `ValueError` when one of them is not the address of a proxy.
        """
        variables = os.environ if environment is None else environment
        exceptions = re.split(r"[\s,]+", _variable("no_proxy", variables)[1].lower())
        return cls(
            _from_variable("http_proxy", variables),
            _from_variable("https_proxy", variables),
            tuple(exception for exception in exceptions if exception),
        )

    def or_chosen(self, setting: str | None, set_by: str) -> "Proxies":
        """These, unless a file says otherwise: an address, or `none`. `set_by` names the setting."""
        if setting is None:
            return self
        if setting == NO_PROXY_AT_ALL:
            return replace(self, off=f"{set_by} is none")
        return Proxies(Proxy(setting, set_by), Proxy(setting, set_by))

    def route(self, scheme: str, host: str, port: int | None = None) -> Route:
        """The way to a host. `host`: as it is asked for, in ASCII, without a final dot."""
        proxy = self.https if scheme == "https" else self.http
        if (self.http is None and self.https is None) or is_loopback(host):
            return Direct()
        if proxy is None:
            other = self.http if scheme == "https" else self.https
            return Direct(f"{other.set_by} is set, but no proxy for {scheme}://" if other else None)
        if self.off:
            return Direct(f"{proxy.set_by} is set and not used, because {self.off}")
        if any(_is_excepted(host, port, exception) for exception in self.exceptions):
            return Direct(f"{proxy.set_by} is set and not used, because NO_PROXY names this host")
        return proxy


@dataclass(frozen=True, slots=True)
class Authorities:
    """Whose certificates are trusted."""

    instead: tuple[Path, ...] = ()
    """Files and folders that replace the system's; empty: the system's."""
    instead_by: str | None = None
    """The variables that name them."""
    added: Path | None = None
    """`polling.ca`."""

    @classmethod
    def of_environment(cls, environment: Mapping[str, str] | None = None) -> Self:
        """SSL_CERT_FILE, SSL_CERT_DIR, REQUESTS_CA_BUNDLE: those that are set replace the system's together.

        Raises `ValueError` when one of them names something that cannot be used.
        """
        variables = os.environ if environment is None else environment
        named = {name: variables[name] for name in CA_VARIABLES if variables.get(name)}
        folders = [Path(part) for part in named.get("SSL_CERT_DIR", "").split(os.pathsep) if part]
        files = {name: Path(value) for name, value in named.items() if name != "SSL_CERT_DIR"}
        by_path = {path: name for name, path in reversed(files.items())}  # two often name one file
        for path, name in reversed(by_path.items()):
            try:
                check_certificates(path)
            except ValueError as error:
                raise ValueError(f"{name}: {error}") from None
        instead = [*files.values(), *filter(is_folder, folders)]
        if folders and not instead:
            raise ValueError(f"SSL_CERT_DIR: {folders[0]} is no folder that may be looked at")
        return cls(tuple(dict.fromkeys(instead)), " and ".join(named) or None)

    def __str__(self) -> str:
        """Whose they are, for a message about a certificate that is not trusted."""
        whose = f"those of {self.instead_by}" if self.instead_by else "the system's"
        return f"{whose} and those of polling.ca" if self.added else whose


CA_VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE")


@dataclass(frozen=True, slots=True)
class Network:
    """Proxies and authorities, for all that connects."""

    proxies: Proxies = Proxies()
    authorities: Authorities = Authorities()


def parse_proxy_url(text: str) -> str:
    """The address of a proxy as it was written; without a scheme it is http. Raises `ValueError`.

    Messages never repeat it, for it may hold a login.
    """
    url = text.strip() if "://" in text else f"http://{text.strip()}"
    try:
        parts = urlsplit(url)
        usable = bool(parts.hostname) and parts.port != 0 and not re.search(r"\s", url)
        bare = parts.path in ("", "/") and not parts.query and not parts.fragment
    except ValueError:
        raise ValueError(f"must be the address of a proxy: {PROXY_FORMS}") from None
    if parts.scheme not in _SCHEMES:
        raise ValueError(
            f"'{parts.scheme}://' is no kind of proxy that is known here; the forms are {PROXY_FORMS}"
        )
    if not usable or not bare:
        raise ValueError(f"must be the address of a proxy: {PROXY_FORMS}")
    return f"{parts.scheme}://{parts.netloc}"


def check_certificates(path: Path) -> None:
    """Raises `ValueError` unless it is a folder, or a file with a certificate in PEM form."""
    try:
        if path.is_dir():
            return
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=path)
    except ssl.SSLError:
        raise ValueError(f"{path} holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)") from None
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from None


def is_loopback(host: str) -> bool:
    """Whether the host is this machine, by name or by address, however that is written (inet_aton(3))."""
    name = host.strip("[]").rstrip(".").lower()
    if name in _LOCAL_NAMES or name.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        if not re.fullmatch(r"[0-9a-fx.]*[0-9][0-9a-fx.]*", name):
            return False
        try:
            address = ipaddress.ip_address(socket.inet_aton(name))
        except OSError:
            return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return any(one.is_loopback or one.is_unspecified for one in (address, mapped) if one)


def _variable(name: str, variables: Mapping[str, str]) -> tuple[str, str]:
    """The name under which it is set, and its value; lower case comes first, even when empty."""
    used = name if name in variables else name.upper()
    return used, variables.get(used, "").strip()


def _from_variable(name: str, variables: Mapping[str, str]) -> Proxy | None:
    used, value = _variable(name, variables)
    if not value:
        used, value = _variable("all_proxy", variables)
    if not value:
        return None
    # Desktops write socks:// for what is socks5 everywhere else.
    value = re.sub(r"^socks://", "socks5://", value)
    try:
        return Proxy(parse_proxy_url(value), used)
    except ValueError as error:
        raise ValueError(f"{used}: {error}") from None


def _is_excepted(host: str, port: int | None, exception: str) -> bool:
    if exception == "*":
        return True
    name = host.strip("[]").lower()
    try:
        return ipaddress.ip_address(name) in ipaddress.ip_network(exception.strip("[]"), strict=False)
    except ValueError:
        pass
    found = re.fullmatch(r"(?:\*?\.)?(?P<host>.+?)\.?(?::(?P<port>\d{1,5}))?", exception)
    if not found or (found["port"] and int(found["port"]) != port):
        return False
    wanted = found["host"].strip("[]")
    is_name = not re.fullmatch(r"[0-9.]+|.*:.*", name)
    return name == wanted or (is_name and name.endswith(f".{wanted}"))
