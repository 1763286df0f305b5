"""Whose certificates are believed, as contexts of TLS."""

import ssl
from pathlib import Path

import certifi

from watchdesk.config.network import Authorities


def trust_store(authorities: Authorities = Authorities()) -> ssl.SSLContext:
    """A context that believes them; made once, for it takes a while.

    The system's and certifi's, or those that the environment names in their place; and those of `polling.ca`.
    """
    if authorities.instead:
        first, *others = authorities.instead
        context = ssl.create_default_context(cafile=_file(first), capath=_folder(first))
        for path in others:
            _believe(context, path)
    else:
        context = ssl.create_default_context()
        context.load_verify_locations(certifi.where())
    if authorities.added:
        _believe(context, authorities.added)
    return context


def _believe(context: ssl.SSLContext, path: Path) -> None:
    context.load_verify_locations(_file(path), _folder(path))


def _file(path: Path) -> str | None:
    return None if path.is_dir() else str(path)


def _folder(path: Path) -> str | None:
    """It is looked into when a certificate is to be judged (c_rehash(1))."""
    return str(path) if path.is_dir() else None
