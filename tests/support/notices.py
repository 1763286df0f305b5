"""What the operators of a desk were sent, from the notices on its shelf."""

import json
from collections.abc import Sequence
from contextlib import closing
from typing import Any

from support.desk import DeskFiles
from watchdesk.remembered import SourcesNotice, forget
from watchdesk.store import open_store


def causes(desk: DeskFiles) -> list[list[str]]:
    """The causes in each notice, oldest first."""
    return [[trouble["cause"] for trouble in notice["troubles"]] for notice in sent(desk)]


def sentences(desk: DeskFiles) -> str:
    """All that was said of troubles."""
    return "\n".join(trouble["sentence"] for notice in sent(desk) for trouble in notice["troubles"])


def over(desk: DeskFiles) -> list[list[str]]:
    """What each notice says is over, oldest first."""
    return [[trouble["sentence"] for trouble in notice["over"]] for notice in sent(desk)]


def sent(desk: DeskFiles, shelf: str = "digests") -> Sequence[Any]:
    """The documents, by when they were written: several may be composed in one second."""
    files = sorted((desk.state / shelf).glob("*.json"), key=lambda path: path.stat().st_mtime_ns)
    documents = [json.loads(path.read_text()) for path in files]
    return [document for document in documents if document.get("type") == "notice"]


def an_hour_passes(desk: DeskFiles) -> None:
    """What is news of sources waits no longer."""
    with closing(open_store("sqlite", desk.state)) as store:
        forget(store, SourcesNotice)
