"""`explain`: why a rule found an article or did not, and what became of it.

The reasons come from `rules.explaining`, the fate from `digests.fate`; here they become output.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import assert_never
from zoneinfo import ZoneInfo

import click

from watchdesk import sources
from watchdesk.app import Records
from watchdesk.articles import site_of, url_key
from watchdesk.cli.article_lookup import address_in, find_articles, not_stored
from watchdesk.cli.interruption import ended_at_once
from watchdesk.cli.session import (
    Session,
    fail,
    json_option,
    pass_session,
    print_json,
    stderr,
    stdout,
    utc_now,
)
from watchdesk.config.keep import Keep
from watchdesk.config.values import size_text
from watchdesk.documents.explanations import explain_article, explanation_document
from watchdesk.documents.words import ago, counted, local, printable, until, utc_text
from watchdesk.model import Article
from watchdesk.sources import Origin, ReadStatus

_LOOK_BACK = timedelta(days=90)
"""How old articles may be by which the sources of a domain are found."""


@click.command
@click.argument("rule_id", metavar="RULE")
@click.argument("reference", metavar="ARTICLE")
@json_option
@pass_session
def explain(session: Session, rule_id: str, reference: str, *, as_json: bool) -> None:
    """Why a rule found an article (its id or URL) or did not, and what became of it.

    For an address that is not in the archive: which sources could have brought it.
    """
    now = utc_now()
    configuration = session.readable_configuration()
    configuration.refuse_unread(rule_id)
    with session.records(configuration, reads=True) as desk, ended_at_once(desk.store.interrupt):
        found = find_articles(desk.store, reference)
        if not found:
            desk.configuration.rules.check_known(rule_id)
            _explain_absence(desk, rule_id, reference, now, as_json=as_json)
            return
        article, *others = found
        explanation = desk.configuration.rules.explain(rule_id, article)
        found_out = explain_article(desk.configuration, desk.store, explanation, article, now)
        said = [*_others_lines(article, others), *found_out.said]
    if as_json:
        same_address = [other.id or 0 for other in others]
        print_json({**explanation_document(found_out, same_address), "said": said})
        return
    console = stdout()
    console.print(article.title, style="bold", markup=False, soft_wrap=True)
    console.print(article.url or "", style="dim", markup=False, soft_wrap=True)
    console.print()
    width = console.width if console.is_terminal else None
    console.print(found_out.explanation.render(width), markup=False, soft_wrap=True)
    console.print()
    for line in said:
        console.print(line, markup=False, soft_wrap=True)


def _others_lines(article: Article, others: Sequence[Article]) -> Iterator[str]:
    """Says that several articles have this address, so that the answer is not taken for another's."""
    if not others:
        return
    yield (
        f"This is article {article.id}; {counted(len(others), 'other article')} with this address: to ask "
        "about another, give its number instead of the address."
    )
    yield from (f"  {other.id}  {printable(other.title)}" for other in others)


def _explain_absence(desk: Records, rule_id: str, reference: str, now: datetime, *, as_json: bool) -> None:
    """Prints which sources could have brought it, and exits with status 2: there is no such article."""
    address = address_in(reference)
    if address is None:
        raise not_stored(reference)
    site, settings = site_of(address), desk.configuration.settings
    also = desk.store.sources_at(site, now - _LOOK_BACK)
    states = desk.store.source_states()
    found = sources.origins(address, settings.sources.values(), states, now, also)
    pruned = [o.source_id for o in found if desk.store.known(o.source_id, [f"u:{url_key(address)}"])]
    said = [
        *_pruned_lines(pruned, settings.articles.keep),
        *_absence_lines(found, site, address, now, desk),
    ]
    stderr().print(str(not_stored(reference)), markup=False, soft_wrap=True)
    if as_json:
        print_json(
            {
                "article": None,
                "url": address,
                "rule": rule_id,
                "in_archive": False,
                "fate": "pruned" if pruned else "not-stored",
                "site": site,
                "sources": [_document(origin) for origin in found],
                "said": said,
            }
        )
    else:
        for line in said:
            stdout().print(line, markup=False, soft_wrap=True)
    fail(2)


def _pruned_lines(pruned: Sequence[str], keep: Keep) -> Iterator[str]:
    if pruned:
        most = f", and while the database is no larger than {size_text(keep.size)}" if keep.size else ""
        yield (
            f"It was in the archive once, from {', '.join(pruned)}, and has been removed since: articles "
            f"are kept for {counted(keep.age.days, 'day')}{most} (`articles.keep`)."
        )


def _absence_lines(
    found: Sequence[Origin], site: str, address: str, now: datetime, desk: Records
) -> Iterator[str]:
    if not found:
        yield (
            f"No source reads {site}, so nothing from there can come. To follow it: watchdesk sources add "
            f"{address.partition('//')[0]}//{site}"
        )
        return
    zone = desk.configuration.settings.timezone
    yield f"{counted(len(found), 'source')} of {site} could have brought it:"
    for origin in found:
        known = f" ({printable(origin.name)})" if origin.name != origin.source_id else ""
        last = f"last read {ago(origin.last_success, now)}" if origin.last_success else "not read yet"
        yield f"  {origin.source_id}{known}: {last}{_next(origin, now)}"
        yield from (f"    {line}" for line in _troubles(origin, zone))
    if all(origin.status is ReadStatus.WELL for origin in found):
        well = (
            "It is well, so its document did not list this address when it was read"
            if len(found) == 1
            else "They are well, so their documents did not list this address when they were read"
        )
        yield (
            f"{well}; another feed of the site may list it (`watchdesk sources add` finds them), or it may "
            "come with the next poll."
        )


def _next(origin: Origin, now: datetime) -> str:
    if origin.next_poll is None:
        return ""
    return f", next {until(origin.next_poll, now)}" if origin.next_poll > now else ", next poll due now"


def _troubles(origin: Origin, zone: ZoneInfo) -> Iterator[str]:
    match origin.status:
        case ReadStatus.PAUSED:
            yield "paused: sources.yaml says `paused: true`"
        case ReadStatus.GONE:
            yield "gone: its publisher says that the feed is gone for good; find its new address"
        case ReadStatus.FAILING:
            yield f"failing: {printable(origin.error or 'it could not be read')}"
        case ReadStatus.NEVER_READ | ReadStatus.WELL:
            pass
        case _:
            assert_never(origin.status)
    if origin.last_gap:
        yield (
            f"{counted(origin.gaps, 'gap')}, the last on {local(origin.last_gap, zone)}: that poll shared "
            "no entry with the one before, so what was published in between may never have been seen"
        )


def _document(origin: Origin) -> dict[str, object]:
    return {
        "id": origin.source_id,
        "name": origin.name,
        "reading": str(origin.status),
        "last_success": utc_text(origin.last_success),
        "next_poll": utc_text(origin.next_poll),
        "error": origin.error,
        "gaps": origin.gaps,
        "last_gap": utc_text(origin.last_gap),
    }
