"""sources.yaml, or sources/*.yaml → the sources, each with its settings resolved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from watchdesk.config import document
from watchdesk.config.channels import warn_of_plain_secrets
from watchdesk.config.checking import check, place_at, plain
from watchdesk.config.document import read_document
from watchdesk.config.names import check_name
from watchdesk.config.places import Place, Problems, did_you_mean
from watchdesk.config.secrets import SecretMissing
from watchdesk.config.settings import ArticleSettings, PollingSettings
from watchdesk.config.shapes import SourceShape
from watchdesk.model import Source

LATER_KINDS = ("sitemap", "page", "opml")


@dataclass(frozen=True, slots=True)
class _Standing:
    """A source as its file has it."""

    id: str
    shape: SourceShape
    key: Place
    element: document.Mapping


def source_files(directory: Path) -> Sequence[Path]:
    """sources.yaml, and the files of sources/, by name."""
    single = directory / "sources.yaml"
    folder = sorted(p for p in (directory / "sources").glob("*") if p.suffix in (".yaml", ".yml"))
    return [single, *folder] if single.exists() or not folder else folder


def read_sources(
    directory: Path, polling: PollingSettings, articles: ArticleSettings, problems: Problems
) -> dict[str, Source]:
    """Sources by id, in the order of the files; what is wrong is noted."""
    found: dict[str, Source] = {}
    keys: dict[str, Place] = {}
    addresses: dict[str, Place] = {}
    for path in source_files(directory):
        for standing in _read_file(path, directory, problems):
            if standing.id in keys:
                problems.error(standing.key, f"the source '{standing.id}' is in {keys[standing.id]} already")
                continue
            keys[standing.id] = standing.key
            _note_twice(standing, addresses, problems)
            source = _resolved(standing, polling, articles, problems)
            if source:
                found[source.id] = source
    return found


def _read_file(path: Path, directory: Path, problems: Problems) -> list[_Standing]:
    name = str(path.relative_to(directory))
    top = read_document(path, problems, name)
    if top is None or plain(top) is None:
        return []
    if not isinstance(top, document.Mapping):
        problems.error(top.place, "the file begins with 'sources:'")
        return []
    for key, place in top.keys.items():
        if key != "sources":
            hint = did_you_mean(key, ["sources"]) or "sources stand under 'sources:'"
            problems.error(place, f"'{key}' is not a part of {name}", hint)
    listed = top.get("sources")
    if listed is None or plain(listed) is None:
        return []
    if not isinstance(listed, document.Mapping):
        problems.error(
            listed.place, "'sources' is a mapping of names to sources", "write: example: {feed: …}"
        )
        return []
    standing = []
    for source_id, element in listed:
        check_name(source_id, listed.keys[source_id], problems)
        if not isinstance(element, document.Mapping):
            hint = f"write {source_id}: {{feed: https://…}}"
            problems.error(element.place, "a source is a mapping of keys to values", hint)
            continue
        shape = check(SourceShape, element, "a source", problems, directory)
        if shape:
            standing.append(_Standing(source_id, shape, listed.keys[source_id], element))
    return standing


def _note_twice(standing: _Standing, addresses: dict[str, Place], problems: Problems) -> None:
    url = standing.shape.feed
    if url and url in addresses:
        problems.warning(standing.key, f"this feed is polled by the source at {addresses[url]} as well")
    elif url:
        addresses[url] = standing.key


def _resolved(
    standing: _Standing, polling: PollingSettings, articles: ArticleSettings, problems: Problems
) -> Source | None:
    """The source with the desk's settings where it has none of its own; None for a kind yet to come."""
    shape = standing.shape
    if shape.feed is None:
        kind = next(kind for kind in LATER_KINDS if getattr(shape, kind))
        problems.warning(standing.element.keys[kind], f"a source of kind '{kind}' is not polled yet")
        return None
    every = shape.every or polling.every
    fastest, slowest = shape.fastest or polling.fastest, shape.slowest or polling.slowest
    if not _in_order(shape, fastest, every, slowest):
        problems.error(standing.key, "'fastest' is at most 'every', and 'every' at most 'slowest'")
    return Source(
        id=standing.id,
        url=shape.feed,
        title=shape.title,
        tags=frozenset(shape.tags),
        language=shape.language,
        timezone=shape.timezone,
        every=every,
        fastest=min(fastest, every),
        slowest=max(slowest, every),
        full_text=shape.full_text or articles.full_text,
        headers=shape.headers,
        user=shape.auth.user if shape.auth else None,
        password=_password(standing, problems),
        proxy=shape.proxy,
        paused=shape.paused,
        content=shape.article.content,
        remove=shape.article.remove,
    )


def _in_order(shape: SourceShape, fastest: timedelta, every: timedelta, slowest: timedelta) -> bool:
    """Only what the source itself says can be its mistake; the desk's limits give way to its `every`."""
    low = fastest <= every or shape.fastest is None
    high = every <= slowest or shape.slowest is None
    return low and high


def _password(standing: _Standing, problems: Problems) -> str | None:
    auth = standing.shape.auth
    if auth is None:
        return None
    warn_of_plain_secrets(standing.element.get("auth"), problems)
    try:
        return auth.password.reveal()
    except SecretMissing as missing:
        place = place_at(standing.element, ("auth", "password"))
        problems.error(place, f"the password is not there: {missing}")
        return None
