"""Digests to look at: ordinary mornings and bad ones, as values."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from watchdesk.digests import render, render_notice
from watchdesk.digests.rendering.desk_templates import NONE
from watchdesk.model import (
    Article,
    Coverage,
    Digest,
    DigestPart,
    DigestStory,
    JoinedBy,
    Match,
    Membership,
    Notice,
    NotWanted,
    Priority,
    PublishedKnown,
    Rendered,
    RuleLabel,
    SharedText,
    Sharing,
    Snippet,
    SourceHealth,
    Spike,
    Standing,
    Telling,
    Trouble,
    WaitingMatch,
)

BRUSSELS = ZoneInfo("Europe/Brussels")
NOW = datetime(2026, 11, 25, 6, 0, tzinfo=UTC)
"""Wednesday, 07:00 in Brussels."""
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
NATO = RuleLabel("nato", "NATO spending")
AID = RuleLabel("aid", "Ukraine aid", Priority.HIGH)
MINERALS = RuleLabel("minerals", "Minerals deals")
QUIET = RuleLabel("ports", "Port strikes")
HISTORY = (0, 2, 5, 1, 0, 0, 3, 4, 2, 1, 0, 6, 2, 9)
NAMES = {
    "wire": "The Wire",
    "daily": "Daily Courier",
    "gazette": "Harbour Gazette",
    "ministry": "Ministry of Defence",
    "kyiv": "Київський вісник",
}
HEALTH = tuple(SourceHealth(source, name, healthy=True) for source, name in NAMES.items())

_NEWS = (
    (
        "Allies agree to lift defence spending before the spring summit",
        "Ministers said in Brussels that defence spending would rise in every member state next year, "
        "though several capitals want more time.",
        "defence spending",
    ),
    (
        "Parliament backs a second support package after a long night",
        "The support package was passed by a wide majority shortly after three in the morning; "
        "the first money is to flow in January.",
        "support package",
    ),
    (
        "Lithium deal leaves smaller partners asking who pays",
        "Officials in three capitals said that the minerals agreement had been drafted without them, "
        "and that its costs were unclear.",
        "minerals",
    ),
    (
        "What five per cent would mean: the budget in six charts",
        "A rise to five per cent of output would take defence spending past what is spent on schools in "
        "four of the countries that were looked at.",
        "defence spending",
    ),
)


def render_plain(digest: Digest, timezone: ZoneInfo, language: str) -> Rendered:
    """A digest as it is without templates of the desk's own."""
    return render(NONE, digest, timezone, language).rendered


def render_plain_notice(troubles: Sequence[Trouble], now: datetime, timezone: ZoneInfo) -> Rendered:
    """A notice as it is without templates of the desk's own."""
    return render_notice(NONE, Notice(tuple(troubles)), now, timezone).rendered


def marks_of(text: str, words: str) -> tuple[tuple[int, int], ...]:
    """Where the words stand."""
    start = text.lower().find(words.lower())
    return ((start, start + len(words)),) if words and start >= 0 else ()


def found(
    number: int,
    *,
    title: str | None = None,
    snippet: str | None = None,
    words: str | None = None,
    source: str = "wire",
    url: str | None = "",
    at: datetime | None = NOW - HOUR,
    known: PublishedKnown = PublishedKnown.EXACT,
    byline: str | None = None,
    language: str | None = "en",
    revised: bool = False,
) -> WaitingMatch:
    """A match; what is not given is ordinary."""
    headline, text, marked = _NEWS[number % len(_NEWS)]
    shown, said = headline if title is None else title, text if snippet is None else snippet
    searched = marked if words is None else words
    article = Article(
        source_id=source,
        title=shown,
        sections=(),
        first_seen=NOW - HOUR,
        url=f"https://{source}.example/news/2026/11/25/{number}" if url == "" else url,
        byline=byline,
        published_at=at,
        published_known=known if at else PublishedKnown.ABSENT,
        language=language,
    )
    match = Match("nato", 1.0, (), Snippet(said, marks_of(said, searched)), marks_of(shown, searched))
    return WaitingMatch(number, "nato", article, number, match, NOW, revised=revised)


def story(match: WaitingMatch, *others: WaitingMatch, told_at: datetime | None = None) -> DigestStory:
    return DigestStory(match.story_id, match, others, told_at)


def digest(*parts: DigestPart) -> Digest:
    """A morning's digest of these parts."""
    return Digest(
        "morning",
        "Morning brief",
        NOW,
        NOW - DAY,
        tuple(replace(part, history_since=NOW - DAY) for part in parts),
        quiet_rules=(QUIET,),
        health=HEALTH,
        id="d1",
        articles_seen=412,
        last_read=NOW - timedelta(minutes=2),
        archive_only={Standing.TOO_OLD: 2},
        channels=("desk", "night-desk"),
        ask=("desk@example.org",),
    )


