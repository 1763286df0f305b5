"""The feeds of rules and digests: what the `atom` channel writes, made of digests that went out."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from starlette.responses import Response

from watchdesk.delivery.atom_feed import Feed, identity, with_entries
from watchdesk.delivery.feed_entries import Issue, digest_entry, story_entries
from watchdesk.digests.links import Opens
from watchdesk.documents.words import printable
from watchdesk.ports import Store
from watchdesk.web.access.links import check_feed_key
from watchdesk.web.access.visitors import Visitor
from watchdesk.web.answers import CHALLENGE, admit, with_tag
from watchdesk.web.asked import Asked, Refusal, absent

_TO_DO = "Give the feed reader the address with its key, as the page of the rule or digest shows it."
MOST_ENTRIES = 100
MOST_DIGESTS = 50
"""The newest digests, of which a feed is made."""


def rule_feed(asked: Asked, headers: Mapping[str, str]) -> Response:
    """An entry for each story that the rule brought into a digest."""
    rule_id = asked.at["rule"]
    _admit(asked, headers, Opens.RULE_FEED, rule_id)
    rule = asked.rule(rule_id)
    digests = asked.configured.settings.digests.values()
    names = [digest.name for digest in digests if digest.takes(rule.id, rule.tags)]
    feed = Feed(identity("rules", asked.desk.mark, rule.id), printable(rule.title))

    def write(issues: Iterable[Issue]) -> bytes:
        entries = [
            entry
            for issue in issues
            for found in issue.document.get("rules", ())
            if found["id"] == rule.id
            for entry in story_entries(found, issue)
        ]
        return with_entries(feed, None, entries, MOST_ENTRIES, asked.now)

    return _answer(asked, headers, (Opens.RULE_FEED, rule_id), names, write)


def digest_feed(asked: Asked, headers: Mapping[str, str]) -> Response:
    """An entry for each digest of this name, with its page."""
    name = asked.at["name"]
    _admit(asked, headers, Opens.DIGEST_FEED, name)
    digest = asked.configured.settings.digests.get(name)
    if digest is None:
        raise absent(f"digest '{name}'")
    feed = Feed(identity("digests", asked.desk.mark, name), printable(digest.title))

    def write(issues: Iterable[Issue]) -> bytes:
        return with_entries(feed, None, [digest_entry(one) for one in issues], MOST_ENTRIES, asked.now)

    return _answer(asked, headers, (Opens.DIGEST_FEED, name), [name], write)


def _admit(asked: Asked, headers: Mapping[str, str], opens: Opens, name: str) -> None:
    if asked.visitor is Visitor.STRANGER and "key" in asked.query:
        check_feed_key(asked, opens, name)
    elif asked.visitor is Visitor.STRANGER and not headers.get("authorization"):
        raise Refusal(401, "This feed needs its key.", to_do=_TO_DO, headers=CHALLENGE)
    else:
        admit(asked)


def _answer(
    asked: Asked,
    headers: Mapping[str, str],
    of: tuple[Opens, str],
    names: Iterable[str],
    write: Callable[[Iterable[Issue]], bytes],
) -> Response:
    """Written once for as long as no newer digest is there."""
    with asked.desk.reading() as store:
        newest = _newest(store, names)
        marks = tuple(digest_id for _, digest_id in newest)
        content = asked.desk.feeds.get((*of, marks), asked.configured, lambda: write(_issues(store, marks)))
    return with_tag(content, "application/atom+xml; charset=utf-8", headers.get("if-none-match", ""))


def _newest(store: Store, names: Iterable[str]) -> list[tuple[datetime, str]]:
    made = [(one.composed_at, one.id) for name in names for one in store.made_digests(name, MOST_DIGESTS)]
    return sorted(made, reverse=True)[:MOST_DIGESTS]


def _issues(store: Store, digest_ids: Iterable[str]) -> list[Issue]:
    """The oldest first, as they went out."""
    found = store.went_out(list(digest_ids)).values()
    made = sorted(found, key=lambda one: (one.composed_at, one.digest_id))
    return [Issue(one.digest_id, one.composed_at, one.rendered) for one in made]


FEEDS = {"/feeds/{rule}.atom": rule_feed, "/feeds/digest/{name}.atom": digest_feed}
"""By path."""
