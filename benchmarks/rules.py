"""How well rules find what is about their subject: `.venv/bin/python benchmarks/rules.py --help`.

Labelled articles are `.jsonl` files: each line has `id`, `title`, `text`, and `labels`, which says for each
rule `about`, `mentions` or `neither`. What is about the subject should match, and nothing else: a match on an
article that only mentions it is as wrong as one that has nothing to do with it. Folders of `.txt` files are
articles without labels; what matches there is listed.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import figures
from figures import Figure

from watchdesk.config.places import Problems
from watchdesk.model import Article
from watchdesk.rules import RuleSet, load_rules

_ROOT = Path(__file__).resolve().parent.parent
_SHOWN = 90
"""Letters of a title."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """An article, and for each rule whether it is about its subject, mentions it, or neither."""

    id: str
    article: Article
    labels: dict[str, str]


@dataclass(slots=True)
class Count:
    """What a rule found among labelled articles."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def add(self, other: "Count") -> None:
        """What it found among more articles."""
        self.right += other.right
        self.wrong += other.wrong
        self.missed += other.missed

    @property
    def precision(self) -> float:
        """The share of its matches that are about its subject."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """The share of what is about its subject that it matches."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0


def main() -> int:
    """Prints the figures; the exit status is 1 when one of them is below `--floor`."""
    options = _options()
    rules = _rules(options.rules)
    good, told = True, []
    for folder in options.folders:
        whole: dict[str, Count] = {}
        good &= _labelled(rules, folder, options, whole)
        _unlabelled(rules, folder)
        told += _told(folder, whole, options.floor)
    if options.json:
        data = ", ".join(folder.name for folder in options.folders)
        figures.write(options.json, figures.Told(told, f"labelled articles: {data}"))
    return 0 if good else 1


def _told(folder: Path, whole: Mapping[str, Count], floor: float) -> Iterator[Figure]:
    for rule, count in sorted(whole.items()):
        name = f"{folder.name}, {rule}"
        yield Figure(f"{name}: precision", count.precision, least=floor or None)
        yield Figure(f"{name}: recall", count.recall, least=floor or None)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="*", type=Path, default=[_ROOT / "benchmarks" / "rules"])
    parser.add_argument(
        "--rules", type=Path, default=_ROOT / "config" / "rules", help="a folder of rules files"
    )
    parser.add_argument("--floor", type=float, default=0.0, help="the least precision and recall of any rule")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures")
    parser.add_argument("--list", action="store_true", help="name every article that is judged wrongly")
    return parser.parse_args()


def _rules(folder: Path) -> RuleSet:
    problems = Problems()
    rules = load_rules(sorted(folder.glob("*.yaml")), problems)
    problems.raise_if_errors()
    return rules


def _labelled(rules: RuleSet, folder: Path, options: argparse.Namespace, whole: dict[str, Count]) -> bool:
    """Whether every rule reaches the floor in every file; adds to what each found in all of them."""
    good = True
    for path in sorted(folder.glob("*.jsonl")):
        articles = list(_read(path))
        found = {one.id: {match.rule for match in rules.match(one.article)} for one in articles}
        print(f"{path.name}: {len(articles)} articles")
        for rule in sorted({rule for one in articles for rule in one.labels}):
            count = _count(rule, articles, found, wrong_ones=options.list)
            print(
                f"  {rule:22} precision {count.precision:.3f}  recall {count.recall:.3f}"
                f"  right {count.right}, wrong {count.wrong}, missed {count.missed}"
            )
            good &= min(count.precision, count.recall) >= options.floor
            whole.setdefault(rule, Count()).add(count)
    return good


def _count(rule: str, articles: Sequence[Labelled], found: dict[str, set[str]], *, wrong_ones: bool) -> Count:
    count = Count()
    for one in articles:
        label, matched = one.labels.get(rule, "neither"), rule in found[one.id]
        match label == "about", matched:
            case True, True:
                count.right += 1
            case True, False:
                count.missed += 1
            case False, True:
                count.wrong += 1
        if wrong_ones and matched != (label == "about"):
            print(f"    {'wrong ' if matched else 'missed'} {one.id} ({label}) {one.article.title[:_SHOWN]}")
    return count


def _read(path: Path) -> Iterator[Labelled]:
    for line in path.read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        article = Article.from_text(one["title"], one["text"], language=one.get("language", "en"))
        yield Labelled(one["id"], article, one["labels"])


def _unlabelled(rules: RuleSet, folder: Path) -> None:
    """Lists what matches among articles without labels."""
    paths = sorted(folder.rglob("*.txt"))
    for path in paths:
        title, _, text = path.read_text(encoding="utf-8", errors="replace").partition("\n")
        for match in rules.match(Article.from_text(title, text.strip(), language="en")):
            print(f"  {match.rule:22} {match.score:.2f}  {path.relative_to(folder)}  {title[:_SHOWN]}")
    if paths:
        print(f"{folder.name}: {len(paths)} articles without labels")


if __name__ == "__main__":
    sys.exit(main())
