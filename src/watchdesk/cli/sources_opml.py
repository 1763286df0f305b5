"""`sources import` and `sources export`: subscriptions from and to other feed readers, as OPML.

See `config.opml` for the format.
"""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from watchdesk.cli.feed_lookup import distinct_feeds, settings_of, source_at, when_followed
from watchdesk.cli.session import Session, fail, json_option, pass_session, print_json, utc_now
from watchdesk.config.adding import add_sources
from watchdesk.config.names import source_names
from watchdesk.config.opml import Subscription, Subscriptions, read_opml, write_opml
from watchdesk.config.sources_file import names_in_files
from watchdesk.documents.words import counted, printable
from watchdesk.errors import UnreadableInput, UsageError
from watchdesk.model import Source
from watchdesk.sources.web.locations import without_login

TITLE = "Feeds that watchdesk follows"


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@json_option
@pass_session
def import_opml(session: Session, file: Path, *, as_json: bool) -> None:
    """Adds the feeds of FILE that are not followed yet to sources.yaml, its folders as tags.

    FILE is OPML, as feed readers export it; - is standard input.
    """
    settings = session.configuration().settings
    listed = read_opml_file(file)
    sources = settings.sources.values()
    known = {feed.url: source for feed in listed.feeds if (source := source_at(feed.url, sources))}
    new = {feed.url: feed for feed in distinct_feeds(listed.feeds) if feed.url not in known}
    titles = {url: feed.title for url, feed in new.items()}
    names = source_names(titles, frozenset(settings.sources) | names_in_files(settings.directory))
    path = None
    if new:
        added = {names[url]: settings_of("feed", url, titles[url], feed.tags) for url, feed in new.items()}
        path = add_sources(settings.directory, added)
    if as_json:
        print_json(_document(new, names, known, listed.left_out, path))
    else:
        _print(new, names, known, listed.left_out, when_followed(settings) if path else None)
    if not listed.feeds:
        click.echo(f"watchdesk: {file} lists no feeds", err=True)
        fail(1)


@click.command("export")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@pass_session
def export_opml(session: Session, file: Path) -> None:
    """Writes the feeds that are followed to FILE as OPML 2.0, their tags as categories; - is standard output.

    Sitemaps and pages are left out: other readers cannot follow them.
    """
    configuration = session.readable_configuration()
    if configuration.mistakes and configuration.lacks_sources:
        raise configuration.mistakes
    sources = configuration.settings.sources.values()
    feeds = [source for source in sources if source.kind == "feed"]
    written = write_opml([_subscription(source) for source in feeds], TITLE, utc_now())
    if str(file) == "-":
        sys.stdout.buffer.write(written)
    else:
        try:
            file.write_bytes(written)
        except OSError as error:
            raise UsageError(f"{file} cannot be written: {error.strerror}") from None
        click.echo(f"{counted(len(feeds), 'feed')} written to {file}")
    others = [f"{source.id} (a {source.kind})" for source in sources if source.kind != "feed"]
    if others:
        click.echo(f"left out, because other readers follow only feeds: {', '.join(others)}", err=True)
    with_login = [source.id for source in feeds if without_login(source.url) != source.url]
    if with_login:
        click.echo(f"written without the login in its address: {', '.join(with_login)}", err=True)


def read_opml_file(file: Path) -> Subscriptions:
    """The subscriptions in the file. Raises `UsageError` if it cannot be read."""
    try:
        content = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        return read_opml(content)
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from None
    except UnreadableInput as unreadable:
        raise UsageError(f"{file} cannot be read: {unreadable}") from None


def _subscription(source: Source) -> Subscription:
    return Subscription(without_login(source.url), source.name, tuple(sorted(source.tags)))


def _document(
    new: Mapping[str, Subscription],
    names: Mapping[str, str],
    known: Mapping[str, Source],
    left_out: Sequence[str],
    path: Path | None,
) -> dict[str, object]:
    return {
        "file": str(path) if path else None,
        "added": [
            {"id": names[url], "url": url, "title": feed.title, "tags": list(feed.tags)}
            for url, feed in new.items()
        ],
        "known": [{"id": source.id, "url": url} for url, source in known.items()],
        "left_out": list(left_out),
    }


def _print(
    new: Mapping[str, Subscription],
    names: Mapping[str, str],
    known: Mapping[str, Source],
    left_out: Sequence[str],
    followed: str | None,
) -> None:
    """`followed`: when a service polls what was written; None: nothing was."""
    for url, feed in new.items():
        tags = f" [{printable(', '.join(feed.tags))}]" if feed.tags else ""
        click.echo(f"added    {names[url]}{tags}  {printable(url)}")
    for url, source in known.items():
        click.echo(f"known    {source.id}  {printable(url)}")
    for name in left_out:
        click.echo(f"left out {printable(name)}: its address is not a web address")
    summary = f"{counted(len(new), 'feed')} added, {len(known)} known already, {len(left_out)} left out"
    click.echo(f"{summary}; {followed}" if followed else summary)
