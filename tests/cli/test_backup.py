"""A backup is made beside the service, holds no secret of the files, and brings back the same desk."""

import io
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tarfile
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from support.desk import SETTINGS, DeskFiles, environment, item, rss
from support.full_tables import filled, sums
from support.postgresql import Cluster
from support.small_disk import small_disk
from support.web import WebServer
from watchdesk.encoding.zstd import zstd
from watchdesk.errors import UsageError
from watchdesk.keeping.backing_up import back_up, open_to_copy
from watchdesk.keeping.backup_file import Backup, BackupWriter, Contents, Manifest
from watchdesk.service.lock import only_service
from watchdesk.store import open_store, replacing
from watchdesk.store.open_file import FILE
from watchdesk.store.opening import newest_revision
from watchdesk.store.table_rows import columns_of_tables

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MANIFEST = Manifest("2026-03-01T12:00:00+00:00", "0", newest_revision(), "sqlite", columns_of_tables())


def read_whole(file: Path) -> Contents:
    with Backup(file) as backup:
        return backup.read_whole()


def restored(desk: DeskFiles, name: str = "other") -> DeskFiles:
    """Another desk, with nothing in it yet."""
    (desk.root / name).mkdir()
    return DeskFiles(desk.root / name)


def tree(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith((".lock", "-shm", "-wal"))
    }


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_restored_desk_is_equal_to_its_origin(
    desk: DeskFiles, kind: str, request: pytest.FixtureRequest
) -> None:
    cluster: Cluster | None = request.getfixturevalue("cluster") if kind == "postgresql" else None
    first, second = (
        ("sqlite", "sqlite") if cluster is None else (cluster.new_database(), cluster.new_database())
    )
    desk.write({}, SETTINGS + f"storage: {first}\n")
    before = filled(first, desk.state)
    assert len(before) == len(columns_of_tables())
    (desk.state / "links.key").write_text("00" * 32)
    file = desk.root / "desk.backup"
    made = desk.run("backup", str(file), "--json")
    assert made.status == 0, made.err
    assert made.document["tables"] == before
    assert file.stat().st_mode & 0o777 == 0o600
    assert sums(first, desk.state).document == before
    other = restored(desk)
    if cluster:
        other.write({}, SETTINGS + f"storage: {second}\n")
    done = other.run("restore", str(file))
    assert done.status == 0, done.err
    assert sums(second, other.state).document == before
    assert (other.state / "links.key").read_text() == "00" * 32
    if cluster is None:
        assert tree(other.config) == tree(desk.config)
        return
    with closing(open_store(second, other.state)) as store:  # numbers go on
        store.silence("nato", NOW, NOW)
    assert other.run("restore", str(file)).status == 2
    replaced = other.run("restore", str(file), "--replace")
    assert "the schema before_restore_" in replaced.out
    assert sums(second, other.state).document == before


def test_a_backup_sees_one_moment_while_others_write(desk: DeskFiles) -> None:
    desk.write({})
    before = filled("sqlite", desk.state)
    out = io.BytesIO()
    with (
        closing(open_to_copy("sqlite", desk.state)) as database,
        closing(open_store("sqlite", desk.state)) as store,
    ):
        back_up(out, database, None, desk.state, (NOW, "0"), lambda rows: store.set_note("late", f"{rows}"))
    file = desk.root / "file"
    file.write_bytes(out.getvalue())
    assert read_whole(file).sums["articles"] == before["articles"]
    assert store.older_copy is None
    names = b"".join(content for name, content in members(file).items() if name.startswith("tables/notes"))
    assert b'"late"' not in names


def members(file: Path) -> dict[str, bytes]:
    with zstd.ZstdFile(file) as frame, tarfile.open(fileobj=frame, mode="r|") as tar:
        return {member.name: (tar.extractfile(member) or io.BytesIO()).read() for member in tar}


SECRETS = """\
storage: sqlite
channels:
  desk:
    email: {to: [a@e.org], from: b@e.org, server: smtp://h, user: u, password: "hush one"}  # mail
  team:
    chat: ntfy://hush-two@h/topic
  kept:
    webhook: {url: "https://h.example/services/hush9abcdefghijklm", secret: {file: hook-secret}}
heartbeat: {url: "https://h.example/hush-three"}
digests:
  flash: {title: Flash, rules: all, at: once, to: [desk]}
"""