def ordinary() -> Digest:
    """Three rules, copies, an update, stories that go on, a source that is down."""
    copied = (
        found(0, byline="Ada Quay", at=NOW - timedelta(minutes=22)),
        found(10, source="daily"),
        found(11, source="gazette"),
    )
    nato = DigestPart(
        NATO,
        (
            story(copied[0], *copied[1:]),
            story(found(3, source="daily", at=NOW - 9 * HOUR, revised=True), told_at=NOW - DAY),
            story(found(7, title="Alliance chief: spending target is a floor", at=None, source="ministry")),
        ),
        history=HISTORY,
    )
    aid = DigestPart(
        AID,
        (story(found(1, source="gazette", byline="J. M. Lindqvist")), story(copied[0], *copied[1:])),
        history=(3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 2),
    )
    minerals = DigestPart(
        MINERALS,
        (story(found(2, source="daily", at=NOW - 8 * DAY, known=PublishedKnown.DAY)),),
        more=(story(found(6, source="wire")), story(found(14, title="Miners wait", source="gazette"))),
        history=(0,) * 13 + (1,),
    )
    down = SourceHealth("old", "Old Tribune", healthy=False, since=NOW - DAY - HOUR, error="HTTP 503")
    return replace(digest(aid, nato, minerals), health=(*HEALTH, down))


def covered() -> Digest:
    """A story that nine sources tell, in their own words and in an agency's; one that goes on; updates."""
    names = {f"paper-{n}": f"{name}" for n, name in enumerate(_PAPERS, start=1)}
    health = (*HEALTH, *(SourceHealth(source, name, healthy=True) for source, name in names.items()))
    first = _member(0, JoinedBy.FIRST, source="wire")
    others = [
        _member(1, title="Brussels: every ally to pay more from next year", source="paper-1"),
        _member(2, title="More money for arms, less time to find it", source="paper-2"),
        _member(3, title="Capitals ask for a later date after the deal on defence", source="paper-3"),
        _member(4, title="Small states fear the bill for the deal", source="paper-4"),
        *(_member(n, JoinedBy.COPY, copy_of=0, source=f"paper-{n}") for n in (5, 6, 7)),
        _member(8, similarity=0.15, title="Arms makers rise on the exchanges", source="paper-8"),
    ]
    tellings = [
        Telling(source, NOW - n * HOUR / 2, NOW - n * HOUR / 2, NOW - n * HOUR / 2)
        for n, source in enumerate([*names, "wire"])
    ]
    whole = Coverage(tuple(sorted(tellings, key=lambda telling: telling.seen)))
    part = DigestPart(
        NATO,
        (
            DigestStory(1, first, tuple(others), None, whole),
            DigestStory(2, found(1, source="gazette"), (), NOW - 3 * HOUR, whole),
        ),
        updates=(story(found(2, source="daily"), told_at=NOW - DAY),),
        history=HISTORY,
    )
    return replace(digest(part), health=health, not_wanted=NotWanted(12, 3), waits=4)


_PAPERS = (
    "Morgenblatt",
    "La Gaceta del Puerto",
    "Le Quotidien",
    "Courier of the Isles",
    "Evening Tribune",
    "North Star",
    "The Beacon",
    "Capital Daily",
)


def _member(
    number: int,
    by: JoinedBy = JoinedBy.EVENT,
    *,
    source: str,
    title: str | None = None,
    similarity: float = 0.5,
    copy_of: int | None = None,
) -> WaitingMatch:
    match = found(number * 4, title=title, source=source, at=NOW - number * HOUR / 2)
    shared = SharedText(Sharing.COPY, copy_of, 0.9) if copy_of is not None else None
    why = Membership(1, by, similarity, shared=shared)
    return replace(match, article=replace(match.article, id=number), membership=why)


def empty() -> Digest:
    return digest()


def single() -> Digest:
    return replace(digest(DigestPart(NATO, (story(found(0)),), history=HISTORY)), name="flash", title="Flash")


def crowded(stories: int = 500, rules: int = 12, sources: int = 40, most: int = 60) -> Digest:
    """A great day: so many matches, of which the digest's `most` stand in full."""
    parts = []
    for rule in range(rules):
        own = [n for n in range(stories) if n % rules == rule]
        shown = most // rules
        matches = [
            story(
                found(
                    number,
                    title=f"{_NEWS[number % 4][0]}, part {number}",
                    source=f"source-{number % sources}",
                    at=NOW - timedelta(minutes=3 * number),
                ),
                found(number + 1000, source=f"source-{(number + 7) % sources}"),
                told_at=NOW - DAY if number % 5 == 0 else None,
            )
            for number in own
        ]
        label = RuleLabel(f"rule-{rule}", f"{('Harbours', 'Fisheries', 'Rail freight')[rule % 3]} {rule + 1}")
        parts.append(DigestPart(label, tuple(matches[:shown]), more=tuple(matches[shown:]), history=HISTORY))
    health = tuple(SourceHealth(f"source-{n}", f"Source number {n}", healthy=True) for n in range(sources))
    return replace(digest(*parts), health=health)


