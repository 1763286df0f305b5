"""Measures stories: `.venv/bin/python benchmarks/stories.py --help`; README.md says what and how."""

import argparse
import random
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import figures as shape
from figures import Figure
from grouping.edits import EDITS
from grouping.hard import Pair, pairs
from grouping.scores import b_cubed, by_title_words
from grouping.stream import Labelled, Stream, read

from watchdesk.model import Article, Sharing
from watchdesk.stories import features_of
from watchdesk.stories.members import member_of, seconds
from watchdesk.stories.sharing import Shared, sharers

_OWN = Path(__file__).parent / "stories"
_SHORTEST = 100
"""Words of a text that is edited."""
_LONGEST_LEAD = 0.4
_FLOORS = {"events": 0.86, "edits": 0.99, "naive": 0.75}
_MOST_TOGETHER = 0.03
"""The part of the hard pairs of a kind that may be put into one story."""


def main() -> int:
    options = _options()
    articles = read(options.corpora or [_OWN])
    rng = random.Random(options.seed)
    figures: dict[str, Any] = {"articles": len(articles), "events": len({one.event for one in articles})}
    figures |= _events(articles)
    figures |= _edits(articles, rng)
    figures |= _different(articles)
    figures |= _hard(articles, rng)
    if options.window:
        figures |= _speed(articles, options.window, rng)
    for name, value in figures.items():
        print(f"{name:34} {value}")
    if options.json:
        told = shape.Told(list(_told(figures, judged=not options.corpora)), _data(options))
        shape.write(options.json, told, details=figures)
    return _judge(figures) if not options.corpora else 0


def _data(options: argparse.Namespace) -> str:
    return "labelled articles of others" if options.corpora else "our own labelled articles, hard on purpose"


def _told(figures: Mapping[str, Any], *, judged: bool) -> Iterator[Figure]:
    naive = {"same title words": figures["naive, same title words: F1"]}
    alone = {"each alone": figures["naive, each alone: F1"]}
    floors = _FLOORS if judged else {}
    f1, recall = figures["events: B-cubed F1"], figures["copies: recall"]
    yield Figure("events: B-cubed F1", f1, least=floors.get("events"), peers=naive | alone)
    for part in ("precision", "recall"):
        yield Figure(f"events: B-cubed {part}", figures[f"events: B-cubed {part}"])
    yield Figure("edited copies recognised", recall, least=floors.get("edits"))
    none = 0 if judged else None
    yield Figure("pairs of different events taken for copies", len(figures["false"]), most=none)
    false = sum(figures["hard: false copies"].values())
    yield Figure(
        "hard pairs taken for copies", false, f"of {sum(figures['hard: pairs'].values())}", most=none
    )
    for name, value in figures.items():
        if name.startswith("ms an article at"):
            yield Figure(f"CPU an article, window of {int(name.rpartition(' ')[2]):,}", value, "ms")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="how articles are grouped into stories")
    parser.add_argument("corpora", nargs="*", type=Path, help="folders of .jsonl files; ours when left out")
    parser.add_argument("--window", type=int, default=10_000, help="articles for the timing; 0: none")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


def _events(articles: Sequence[Labelled]) -> dict[str, Any]:
    stream = Stream()
    assigned = [stream.take(one.article) for one in articles]
    events = [one.event for one in articles]
    found = b_cubed(stream.stories(assigned), events)
    naive = b_cubed(by_title_words(articles), events)
    alone = b_cubed(range(len(articles)), events)
    return {
        "events: B-cubed precision": round(found.precision, 3),
        "events: B-cubed recall": round(found.recall, 3),
        "events: B-cubed F1": round(found.f1, 3),
        "events: stories": len(set(stream.stories(assigned))),
        "events: joined by": dict(Counter(str(one.joined_by) for one in assigned)),
        "naive, same title words: F1": round(naive.f1, 3),
        "naive, each alone: F1": round(alone.f1, 3),
    }


def _edits(articles: Sequence[Labelled], rng: random.Random) -> dict[str, Any]:
    """How many edited texts are recognised as a copy of what they were made from."""
    stream = Stream()
    chosen = [one for one in articles if _is_edited(one)]
    number_of = {one.id: stream.take(one.article).member for one in articles}
    found: dict[str, Any] = {}
    recalled = 0
    for name, edit in EDITS.items():
        hits = 0
        for one in chosen:
            text = edit(one.article.text, rng)
            edited = Article.from_text(
                "A headline of another desk",
                text,
                language=one.article.language,
                source="another desk",
                first_seen=articles[-1].article.first_seen,
            )
            shared = _shared(stream, edited)
            right = number_of[one.id]
            hits += shared is not None and right is not None and _is_of(shared, one, articles, number_of)
        recalled += hits
        found[f"copies: {name}"] = f"{hits} of {len(chosen)}"
    found["copies: recall"] = round(recalled / (len(EDITS) * len(chosen)), 4)
    return found


