"""The channels that write: files in a folder, messages in a mailbox."""

import mailbox
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from support.parcels import NOW, parcel
from watchdesk.delivery.channels.files import KIND as FILES
from watchdesk.delivery.channels.files import FilesOptions
from watchdesk.delivery.channels.maildir import KIND as MAILDIR
from watchdesk.delivery.channels.maildir import MaildirOptions
from watchdesk.delivery.kind import ChannelContext
from watchdesk.model import Retry, Sent
from watchdesk.ports import Channel


def files(state: Path, folder: str = "digests/") -> Channel:
    return FILES.build(FilesOptions.model_validate(folder), ChannelContext("shelf", state))


def maildir(state: Path) -> Channel:
    return MAILDIR.build(MaildirOptions.model_validate("mail/"), ChannelContext("folder", state))


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_a_digest_is_written_in_its_three_forms_under_names_that_sort_by_time(tmp_path: Path) -> None:
    assert files(tmp_path).send(parcel(html="<p>ä</p>", text="ä", json='{"a": "ä"}'), NOW) == Sent()
    folder = tmp_path / "digests"
    stem = "2026-11-24T07-00-00Z-morning-5f0c6f1a"
    assert names(folder) == [f"{stem}.html", f"{stem}.json", f"{stem}.txt", "latest-morning.html"]
    assert (folder / f"{stem}.html").read_text("utf-8") == "<p>ä</p>"
    assert (folder / f"{stem}.txt").read_text("utf-8") == "ä"
    assert (folder / f"{stem}.json").read_text("utf-8") == '{"a": "ä"}'
    assert (folder / "latest-morning.html").read_text("utf-8") == "<p>ä</p>"


def test_a_repeat_writes_the_same_names_and_nothing_more(tmp_path: Path) -> None:
    channel = files(tmp_path)
    channel.send(parcel(), NOW)
    before = names(tmp_path / "digests")
    assert channel.send(parcel(), NOW + timedelta(hours=1)) == Sent()
    assert names(tmp_path / "digests") == before


def test_the_latest_is_the_newest_digest_even_when_an_older_one_comes_late(tmp_path: Path) -> None:
    channel = files(tmp_path)
    newer = parcel(html="newer", identity="a" * 32, composed_at=NOW)
    older = parcel(html="older", identity="b" * 32, composed_at=NOW - timedelta(days=1))
    for each in (newer, older):
        assert channel.send(each, NOW) == Sent()
    assert (tmp_path / "digests" / "latest-morning.html").read_text() == "newer"


@pytest.mark.parametrize("ahead", [timedelta(minutes=5), timedelta(days=3650)])
def test_the_latest_moves_on_after_a_clock_was_ahead(tmp_path: Path, ahead: timedelta) -> None:
    channel = files(tmp_path)
    channel.send(parcel(html="dated ahead", identity="a" * 32, composed_at=NOW + ahead), NOW + ahead)
    channel.send(parcel(html="now", identity="b" * 32, composed_at=NOW), NOW)
    latest = tmp_path / "digests" / "latest-morning.html"
    assert latest.read_text() == "now"
    channel.send(parcel(html="late", identity="c" * 32, composed_at=NOW - timedelta(hours=1)), NOW)
    assert latest.read_text() == "now"


def test_the_latest_moves_on_where_its_page_was_deleted(tmp_path: Path) -> None:
    channel = files(tmp_path)
    channel.send(parcel(identity="a" * 32, composed_at=NOW), NOW)
    for page in (tmp_path / "digests").glob("2026-*"):
        page.unlink()
    channel.send(parcel(html="late", identity="b" * 32, composed_at=NOW - timedelta(hours=1)), NOW)
    assert (tmp_path / "digests" / "latest-morning.html").read_text() == "late"


def test_a_test_is_written_and_is_never_the_latest(tmp_path: Path) -> None:
    channel = files(tmp_path)
    assert channel.send(parcel(json='{"test": false}', html="real", identity="a" * 32), NOW) == Sent()
    later = NOW + timedelta(hours=1)
    assert channel.send(parcel(json='{"test": true}', identity="b" * 32, composed_at=later), NOW) == Sent()
    assert "2026-11-24T08-00-00Z-morning-bbbbbbbb.html" in names(tmp_path / "digests")
    assert (tmp_path / "digests" / "latest-morning.html").read_text() == "real"


