"""`maildir`: adds a digest to a local mailbox (https://cr.yp.to/proto/maildir.html).

The delivery gives the file its name, so that a repeat finds the message there, read or unread.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from watchdesk.config.looking import is_there
from watchdesk.config.private import make_folder
from watchdesk.delivery.atomic_write import write_atomically
from watchdesk.delivery.folder_option import FolderOptions, probe_folder
from watchdesk.delivery.kind import ChannelContext, ChannelKind
from watchdesk.delivery.mail.addresses import MailAddress
from watchdesk.model import Account, NotReached, NotTried, Parcel, Probed, Retry, SendOutcome, Sent

_SENDER = MailAddress("watchdesk", "watchdesk@localhost")
_READER = MailAddress("", "desk@localhost")


class MaildirOptions(FolderOptions):
    """The options under `maildir:`."""


class MaildirChannel:
    """Adds each digest to a mailbox, once."""

    def __init__(self, mailbox: Path) -> None:
        self._mailbox = mailbox

    def send(self, parcel: Parcel, now: datetime) -> SendOutcome:  # noqa: ARG002 - a port's signature
        """Adds the message if it is missing. A full disk or an unwritable folder is tried again."""
        from watchdesk.delivery.mail.message import write_letter  # noqa: PLC0415 - few commands send

        name = f"{int(parcel.composed_at.timestamp())}.{parcel.delivery.id.replace('/', '-')}.watchdesk"
        content = write_letter(parcel, _SENDER, [_READER]).content.replace(b"\r\n", b"\n")
        try:
            for part in ("tmp", "new", "cur"):
                make_folder(self._mailbox / part)
            if not self._holds(name):
                write_atomically(self._mailbox / "new" / name, content, self._mailbox / "tmp" / name)
        except OSError as error:
            return Retry(f"the digest cannot be written to the mailbox {self._mailbox}: {error.strerror}")
        return Sent()

    def probe(self, account: Account) -> Sequence[Probed]:
        """Whether the folders of the mailbox may be written."""
        parts = [self._mailbox / part for part in ("tmp", "new", "cur")]
        found = [probe_folder(part if is_there(part) else self._mailbox, account) for part in parts]
        for kind in (NotReached, NotTried):
            if worst := [one for one in found if isinstance(one, kind)]:
                return worst[:1]
        return found[:1]

    def _holds(self, name: str) -> bool:
        """In cur/, flags follow the name after a colon."""
        if (self._mailbox / "new" / name).exists():
            return True
        return any(entry.name.partition(":")[0] == name for entry in (self._mailbox / "cur").iterdir())


def _build(options: MaildirOptions, context: ChannelContext) -> MaildirChannel:
    return MaildirChannel(context.state_directory / options.path)


KIND = ChannelKind(MaildirOptions, _build)