def test_no_secret_of_the_configuration_is_in_a_backup(desk: DeskFiles) -> None:
    desk.write({"wire": "https://me:hush-four@feeds.example/rss?token=hush-five"}, SECRETS)
    (desk.config / "secrets").mkdir()
    (desk.config / "secrets" / "any").write_text("hush-six")
    (desk.config / "hook-secret").write_text("hush-seven")
    (desk.config / ".hidden").write_text("hush-eight")
    left = {
        "imported/rss2email/secrets/wire": "hush-nine",
        "smtp.key": "hush-ten",
        "msmtprc": "host mail.example\nexport SMTP_PASSWORD=hush-eleven\n",
        "notes.txt": "For the night desk.\napi-key: hush-twelve\n",
    }
    kept = {
        "README.txt": "The secret: a password is asked for.\n",
        "rules/more.yaml": "lists: {token: [key]}\n",
    }
    for name, text in (left | kept).items():
        (desk.config / name).parent.mkdir(parents=True, exist_ok=True)
        (desk.config / name).write_text(text)
    desk.begin()
    file = desk.root / "desk.backup"
    said = desk.run("backup", str(file))
    assert said.status == 0, said.err
    held = members(file)
    assert [name for name, content in held.items() if b"hush" in content] == []
    assert "hush" not in said.out
    text = held["config/watchdesk.yaml"].decode()
    assert "https://h.example/services/REMOVED" in text
    assert "user: u, password: {env: WATCHDESK_DESK_EMAIL_PASSWORD}}  # mail\n" in text
    for named in (
        "watchdesk.yaml:4: channels.desk.email.password; {env: WATCHDESK_DESK_EMAIL_PASSWORD}",
        "watchdesk.yaml:6: channels.team.chat",
        "watchdesk.yaml:9: heartbeat.url",
        "sources.yaml:2: sources.wire.feed; write it again",
        "secrets/any: it is a secret",
        "hook-secret: it is a secret",
        "watchdesk.yaml:8: channels.kept.webhook.url",
        "imported/rss2email/secrets/wire: it is a secret",
        "smtp.key: by its name",
        "msmtprc: line 2 seems to hold a secret",
        "notes.txt: line 2 seems to hold a secret",
    ):
        assert named in said.out
    assert [held[f"config/{name}"].decode() for name in kept] == [*kept.values()]
    other = restored(desk)
    assert other.run("restore", str(file)).status == 0
    checked = other.run("check")
    assert checked.status == 0, checked.err


def test_a_backup_goes_through_a_pipe_and_is_never_written_over_another_file(desk: DeskFiles) -> None:
    desk.write({})
    desk.begin()
    config = desk.config / "watchdesk.yaml"
    before = config.read_bytes()
    assert desk.run("backup", str(config)).status == 2
    assert config.read_bytes() == before
    piped = desk.root / "piped"
    with piped.open("wb") as out:
        subprocess.run(desk.command("backup", "-"), stdout=out, check=True)
    assert read_whole(piped).manifest.revision == newest_revision()
    size, when = piped.stat().st_size, datetime(2026, 3, 1, 6, 30, tzinfo=UTC)
    os.utime(piped, (when.timestamp(), when.timestamp()))
    again = desk.run("backup", str(piped))  # one backup takes the place of another, and says so
    assert again.status == 0
    assert f"It replaced a backup of 2026-03-01 06:30 UTC ({size / 1e6:,.1f} MB)." in again.out
    document = desk.run("backup", str(piped), "--json").document
    assert document["replaced"]["bytes"] > 0
    assert "replaced a backup" not in desk.run("backup", str(desk.root / "new")).out


def test_two_backups_in_one_file_are_no_backup(desk: DeskFiles) -> None:
    desk.write({})
    desk.run("once")
    file = desk.root / "desk.wdb"
    assert desk.run("backup", str(file)).status == 0
    file.write_bytes(file.read_bytes() * 2)
    with pytest.raises(UsageError, match="something follows its end"):
        read_whole(file)


@pytest.mark.parametrize("command", [["backup", "-"], ["sources"], ["rules", "--json"]])
def test_an_output_without_room_is_told(desk: DeskFiles, command: list[str]) -> None:
    desk.write({})
    desk.run("once")
    with Path("/dev/full").open("wb") as full:  # answers every writing as a full disk does
        done = subprocess.run(
            desk.command(*command), stdout=full, stderr=subprocess.PIPE, env=environment(), check=False
        )
    assert done.returncode == 2
    assert done.stderr.decode().endswith("no room to write: No space left on device (help: disk-full)\n")


