"""The operations of the API, a module each. To add one, add a module and a line here."""

from watchdesk.web.api import (
    articles,
    deliveries,
    digests,
    fleet,
    labels,
    playground,
    rules,
    silences,
    sources,
    status,
)
from watchdesk.web.routes import Operation

OPERATIONS: tuple[Operation, ...] = (
    status.STATUS,
    sources.SOURCES,
    sources.SOURCE,
    rules.RULES,
    rules.RULE,
    articles.ARTICLES,
    articles.ARTICLE,
    articles.EXPLAIN,
    articles.STORY,
    labels.LABEL,
    silences.SILENCES,
    silences.BEGIN,
    silences.END,
    digests.DIGESTS,
    digests.DIGEST,
    deliveries.DELIVERIES,
    deliveries.RETRY,
    deliveries.DROP,
    fleet.FLEET,
    playground.CHECK,
    playground.TRY,
    playground.BACKTEST,
)
