"""The User-Agent: a site can see what reads it and reach the people behind it."""

from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, metadata

from watchdesk import __version__

PRODUCT = "watchdesk"
"""Our name as robots.txt has it (RFC 9309 §2.2.1)."""


def user_agent(contact: str | None, project: str | None) -> str:
    """The product and version, how to reach the desk (a mail or web address), and the project's address
    (RFC 9110 §10.1.5).
    """
    contacts = [f"+{_reach(where)}" for where in (contact, project) if where]
    return f"{PRODUCT}/{__version__}" + (f" ({'; '.join(contacts)})" if contacts else "")


def project_address() -> str | None:
    """The project's homepage, as the installed package names it; None when it names none."""
    try:
        urls: Sequence[str] = metadata(PRODUCT).get_all("Project-URL") or []
    except PackageNotFoundError:
        return None
    named = (url.partition(",") for url in urls)
    return next((address.strip() for name, _, address in named if name.strip().lower() == "homepage"), None)


def _reach(where: str) -> str:
    address = where if "://" in where or where.startswith("mailto:") else f"mailto:{where}"
    return "".join(sign for sign in address.encode("ascii", "replace").decode() if sign.isprintable())
