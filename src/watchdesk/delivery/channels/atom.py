"""`atom`: writes digests as Atom feeds into a folder, for feed readers and web servers.

`DIGEST.atom` has an entry for each digest, `rules/RULE.atom` one for each story. `feed_entries` says what is
in them, `atom_feed` writes the XML.
"""

import fcntl
import os
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import Field

from watchdesk.config.private import PRIVATE, folder_mode, make_folder, open_private
from watchdesk.delivery.atom_feed import DamagedFeed, Entry, Feed, identity, with_entries
from watchdesk.delivery.atomic_write import write_atomically
from watchdesk.delivery.channels.files import fit
from watchdesk.delivery.digest_document import is_test
from watchdesk.delivery.feed_entries import Issue, digest_entry, story_entries
from watchdesk.delivery.folder_option import ServedFolderOptions, probe_folder
from watchdesk.delivery.kind import ChannelContext, ChannelKind
from watchdesk.model import Account, Parcel, Probed, Retry, SendOutcome, Sent

_PATIENCE = 20.0
"""Seconds to wait for another delivery that writes to the folder."""
_AGAIN = 0.02


class AtomOptions(ServedFolderOptions):
    """The options under `atom:`; a folder alone is enough."""

    keep: int = Field(
        default=100, ge=1, le=10_000, description="Entries of each feed; older ones are left out"
    )


class AtomChannel:
    """Adds each digest to its feeds, once."""

    def __init__(self, folder: Path, keep: int = 100, mode: int = PRIVATE) -> None:
        self._folder = folder
        self._mode = mode
        self._keep = keep

    def send(self, parcel: Parcel, now: datetime) -> SendOutcome:
        """Adds the entries that are missing. A full disk or an unwritable folder is tried again."""
        issue = Issue(parcel.delivery.digest_id, parcel.composed_at, parcel.rendered)
        document = issue.document
        notes: list[str] = []
        try:
            make_folder(self._folder / "rules", folder_mode(self._mode))
            with _alone(self._folder / ".lock"):
                desk = _desk_of(self._folder)
                # A test's stories come again: an entry of theirs would keep the digest's own out.
                for rule in () if is_test(parcel.rendered) else document.get("rules", ()):
                    if stories := story_entries(rule, issue):
                        path = self._folder / "rules" / f"{fit(rule['id'])}.atom"
                        notes += self._add(path, _rule_feed(desk, rule), stories, now)
                path = self._folder / f"{fit(parcel.delivery.digest_name)}.atom"
                notes += self._add(path, _digest_feed(desk, parcel, document), [digest_entry(issue)], now)
        except TimeoutError:
            return Retry(f"another delivery has been writing to {self._folder} for {_PATIENCE:g} s")
        except OSError as error:
            return Retry(f"the feeds in {self._folder} cannot be written: {error.strerror}")
        return Sent("; ".join(notes) or None)

    def probe(self, account: Account) -> Sequence[Probed]:
        """Whether its folder may be written."""
        return [probe_folder(self._folder, account)]

    def _add(self, path: Path, feed: Feed, entries: Sequence[Entry], now: datetime) -> list[str]:
        """Writes the feed if there is something new; returns what to report of a damaged file."""
        written = path.read_bytes() if path.exists() else None
        notes = []
        try:
            content = with_entries(feed, written, entries, self._keep, now)
        except DamagedFeed:
            aside = path.with_name(f"{path.name}.damaged")
            path.replace(aside)
            notes.append(f"{path.name} was damaged and is begun anew; what was left of it is {aside}")
            content = with_entries(feed, None, entries, self._keep, now)
        if content != written:
            write_atomically(path, content, path.with_name(f".{path.name}.part"), self._mode)
        return notes


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Holds a lock against other threads and processes. Raises `TimeoutError` and `OSError`."""
    ends = time.monotonic() + _PATIENCE
    with os.fdopen(open_private(path), "wb") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > ends:
                    raise TimeoutError from None
                time.sleep(_AGAIN)
        yield


def _desk_of(folder: Path) -> str:
    """The id of this desk's feeds; drawn once, and kept beside them."""
    path = folder / ".desk"
    if not path.exists():
        write_atomically(path, uuid.uuid4().hex.encode(), folder / ".desk.part")
    return fit(path.read_text(encoding="ascii", errors="replace"))[:32]


def _digest_feed(desk: str, parcel: Parcel, document: Mapping[str, Any]) -> Feed:
    name = parcel.delivery.digest_name
    return Feed(identity("digests", desk, fit(name)), str(document.get("title") or f"watchdesk: {name}"))


def _rule_feed(desk: str, rule: Mapping[str, Any]) -> Feed:
    return Feed(identity("rules", desk, fit(rule["id"])), str(rule["title"]))


def _build(options: AtomOptions, context: ChannelContext) -> AtomChannel:
    return AtomChannel(context.state_directory / options.path, options.keep, options.mode)


KIND = ChannelKind(AtomOptions, _build)
