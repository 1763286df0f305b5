"""Writes a command's HTML page to a file, and shows it in the browser on request."""

import os
from pathlib import Path

import click

from watchdesk.config.private import open_private
from watchdesk.errors import UsageError


def write_page(page: Path, html: str, *, opened: bool) -> None:
    """Writes the page and prints where; a new file is readable by its owner alone.

    Raises `UsageError` if it cannot be written.
    """
    try:
        with os.fdopen(open_private(page, os.O_WRONLY | os.O_TRUNC), "w", encoding="utf-8") as file:
            file.write(html)
    except OSError as error:
        raise UsageError(f"{page} cannot be written: {error.strerror}") from None
    click.echo(f"written to {page}", err=True)
    if opened:
        click.launch(str(page))
