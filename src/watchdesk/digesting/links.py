"""Which links to the desk's page a digest has: signed ones where it goes out, plain ones in a preview."""

from datetime import datetime

from watchdesk.config.link_key import LinkKeyUnusable
from watchdesk.digests import LASTS, Links
from watchdesk.logger import get_logger
from watchdesk.plan import Configured, Plan

log = get_logger(__name__)


def signed_links(plan: Plan, composed_at: datetime) -> Links | None:
    """For a digest that goes out; None where readers reach no page.

    A key that cannot be used costs nobody the digest: it goes out without links, and the log says so.
    """
    if plan.link_key is None or not _has_page(plan):
        return None
    try:
        return Links(_public(plan), composed_at + LASTS, plan.link_key.made())
    except LinkKeyUnusable as unusable:
        log.error("a digest goes out without links to the page", why=str(unusable))
        return None


def plain_links(configured: Configured, composed_at: datetime) -> Links | None:
    """For a preview: they ask for the token. None where readers reach no page."""
    return Links(_public(configured), composed_at + LASTS) if _has_page(configured) else None


def _has_page(configured: Configured) -> bool:
    web = configured.settings.web
    return web.public is not None and web.address is not None


def _public(configured: Configured) -> str:
    return configured.settings.web.public or ""
