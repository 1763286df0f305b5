"""The man page and the completions of shells, made from what the commands say of themselves.

`make manual` writes them into share/, from where the wheel and the Debian package take them.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from watchdesk import __version__
from watchdesk.cli.lazy_command import LazyCommand
from watchdesk.cli.root import watchdesk

SHARE = Path(__file__).parents[1] / "share"
PAGE = "man/man1/watchdesk.1"
COMPLETIONS = {
    "bash": "bash-completion/completions/watchdesk",
    "zsh": "zsh/vendor-completions/_watchdesk",
    "fish": "fish/vendor_completions.d/watchdesk.fish",
}
"""Shell → where Debian's shells look below share/."""
_HEAD = r"""
.TH WATCHDESK 1 "" "watchdesk {version}" "User commands"
.SH NAME
watchdesk \- watch the feeds that a desk follows, and send digests
.SH SYNOPSIS
.B watchdesk
.RI [ options ] " command " [ arguments ]
.SH DESCRIPTION
{about}
.SH OPTIONS
"""
_TAIL = r"""
.SH EXIT STATUS
0: all well. 1: done, but something is wrong. 2: the command or the configuration cannot be used.
130: interrupted.
.SH FILES
.TP
.I config/
the configuration, in the directory where one types: watchdesk.yaml, sources.yaml, rules/, templates/
.TP
.I var/
the state: what must survive a restart
.TP
.I /etc/watchdesk, /var/lib/watchdesk
the same of the service that the system runs
.TP
.I /usr/share/doc/watchdesk
README.md, and the pages that it names, where the Debian package is installed
.SH SEE ALSO
.BR systemctl (1),
.BR journalctl (1)
"""


def everything() -> Mapping[str, str]:
    """Every file by its place below share/."""
    return {PAGE: page(), **{place: completion(shell) for shell, place in COMPLETIONS.items()}}


def page() -> str:
    """The manual page as man(7) reads it."""
    context = click.Context(watchdesk, info_name="watchdesk")
    parts = [_HEAD.format(version=__version__, about=_prose(watchdesk.help or ""))]
    parts += [*_options(watchdesk, context), ".SH COMMANDS\n", *_commands(watchdesk, context), _TAIL]
    return "".join(parts).lstrip("\n")


def completion(shell: str) -> str:
    """The script by which this shell completes the commands, as click writes it."""
    code = "import sys; sys.argv = ['watchdesk']; from watchdesk.cli import main; main()"
    environment = {**os.environ, "_WATCHDESK_COMPLETE": f"{shell}_source"}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout


def _commands(group: click.Group, context: click.Context) -> Iterator[str]:
    for name, offered in sorted(group.commands.items()):
        command = offered.command if isinstance(offered, LazyCommand) else offered
        if command.hidden:
            continue
        inner = click.Context(command, info_name=name, parent=context)
        usage = " ".join(command.collect_usage_pieces(inner))
        path = inner.command_path.partition(" ")[2]
        yield f".SS {_plain(f'{path} {usage}')}\n{_prose(command.help or '')}\n"
        yield from _options(command, inner)
        if isinstance(command, click.Group):
            yield from _commands(command, inner)


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record and record[1] and (parameter.name != "help" or context.parent is None):
            yield f".TP\n.B {_plain(record[0])}\n{_plain(record[1])}\n"


def _prose(text: str) -> str:
    """The paragraphs of a help text."""
    paragraphs = (" ".join(part.replace("\b", "").split()) for part in re.split(r"\n\s*\n", text))
    return "\n.PP\n".join(_plain(part) for part in paragraphs if part)


def _plain(text: str) -> str:
    """As roff(7) shows it literally."""
    line = " ".join(text.split()).replace("\\", r"\e").replace("-", r"\-")
    return rf"\&{line}" if line.startswith((".", "'")) else line


if __name__ == "__main__":
    made = everything()
    if "--check" in sys.argv:
        sys.exit(any((SHARE / place).read_text(encoding="utf-8") != text for place, text in made.items()))
    for place, text in made.items():
        (SHARE / place).parent.mkdir(parents=True, exist_ok=True)
        (SHARE / place).write_text(text, encoding="utf-8")
