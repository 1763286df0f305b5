"""`demo`: a complete desk on this machine alone; `watchdesk.demo` builds it."""

import shlex
import sys
from contextlib import ExitStack
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING

import click
from rich.table import Table

from watchdesk.app import open_records
from watchdesk.cli.session import Session, json_option, pass_session, print_json, stderr, stdout, utc_now
from watchdesk.configuration import read_configuration
from watchdesk.documents.words import counted
from watchdesk.model import Delivery, StoredMatch

if TYPE_CHECKING:
    from watchdesk.demo import Folders, Played
    from watchdesk.demo.servers import Log


@click.command
@click.option("--stay", is_flag=True, help="Leave the newsroom, the service and its page up until Ctrl-C.")
@json_option
@pass_session
def demo(session: Session, *, stay: bool, as_json: bool) -> None:
    """Runs a sample newsroom on loopback: real polling, matching and sending. Takes about 20 seconds.

    With --stay the last line is the address of the desk's page.
    """
    from watchdesk.demo import Folders, play  # noqa: PLC0415 - its servers are heavy

    folders = Folders(session.state_directory / "demo")
    progress = stderr()
    progress.print("watchdesk demo\n", style="bold")
    with ExitStack() as up:
        played = up.enter_context(
            play(folders, utc_now(), lambda line: progress.print(f"• {line}", markup=False))
        )
        if not stay:
            up.close()
        _show(session, folders, played, as_json=as_json, is_up=stay)
        if stay:
            played.wait()


def _show(session: Session, folders: "Folders", played: "Played", *, as_json: bool, is_up: bool) -> None:
    with open_records(read_configuration(folders.config), folders.state) as records:
        articles = list(records.store.articles())
        titles = {article.id: article.title for article in articles if article.id is not None}
        matches = [match for article_id in titles for match in records.store.matches(article_id)]
        deliveries = records.store.deliveries()
    page = next(iter(sorted(folders.digests.glob("*.html"))), folders.digests)
    if as_json:
        document = _document(folders, played.log, len(articles), len(matches), page)
        print_json({**document, "address": played.address if is_up else None})
        return
    _print(folders, played.log, titles, matches, list(deliveries), page)
    if is_up:
        _print_place("its page, until Ctrl-C", played.address)
    else:
        _print_place("to leave its page up", staying_command(Path(sys.argv[0]), session.state))


def staying_command(program: Path, state: Path | None) -> str:
    """`demo --stay`, to be typed where `program` was started: it need not be on the PATH.

    `state`: what --state named.
    """
    on_path = which(program.name)
    if program.name == "__main__.py":
        typed = [sys.executable, "-m", "watchdesk"]
    elif on_path and program.resolve() == Path(on_path).resolve():
        typed = [program.name]
    else:
        typed = [str(program)]
    return shlex.join([*typed, *(["--state", str(state)] if state else []), "demo", "--stay"])


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
        _print_place(name, path)


def _print_place(name: str, where: object) -> None:
    stdout().print(f"{name:<22} {where}", markup=False, soft_wrap=True)