def test_each_digest_has_a_latest_of_its_own(tmp_path: Path) -> None:
    channel = files(tmp_path)
    channel.send(parcel(digest="morning"), NOW)
    channel.send(parcel(digest="flash"), NOW)
    assert {"latest-flash.html", "latest-morning.html"} <= set(names(tmp_path / "digests"))


@pytest.mark.parametrize("digest", ["../../etc", "a/b", "..", "x" * 500, "null\0", "Утро", ""])
def test_no_name_of_a_digest_leads_out_of_the_folder(tmp_path: Path, digest: str) -> None:
    assert files(tmp_path).send(parcel(digest=digest), NOW) == Sent()
    assert names(tmp_path) == ["digests"]
    assert len(names(tmp_path / "digests")) == 4


def test_half_a_file_of_an_interrupted_writing_is_never_shown(tmp_path: Path) -> None:
    channel = files(tmp_path)
    folder = tmp_path / "digests"
    folder.mkdir()
    left = folder / ".2026-11-24T07-00-00Z-morning-5f0c6f1a.html.part"
    left.write_text("half")
    assert channel.send(parcel(html="whole"), NOW) == Sent()
    assert not left.exists()
    assert (folder / "latest-morning.html").read_text() == "whole"


@pytest.mark.parametrize("build", [files, maildir])
def test_a_folder_that_cannot_be_written_is_tried_again_with_the_reason(
    tmp_path: Path, build: object
) -> None:
    (tmp_path / "digests").write_text("a file stands where the folder should be")
    (tmp_path / "mail").write_text("a file stands where the folder should be")
    channel = files(tmp_path) if build is files else maildir(tmp_path)
    outcome = channel.send(parcel(), NOW)
    assert isinstance(outcome, Retry)
    assert "cannot be written" in outcome.reason
    assert str(tmp_path) in outcome.reason


def test_a_full_disk_is_tried_again_and_leaves_nothing_behind(tmp_path: Path) -> None:
    # /dev/full answers every writing as a full disk does.
    (tmp_path / "digests").mkdir()
    part = tmp_path / "digests" / ".2026-11-24T07-00-00Z-morning-5f0c6f1a.html.part"
    part.symlink_to("/dev/full")
    outcome = files(tmp_path).send(parcel(), NOW)
    assert isinstance(outcome, Retry)
    assert "No space left on device" in outcome.reason
    assert names(tmp_path / "digests") == []


def test_an_absolute_path_is_taken_as_it_is(tmp_path: Path) -> None:
    assert files(tmp_path / "state", str(tmp_path / "elsewhere")).send(parcel(), NOW) == Sent()
    assert len(names(tmp_path / "elsewhere")) == 4


@pytest.mark.parametrize("options", [FilesOptions, MaildirOptions])
@pytest.mark.parametrize("given", ["", "  ", 5, None, {}, {"path": "x", "pth": "y"}])
def test_options_without_a_folder_are_told(options: type[FilesOptions], given: object) -> None:
    with pytest.raises(ValidationError):
        options.model_validate(given)


def test_a_digest_lies_in_the_mailbox_as_a_new_message(tmp_path: Path) -> None:
    assert maildir(tmp_path).send(parcel(subject="Утро"), NOW) == Sent()
    box = mailbox.Maildir(tmp_path / "mail", factory=None, create=False)
    (message,) = box.values()
    assert message.get_subdir() == "new"
    assert message["Message-ID"] == "<5f0c6f1ac2b64b7c8d8f0e6a4f3b2a19@localhost>"
    assert list((tmp_path / "mail" / "tmp").iterdir()) == []


def test_a_repeat_finds_the_message_that_was_not_read_yet(tmp_path: Path) -> None:
    for _ in range(2):
        assert maildir(tmp_path).send(parcel(), NOW) == Sent()
    assert len(mailbox.Maildir(tmp_path / "mail", factory=None)) == 1


def test_a_repeat_finds_the_message_that_was_read_since(tmp_path: Path) -> None:
    channel = maildir(tmp_path)
    channel.send(parcel(), NOW)
    box = tmp_path / "mail"
    (message,) = (box / "new").iterdir()
    message.rename(box / "cur" / f"{message.name}:2,S")
    assert channel.send(parcel(), NOW) == Sent()
    assert names(box / "new") == []


def test_two_deliveries_are_two_messages(tmp_path: Path) -> None:
    for identity in ("a" * 32, "b" * 32):
        maildir(tmp_path).send(parcel(identity=identity), NOW)
    assert len(mailbox.Maildir(tmp_path / "mail", factory=None)) == 2
