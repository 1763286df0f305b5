"""`demo`: a complete desk on this machine alone; `watchdesk.demo` builds it."""

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.table import Table

from watchdesk.app import open_desk, read_configuration
from watchdesk.cli.session import Session, json_option, pass_session, print_json, stderr, stdout, utc_now
from watchdesk.documents.words import counted
from watchdesk.model import Delivery, StoredMatch

if TYPE_CHECKING:
    from watchdesk.demo import Folders
    from watchdesk.demo.servers import Log


@click.command
@json_option
@pass_session
def demo(session: Session, *, as_json: bool) -> None:
    """Runs a sample newsroom on loopback: real polling, matching and sending. Takes about 10 seconds."""
    from watchdesk.demo import Folders, play  # noqa: PLC0415 - its servers are heavy

    folders = Folders(session.state_directory / "demo")
    progress = stderr()
    progress.print("watchdesk demo\n", style="bold")
    log = play(folders, utc_now(), lambda line: progress.print(f"• {line}", markup=False))
    with open_desk(read_configuration(folders.config), folders.state) as desk:
        articles = list(desk.store.articles())
        titles = {article.id: article.title for article in articles if article.id is not None}
        matches = [match for article_id in titles for match in desk.store.matches(article_id)]
        deliveries = desk.store.deliveries()
    page = next(iter(sorted(folders.digests.glob("*.html"))), folders.digests)
    if as_json:
        print_json(_document(folders, log, len(articles), len(matches), page))
    else:
        _print(folders, log, titles, matches, list(deliveries), page)


def _document(folders: "Folders", log: "Log", articles: int, matches: int, page: Path) -> dict[str, object]:
    return {
        "articles": articles,
        "matches": matches,
        "polls": len(log.polls),
        "not_modified": sum(status == 304 for _, status in log.polls),
        "mails": log.mails,
        "webhooks": log.hooks,
        "page": str(page),
        "mailbox": str(folders.mail),
        "webhook_folder": str(folders.hooks),
        "log": str(folders.log),
    }


def _print(
    folders: "Folders",
    log: "Log",
    titles: dict[int, str],
    matches: list[StoredMatch],
    deliveries: list[Delivery],
    page: Path,
) -> None:
    console = stdout()
    table = Table(box=None, pad_edge=False, header_style="dim", title_justify="left")
    table.add_column("rule")
    table.add_column("score", justify="right")
    table.add_column("article")
    for stored in sorted(matches, key=lambda m: (m.match.rule, -m.match.score)):
        table.add_row(stored.match.rule, f"{stored.match.score:.2f}", titles[stored.article_id])
    console.print()
    console.print(table)
    unchanged = sum(status == 304 for _, status in log.polls)
    console.print(
        f"\n{counted(len(titles), 'article')} from {counted(len(log.polls), 'request')} "
        f"({unchanged} answered 304), {counted(len(matches), 'match', 'matches')}, "
        f"{counted(len(deliveries), 'delivery', 'deliveries')}: {log.mails} by mail, {log.hooks} by webhook, "
        f"{sum(delivery.channel == 'shelf' for delivery in deliveries)} as files\n"
    )
    for name, path in {
        "the digest as a page": page,
        "the mailbox": folders.mail,
        "the webhooks": folders.hooks,
        "the service's log": folders.log,
        "its configuration": folders.config,
    }.items():
        console.print(f"{name:<22} {path}", markup=False, soft_wrap=True)