def _is_edited(one: Labelled) -> bool:
    """Whether desks would edit it: a report, not all of which is in its first paragraph."""
    words, lead = len(one.article.text.split()), len(one.article.lead.split())
    return words >= _SHORTEST and lead <= _LONGEST_LEAD * words and one.kind not in ("live", "roundup")


def _is_of(shared: Shared, one: Labelled, articles: Sequence[Labelled], members: dict[str, Any]) -> bool:
    """Whether the copy is of the text, or of a copy of it that the corpus has as well."""
    same = (other.id for other in articles if other.event == one.event)
    return any(members[other] is shared.other for other in same)


def _shared(stream: Stream, article: Article) -> Shared | None:
    member = member_of(article, features_of(article), stream.window.frequencies)
    return sharers(stream.window, member, article, stream.page_of).copy


def _different(articles: Sequence[Labelled]) -> dict[str, Any]:
    """How many articles are taken for copies of another event's, of all pairs of different events."""
    stream = Stream()
    false: list[str] = []
    count = 0
    taken: list[tuple[Labelled, Any]] = []
    for one in articles:
        assigned = stream.take(replace(one.article, source_id=one.id))
        count += sum(other.event != one.event for other, _ in taken)
        shared = assigned.shared
        if shared and shared.sharing is Sharing.COPY:
            origin = next(other for other, member in taken if member is shared.other)
            if origin.event != one.event:
                false.append(f"{one.id} {origin.id}")
        taken.append((one, assigned.member))
    return {"copies: false": f"{len(false)} of {count} pairs of different events", "false": false}


def _hard(articles: Sequence[Labelled], rng: random.Random) -> dict[str, Any]:
    """How many of the pairs that share passages are taken for copies, or put into one story."""
    copies: Counter[str] = Counter()
    together: Counter[str] = Counter()
    count: Counter[str] = Counter()
    every: list[Pair] = list(pairs(articles, rng))
    for pair in every:
        stream = Stream()
        ordered = sorted((pair.first, pair.second), key=lambda article: article.first_seen)
        first, second = (stream.take(article) for article in ordered)
        count[pair.kind] += 1
        copies[pair.kind] += second.shared is not None and second.shared.sharing is Sharing.COPY
        together[pair.kind] += first.story == second.story
    return {
        "hard: pairs": dict(count),
        "hard: false copies": {kind: copies[kind] for kind in count},
        "hard: one story": {kind: together[kind] for kind in count},
    }


def _speed(articles: Sequence[Labelled], size: int, rng: random.Random) -> dict[str, Any]:
    """With texts of the corpus's words, as many as that within 44 hours."""
    words = " ".join(one.article.text for one in articles).split()
    start = articles[0].article.first_seen.replace(hour=1)
    stream = Stream()

    def made(number: int) -> Article:
        chosen = rng.choices(words, k=360)
        paragraphs = [" ".join(chosen[place : place + 50]) for place in range(10, 360, 50)]
        at = start + timedelta(hours=44) * number / (size + 500)
        text = "\n\n".join(paragraphs)
        title = " ".join(chosen[:10])
        return Article.from_text(
            title, text, language="en", source=f"source {number % 100}", first_seen=at, url=None
        )

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for number in range(size):
        stream.take(made(number))
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    measured = [made(size + number) for number in range(500)]
    at = time.process_time()
    for article in measured:
        features_of(article)
    of_features = (time.process_time() - at) / len(measured)
    at = time.process_time()
    for article in measured:
        stream.take(article)
    whole = (time.process_time() - at) / len(measured)
    return {
        f"ms an article at {size}": round(1000 * whole, 2),
        "ms of it, features": round(1000 * of_features, 2),
        "articles/s": round(1 / whole),
        "bytes an article": round(grown * 1024 / size),
        "oldest in the window": f"{(seconds(measured[-1].first_seen) - seconds(start)) / 3600:.0f} hours",
    }


def _judge(figures: dict[str, Any]) -> int:
    """1 where a floor does not hold on our own set."""
    pairs_of = figures["hard: pairs"]
    missed = [
        figures["events: B-cubed F1"] < _FLOORS["events"],
        figures["naive, same title words: F1"] >= _FLOORS["naive"],
        figures["copies: recall"] < _FLOORS["edits"],
        bool(figures["false"]),
        any(figures["hard: false copies"].values()),
        any(
            together > _MOST_TOGETHER * pairs_of[kind]
            for kind, together in figures["hard: one story"].items()
        ),
    ]
    if any(missed):
        print("a floor does not hold", file=sys.stderr)
    return int(any(missed))


if __name__ == "__main__":
    sys.exit(main())
