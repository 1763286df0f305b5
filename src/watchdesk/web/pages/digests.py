"""/digests: what is to go out next, and what was made."""

from functools import partial

from watchdesk.config.settings import OPERATORS
from watchdesk.documents.deliveries import when_of
from watchdesk.documents.digests import deliveries_by_digest
from watchdesk.documents.status import next_digests, waiting_by_digest
from watchdesk.web.asked import Asked
from watchdesk.web.paging import ROWS, cut, moment_cursor, place_of
from watchdesk.web.routes import Page, Values


def _show(asked: Asked) -> Values:
    digest, cursor = asked.query.get("digest", ""), asked.query.get("cursor")
    summary = asked.desk.summary()
    with asked.desk.reading() as store:
        rows = store.made_digests(digest or None, ROWS + 1, place_of(cursor))
        found = cut(rows, ROWS, lambda one: moment_cursor(one.composed_at, one.id))
        sent, stopped = deliveries_by_digest(store, found.rows), store.stopped_channels()
    configured = asked.configured.settings.digests

    return {
        "configured": [one for name, one in configured.items() if digest in ("", name)],
        "waiting": waiting_by_digest(summary),
        "departures": next_digests(summary),
        "made": found.rows,
        "sent": sent,
        "next": found.next,
        "is_first": not cursor,
        "digest": digest,
        "names": [*configured, OPERATORS],
        "operators": OPERATORS,
        "when_of": partial(when_of, stopped=stopped, now=asked.now, zone=asked.zone),
    }


PAGE = Page("/digests", "digests.html.j2", _show, name="Digests")
