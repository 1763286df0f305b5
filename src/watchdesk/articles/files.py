"""Reads an article from a file beside the configuration, such as a rule's example: a page or a plain text."""

from datetime import datetime
from pathlib import Path

from watchdesk.articles.page import read_page, read_text
from watchdesk.encoding.decode import decoded
from watchdesk.errors import UnreadableInput
from watchdesk.model import Article, Source

_LOOKED_AT = 4096


def read_file(path: Path, source: Source, now: datetime) -> Article:
    """The article in an HTML or text file, read as one of `source`.

    Raises `UnreadableInput`, with the path, when it cannot be read or holds no text.
    """
    try:
        body = path.read_bytes()
    except OSError as error:
        raise UnreadableInput(f"{path} cannot be read: {error.strerror}") from None
    try:
        if b"<" in body[:_LOOKED_AT] and b">" in body[:_LOOKED_AT]:
            return read_page(body, None, source, now)
        return read_text(decoded(body, None), source, now)
    except UnreadableInput as unreadable:
        raise UnreadableInput(f"{path}: {unreadable}") from None
