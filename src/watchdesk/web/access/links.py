"""Signed links: what a stranger may open who has one from a digest, or the address of a feed."""

from datetime import UTC, datetime

from watchdesk.config.link_key import LinkKey, LinkKeyUnusable
from watchdesk.digests.links import Links, Opens, feed_path, is_signed, seconds
from watchdesk.logger import get_logger
from watchdesk.web.asked import Asked, Refusal

log = get_logger(__name__)

KEPT_NOWHERE = {"cache-control": "private, no-store"}
"""Of what a link opens: no cache keeps it, not even the reader's."""
_TO_DO = "Open it from a newer digest, ask whoever sends you the digest, or sign in to the desk."
_LONGEST = 12
"""Digits of a time."""


def check_link(asked: Asked, opens: Opens, *names: str) -> datetime:
    """Until when the link of this request opens that. Raises `Refusal`."""
    until = asked.query.get("until", "")
    if not (until.isascii() and until.isdigit()) or len(until) > _LONGEST or until != str(int(until)):
        raise _refused()  # a link has one address, so that what counts or blocks addresses knows it again
    _check(asked, opens, names, int(until))
    if int(until) <= seconds(asked.now):
        detail = "This link has expired: links in a digest open their pages for 90 days."
        raise Refusal(410, detail, to_do=_TO_DO, headers=KEPT_NOWHERE)
    return datetime.fromtimestamp(int(until), UTC)


def check_feed_key(asked: Asked, opens: Opens, name: str) -> None:
    """Raises `Refusal` for a key that is not the one of this feed."""
    _check(asked, opens, (name,), None)


def has_link(asked: Asked, opens: Opens, *names: str) -> bool:
    """Whether the request has a link that opens that, whoever else its visitor is."""
    try:
        check_link(asked, opens, *names)
    except Refusal:
        return False
    return True


def links_here(asked: Asked) -> Links:
    """Links within the page; for somebody who is here by a signed one, signed for as long as that holds."""
    if asked.link_until is None:
        return Links("/", asked.now)
    return Links("/", asked.link_until, LinkKey(asked.desk.state_directory).made())


def feed_address(asked: Asked, opens: Opens, name: str) -> str | None:
    """Where a feed reader finds the feed, with its key where one is needed; None: it cannot be told now."""
    web, page = asked.configured.settings.web, asked.desk.told().page
    base = web.public or (page.address if page else None)
    try:
        key = LinkKey(asked.desk.state_directory).made() if web.takes_token else None
    except LinkKeyUnusable as unusable:
        log.error("addresses of feeds cannot be signed", why=str(unusable))
        return None
    return f"{base}{feed_path(opens, name, key)}" if base else None


def _check(asked: Asked, opens: Opens, names: tuple[str, ...], until: int | None) -> None:
    try:
        key = LinkKey(asked.desk.state_directory).known()
    except LinkKeyUnusable as unusable:
        log.error("links to the page cannot be checked", why=str(unusable))
        detail = "Links cannot be checked now; the log of the service says why."
        raise Refusal(503, detail, headers=KEPT_NOWHERE) from None
    if key is None or not is_signed(asked.query.get("key", ""), key, opens, *names, until=until):
        raise _refused()


def _refused() -> Refusal:
    return Refusal(
        403,
        "This link does not open this page: it is not whole, or is from before the desk had its present key.",
        to_do=_TO_DO,
        headers=KEPT_NOWHERE,
    )
