"""Raw articles to match: read from files, or left to `newswire`; parted so that rules come from others."""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from watchdesk.model import Article


@dataclass(frozen=True, slots=True)
class Text:
    """An article as it comes: a title, and a body whose paragraphs are parted by blank lines."""

    title: str
    body: str

    def article(self) -> Article:
        """What watchdesk is asked of. Made inside the clock: it is part of the way from raw text."""
        return Article.from_text(title=self.title, text=self.body, language="en")

    @property
    def words(self) -> int:
        """Words of title and body, as white space parts them."""
        return len(self.title.split()) + len(self.body.split())


def read_texts(path: Path, shortest: int) -> list[Text]:
    """The different texts of a file or a folder with at least `shortest` words, in a settled order.

    A `.jsonl` or `.json` file has an object with `title` and `text` on each line; of any other file, the
    first line is the title.
    """
    files = sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]
    found = dict.fromkeys(text for file in files for text in _texts_of(file))
    return [text for text in found if text.words >= shortest]


def halves(texts: Sequence[Text], seed: int) -> tuple[list[Text], list[Text]]:
    """Those that rules are made from, and those that are matched; none is in both."""
    shuffled = random.Random(seed).sample(texts, len(texts))
    middle = len(shuffled) // 2
    return shuffled[:middle], shuffled[middle:]


def _texts_of(file: Path) -> Iterator[Text]:
    content = file.read_bytes()
    try:
        written = content.decode("utf-8")
    except UnicodeDecodeError:
        written = content.decode("cp1252", errors="replace")
    if file.suffix in (".jsonl", ".json"):
        for line in written.splitlines():
            if line.strip():
                article = json.loads(line)
                yield Text(str(article["title"]), str(article["text"]))
        return
    title, _, body = written.strip().partition("\n")
    yield Text(title.strip(), body.strip())
