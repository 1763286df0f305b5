"""Which of a page's titles is the article's headline, without the site's name after it. Pure."""

import re
from collections.abc import Collection

from watchdesk.articles.claims import Claims
from watchdesk.articles.plain import folded, plain_title

_SHORTEST_H1 = 15
_BAR = r"[|｜│┃∣‖¦]"
_SEPARATOR = re.compile(
    rf"\s*{_BAR}\s*|\s+(?:[-–—·•:»›‹/⋆★~]+|::)\s+|(?<=\w)[–—_](?=\w)|(?<=[\u3040-\u9fff])\s?-\s?(?=[\u3040-\u9fff])"
)
"""What parts a title from a site's name. Without spaces a dash, but no hyphen, which may be in a word."""
_DOMAIN = re.compile(r"(?:www\.)?([\w-]{2,40})(?:\.[a-z]{2,8}){1,2}", re.IGNORECASE)
_SPARE = ("the", "www", "com", "online", "news")


def headline(claims: Claims, site_names: Collection[str]) -> str:
    """JSON-LD's headline, else og:title, else an h1 that is long enough, else `<title>`, else empty.

    If og:title or `<title>` begins with the h1, the h1.
    """
    sites = {key for name in site_names if (key := site_key(name))}
    sections = {key for name in claims.sections if (key := site_key(name))}
    h1s = [h1 for h1 in map(plain_title, claims.h1s) if site_key(h1) not in sites]
    long_h1s = [h1 for h1 in h1s if len(h1) >= _SHORTEST_H1]
    if claims.headline:
        return without_site(plain_title(claims.headline), sites, sections)
    for claimed in (claims.og_title, None if long_h1s else claims.title):
        if claimed:
            title = plain_title(claimed)
            begins = (h1 for h1 in h1s if folded(title).startswith(folded(h1)) and len(h1) >= _SHORTEST_H1)
            return next(begins, None) or without_site(title, sites, sections)
    return next(iter([*long_h1s, *h1s]), "")


def without_site(title: str, site_keys: Collection[str], section_keys: Collection[str] = ()) -> str:
    """The title without the site's name as its first or last part, and without a section's as its last."""
    cut = title
    for _ in range(4):
        parts = list(_SEPARATOR.finditer(cut))
        last = next((part for part in parts if _is_site(cut[part.end() :], site_keys)), None)
        if last is None and parts and site_key(cut[parts[-1].end() :]) in section_keys:
            last = parts[-1]
        if last is not None:
            cut = cut[: last.start()]
        elif parts and _is_site(cut[: parts[0].start()], site_keys):
            cut = cut[parts[0].end() :]
        else:
            break
    return _without_glued_site(cut, site_keys).strip() or title


def _without_glued_site(title: str, site_keys: Collection[str]) -> str:
    """The title without a site's name after a hyphen without spaces: one of several words, so no compound."""
    start, _, site = title.partition("-")
    while site:
        if (
            len(site.split()) > 1
            and not site[0].islower()
            and start[-1:].isalnum()
            and site_key(site) in site_keys
        ):
            return start
        following, _, site = site.partition("-")
        start = f"{start}-{following}"
    return title


def _is_site(part: str, site_keys: Collection[str]) -> bool:
    domain = _DOMAIN.fullmatch(part.strip())
    return site_key(part) in site_keys or (domain is not None and site_key(domain[1]) in site_keys)


def site_key(name: str) -> str:
    """A site's name or address as a key: `The Daily Example` and `daily-example.com` have the same."""
    words = [word for word in folded(name).split() if word not in _SPARE]
    return "".join(words) or "".join(folded(name).split())