def spiking() -> Digest:
    return replace(
        ordinary(),
        name="alarm",
        title="Alarm",
        spikes=(Spike("nato", 24, 3.0), Spike("aid", 9, 0.4, NOW - 9 * HOUR)),
    )


def held_back_test() -> Digest:
    """A silence that is over, one that is not, and all of it a test sent by hand."""
    first, *others = ordinary().parts
    held = tuple(story(found(n, source="daily")) for n in (20, 21, 22))
    part = replace(first, held_back=held, held_until=NOW + 2 * HOUR)
    return replace(
        digest(part, *others),
        is_test=True,
        silenced=((NATO, NOW + DAY + 2 * HOUR), (MINERALS, NOW + 3 * DAY)),
    )


_WORD = "Donaudampfschifffahrtsgesellschaftskapitän"
HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)> & \"quoted\" 'text' {{ 7 * 7 }} </title>",
    "\u202egnidaer sdrawkcab\u202c and \u2066isolated\u2069 \u200b\u200bzero\u00ad-\u00adwidth\x00\x1b[31m",
    "A very long headline " * 500,
    _WORD * 12,
    "Z\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308a\u0316\u0317\u0318\u0319\u031c\u031d lgo",
    "Family \U0001f469\u200d\U0001f469\u200d\U0001f467 and flags \U0001f1fa\U0001f1e6\U0001f1eb\U0001f1f7 "
    * 30,
    "Half a sign \ud83d and a line\r\nBcc: everyone@example.org",
)


def hostile() -> Digest:
    """What publishers should not write."""
    links = (
        "javascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "/relative",
        None,
        "",
    )
    stories = [
        story(
            found(n, title=text, snippet=text, words="headline", url=link, byline="<b>me</b>", source="evil")
        )
        for n, (text, link) in enumerate(zip(HOSTILE, links, strict=True))
    ]
    again = story(found(9, title=_WORD * 12, source="long", byline=_WORD[:40]), found(8, source="evil"))
    long = SourceHealth("long", _WORD * 9, healthy=False, error=_WORD * 9)
    evil = SourceHealth("evil", "<i>Evil</i> \u202e& Sons", healthy=False, error="<b>HTTP</b> 500")
    parts = (
        DigestPart(RuleLabel("evil", "<h1>Rule & 'title'</h1>"), tuple(stories), history=HISTORY),
        DigestPart(RuleLabel("long", _WORD * 9, Priority.HIGH), (again,), more=(again,), history=HISTORY),
        DigestPart(RuleLabel("turned", HOSTILE[1]), (again,), held_back=(again,)),
    )
    return replace(
        digest(*parts),
        title="<u>Brief</u>\nX: y",
        health=(evil, long),
        silenced=((parts[1].rule, NOW + DAY),),
    )


def worldly() -> Digest:
    """Titles in several scripts."""
    titles = (
        ("ar", "وزراء الدفاع يتفقون على زيادة الإنفاق قبل القمة", "اتفق الوزراء على زيادة الإنفاق الدفاعي."),
        ("uk", "Міністри домовилися про збільшення видатків на оборону", "Видатки на оборону зростуть."),
        (
            "zh",
            "各国部长同意在峰会前提高国防开支，多个首都要求更多时间来讨论这一决定",
            "部长们同意提高国防开支。",
        ),
        ("he", "השרים הסכימו להגדיל את הוצאות הביטחון", "הוצאות הביטחון יגדלו בשנה הבאה."),
        ("de", "Verteidigungsausgaben: Haushaltsausschuss vertagt Grundsatzentscheidung", "Die Ausgaben."),
    )
    stories = [
        story(found(n, title=title, snippet=text, words="оборону", language=language, source="kyiv"))
        for n, (language, title, text) in enumerate(titles)
    ]
    return digest(DigestPart(NATO, tuple(stories), history=HISTORY))


ALL = {
    "ordinary": (ordinary, "en"),
    "covered": (covered, "en"),
    "covered-french": (covered, "fr"),
    "empty": (empty, "en"),
    "single": (single, "en"),
    "crowded": (crowded, "en"),
    "spike": (spiking, "en"),
    "held-back-test": (held_back_test, "en"),
    "hostile": (hostile, "en"),
    "worldly": (worldly, "en"),
    "german": (ordinary, "de"),
    "polish": (held_back_test, "pl"),
}
"""By name: what to look at, and in which language."""
