"""Writes the configuration of a desk that follows many sources: a folder of files, one file, or OPML."""

from collections.abc import Callable
from pathlib import Path

FORMS = ("folder", "file", "opml")
_IN_ONE_FILE = 1000
_SETTINGS = """\
contact: desk@example.org
polling: {{every: {every}, fastest: {every}, slowest: {every}, private_addresses: allow}}
articles: {{full_text: never}}
channels: {{desk: {{files: {{path: out}}}}}}
digests: {{daily: {{rules: all, to: [desk]}}}}
"""
_RULES = "rules:\n  budget: {title: Budget, query: 'budget AND council'}\n"
_LANGUAGES = ("en", "de", "fr", "uk")


def write_desk(
    folder: Path,
    count: int,
    form: str = "folder",
    address: Callable[[int], str] | None = None,
    every: str = "15m",
) -> Path:
    """The directory: `count` sources as people write them, in several styles. `form`: one of `FORMS`."""
    url = address or _made_up
    config = folder / f"config-{form}"
    (config / "rules").mkdir(parents=True)
    (config / "watchdesk.yaml").write_text(_SETTINGS.format(every=every))
    (config / "rules" / "rules.yaml").write_text(_RULES)
    if form == "opml":
        outlines = "\n".join(
            f'<outline type="rss" text="The Paper of Town {n}" xmlUrl="{url(n)}"/>' for n in range(count)
        )
        body = f'<outline text="Local papers">\n{outlines}\n</outline>'
        (config / "sources.opml").write_text(
            f'<?xml version="1.0"?>\n<opml version="2.0"><body>{body}</body></opml>\n'
        )
    elif form == "file":
        write_sources(config / "sources.yaml", range(count), url)
    else:
        (config / "sources").mkdir()
        for first in range(0, count, _IN_ONE_FILE):
            part = range(first, min(count, first + _IN_ONE_FILE))
            write_sources(config / "sources" / f"part-{first // _IN_ONE_FILE:03}.yaml", part, url)
    return config


def write_sources(file: Path, numbers: range, address: Callable[[int], str]) -> None:
    """One file of sources."""
    file.write_text("sources:\n" + "".join(_source(n, address(n)) for n in numbers), encoding="utf-8")


def _source(number: int, url: str) -> str:
    name = f"paper-{number}"
    match number % 10:
        case 0 | 1 | 2 | 3:
            return f"  {name}: {{feed: '{url}'}}\n"
        case 4 | 5 | 6:
            tags = f"[local, region-{number % 50}]"
            return f'  {name}: {{feed: "{url}", title: The Paper of Town {number}, tags: {tags}}}\n'
        case 7 | 8:
            language = _LANGUAGES[number % len(_LANGUAGES)]
            return (
                f'  {name}:\n    feed: {url}\n    title: "Paper № {number}"\n'
                f"    tags: [press, kind-{number % 7}]\n    language: {language}\n"
            )
        case _:
            return f"  {name}:\n    feed: {url}\n    timezone: Europe/Brussels\n    weight: 2\n"


def _made_up(number: int) -> str:
    return f"https://www.paper-{number}.example/rss/news.xml"
