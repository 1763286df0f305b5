"""`init`: writes the configuration of a first desk, and on a terminal asks for what only its owner knows.

`config.first_files` makes the files of the answers, `config.writing_first` puts them in place.
"""

import re
import secrets
import shlex
import sys
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from watchdesk.cli.beside_unit import become_owner, state_beside
from watchdesk.cli.session import Session, fail, pass_session, utc_now
from watchdesk.config.first_files import (
    CHANNEL,
    SECRETS,
    Chat,
    Choices,
    Destination,
    Folder,
    Mail,
    Webhook,
    first_files,
)
from watchdesk.config.private import make_folder
from watchdesk.config.writing_first import write_first
from watchdesk.errors import ConfigurationError

_DESTINATIONS = ("folder", "mail", "chat", "webhook")
_MAIL_AND = "Digests go to files in var/digests/ in any case. Where else?"
_SHIPPED = "NATO spending, Ukraine aid and minerals deals, by the rules that come with watchdesk"


@click.command
@click.argument("directory", metavar="[DIR]", type=click.Path(path_type=Path), default=".")
@click.option("--yes", is_flag=True, help="Ask nothing: take the defaults.")
@click.option("--minimal", is_flag=True, help="Short files, without comments and without the shipped rules.")
@pass_session
def init(session: Session, directory: Path, *, yes: bool, minimal: bool) -> None:
    """Writes a first configuration, and on a terminal asks for what it needs; never over a file.

    It stands in DIR/config, or in the directory that --config names.
    """
    from watchdesk.configuration import read_proven_configuration  # noqa: PLC0415 - help needs no reader of files

    asks = not yes and sys.stdin.isatty() and sys.stderr.isatty()
    choices = _asked(minimal=minimal) if asks else Choices(_zone_here(), is_minimal=minimal)
    config = session.config or directory / "config"
    now = utc_now()
    write_first(config, first_files(choices), lambda folder: read_proven_configuration(folder, now))
    click.echo(f"{config} was written.")
    if isinstance(choices.destination, Webhook):
        click.echo(f"The receiver checks what comes by the secret in {config / SECRETS / 'hook-secret'}.")
    state = session.state or state_beside(config) or directory / "var"
    become_owner(state)
    is_reached = not asks or _try_channel(config, state, choices.destination)
    _print_next(config, directory, is_usual=session.config is None)
    if not is_reached:
        fail(1)


def _zone_here() -> str:
    """This machine's time zone by its IANA name, else UTC."""
    from tzlocal import get_localzone_name  # noqa: PLC0415 - help asks for no zone

    try:
        return ZoneInfo(get_localzone_name()).key
    except (LookupError, ValueError, OSError, TypeError):  # none is set, or it has no name
        return "UTC"


def _asked(*, minimal: bool) -> Choices:
    zone = _prompt("Time zone of schedules and readers", _zone, default=_zone_here())
    contact = _prompt(
        "A mail address for the sites that are polled, if they wanted to write (may be left out)",
        _mail_or_nothing,
        default="",
    )
    destination, query = _destination(), _query()
    example = query and _example_of(query)
    return Choices(zone, contact or None, destination, query, example, is_minimal=minimal)


def _prompt(
    question: str, read: Callable[[str], str], default: str | None = None, *, hidden: bool = False
) -> str:
    """Asks until the answer can be read; `read` raises `UsageError` with what is wrong with it."""
    return str(
        click.prompt(
            question,
            default=default,
            value_proc=read,
            err=True,
            hide_input=hidden,
            show_default=bool(default),
        )
    )


def _zone(answer: str) -> str:
    try:
        return ZoneInfo(answer.strip()).key
    except (LookupError, ValueError, OSError):
        raise click.UsageError(f"'{answer}' is no time zone; write one as Europe/Brussels or UTC") from None


def _mail_or_nothing(answer: str) -> str:
    return _mail_address(answer) if answer.strip() else ""


def _mail_address(answer: str) -> str:
    if "@" not in answer.strip(" @") or "," in answer:
        raise click.UsageError(f"'{answer}' is no mail address; write it as desk@example.org")
    return answer.strip()


def _something(answer: str) -> str:
    if not answer.strip():
        raise click.UsageError("this is needed; Ctrl-C ends without writing anything")
    return answer.strip()


def _destination() -> Destination:
    click.echo(_MAIL_AND, err=True)
    kind = click.prompt(
        "folder (nowhere else), mail, chat or webhook",
        type=click.Choice(_DESTINATIONS),
        default="folder",
        show_choices=False,
        err=True,
    )
    if kind == "mail":
        return _mail()
    if kind == "chat":
        click.echo(
            "An address of Apprise, such as ntfy://TOPIC, slack://…, msteams://… or matrixs://…", err=True
        )
        return Chat(_prompt("Address (it is not shown)", _chat_address, hidden=True))
    if kind == "webhook":
        secret = f"whsec_{b64encode(secrets.token_bytes(32)).decode()}"
        return Webhook(_prompt("Address that takes the POST", _web_address), secret)
    return Folder()


