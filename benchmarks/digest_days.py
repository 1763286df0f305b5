"""Days of news as digests, with and without grouping by events.

`.venv/bin/python benchmarks/digest_days.py --help`. Articles of labelled sets go through the real store in
the order of their publication, and a digest is made each morning. What it holds is set beside the number of
events that an editor counts in the same articles, by the labels. Before: stories by addresses, titles and
first words alone. After: by copies and events, too. The exit status is 1 where the items of all days after
grouping are not within `--within` of the editor's.
"""

import argparse
import json
import sys
import tempfile
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import figures
from figures import Figure

from watchdesk.app import Desk, open_desk
from watchdesk.configuration import read_configuration
from watchdesk.model import Article, Digest, Ingested, PublishedKnown, Rendered
from watchdesk.pipeline import make_digests
from watchdesk.stories import features_of, story_keys

SETTINGS = """\
timezone: UTC
channels: {shelf: {files: digests/}}
digests:
  morning: {title: Morning brief, rules: all, at: "0 7 * * *", most: 200, to: [shelf], when_empty: send}
"""
RULES = "rules: {news: {title: News of the day, query: 'lang:en'}}\n"
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Labelled:
    """An article of a set."""

    article: Article
    event: str
    outlet: str


@dataclass(frozen=True)
class Morning:
    """What one digest held."""

    digest: Digest
    rendered: Rendered
    articles: int
    events: int

    @property
    def items(self) -> int:
        return sum(part.count for part in self.digest.parts)


def main() -> int:
    options = parsed()
    labelled = list(read(options.sets, options.delay))
    print(f"{len(labelled)} articles, {len({one.event for one in labelled})} events")
    before, after = days(labelled, grouped=False), days(labelled, grouped=True)
    print(f"{'digest of':<12}{'articles':>9}{'events':>8}{'before':>8}{'after':>8}{'after/events':>14}")
    for old, new in zip(before, after, strict=True):
        ratio = f"{new.items / new.events:.2f}" if new.events else "-"
        print(
            f"{new.digest.composed_at:%Y-%m-%d}  {new.articles:>9}{new.events:>8}{old.items:>8}{new.items:>8}"
            f"{ratio:>14}"
        )
    events, items = sum(one.events for one in after), sum(one.items for one in after)
    was, count = sum(one.items for one in before), sum(one.articles for one in after)
    print(f"{'all':<12}{count:>9}{events:>8}{was:>8}{items:>8}{items / events:>14.2f}")
    told = [
        Figure("items of all days", items, peers={"events, as an editor counts": events, "ungrouped": was}),
        Figure("items off the editor's count", abs(items / events - 1), "of it", most=options.within),
    ]
    if options.json:
        figures.write(options.json, figures.Told(told, f"{len(labelled)} labelled articles"))
    if options.pages:
        write(max(after, key=lambda one: one.articles), options.pages)
    return int(not all(one.holds for one in told))


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    own = sorted((Path(__file__).parent / "stories").glob("*.jsonl"))
    parser.add_argument(
        "sets",
        nargs="*",
        type=Path,
        default=own,
        help="files of JSON lines with event, outlet, published, ...",
    )
    parser.add_argument("--delay", type=float, default=5, help="minutes from publication to the poll")
    parser.add_argument("--within", type=float, default=0.25, help="the share by which items may differ")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures")
    parser.add_argument("--pages", type=Path, help="a folder for HTML, text and JSON of the busiest day")
    return parser.parse_args()


def read(sets: Sequence[Path], delay: float) -> Iterable[Labelled]:
    rows = [
        json.loads(line) for path in sets for line in path.read_text("utf-8").splitlines() if line.strip()
    ]
    for row in sorted(rows, key=lambda row: (datetime.fromisoformat(row["published"]), row["id"])):
        published = datetime.fromisoformat(row["published"]).astimezone(UTC)
        outlet = name_of(row["outlet"])
        address = f"{outlet}.example/{row['id'].lower()}"
        article = Article.from_text(
            row["title"],
            row["text"],
            language="en",
            source=outlet,
            url=f"https://{address}",
            first_seen=published + timedelta(minutes=delay),
        )
        yield Labelled(
            replace(
                article,
                url_key=address,
                published_at=published,
                published_known=PublishedKnown.EXACT,
                content_hash=row["id"],
            ),
            row["event"],
            row["outlet"],
        )


def name_of(outlet: str) -> str:
    plain = unicodedata.normalize("NFKD", outlet).encode("ascii", "ignore").decode().lower()
    return "-".join("".join(char if char.isalnum() else " " for char in plain).split())


def days(labelled: Sequence[Labelled], *, grouped: bool) -> Sequence[Morning]:
    with ExitStack() as undo:
        folder = Path(undo.enter_context(tempfile.TemporaryDirectory()))
        desk = undo.enter_context(opened(folder, {one.article.source_id: one.outlet for one in labelled}))
        start = labelled[0].article.first_seen.replace(hour=0, minute=0, second=0, microsecond=0)
        made: list[Morning] = []
        left = list(labelled)
        make_digests(desk.plan, desk.store, start)
        now = start + timedelta(hours=7)
        while left:
            came = [one for one in left if one.article.first_seen < now]
            left = left[len(came) :]
            for one in came:
                desk.store.ingest(
                    [ingested(desk, one.article, grouped=grouped)], None, one.article.first_seen
                )
            for digest in make_digests(desk.plan, desk.store, now):
                if came:
                    rendered = desk.store.went_out([digest.id])[digest.id].rendered
                    made.append(Morning(digest, rendered, len(came), len({one.event for one in came})))
            now += DAY
        return made


def opened(folder: Path, outlets: Mapping[str, str]) -> AbstractContextManager[Desk]:
    config = folder / "config"
    (config / "rules").mkdir(parents=True)
    (config / "watchdesk.yaml").write_text(SETTINGS)
    lines = [
        f"  {name}: {{feed: 'https://{name}.example/feed', title: {json.dumps(outlet)}}}"
        for name, outlet in sorted(outlets.items())
    ]
    (config / "sources.yaml").write_text("\n".join(["sources:", *lines, ""]))
    (config / "rules" / "desk.yaml").write_text(RULES)
    (folder / "state").mkdir()
    return open_desk(read_configuration(config), folder / "state")


def ingested(desk: Desk, article: Article, *, grouped: bool) -> Ingested:
    matches = desk.plan.rules.answers(article).matches
    return Ingested(
        article=article,
        keys=(f"g:{article.content_hash}",),
        entry_hash="1",
        story_keys=story_keys(article),
        matches=tuple(matches),
        digests=desk.plan.digests_of(matches),
        features=features_of(article) if grouped else None,
    )


def write(morning: Morning, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "digest.html").write_text(morning.rendered.html)
    (folder / "digest.txt").write_text(morning.rendered.text)
    (folder / "digest.json").write_text(morning.rendered.json)
    print(f"The digest of {morning.digest.composed_at:%Y-%m-%d} is in {folder}.")


if __name__ == "__main__":
    sys.exit(main())
