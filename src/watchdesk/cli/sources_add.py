"""`sources add`: finds the feeds of a site, and writes one into sources.yaml.

`sources.discover` finds them, `discovered` shows them, and `config.adding` writes the file.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

import click

from watchdesk.cli.discovered import Shown, print_shown, shown, shown_document
from watchdesk.cli.feed_lookup import settings_of, source_at, when_followed
from watchdesk.cli.session import Session, fail, json_option, pass_session, print_json, stderr, utc_now
from watchdesk.config.adding import add_sources
from watchdesk.config.names import is_name, source_names
from watchdesk.config.network import Network
from watchdesk.config.settings import Settings
from watchdesk.config.sources_file import names_in_files
from watchdesk.config.values import parse_web_address
from watchdesk.documents.words import counted
from watchdesk.errors import UsageError
from watchdesk.ports import Fetcher
from watchdesk.sources import Discovery, HttpFetcher, discover, refusal


@dataclass(slots=True)
class _Outcome:
    """The result of the command."""

    url: str
    feeds: Sequence[Shown] = ()
    written: dict[str, object] | None = None
    followed_by: str | None = None
    error: str | None = None
    warnings: list[str] = field(default_factory=list)

    def document(self) -> dict[str, object]:
        """As `--json` gives it."""
        return {
            "url": self.url,
            "found": [shown_document(one) for one in self.feeds],
            "written": self.written,
            "followed_by": self.followed_by,
            "error": self.error,
            "warnings": self.warnings,
        }


@click.command
@click.argument("url")
@click.option("--id", "name", metavar="NAME", help="What to call it; by default a name made from its title.")
@click.option("--tag", "tags", metavar="TAG", multiple=True, help="A tag for rules; may be given again.")
@click.option("--pick", type=click.IntRange(min=1), metavar="N", help="Take the Nth of those found.")
@click.option("--yes", is_flag=True, help="Take the best without asking.")
@json_option
@pass_session
def add(
    session: Session,
    url: str,
    name: str | None,
    tags: tuple[str, ...],
    pick: int | None,
    *,
    yes: bool,
    as_json: bool,
) -> None:
    """Finds the feeds and news sitemaps of the site at URL, and writes one into sources.yaml.

    Asks which one on a terminal; without one, or with --yes, takes the best.
    """
    settings = session.configuration().settings
    taken = frozenset(settings.sources) | names_in_files(settings.directory)
    _check(name, tags, taken)
    outcome = _Outcome(_address(url))
    choose = _ask_which if sys.stdin.isatty() and sys.stdout.isatty() and not (yes or as_json) else _best
    _look(outcome, settings, quiet=as_json)
    if outcome.feeds:
        chosen = _picked(outcome.feeds, pick) if pick else choose(outcome.feeds)
        if chosen and chosen.followed_by:
            outcome.followed_by = chosen.followed_by
        elif chosen:
            _write(outcome, chosen, name, tags, settings, taken)
    _print_outcome(outcome, when_followed(settings), as_json=as_json)


def _address(url: str) -> str:
    """The address as typed, with https if it names no scheme. Raises click's usage error."""
    try:
        return parse_web_address(url if "://" in url else f"https://{url}")
    except ValueError as error:
        said = (
            str(error) if "://" in url else f"'{url}' is not a web address; write it as https://example.org/"
        )
        raise click.UsageError(said) from None


def _check(name: str | None, tags: Sequence[str], taken: frozenset[str]) -> None:
    if not all(tag.strip() for tag in tags):
        raise click.UsageError("--tag needs a word")
    if name is not None and not is_name(name):
        raise click.UsageError(f"'{name}' cannot be a name: use lower-case letters, digits and hyphens")
    if name in taken:
        raise click.UsageError(f"there is a source '{name}' already; choose another --id")