def _mail() -> Mail:
    to = _prompt("Mail to", _mail_address)
    sender = _prompt("Mail from", _mail_address, default=to)
    server = _prompt("Mail server: smtp://HOST:587, smtps://HOST, or sendmail", _server)
    user = _prompt("User name there (may be left out)", str.strip, default="")
    password = _prompt("Password (it is not shown)", _something, hidden=True) if user else None
    return Mail([to], sender, server, user or None, password)


def _server(answer: str) -> str:
    answer = answer.strip()
    if answer and answer != "sendmail" and "://" not in answer:
        return f"smtp://{answer}"
    return _something(answer)


def _y_or_n(answer: str) -> str:
    word = answer.strip().lower()
    if word not in ("y", "yes", "n", "no"):
        raise click.UsageError(f"'{word}' is neither y nor n: answer y to send it, n to send nothing")
    return word[0]


def _web_address(answer: str) -> str:
    from watchdesk.config.values import parse_web_address  # noqa: PLC0415 - only for a webhook

    try:
        return parse_web_address(answer.strip())
    except ValueError as error:
        raise click.UsageError(str(error)) from None


def _chat_address(answer: str) -> str:
    from watchdesk.delivery.chat.services import ChatService  # noqa: PLC0415 - Apprise is heavy

    try:
        ChatService(_something(answer))
    except ValueError as error:  # its words repeat nothing secret
        raise click.UsageError(f"this is no address of a chat: {error}") from None
    return answer.strip()


def _query() -> str | None:
    """What to watch; None: what is shipped."""
    click.echo(
        f'What to watch: left out, {_SHIPPED}. Else a query such as: "heat pump" AND NOT advert*', err=True
    )
    return _prompt("Query (may be left out)", _readable_query, default="") or None


def _readable_query(answer: str) -> str:
    from watchdesk.backtest import Draft, Known, rule_of  # noqa: PLC0415 - with the rule language, heavy

    query = " ".join(answer.split())
    if query:
        try:
            rule_of(Draft(query), Known({}))
        except ConfigurationError as error:
            raise click.UsageError(f"it cannot be read as a query:\n{error}") from None
    return query


def _example_of(query: str) -> str | None:
    """A title of the query's own words, if the query finds that."""
    from watchdesk.model import Article  # noqa: PLC0415 - as above
    from watchdesk.rules import Query  # noqa: PLC0415

    wanted = query.partition(" NOT ")[0].removesuffix(" AND")
    words = re.sub(r"\b(?:AND|OR|NEAR/\d+)\b|[^\w\s'-]", " ", wanted)
    title = " ".join(words.split())
    return title if title and Query.parse(query).matches(Article.from_text(title=title)) else None


def _try_channel(config: Path, state: Path, destination: Destination) -> bool:
    """Sends a test through the new channel, if that is wished; False where it was not accepted."""
    if isinstance(destination, Folder) or _prompt("Send a test message now, y or n?", _y_or_n, "y") == "n":
        return True
    from watchdesk.app import open_desk  # noqa: PLC0415 - most desks begin without a test
    from watchdesk.cli.digest import sentence_of  # noqa: PLC0415
    from watchdesk.configuration import read_configuration  # noqa: PLC0415 - most desks begin without a test
    from watchdesk.digesting.preview import try_digest  # noqa: PLC0415

    configuration = read_configuration(config)
    make_folder(state)
    with open_desk(configuration, state) as desk:
        setting = desk.plan.settings.digests["morning"]
        _, trials = try_digest(desk.plan, desk.store, setting, [CHANNEL], utc_now())
    said = [sentence_of(trial) for trial in trials]
    for sentence, _ in said:
        click.echo(sentence, err=True)
    is_accepted = all(well for _, well in said)
    if not is_accepted:
        click.echo(
            f"The configuration stands; mend the channel in {config}, and try: watchdesk doctor", err=True
        )
    return is_accepted


def _print_next(config: Path, directory: Path, *, is_usual: bool) -> None:
    """What to type next; `is_usual`: where commands find the configuration by themselves."""
    name = "watchdesk" if is_usual else shlex.join(["watchdesk", "--config", str(config)])
    click.echo("Next:")
    if is_usual and directory != Path():
        click.echo(f"  {shlex.join(['cd', str(directory)])}")
    click.echo(f"  {name} check         # whether the files are right; again after each change")
    click.echo(f"  {name} once --all    # asks every source once, and shows what the rules find")
    click.echo(f"  {name} run           # the service; its page is at http://127.0.0.1:8680/")
