"""Who may read what watchdesk writes, whatever the umask."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError

from support.desk import DeskFiles, item, rss
from support.parcels import NOW, parcel
from support.web import WebServer
from watchdesk.delivery.channels.files import KIND as FILES
from watchdesk.delivery.channels.files import FilesOptions
from watchdesk.delivery.kind import ChannelContext
from watchdesk.model import Sent
from watchdesk.service.lock import only_service
from watchdesk.store import open_store

SETTINGS = """\
polling: {first_poll: all, private_addresses: allow}
articles: {full_text: never}
channels:
  shelf: {files: made/digests/}
  box: {maildir: post/mail/}
  feeds: {atom: feeds/}
  group: {files: {path: shared/files, mode: 0640}}
  public: {atom: {path: public/feeds, mode: 0644}}
digests: {flash: {at: once, to: [shelf, box, feeds, group, public]}}
"""


@pytest.fixture(params=[0o000, 0o077])
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def modes(folder: Path) -> dict[str, int]:
    """Of all that lies in it, by its name; where a link leads is left to what it leads to."""
    return {str(path.relative_to(folder)): mode(path) for path in folder.rglob("*") if not path.is_symlink()}


@pytest.mark.usefixtures("umask")
def test_all_that_a_desk_writes_is_its_owners_alone_but_where_it_is_told_otherwise(
    desk: DeskFiles, web: WebServer
) -> None:
    web.serve("/rss", rss(item("1", "NATO agrees a new spending target")))
    desk.write({"wire": web.url("/rss")}, settings=SETTINGS)
    assert desk.run("once", "--send").status == 0
    for page in ("page", "flash"):
        where = ["--html", str(desk.state / f"{page}.html")] if page == "page" else []
        assert desk.run("digest", "flash", *where).status == 0
    assert desk.run("backtest", "--html", str(desk.state / "backtest.html")).status == 0
    assert mode(desk.state) == 0o700
    found = modes(desk.state)
    for name, seen in found.items():
        is_folder = (desk.state / name).is_dir()
        match name.split("/")[0]:
            case "shared":
                assert seen == (0o750 if is_folder else 0o640), name
            case "public":
                hidden = Path(name).name in (".lock", ".desk")
                assert seen == (0o755 if is_folder else 0o600 if hidden else 0o644), name
            case _:
                assert seen == (0o700 if is_folder else 0o600), name
    assert {"watchdesk.db", "page.html", "backtest.html", "post/mail/new", "made/digests"} <= found.keys()
    assert any(name.startswith("public/feeds/rules/") for name in found)


@pytest.mark.usefixtures("umask")
def test_the_files_beside_a_database_are_as_private_as_it_is(tmp_path: Path) -> None:
    store = open_store("sqlite", tmp_path)
    store.set_note("a", "note")
    with only_service(tmp_path):
        found = modes(tmp_path)
    store.close()
    assert {"watchdesk.db", "watchdesk.db-wal", "watchdesk.db-shm", "run.lock"} <= found.keys()
    assert set(found.values()) == {0o600}


def test_a_database_that_exists_keeps_its_mode(tmp_path: Path) -> None:
    open_store("sqlite", tmp_path).close()
    (tmp_path / "watchdesk.db").chmod(0o640)
    open_store("sqlite", tmp_path).close()
    assert mode(tmp_path / "watchdesk.db") == 0o640


def test_a_folder_that_exists_keeps_its_mode_and_a_group_that_is_handed_down_stays(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared").chmod(0o2775)
    for path in ("shared", "shared/new"):
        options = FilesOptions.model_validate({"path": path, "mode": 640})
        assert FILES.build(options, ChannelContext("shelf", tmp_path)).send(parcel(), NOW) == Sent()
    assert mode(tmp_path / "shared") == 0o2775
    assert mode(tmp_path / "shared" / "new") == 0o2750


def test_a_preview_over_a_page_that_exists_keeps_its_mode(desk: DeskFiles) -> None:
    desk.write({})
    desk.begin()
    page = desk.root / "page.html"
    page.write_text("old")
    page.chmod(0o644)
    assert desk.run("digest", "flash", "--html", str(page)).status == 0
    assert mode(page) == 0o644
    assert page.read_text() != "old"


def test_a_mode_is_read_as_people_write_it(desk: DeskFiles) -> None:
    desk.write(
        {},
        settings=f"channels: {{shelf: {{files: {{path: {desk.root}/a, mode: 0640}}}}}}\n"
        "digests: {flash: {at: once, to: [shelf], when_empty: send}}\n",
    )
    desk.begin()
    assert desk.run("digest", "flash", "--send", "--to", "shelf").status == 0
    assert {mode(path) for path in (desk.root / "a").iterdir()} == {0o640}
    for written, read in ((0o640, 0o640), ("0640", 0o640), ("0o644", 0o644), (644, 0o644), (600, 0o600)):
        assert FilesOptions.model_validate({"path": "a", "mode": written}).mode == read


@pytest.mark.parametrize("written", ["0666", "0755", 7, True, "rw", None, [], -640, "0640640"])
def test_a_mode_that_lets_others_write_or_is_none_is_told(written: object) -> None:
    with pytest.raises(ValidationError, match=r"`mode` is 0640 \(the group may read, too\) or 0644"):
        FilesOptions.model_validate({"path": "a", "mode": written})


def test_a_mode_that_is_none_is_told_where_it_stands(desk: DeskFiles) -> None:
    desk.write({}, settings="channels:\n  shelf:\n    atom: {path: a,\n      mode: 0777}\n")
    answered = desk.run("check")
    assert "watchdesk.yaml:4:" in answered.err
    assert "`mode` is 0640" in answered.err
