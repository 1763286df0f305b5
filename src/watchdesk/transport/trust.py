"""Which certificate authorities are trusted, as a TLS context."""

import ssl
from pathlib import Path

import certifi

from watchdesk.config.network import Authorities


def trust_store(authorities: Authorities = Authorities()) -> ssl.SSLContext:
    """A context that trusts these authorities; make it once, because it takes a while.

    They are the system's and certifi's, or those that the environment names instead, and those of
    `polling.ca`.
    """
    if authorities.instead:
        first, *others = authorities.instead
        context = ssl.create_default_context(cafile=_file(first), capath=_folder(first))
        for path in others:
            _add_authorities(context, path)
    else:
        context = ssl.create_default_context()
        context.load_verify_locations(certifi.where())
    if authorities.added:
        _add_authorities(context, authorities.added)
    return context


def _add_authorities(context: ssl.SSLContext, path: Path) -> None:
    context.load_verify_locations(_file(path), _folder(path))


def _file(path: Path) -> str | None:
    return None if path.is_dir() else str(path)


def _folder(path: Path) -> str | None:
    """A folder of authorities, which OpenSSL reads when it checks a certificate (c_rehash(1))."""
    return str(path) if path.is_dir() else None
