"""`explain`: why a rule found an article or did not, and what became of it."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import assert_never
from zoneinfo import ZoneInfo

import click

from watchdesk import sources
from watchdesk.app import Desk
from watchdesk.articles import site_of, url_key
from watchdesk.cli.fates import FateWords
from watchdesk.cli.session import (
    Session,
    fail,
    json_option,
    pass_session,
    print_json,
    stderr,
    stdout,
    utc_now,
    utc_text,
)
from watchdesk.cli.stored import address_in, find_article, not_stored
from watchdesk.cli.words import ago, counted, local, printable
from watchdesk.pipeline import look_up_fate
from watchdesk.sources import Origin, Reading

_LOOK_BACK = timedelta(days=90)
"""In the articles of which the sources of a domain are looked for."""


@click.command
@click.argument("rule_id", metavar="RULE")
@click.argument("reference", metavar="ARTICLE")
@json_option
@pass_session
def explain(session: Session, rule_id: str, reference: str, *, as_json: bool) -> None:
    """Why a rule found an article (its id or URL) or did not, and what became of it.

    Of an address that is not in the archive: which sources could have brought it.
    """
    now = utc_now()
    with session.desk() as desk:
        article = find_article(desk.store, reference)
        if article is None:
            desk.plan.rules.check_known(rule_id)
            _explain_absence(desk, rule_id, reference, now, as_json=as_json)
            return
        explanation = desk.plan.rules.explain(rule_id, article)
        matched = explanation.matched
        fate = look_up_fate(desk.plan, desk.store, article, rule_id, now, matches_now=matched)
        words = FateWords(article, rule_id, desk.plan.settings, now)
    if as_json:
        print_json(
            {
                "article": article.id,
                "url": article.url,
                "rule": rule_id,
                "in_archive": True,
                **explanation.as_document(),
                **words.document(fate),
                "said": list(words.lines(fate, matches_now=matched)),
            }
        )
        return
    console = stdout()
    console.print(article.title, style="bold", markup=False, soft_wrap=True)
    console.print(article.url or "", style="dim", markup=False, soft_wrap=True)
    console.print()
    console.print(explanation.render(), markup=False, soft_wrap=True)
    console.print()
    for line in words.lines(fate, matches_now=matched):
        console.print(line, markup=False, soft_wrap=True)


def _explain_absence(desk: Desk, rule_id: str, reference: str, now: datetime, *, as_json: bool) -> None:
    """Says which sources could have brought it, and ends with status 2: there is no such article."""
    address = address_in(reference)
    if address is None:
        raise not_stored(reference)
    site, settings = site_of(address), desk.plan.settings
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


def _pruned_lines(pruned: Sequence[str], keep: timedelta) -> Iterator[str]:
    if pruned:
        yield (
            f"It was in the archive once, from {', '.join(pruned)}, and has been removed since: articles "
            "are kept "
            f"for {counted(keep.days, 'day')} (`articles.keep`)."
        )


def _absence_lines(
    found: Sequence[Origin], site: str, address: str, now: datetime, desk: Desk
) -> Iterator[str]:
    if not found:
        yield (
            f"No source reads {site}: nothing from there can come. To follow it: watchdesk sources add "
            f"{address.partition('//')[0]}//{site}"
        )
        return
    zone = desk.plan.settings.timezone
    yield f"{counted(len(found), 'source')} of {site} could have brought it:"
    for origin in found:
        known = f" ({printable(origin.name)})" if origin.name != origin.source_id else ""
        last = f"last read {ago(origin.last_success, now)}" if origin.last_success else "never read yet"
        yield f"  {origin.source_id}{known}: {last}{_next(origin, now)}"
        yield from (f"    {line}" for line in _troubles(origin, zone))
    if all(origin.reading is Reading.WELL for origin in found):
        yield (
            "They are well, so their documents did not hold this address when they were read; it may be "
            "listed "
            "in another feed of the site (`watchdesk sources add` finds them), or come with the next poll."
        )


def _next(origin: Origin, now: datetime) -> str:
    if origin.next_poll is None:
        return ""
    return f", next {ago(origin.next_poll, now)}" if origin.next_poll > now else ", next poll due now"


def _troubles(origin: Origin, zone: ZoneInfo) -> Iterator[str]:
    match origin.reading:
        case Reading.PAUSED:
            yield "paused: sources.yaml says `paused: true`"
        case Reading.GONE:
            yield "gone: its publisher says that the feed is gone for good; find its new address"
        case Reading.FAILING:
            yield f"failing: {printable(origin.error or 'it could not be read')}"
        case Reading.NEVER_READ | Reading.WELL:
            pass
        case _:
            assert_never(origin.reading)
    if origin.last_gap:
        yield (
            f"{counted(origin.gaps, 'gap')}, the last on {local(origin.last_gap, zone)}: that poll shared "
            "no entry "
            "with the one before, so what was published in between may never have been seen"
        )


def _document(origin: Origin) -> dict[str, object]:
    return {
        "id": origin.source_id,
        "name": origin.name,
        "reading": str(origin.reading),
        "last_success": utc_text(origin.last_success),
        "next_poll": utc_text(origin.next_poll),
        "error": origin.error,
        "gaps": origin.gaps,
        "last_gap": utc_text(origin.last_gap),
    }