def test_a_backup_that_is_not_whole_is_refused_before_anything_is_changed(desk: DeskFiles) -> None:
    desk.write({})
    filled("sqlite", desk.state)
    file = desk.root / "desk.backup"
    desk.run("backup", str(file))
    whole, before = file.read_bytes(), tree(desk.state)
    contents = read_whole(file)
    rng = random.Random()
    for _ in range(30):
        bit = rng.randrange(8 * len(whole))
        altered = bytearray(whole)
        altered[bit // 8] ^= 1 << bit % 8
        file.write_bytes(altered)
        with suppress(UsageError):  # a bit that no decoder looks at changes nothing
            assert read_whole(file) == contents, bit
    for broken in (whole[:-1], whole[: len(whole) // 2], b"", whole + b"more", b"PK\x03\x04" * 99):
        file.write_bytes(broken)
        refused = desk.run("restore", str(file), "--replace")
        assert refused.status == 2
        assert "backup" in refused.err
    assert tree(desk.state) == before


@pytest.mark.parametrize(
    "name", ["config/../../out", "/out", "config//out", "../out", "state/run.lock", "state/../out", "config"]
)
def test_a_backup_writes_nothing_outside_its_folders(tmp_path: Path, name: str) -> None:
    file = tmp_path / "made"
    with file.open("wb") as out:
        writer = BackupWriter(out, MANIFEST)
        writer.add_file(name, b"x")
        writer.end({})
    with pytest.raises(UsageError, match="no file of a backup"):
        read_whole(file)


def test_a_link_in_a_backup_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "made"
    with file.open("wb") as out:
        writer = BackupWriter(out, MANIFEST)
        link = tarfile.TarInfo("config/link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        writer._tar.addfile(link)
        writer.end({})
    with pytest.raises(UsageError, match="no file of a backup"):
        read_whole(file)


def test_what_is_there_is_set_aside_only_when_asked(desk: DeskFiles) -> None:
    desk.write({})
    desk.begin()
    file = desk.root / "desk.backup"
    desk.run("backup", str(file))
    (desk.state / "links.key").write_text("11" * 32)
    (desk.config / "rules" / "desk.yaml").write_text("rules: {}\n")
    before = tree(desk.root)
    with only_service(desk.state):
        refused = desk.run_process("restore", str(file), "--replace")
        assert (refused.status, "stop it first" in refused.err) == (2, True)
    refused = desk.run("restore", str(file))
    assert (refused.status, "not empty" in refused.err) == (2, True)
    assert tree(desk.root) == before
    done = desk.run("restore", str(file), "--replace", "--json").document
    assert done["config"] | {"directory": ""} == {
        "directory": "",
        "written": [],
        "differs": ["rules/desk.yaml"],
        "set_aside": None,
    }
    assert (Path(done["set_aside"]) / "links.key").read_text() == "11" * 32
    assert not (desk.state / "links.key").exists()
    done = desk.run("restore", str(file), "--replace", "--config-too", "--json").document
    assert done["config"]["written"] == ["rules/desk.yaml"]
    assert (Path(done["config"]["set_aside"]) / "rules" / "desk.yaml").read_text() == "rules: {}\n"
    assert desk.run("check").status == 0


def test_what_was_sent_is_not_sent_again_and_what_waited_is_sent_once(
    desk: DeskFiles, web: WebServer
) -> None:
    web.serve("/feed", rss(item("1", "NATO defence spending rises")))
    desk.write({"wire": web.url("/feed")})
    assert desk.run("once", "--all", "--send").status == 0
    web.serve("/feed", rss(item("1", "NATO defence spending rises"), item("2", "NATO spending target met")))
    assert desk.run("once", "--all").status == 0
    file = desk.root / "desk.backup"
    assert desk.run("backup", str(file)).status == 0
    other = restored(desk)
    assert other.run("restore", str(file)).status == 0
    assert other.run("once", "--all", "--send").status == 0
    assert other.run("once", "--send").status == 0
    (sent,) = [path.read_text() for path in (other.state / "digests").glob("2*.txt")]
    assert "spending target met" in sent
    assert "spending rises" not in sent


DIES = """
import os, signal, sys
from watchdesk.cli import main
left = int(sys.argv.pop(1))
def counted(done):
    def instead(*given, **named):
        global left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return done(*given, **named)
    return instead
for name in ("rename", "fsync", "unlink", "rmdir"):
    setattr(os, name, counted(getattr(os, name)))
sys.argv[0] = "watchdesk"
main()
"""
"""A command that dies before so many operations on files."""


def points(count: int) -> object:
    return pytest.param(count, marks=() if count == 9 else pytest.mark.slow)


@pytest.mark.parametrize("point", [points(n) for n in range(14)])
def test_a_killed_restore_leaves_what_was_there_or_what_was_restored(desk: DeskFiles, point: int) -> None:
    desk.write({})
    desk.begin()
    with closing(open_store("sqlite", desk.state)) as store:
        store.set_note("which", "restored")
    (desk.state / "links.key").write_text("00" * 32)
    file = desk.root / "desk.backup"
    desk.run("backup", str(file))
    with closing(open_store("sqlite", desk.state)) as store:
        store.set_note("which", "there before")
    (desk.state / "links.key").write_text("11" * 32)
    deadly = subprocess.run(
        [sys.executable, "-c", DIES, str(point), *desk.command("restore", str(file), "--replace")[3:]],
        env=environment(),
        capture_output=True,
        check=False,
    )
    assert deadly.returncode in (-signal.SIGKILL, 0), deadly.stderr
    with closing(open_store("sqlite", desk.state)) as store:  # as the service does
        which = store.notes()["which"]
    key = {"restored": "00" * 32, "there before": "11" * 32}[which]
    assert (desk.state / "links.key").read_text() == key
    with closing(sqlite3.connect(desk.state / FILE)) as found:
        assert found.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert not (desk.state / ".restored").exists()
    assert desk.run("restore", str(file), "--replace").status == 0
    assert not (desk.state / replacing.MAKING).exists()


def test_a_restore_onto_a_full_disk_changes_nothing(desk: DeskFiles) -> None:
    desk.write({})
    filled("sqlite", desk.state)
    file = desk.root / "desk.backup"
    desk.run("backup", str(file))
    other = restored(desk)
    with small_disk(other.state, "256k"):
        refused = other.run("restore", str(file))
        assert refused.status == 2
        assert [path.name for path in other.state.iterdir()] == ["run.lock"]
    assert not other.config.exists()


def test_a_backup_onto_a_full_disk_says_so_and_nothing_else(desk: DeskFiles) -> None:
    desk.write({})
    filled("sqlite", desk.state)
    small = desk.root / "small"
    with small_disk(small, "256k"):
        with pytest.raises(OSError, match="No space left"):
            (small / "ballast").write_bytes(bytes(500_000))
        refused = desk.run_process("backup", str(small / "desk.backup"))
        assert refused.status == 2
        [line] = refused.err.splitlines()
        assert "No space left" in line
        assert [path.name for path in small.iterdir()] == ["ballast"]


def test_a_desk_whose_settings_cannot_be_read_is_backed_up_and_brought_back(desk: DeskFiles) -> None:
    desk.write({})
    desk.begin()
    good, damaged = desk.root / "good.backup", desk.root / "damaged.backup"
    desk.run("backup", str(good))
    settings = desk.config / "watchdesk.yaml"
    before = settings.read_text()
    settings.write_text(f"{before}x\n")
    done = desk.run("backup", str(damaged))
    assert (done.status, "watchdesk.yaml cannot be read" in done.err) == (0, True)
    assert read_whole(damaged).sums == read_whole(good).sums
    assert "config/watchdesk.yaml" not in read_whole(damaged).files, "a secret in it would not be seen"
    assert "file left out     watchdesk.yaml" in done.out
    refused = desk.run("restore", str(good), "--replace")
    assert (refused.status, "--config-too" in refused.err) == (2, True)
    assert desk.run("restore", str(good), "--replace", "--config-too").status == 0
    assert settings.read_text() == before


def test_folders_of_rules_and_what_is_in_force_of_them_come_back(desk: DeskFiles, web: WebServer) -> None:
    """Also of one that is a link, which a walk through the files does not enter."""
    desk.write({}, SETTINGS)
    elsewhere = desk.root / "checkout"
    elsewhere.mkdir()
    (desk.config / "rules" / "energy").symlink_to(elsewhere)
    (desk.config / "notes").symlink_to("x" * 300)  # which nobody can follow
    (elsewhere / "a.yaml").write_text("rules: {gas: {query: gas}}\n")
    assert desk.run("once").status == 0
    (elsewhere / "a.yaml").write_text("rules: {gas: {query: (gas}}\n")
    file = desk.root / "desk.backup"
    assert desk.run("backup", str(file)).status == 0
    other = restored(desk)
    assert other.run("restore", str(file)).status == 0
    assert other.run("restore", str(file), "--replace").status == 0
    copies = [folder / "rules-in-force" / "energy.json" for folder in (desk.state, other.state)]
    assert copies[0].read_bytes() == copies[1].read_bytes()
    assert [path.stat().st_mode & 0o777 for path in (copies[1].parent, copies[1])] == [0o700, 0o600]
    (aside,) = other.state.glob("before-restore-*")
    assert (aside / "rules-in-force" / "energy.json").exists()
    shown = other.run("rules", "--json")
    assert "gas" in [one["rule"] for one in shown.document["rules"]]
    assert "rules/energy cannot be used as it is" in shown.err
