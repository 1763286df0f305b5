"""Digests as the real composer and the real renderer make them, for what sends them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from support.digests import render_plain, render_plain_notice
from watchdesk import digests
from watchdesk.config.settings import DigestSettings
from watchdesk.model import (
    Article,
    Match,
    Past,
    PublishedKnown,
    Rendered,
    RuleLabel,
    Section,
    Silence,
    Snippet,
    Trouble,
    WaitingMatch,
)

COMPOSED = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
BRUSSELS = ZoneInfo("Europe/Brussels")
RULES = {"nato": RuleLabel("nato", "NATO spending"), "aid": RuleLabel("aid", "Ukraine aid")}


def found(
    number: int,
    title: str | None = None,
    rule: str = "nato",
    *,
    url: str | None = None,
    source: str = "wire",
    text: str = "Ministers agreed on defence spending.",
    revised: bool = False,
) -> WaitingMatch:
    """A match; the lower its number, the better."""
    article = Article(
        source_id=source,
        title=title or f"Story number {number}",
        sections=(Section(None, (text,)),),
        first_seen=COMPOSED - timedelta(hours=1),
        url=url or f"https://example.org/{number}",
        published_at=COMPOSED - timedelta(hours=2),
        published_known=PublishedKnown.EXACT,
        id=number,
    )
    match = Match(rule, 1.0 - number / 10_000, (), Snippet(text, ((0, 9), (20, 36))))
    return WaitingMatch(number, rule, article, number, match, COMPOSED, revised)


def rendered(
    matches: Sequence[WaitingMatch],
    *,
    most: int = 60,
    digest_id: str = "d1",
    silences: Sequence[Silence] = (),
    is_test: bool = False,
) -> Rendered:
    """Subject, HTML, text and JSON of a digest of these matches."""
    setting = DigestSettings(name="morning", title="Morning brief", to=("desk",), most=most)
    past = Past(since=COMPOSED - timedelta(days=1), silences=tuple(silences))
    digest = digests.compose(
        setting, RULES, matches, (), past, now=COMPOSED, timezone=BRUSSELS, digest_id=digest_id
    )
    return render_plain(replace(digest, is_test=is_test), BRUSSELS, "en")


def notice(*sentences: str) -> Rendered:
    """What the operators are sent."""
    troubles = [Trouble(f"cause-{n}", sentence) for n, sentence in enumerate(sentences)]
    return render_plain_notice(troubles, COMPOSED, BRUSSELS)
