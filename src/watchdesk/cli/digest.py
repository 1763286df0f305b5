"""`digest`: shows what the next digest would hold, sends it, or tests it on a channel.

`watchdesk.digesting` makes and previews digests.
"""

import random
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path
from typing import assert_never

import click

from watchdesk.app import Desk
from watchdesk.cli.interruption import ended_at_once
from watchdesk.cli.json_output import json_stream
from watchdesk.cli.pages import write_page
from watchdesk.cli.selection import refuse_unknown
from watchdesk.cli.session import (
    Line,
    Session,
    fail,
    json_option,
    pass_session,
    print_json,
    print_lines,
    utc_now,
)
from watchdesk.cli.values import DURATION
from watchdesk.config.settings import DigestSettings
from watchdesk.delivery import lease_owner_name
from watchdesk.digesting.making import make_digest
from watchdesk.digesting.preview import Trial, preview_digest, try_digest
from watchdesk.documents.words import printable, without_steering
from watchdesk.model import DeliveryState, Refused, Rendered, Retry, Sent


@click.command
@click.argument("name")
@click.option("--since", type=DURATION, metavar="AGE", help="Only matches this recent, such as 12h.")
@click.option(
    "--html", "html_file", type=click.Path(path_type=Path, dir_okay=False), help="Write it as a page."
)
@click.option("--open", "opened", is_flag=True, help="Show the page in the browser.")
@click.option("--send", is_flag=True, help="Send it now, without waiting for its time.")
@click.option(
    "--to",
    "to",
    multiple=True,
    metavar="CHANNEL",
    help="With --send: send a test to this channel only; its matches keep waiting.",
)
@json_option
@pass_session
def digest(
    session: Session,
    name: str,
    since: timedelta | None,
    html_file: Path | None,
    to: tuple[str, ...],
    *,
    opened: bool,
    send: bool,
    as_json: bool,
) -> None:
    """Shows what the next digest NAME would hold, without sending it."""
    if to and not send:
        raise click.UsageError("--to says where a test is sent; add --send, or leave out --to")
    if send and since is not None and not to:
        raise click.UsageError("--send sends everything that waits; --since is for previews and tests")
    start = None if since is None else utc_now() - since
    trials: Sequence[Trial] = ()
    with session.desk(reads=not send) as desk, nullcontext() if send else ended_at_once(desk.store.interrupt):
        setting = _setting(desk, name, to)
        if to:
            rendering, trials = try_digest(desk.plan, desk.store, setting, to, utc_now(), start)
            said = [sentence_of(trial) for trial in trials]
        else:
            rendering = preview_digest(desk.plan, desk.store, setting, utc_now(), start)
            said = _send_now(desk, setting) if send else []
    rendered = rendering.rendered
    for trouble in rendering.troubles:
        click.echo(trouble.sentence, err=True)
    if html_file or opened:
        page = html_file or session.state_directory / f"{name}.html"
        write_page(page, rendered.html, opened=opened)
    if as_json and to:
        print_json({"digest": name, "subject": rendered.subject, "trials": [_document(t) for t in trials]})
    elif as_json:
        click.echo(rendered.json, file=json_stream())
    elif not html_file and not to:
        print_lines(_shown(rendered))
    for sentence, _ in said:
        click.echo(sentence, err=as_json or not to)
    if not all(well for _, well in said):
        fail(1)


def _setting(desk: Desk, name: str, to: Sequence[str]) -> DigestSettings:
    """The digest's settings. Raises `UsageError` if there is no such digest or channel."""
    refuse_unknown("digest", name, desk.plan.settings.digests)
    for channel in to:
        refuse_unknown("channel", channel, desk.plan.settings.channels)
    return desk.plan.settings.digests[name]


def _send_now(desk: Desk, setting: DigestSettings) -> list[tuple[str, bool]]:
    """Composes and sends; returns a sentence on each delivery, and whether it succeeded."""
    from watchdesk import pipeline  # noqa: PLC0415 - with all that polls, heavy

    plan, store = desk.plan, desk.store
    store.know_digests(list(plan.settings.digests), utc_now())
    made = make_digest(plan, store, setting, utc_now(), None)
    pipeline.send_due(plan, store, lease_owner_name(), utc_now, random.Random())
    if made is None:
        return [("another process has just made it; see watchdesk deliveries", True)]
    sent = [row for row in store.deliveries(digest=setting.name, limit=1000) if row.digest_id == made.id]
    if not sent:
        return [("nothing waits for it, and it is not sent when empty", True)]
    return [
        (
            f"{row.channel}: {row.state}{': ' + printable(row.error) if row.error else ''}",
            row.state is DeliveryState.SENT,
        )
        for row in sent
    ]


def sentence_of(trial: Trial) -> tuple[str, bool]:
    """What came of a test, and whether it was accepted."""
    match trial.outcome:
        case Sent(None):
            return f"{trial.channel}: accepted", True
        case Sent(note):
            return f"{trial.channel}: accepted, but {printable(note or '')}", True
        case Retry(reason) | Refused(reason):
            kept = (
                " (a test does not stop the channel)"
                if trial.outcome == Refused(reason, stop_channel=True)
                else ""
            )
            return f"{trial.channel}: not accepted: {printable(reason)}{kept}", False
        case _:
            assert_never(trial.outcome)


def _document(trial: Trial) -> dict[str, object]:
    outcome = trial.outcome
    return {
        "channel": trial.channel,
        "accepted": isinstance(outcome, Sent),
        "reason": outcome.note if isinstance(outcome, Sent) else outcome.reason,
    }


def _shown(rendered: Rendered) -> Iterator[Line]:
    """The text with its headings in bold: the text rendering puts them in a box, or underlines them."""
    yield printable(rendered.subject), "bold"
    yield "", None
    lines = [without_steering(line) for line in rendered.text.splitlines()]
    boxed = False
    for line, below in zip(lines, [*lines[1:], ""], strict=True):
        if _is_rule(line, "="):
            boxed = not boxed
        if _is_rule(line, "=") or _is_rule(line, "-"):
            yield line, "dim"
        elif boxed and line == line.upper():
            yield line, "bold cyan"
        else:
            yield line, "bold" if line and _is_rule(below, "-") else None


def _is_rule(line: str, sign: str) -> bool:
    return len(line) > 2 and not line.strip(sign)
