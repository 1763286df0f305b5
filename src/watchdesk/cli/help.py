"""`help`: what a message means that ends in `(help: NAME)`."""

import shutil

import click

from watchdesk.cli.session import json_option, print_json
from watchdesk.config.places import did_you_mean
from watchdesk.documents.messages import messages, on_a_terminal, what_it_means


@click.command("help")
@click.argument("name", required=False)
@json_option
def explain_message(name: str | None, *, as_json: bool) -> None:
    """Explains a message that ends in (help: NAME): what is lost meanwhile, and what to do.

    Without NAME it lists them all. For a command: watchdesk COMMAND --help
    """
    known = messages()
    if name is None:
        if as_json:
            print_json({"names": list(known)})
            return
        width = max(map(len, known))
        for one in known:
            click.echo(f"{one:{width}}  {what_it_means(one)}")
        return
    name = name.strip("()").removeprefix("help:").strip()
    if name not in known:
        meant = did_you_mean(name, list(known)) or "watchdesk help lists them all"
        raise click.UsageError(f"no message is called '{name}'; {meant}")
    if as_json:
        print_json({"name": name, "text": known[name]})
    else:
        click.echo(f"{name}\n\n{on_a_terminal(name, shutil.get_terminal_size().columns)}")
