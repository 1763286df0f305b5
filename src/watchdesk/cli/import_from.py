"""`import`: sources and drafts of rules from the files of other programs.

`importing` reads and writes them.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from watchdesk.cli.feed_lookup import address_key, when_followed
from watchdesk.cli.session import Session, fail, json_option, pass_session, print_json, utc_now
from watchdesk.config.directory import refuse_empty
from watchdesk.config.looking import is_there
from watchdesk.config.ordinary_files import LARGEST, read_file
from watchdesk.config.places import did_you_mean
from watchdesk.config.sources_file import names_in_files
from watchdesk.configuration import read_configuration
from watchdesk.errors import UsageError
from watchdesk.importing.carrying import carry
from watchdesk.importing.found import Given
from watchdesk.importing.placing import prove, target_in, write
from watchdesk.importing.programs import PROGRAMS, program_of, read
from watchdesk.importing.texts import document_of, report_lines
from watchdesk.rules.team_folder import LastGood


@click.command("import")
@click.argument("words", metavar="[PROGRAM] FILE...", nargs=-1, required=True)
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    metavar="DIR",
    help="The configuration to write into; the one of --config when left out.",
)
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
@json_option
@pass_session
def import_from(
    session: Session, words: Sequence[str], into: Path | None, *, dry_run: bool, as_json: bool
) -> None:
    """Sources and draft rules from the files of another program; what cannot be carried is listed.

    PROGRAM is rss2email, newsboat, miniflux, freshrss, google-alerts, urlwatch, changedetection or opml; left
    out, it is recognised by the files. FILE may be - for standard input.
    """
    directory = refuse_empty(into) if into else session.directory
    program, names = (words[0], words[1:]) if words[0] in PROGRAMS else (None, words)
    if not names:
        raise click.UsageError(f"which file of {program}? It takes {PROGRAMS[words[0]].files}")
    last_good = LastGood(session.kept_folders, utc_now())
    configuration = session.telling(read_configuration(directory, last_good=last_good))
    settings = configuration.settings
    _refuse_mistyped(names)
    files = [_given(name) for name in names]
    if program is None:
        program = program_of(files)
        click.echo(f"recognised as a file of {PROGRAMS[program].title}", err=True)
    found = read(program, files)
    followed = {address_key(source.url): source.id for source in settings.sources.values()}
    known = {
        source.url: followed[key] for source in found.sources if (key := address_key(source.url)) in followed
    }
    taken = frozenset(settings.sources) | names_in_files(directory)
    carried = carry(PROGRAMS[program].title, found, known, taken, configuration.rules.labels)
    target = target_in(directory, program)
    is_written = carried.is_worth_writing and not dry_run
    if carried.is_worth_writing:
        (write if is_written else prove)(target, carried, settings)
    written = target.files(carried) if carried.is_worth_writing else []
    if as_json:
        print_json(document_of(carried, written, is_written=is_written))
    else:
        for line in report_lines(carried, target.folder):
            click.echo(line)
        if written:
            click.echo(
                f"{'written' if is_written else 'would be written'} in {directory}: {', '.join(written)}"
            )
        if is_written and carried.added:
            click.echo(when_followed(settings))
    if not found.sources:
        click.echo(f"watchdesk: {', '.join(names)}: no source in it could be carried", err=True)
        fail(1)


def _refuse_mistyped(names: Sequence[str]) -> None:
    """Raises `UsageError` where a program seems to be meant by what would be the first file."""
    first = names[0]
    if len(names) > 1 and first.replace("-", "").isalnum() and not is_there(Path(first)):
        hint = did_you_mean(first, list(PROGRAMS)) or f"the programs are {', '.join(PROGRAMS)}"
        raise UsageError(f"'{first}' is no file that is here, and no program; {hint}")


def _given(name: str) -> Given:
    try:
        content = sys.stdin.buffer.read(LARGEST + 1) if name == "-" else read_file(Path(name))
    except OSError as error:
        raise UsageError(f"{name} cannot be read: {error.strerror}") from None
    return Given("standard input" if name == "-" else Path(name).name, content)
