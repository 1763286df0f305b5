"""Pages of HTML that a command writes, and shows in the browser where that is asked for."""

from pathlib import Path

import click

from watchdesk.errors import UsageError


def write_page(page: Path, html: str, *, opened: bool) -> None:
    """Writes the page and says where. Raises `UsageError` when it cannot be written."""
    try:
        page.write_text(html, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{page} cannot be written: {error.strerror}") from None
    click.echo(f"written to {page}", err=True)
    if opened:
        click.launch(str(page))
