"""Pairs that share long passages and are not the same text, made of a corpus."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from grouping.stream import Labelled
from watchdesk.model import Article

_BULLETIN = (
    "The {place} river authority measured {a} centimetres at the {bridge} gauge at six in the morning, "
    "{b} more than the day before. Barges of up to {c} tonnes may pass; the locks at {lock} open at {d} "
    "and close at {e}.\n\n"
    "The authority reminds skippers that the limit of {f} kilometres an hour is enforced between {lock} "
    "and the {bridge} gauge. {g} fines were issued in the last week, {h} of them to pleasure craft.\n\n"
    "The next report is due tomorrow at six. Forecasters expect {i} millimetres of rain in the upper "
    "valley, and a level of about {j} centimetres by the end of the week."
)
_PLACES = ("Oder", "Meuse", "Tisza", "Drava", "Loire", "Neckar", "Vistula", "Sava")
_STATEMENT = (
    "We have listened to everyone who was willing to speak to us, and we have read every page that was "
    "put before us. What we found is not what we had hoped to find. Rules that were written to protect "
    "people were treated as advice, and those who pointed this out were told to be patient. We do not "
    "ask for patience. We ask for the money that was promised, for the names of those who decided, and "
    "for a date on which somebody will answer for it in public. Until then our members will do what the "
    "law allows them to do, and not one hour more than that."
)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two articles that are not copies."""

    kind: str
    first: Article
    second: Article


def pairs(articles: Sequence[Labelled], rng: random.Random) -> Iterator[Pair]:
    """About two hundred of each kind."""
    reports = [one for one in articles if one.kind == "report" and len(one.article.text.split()) >= 70]
    yield from _collections("roundup", reports, rng, live=False)
    yield from _collections("live page", reports, rng, live=True)
    yield from _bulletins(reports[0].article, rng)
    yield from _statements(reports, rng)


def _collections(kind: str, reports: Sequence[Labelled], rng: random.Random, *, live: bool) -> Iterator[Pair]:
    """Pages that hold several briefs, each beside an article that it was taken from, older or newer."""
    for number in range(60):
        chosen = _of_different_events(reports, rng, rng.randint(3, 7))
        briefs = []
        for place, one in enumerate(chosen):
            text = " ".join(one.article.text.split()[: rng.randint(60, 110)])
            briefs.append(f"{18 - place}:{rng.randint(10, 59)} - {text}" if live else text)
        briefing = f"Morning briefing {number}: {chosen[0].article.title}"
        title = f"As it happened: the day's news {number}" if live else briefing
        page = Article.from_text(
            title,
            "\n\n".join(briefs),
            language="en",
            source="Collector",
            first_seen=chosen[0].article.first_seen + timedelta(hours=3),
        )
        for one in chosen[:4]:
            brief = Article.from_text(
                one.article.title,
                " ".join(one.article.text.split()[:110]),
                language="en",
                source=one.article.source_id,
                first_seen=one.article.first_seen,
            )
            yield Pair(kind, brief, page) if number % 2 else Pair(kind, page, brief)


def _bulletins(any_article: Article, rng: random.Random) -> Iterator[Pair]:
    """The same form filled in on different days, printed by different papers."""
    for number in range(120):
        place = rng.choice(_PLACES)
        both = []
        for day in (0, rng.randint(1, 4)):
            figures = {letter: rng.randint(11, 900) for letter in "abcdefghij"}
            text = _BULLETIN.format(place=place, bridge=f"{place} bridge", lock=f"{place}hafen", **figures)
            at = any_article.first_seen + timedelta(days=day, minutes=number)
            title = f"Water levels on the {place}"
            both.append(Article.from_text(title, text, language="en", source=f"paper {day}", first_seen=at))
        yield Pair("bulletin", *both)


def _statements(reports: Sequence[Labelled], rng: random.Random) -> Iterator[Pair]:
    """Two reports that quote one long statement in full."""
    for _ in range(120):
        both = []
        for place, one in enumerate(_of_different_events(reports, rng, 2)):
            own = one.article.text.split("\n\n")
            cut = rng.randint(1, len(own))
            text = "\n\n".join([*own[:cut], f"“{_STATEMENT}”", *own[cut:]])
            article = Article.from_text(
                one.article.title,
                text,
                language="en",
                source=f"paper {place}",
                first_seen=reports[0].article.first_seen,
            )
            both.append(replace(article))
        yield Pair("statement", *both)


def _of_different_events(reports: Sequence[Labelled], rng: random.Random, count: int) -> list[Labelled]:
    chosen: dict[str, Labelled] = {}
    while len(chosen) < count:
        one = rng.choice(reports)
        chosen.setdefault(one.event, one)
    return list(chosen.values())
