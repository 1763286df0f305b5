"""`files`: writes a digest as HTML, text and JSON into a folder, under names that sort by time.

`latest-NAME.html` links to the newest of each digest, tests excepted. A repeat writes the same files
again.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from watchdesk.config.durable import sync
from watchdesk.config.private import PRIVATE, folder_mode, make_folder
from watchdesk.delivery.atomic_write import write_atomically
from watchdesk.delivery.digest_document import is_test
from watchdesk.delivery.folder_option import ServedFolderOptions, probe_folder
from watchdesk.delivery.kind import ChannelContext, ChannelKind
from watchdesk.model import Account, Parcel, Probed, Retry, SendOutcome, Sent

_UNFIT = re.compile(r"[^\w-]+")


class FilesOptions(ServedFolderOptions):
    """The options under `files:`."""


class FilesChannel:
    """Writes each digest into a folder."""

    def __init__(self, folder: Path, mode: int = PRIVATE) -> None:
        self._folder = folder
        self._mode = mode

    def send(self, parcel: Parcel, now: datetime) -> SendOutcome:
        """Writes the files. A full disk or an unwritable folder is tried again."""
        stem = file_stem(parcel)
        rendered = parcel.rendered
        contents = {"html": rendered.html, "txt": rendered.text, "json": rendered.json}
        try:
            make_folder(self._folder, folder_mode(self._mode))
            for ending, content in contents.items():
                name = f"{stem}.{ending}"
                encoded = content.encode("utf-8", "replace")
                write_atomically(self._folder / name, encoded, self._folder / f".{name}.part", self._mode)
            if not is_test(rendered):
                self._point_latest(fit(parcel.delivery.digest_name), f"{stem}.html", now)
        except OSError as error:
            return Retry(f"the digest cannot be written to {self._folder}: {error.strerror}")
        return Sent()

    def probe(self, account: Account) -> Sequence[Probed]:
        """Whether its folder may be written."""
        return [probe_folder(self._folder, account)]

    def _point_latest(self, digest: str, name: str, now: datetime) -> None:
        """Points the link to this page, unless it leads to a newer one.

        A page dated later than now was written while a clock was ahead. Neither such a page nor a deleted
        one holds the link.
        """
        latest = self._folder / f"latest-{digest}.html"
        if latest.is_symlink() and latest.exists():
            there = latest.readlink().name
            if name <= there <= f"{_stamp(now)}~":
                return
        link = self._folder / f".{latest.name}.part"
        link.unlink(missing_ok=True)
        link.symlink_to(name)
        link.replace(latest)
        sync(self._folder)


def file_stem(parcel: Parcel) -> str:
    """Time of composition in UTC, digest, and the beginning of the delivery's identity."""
    short = fit(parcel.delivery.id)[:8]
    return f"{_stamp(parcel.composed_at)}-{fit(parcel.delivery.digest_name)}-{short}"


def _stamp(moment: datetime) -> str:
    """In UTC, in a form that sorts by time."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H-%M-%SZ}"


def fit(text: str) -> str:
    """The text as part of a file name."""
    return _UNFIT.sub("-", text)[:80]


def _build(options: FilesOptions, context: ChannelContext) -> FilesChannel:
    return FilesChannel(context.state_directory / options.path, options.mode)


KIND = ChannelKind(FilesOptions, _build)
