"""`silence`: mutes a rule for a while, lists silences, ends one. What a silence does is in `digests`."""

import click

from watchdesk.app import Records
from watchdesk.cli.printing import Printer
from watchdesk.cli.session import (
    Session,
    desk_now,
    json_option,
    pass_session,
    print_json,
)
from watchdesk.cli.tables import print_table
from watchdesk.config.moments import parse_until
from watchdesk.config.places import did_you_mean
from watchdesk.documents.silences import silence_document
from watchdesk.documents.words import counted, local
from watchdesk.errors import UsageError
from watchdesk.model import Silence
from watchdesk.ports import Store


@click.command
@click.argument("rule", required=False)
@click.option("--until", metavar="WHEN", help="2h, 3d, 18:00, 2026-11-30 or '2026-11-30 09:00'.")
@click.option("--list", "listed", is_flag=True, help="List the silences in force.")
@click.option("--end", "ended", type=int, metavar="ID", help="End one before its time.")
@json_option
@pass_session
def silence(
    session: Session, rule: str | None, until: str | None, ended: int | None, *, listed: bool, as_json: bool
) -> None:
    """Mutes RULE for a while: until then, no digest includes what it finds.

    Nothing is lost: what was held back is listed in the first digest after the silence.
    """
    if (rule is not None) + listed + (ended is not None) != 1:
        raise click.UsageError("give one of: RULE --until WHEN, --list, --end ID")
    if (rule is None) != (until is None):
        raise click.UsageError("a silence needs an end: watchdesk silence RULE --until 2h")
    configuration = session.readable_configuration()
    if rule is not None:
        configuration.refuse_unread(rule)
    with session.records(configuration, reads=listed) as desk:
        if rule is not None and until is not None:
            shown = [_begin(desk, rule, until)]
        elif ended is not None:
            shown = [_end(desk.store, ended)]
        else:
            now = desk_now(desk.store)
            shown = [s for s in desk.store.silences(now) if s.until > now]
        held = {s.id: desk.store.held_back(s) for s in shown}
    if as_json:
        print_json({"silences": [silence_document(s, held[s.id]) for s in shown]})
    elif listed:
        _print_list(desk, shown, held)
    else:
        _print_one(desk, shown[0], held, over=ended is not None)


def _begin(desk: Records, rule_id: str, until: str) -> Silence:
    now, known = desk_now(desk.store), desk.configuration.rules.labels
    if rule_id not in known:
        hint = did_you_mean(rule_id, list(known)) or f"there are: {', '.join(known)}"
        raise UsageError(f"there is no rule '{rule_id}'; {hint}")
    try:
        end = parse_until(until, now, desk.configuration.settings.timezone)
    except ValueError as error:
        raise UsageError(f"--until: {error}") from None
    return desk.store.silence(rule_id, now, end)


def _end(store: Store, silence_id: int) -> Silence:
    ended = store.end_silence(silence_id, desk_now(store))
    if ended is None:
        raise UsageError(
            f"there is no silence {silence_id} in force; `watchdesk silence --list` shows those that are"
        )
    return ended


def _print_list(desk: Records, silences: list[Silence], held: dict[int, int]) -> None:
    if not silences:
        click.echo("no rule is silent")
        return
    zone = desk.configuration.settings.timezone
    rows = [
        (
            str(row.id),
            row.rule_id,
            local(row.since, zone),
            local(row.until, zone),
            counted(held[row.id], "article"),
        )
        for row in silences
    ]
    print_table(Printer(), ("id", "rule", "since", "until", "held back"), rows)


def _print_one(desk: Records, silence: Silence, held: dict[int, int], *, over: bool) -> None:
    zone = desk.configuration.settings.timezone
    if over:
        count = held[silence.id]
        kept = f"the next digest lists {counted(count, 'article')} that the silence held back"
        then = kept if count else "the silence held no article back"
        click.echo(f"{silence.rule_id} is no longer silent; {then}")
        return
    click.echo(
        f"{silence.rule_id} is silent until {local(silence.until, zone)} ({zone.key}); "
        f"to end it earlier: watchdesk silence --end {silence.id}"
    )
