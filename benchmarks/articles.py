"""How well and how fast a page's article is read, beside trafilatura in the same run.

    python benchmarks/articles.py [FOLDER ...] [--half 0|1] [--misses] [--floor F1]

Without a folder: pages of our own writing. A folder is one in the form of trafilatura's `tests`: its
evaldata.json names for each page strings that its text holds (`with`) and does not hold (`without`); the
pages are in `eval` or `cache`. Precision, recall and F1 are over these strings, as trafilatura has them;
time is CPU time a page, the readers in turns. `--half` takes every second page.
The exit status is 1 if F1 of any set is below `--floor`.
"""

import argparse
import json
import logging
import sys
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import figures
from figures import Figure
from reading.pages import Page, pages
from trafilatura import extract

from watchdesk.articles import prepare, read_page
from watchdesk.errors import UnreadableInput
from watchdesk.model import Source

NOW = datetime(2026, 11, 29, tzinfo=UTC)
SOURCE = Source("pier", "https://pier.example/feed")
Reader = Callable[[bytes], str]


def watchdesk(html: bytes) -> str:
    try:
        article = read_page(html, None, SOURCE, NOW)
    except UnreadableInput:
        return ""
    return "\n".join(
        text for section in article.sections for text in (section.heading, *section.paragraphs) if text
    )


def trafilatura(html: bytes) -> str:
    return extract(html, include_comments=False, include_tables=True, include_formatting=False) or ""


def trafilatura_fast(html: bytes) -> str:
    return extract(html, fast=True, include_comments=False, include_formatting=False) or ""


READERS: dict[str, Reader] = {
    "watchdesk": watchdesk,
    "trafilatura": trafilatura,
    "trafilatura fast": trafilatura_fast,
}


@dataclass
class Score:
    """Strings found and missed, and seconds."""

    found: int = 0
    missed: int = 0
    false: int = 0
    seconds: float = 0.0

    @property
    def precision(self) -> float:
        return self.found / max(1, self.found + self.false)

    @property
    def recall(self) -> float:
        return self.found / max(1, self.found + self.missed)

    @property
    def f1(self) -> float:
        return 2 * self.found / max(1, 2 * self.found + self.false + self.missed)


def spaced(text: str) -> str:
    return " ".join(text.split())


def measured(set_of_pages: Sequence[Page], *, misses: bool) -> dict[str, Score]:
    scores = {name: Score() for name in READERS}
    names = list(READERS)
    for number, page in enumerate(set_of_pages):
        for name in (*names[number % len(names) :], *names[: number % len(names)]):
            score = scores[name]
            begun = time.process_time()
            read = READERS[name](page.html)
            score.seconds += time.process_time() - begun
            text = spaced(read)
            missed = [wanted for wanted in page.wanted if spaced(wanted) not in text]
            false = [unwanted for unwanted in page.unwanted if spaced(unwanted) in text]
            score.found += len(page.wanted) - len(missed)
            score.missed += len(missed)
            score.false += len(false)
            if misses and name == "watchdesk" and (missed or false):
                print(f"{page.name}: missed {missed}, not its text {false}")
    return scores


def of_folder(folder: Path) -> Iterator[Page]:
    told = json.loads((folder / "evaldata.json").read_text())
    for item in told.values():
        file = next(path for kind in ("cache", "eval") if (path := folder / kind / item["file"]).is_file())
        yield Page(item["file"], file.read_bytes(), item["with"], item["without"])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--half", type=int, choices=(0, 1))
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--floor", type=float, default=0.0)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures")
    arguments = parser.parse_args()
    logging.disable(logging.CRITICAL)
    prepare()
    sets = {str(folder): list(of_folder(folder)) for folder in arguments.folders} or {
        "our own": list(pages())
    }
    told: list[Figure] = []
    for name, every in sets.items():
        chosen = [page for page in every if arguments.half in (None, zlib.crc32(page.name.encode()) % 2)]
        for reader in READERS.values():
            reader(chosen[0].html)
        scores = measured(chosen, misses=arguments.misses)
        print(f"{name}: {len(chosen)} pages")
        for reader_name, score in scores.items():
            print(
                f"  {reader_name:17} precision {score.precision:.4f}  recall {score.recall:.4f}"
                f"  F1 {score.f1:.4f}"
                f"  {1000 * score.seconds / len(chosen):6.1f} ms"
                f"  {score.seconds / scores['trafilatura'].seconds:5.2f} of trafilatura's time"
            )
        told += figures_of(name, len(chosen), scores, arguments.floor)
    if arguments.json:
        kind = "pages of others" if arguments.folders else "pages of our own writing, hard on purpose"
        figures.write(arguments.json, figures.Told(told, kind))
    return int(not all(one.holds for one in told))


def figures_of(name: str, count: int, scores: Mapping[str, Score], floor: float) -> Iterator[Figure]:
    own, peers = scores["watchdesk"], {other: scores[other] for other in READERS if other != "watchdesk"}
    yield Figure(f"{name}: F1", own.f1, least=floor or None, peers={x: one.f1 for x, one in peers.items()})
    for what in ("precision", "recall"):
        theirs = {other: getattr(score, what) for other, score in peers.items()}
        yield Figure(f"{name}: {what}", getattr(own, what), peers=theirs)
    each = {other: 1000 * score.seconds / count for other, score in peers.items()}
    yield Figure(f"{name}: CPU a page, {count} pages", 1000 * own.seconds / count, "ms", peers=each)


if __name__ == "__main__":
    sys.exit(main())
