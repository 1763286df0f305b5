"""The pages, a module each with one template. To add one, add both and a line here."""

from watchdesk.web.pages import (
    article,
    articles,
    deliveries,
    digest,
    digests,
    fleet,
    help,
    label,
    overview,
    playground,
    rule,
    rules,
    sign_in,
    source,
    sources,
    story,
)
from watchdesk.web.routes import Page

PAGES: tuple[Page, ...] = (
    overview.PAGE,
    sources.PAGE,
    source.PAGE,
    rules.PAGE,
    rule.PAGE,
    articles.PAGE,
    article.PAGE,
    label.PAGE,
    story.PAGE,
    digests.PAGE,
    digest.PAGE,
    digest.NEXT,
    deliveries.PAGE,
    fleet.PAGE,
    playground.PAGE,
    help.PAGE,
    sign_in.PAGE,
)
"""In the order of the navigation."""
