"""The page: whether people can sign in to it, and links open it. Pure."""

from dataclasses import dataclass
from typing import TypeAlias, assert_never

from watchdesk.model import Trouble


@dataclass(frozen=True, slots=True)
class PageLocked:
    """Nobody can sign in: the token cannot be read any more."""

    why: str


@dataclass(frozen=True, slots=True)
class LinksUnsigned:
    """No link can be signed or checked: the key of links cannot be used."""

    why: str


PageCause: TypeAlias = PageLocked | LinksUnsigned


def trouble(cause: PageCause) -> Trouble:
    """See `causes.trouble_of`."""
    match cause:
        case PageLocked(why):
            return Trouble(
                "page-token",
                f"Nobody can sign in to the page: of the secret `web: token`, {why}. Put the token back "
                "there, or name another place in watchdesk.yaml; it is looked for every half minute.",
                recovery="The page has its token again: people can sign in.",
            )
        case LinksUnsigned(why):
            return Trouble(
                "page-links",
                f"Digests go out without links, and no link opens anything: {why}.",
                recovery="The key of links can be used again: digests have links.",
            )
        case _:
            assert_never(cause)