def _look(outcome: _Outcome, settings: Settings, *, quiet: bool) -> None:
    """Looks for feeds, unless the address is a source's already."""
    known = source_at(outcome.url, settings.sources.values())
    if known:
        outcome.followed_by = known.id
        return
    console = stderr()
    with console.status("looking for feeds …") as status:
        found = discover(
            outcome.url,
            _fetchers(outcome.url, settings),
            lambda address: status.update(f"asking {address[:80]}"),
        )
    if not found.feeds:
        outcome.error = _nothing(outcome.url, found)
        return
    now = utc_now()
    numbered = enumerate(found.feeds, start=1)
    ids = [(number, one, source_at(one.url, settings.sources.values())) for number, one in numbered]
    outcome.feeds = [shown(number, one, known.id if known else None, now) for number, one, known in ids]
    print_shown(outcome.feeds, now, to_stderr=quiet)


def _fetchers(url: str, settings: Settings) -> Callable[[str], Fetcher]:
    """Which fetcher to use for an address: the guard applies to addresses that feeds and pages name, not to
    the host that the person at the terminal gave.
    """
    network = Network(settings.proxies, settings.authorities)
    guarded = HttpFetcher(settings.polling, settings.contact, network=network)
    if refusal(url, settings.polling, settings.proxies) is None:
        return lambda _: guarded
    host = urlsplit(url).hostname
    open_minded = replace(settings.polling, private_addresses=True)
    free = HttpFetcher(open_minded, settings.contact, network=network)
    return lambda address: free if urlsplit(address).hostname == host else guarded


def _nothing(url: str, found: Discovery) -> str:
    if found.unreachable:
        plain = f"http://{url.removeprefix('https://')}"
        hint = (
            f"; if the site has no encryption: {plain}" if "encrypted connection" in found.unreachable else ""
        )
        return f"{url} could not be read: {found.unreachable}{hint}"
    return (
        f"no feed or news sitemap was found from {url} in {counted(found.asked, 'request')}; give the "
        "address of the feed, or follow a listing page with page: and select: in sources.yaml"
    )


def _best(feeds: Sequence[Shown]) -> Shown | None:
    return feeds[0]


def _picked(feeds: Sequence[Shown], number: int) -> Shown:
    if number > len(feeds):
        raise UsageError(f"--pick {number}: there are only {len(feeds)}; nothing was written")
    return feeds[number - 1]


def _ask_which(feeds: Sequence[Shown]) -> Shown | None:
    preferred = next((one.number for one in feeds if not one.followed_by), 0)
    number = click.prompt(
        "Which one? (0 for none)", type=click.IntRange(0, len(feeds)), default=preferred, err=True
    )
    return feeds[number - 1] if number else None


def _write(
    outcome: _Outcome,
    chosen: Shown,
    name: str | None,
    tags: Sequence[str],
    settings: Settings,
    taken: frozenset[str],
) -> None:
    url, kind = chosen.found.url, chosen.found.kind
    source_id = name or source_names({url: chosen.title}, taken)[url]
    path = add_sources(settings.directory, {source_id: settings_of(kind, url, chosen.title, tags)})
    outcome.written = {"id": source_id, "kind": kind, "url": url, "file": str(path)}
    refused = refusal(url, settings.polling, settings.proxies)
    outcome.warnings += [refused] if refused else []


def _print_outcome(outcome: _Outcome, followed: str, *, as_json: bool) -> None:
    """Prints the result; exits with status 1 if there was nothing to choose from."""
    if as_json:
        print_json(outcome.document())
    elif outcome.written:
        click.echo(f"{outcome.written['id']} was added to {outcome.written['file']}; {followed}")
    elif outcome.followed_by:
        others = "; take another with --pick" if len(outcome.feeds) > 1 else ""
        click.echo(f"the source '{outcome.followed_by}' follows it already; nothing was written{others}")
    elif not outcome.error:
        click.echo("nothing was written")
    for warning in outcome.warnings:
        click.echo(f"warning: {warning}", err=True)
    if outcome.error:
        click.echo(f"watchdesk: {outcome.error}", err=True)
        fail(1)
