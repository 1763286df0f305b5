"""Pages that another program compares with their last version → what watchdesk reads of them.

watchdesk reads feeds and lists of articles. A page that is edited in place is neither.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from watchdesk.importing.addresses import is_feed_like, web_address
from watchdesk.importing.found import FoundSource, Left
from watchdesk.importing.selectors import is_css

NO_FEED = (
    "watchdesk reads feeds and lists of articles, and does not compare a page with its last version; "
    "look for its feed: watchdesk sources add ADDRESS"
)
LOOK = "carried as a list of articles, paused: see that each item is one, then take `paused` out"


def watched(
    place: str,
    address: str,
    title: str | None,
    selectors: Sequence[str],
    left: list[Left],
    *,
    tags: tuple[str, ...] = (),
    headers: Mapping[str, str] | None = None,
    every: timedelta | None = None,
    is_paused: bool = False,
) -> FoundSource | None:
    """A feed where the address looks like one, a paused page where CSS chose a part of it, else None."""
    found = web_address(address)
    if found is None:
        left.append(Left(place, address or "a job", "it has no web address"))
        return None
    url, login = found
    source = FoundSource(
        place,
        url,
        title=title,
        tags=tags,
        every=every,
        is_paused=is_paused,
        headers=headers or {},
        login=login,
    )
    if is_feed_like(url) or address.lower().startswith("feed:"):
        left += [Left(place, one, "of a feed every entry is read") for one in selectors]
        return source
    css = [one for one in selectors if is_css(one)]
    if not css:
        left.append(Left(place, title or url, NO_FEED))
        return None
    left.append(Left(place, f"{title or url}: {css[0]}", LOOK))
    left += [
        Left(place, one, "`item` is one selector" if one in css else "it is not a CSS selector")
        for one in selectors
        if one != css[0]
    ]
    return replace(source, kind="page", select={"item": css[0]}, is_paused=True)
