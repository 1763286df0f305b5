"""What a digest of one match costs beside an archive: `benchmarks/archive/composing.py --help`.

Each round ingests an article, and composes a digest of it, which is kept with its delivery. Printed is the
median CPU time of this process. The archive is changed: give it a copy.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import figures
from figures import Figure

from watchdesk.app import open_desk
from watchdesk.configuration import read_configuration
from watchdesk.digesting.making import make_digest
from watchdesk.model import Article, Ingested, Match, PublishedKnown, Section, Snippet, Span
from watchdesk.stories import features_of

SETTINGS = """\
timezone: UTC
storage: {storage}
channels: {{shelf: {{files: digests/}}}}
digests:
  {digest}: {{title: Digest, rules: all, at: "0 7 * * *", to: [shelf]}}
"""
RULES = "rules: {{{rule}: {{title: A rule, query: spending}}}}\n"
TEXT = Section("", tuple(f"Paragraph {n} says that spending rose again, by much." for n in range(40)))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("state", type=Path, help="a copy of a state directory")
    parser.add_argument("--storage", default="sqlite", help="postgresql://… of a copy")
    parser.add_argument("--digest", default="spending", help="whose history is long")
    parser.add_argument("--rule", default="rule-07", help="a rule of it")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--json", type=Path, metavar="FILE")
    asked = parser.parse_args()
    with TemporaryDirectory() as folder:
        config = Path(folder)
        settings = SETTINGS.format(storage=asked.storage, digest=asked.digest)
        (config / "watchdesk.yaml").write_text(settings)
        (config / "rules.yaml").write_text(RULES.format(rule=asked.rule))
        (config / "sources.yaml").write_text('sources: {example: {feed: "https://e.example/feed"}}\n')
        with open_desk(read_configuration(config), asked.state.resolve()) as desk:
            store, plan = desk.store, desk.plan
            newest = next(store.articles(limit=1))
            setting = plan.settings.digests[asked.digest]
            now = newest.first_seen + timedelta(hours=1)
            store.know_digests([asked.digest], now)
            ingested: list[float] = []
            composed: list[float] = []
            for number in range(asked.rounds):
                now += timedelta(minutes=10)
                with timed(ingested):
                    store.ingest([found(number, now, asked.digest, asked.rule)], None, now)
                with timed(composed):
                    digest = make_digest(plan, store, setting, now, None)
                assert digest is not None
            told = [
                Figure("one article ingested", statistics.median(ingested), "ms"),
                Figure("one digest of one match composed", statistics.median(composed), "ms"),
            ]
    for one in told:
        print(f"{one.name}: {figures.number(one.value)} {one.unit} of CPU")
    if asked.json:
        figures.write(asked.json, figures.Told(told))


@contextmanager
def timed(milliseconds: list[float]) -> Iterator[None]:
    """Adds the CPU time of what is done meanwhile."""
    began = time.process_time()
    yield
    milliseconds.append((time.process_time() - began) * 1000)


def found(number: int, now: datetime, digest: str, rule: str) -> Ingested:
    """An article that waits for the digest."""
    article = Article(
        source_id="source-001",
        url=f"https://e.example/{now.timestamp()}",
        url_key=f"e.example/{now.timestamp()}",
        title=f"Spending rises for the {number}. time",
        byline=None,
        published_at=now,
        published_known=PublishedKnown.EXACT,
        language="en",
        first_seen=now,
        sections=(TEXT,),
        content_hash=str(number),
    )
    match = Match(rule, 0.5, (Span("body", 0, 4, "spending"),), Snippet("Spending rose.", ((0, 8),)), ())
    key = f"u:{article.url_key}"
    one = Ingested(article, (key,), str(now), (key,), (match,), {rule: (digest,)})
    return replace(one, features=features_of(article))


if __name__ == "__main__":
    main()
