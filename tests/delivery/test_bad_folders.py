"""What feeds may put into a digest, written into folders and read there."""

import mailbox
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from support.parcels import NOW, parcel
from watchdesk.delivery.channels.files import FilesChannel
from watchdesk.delivery.channels.maildir import MaildirChannel
from watchdesk.model import Sent

LONGEST_NAME = 255
"""Octets, on every file system that is in use."""


@pytest.mark.parametrize("text", ["lone \ud800 half", "\0\x1b[31m", "x" * 100_000, "Привіт 😀\u202e", "a\rb"])
def test_whatever_a_digest_says_its_files_hold(tmp_path: Path, text: str) -> None:
    what = parcel(subject=text, html=text, text=text, json=text)
    assert FilesChannel(tmp_path).send(what, NOW) == Sent()
    (written,) = tmp_path.glob("*.txt")
    assert written.read_bytes() == text.encode("utf-8", "replace")


@pytest.mark.parametrize(
    "digest", ["a" * 300, "é" * 100, "../../etc/passwd", "\ud800", "..", "", "a\0b", "-rf"]
)
def test_whatever_a_digest_is_called_its_files_have_names(tmp_path: Path, digest: str) -> None:
    folder = tmp_path / "digests"
    assert FilesChannel(folder).send(parcel(digest=digest), NOW) == Sent()
    assert [entry.name for entry in tmp_path.iterdir()] == ["digests"]
    assert len(list(folder.iterdir())) == 4
    assert all(len(entry.name.encode()) <= LONGEST_NAME for entry in folder.iterdir())


@pytest.mark.parametrize(
    ("subject", "shown"),
    [
        ("=?utf-8?q?=0aBcc:a@b?=", "=?utf-8?q?=0aBcc:a@b?="),
        ("lone \ud800 half\n", "lone \ufffd half"),
        ("word " * 5_000, "word " * 49 + "word…"),
    ],
)
def test_whatever_a_subject_says_the_mailbox_shows(tmp_path: Path, subject: str, shown: str) -> None:
    what = parcel(subject=subject, text=subject)
    assert MaildirChannel(tmp_path / "mail").send(what, NOW) == Sent()
    (message,) = mailbox.Maildir(tmp_path / "mail", create=False)
    read = message_from_bytes(message.as_bytes(), policy=default)
    assert read["Subject"] == shown
    assert read["Bcc"] is None
