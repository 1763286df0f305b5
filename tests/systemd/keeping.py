"""Steps of a desk that is kept: a backup, a restore, and a version to come with the way back from it."""

import hashlib
import json
import re
import shutil
from pathlib import Path

from systemd.world import (
    CONFIG,
    STATE,
    UNIT,
    active,
    as_user,
    came,
    check,
    do,
    journal,
    mails_with,
    shown,
    wait_for,
)

VAULT = Path("/root/vault/desk.backup")
"""Where only root comes."""
OWN = Path("/var/tmp/own.backup")
"""Of the service's user."""
SITE = "usr/lib/watchdesk/lib/python3.11/site-packages/watchdesk"
MIGRATION = '''\
"""Something to come."""

import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{newest}"


def upgrade() -> None:
    """A column that this version does not know."""
    op.add_column("notes", sa.Column("to_come", sa.Text()))
'''

ASKS_VERSION = (
    "import sqlite3, sys; database = sqlite3.connect(sys.argv[1]); "
    "print(*database.execute('SELECT version_num FROM alembic_version').fetchone()); database.close()"
)

Tables = dict[str, dict[str, object]]
"""By table, how many rows it has and their hash."""


def _tables(said: str) -> Tables:
    tables: Tables = json.loads(said)["tables"]
    return tables


def _by_root(file: Path) -> Tables:
    return _tables(do("watchdesk", "--service", "backup", str(file), "--json"))


def _by_user(file: Path) -> Tables:
    return _tables(as_user("backup", str(file), "--json"))


def _told(tables: Tables) -> str:
    return f"{sum(int(str(one['rows'])) for one in tables.values())} rows of {len(tables)} tables"


def _not_the_services() -> str:
    """What in the state directory belongs to another than the service's user."""
    return do("find", str(STATE), "!", "-user", "watchdesk").strip()


def _once(*titles: str) -> bool:
    return all(mails_with("reader", title) == 1 for title in titles)


def back_up() -> None:
    VAULT.parent.mkdir(mode=0o700)
    for file, tables in ((VAULT, _by_root(VAULT)), (OWN, _by_user(OWN))):
        mode = oct(file.stat().st_mode)[-4:]
        check(
            tables["articles"]["rows"] and mode == "0600",
            f"made by {file.owner()} while the service runs: {_told(tables)}; the file is {file.owner()}'s alone",
        )
    check(
        _not_the_services() == "",
        "neither leaves a file in the state directory that the service cannot write",
    )
    came("An article after the backup")


def restore() -> None:
    _refuse_while_it_runs()
    do("systemctl", "stop", UNIT)
    _restore_as_user()
    _restore_as_root()
    do("systemctl", "start", UNIT)
    wait_for(lambda: active(UNIT), "the restored desk")
    came("An article after the restore")
    before = ("The first article", "An article after the second upgrade", "An article after the backup")
    check(_once(*before), "what was sent before the backup is not sent again")
    check(_not_the_services() == "", "and all of its state is the service's user's")


def _refuse_while_it_runs() -> None:
    refused = do("watchdesk", "--service", "restore", "--replace", str(VAULT), status=2)
    check("stop it first" in refused and active(UNIT), "to root it is refused while the service runs")
    refused = as_user("restore", "--replace", str(OWN), status=2)
    check("stop it first" in refused and active(UNIT), "to the service's user as well")


def _restore_as_user() -> None:
    """Over a state that is there."""
    origin = _by_user(OWN)
    refused = as_user("restore", str(OWN), status=2)
    check(
        "not empty" in refused, "as the service's user, over a state that is there: refused without --replace"
    )
    as_user("restore", "--replace", str(OWN))
    (aside,) = STATE.glob("before-restore-*")
    check((aside / "watchdesk.db").exists(), "with --replace the old state stands in before-restore-DATE")
    check(_by_user(OWN) == origin, f"{_told(origin)} are equal to their origin, by counts and hashes")
    shutil.rmtree(aside)


def _restore_as_root() -> None:
    """As on another machine: nothing is there but what the package made."""
    origin, before = _by_root(VAULT), Path("/root/machine-before")
    for folder, name in ((STATE, "state"), (CONFIG, "config")):
        (before / name).mkdir(parents=True)
        for path in list(folder.iterdir()):
            shutil.move(path, before / name / path.name)
    do("watchdesk", "--config", str(CONFIG), "restore", str(VAULT))
    check(
        _by_root(VAULT) == origin,
        f"as root, into an empty state directory: {_told(origin)} are equal to their origin, by counts and hashes",
    )
    check(_not_the_services() == "", "the state is the service's user's")
    files = sorted(CONFIG.rglob("*.yaml"))
    modes = {(path.owner(), path.group(), oct(path.stat().st_mode)[-3:]) for path in files}
    check(
        modes == {("root", "watchdesk", "640")},
        "the configuration is root's to write and the service's to read",
    )
    check(
        all(
            path.read_bytes() == (before / "config" / path.relative_to(CONFIG)).read_bytes() for path in files
        ),
        f"and it is what it was: {', '.join(str(path.relative_to(CONFIG)) for path in files)}",
    )


def come_back(new: str) -> None:
    """A version that changes the tables is installed, and the one of today again."""
    package, newest = _package_to_come(new)
    do("apt-get", "install", "--yes", str(package))
    wait_for(lambda: active(UNIT), "the version to come")
    database, copy = STATE / "watchdesk.db", STATE / f"watchdesk.db.version-{newest}"
    check(_version(database) == "9999", f"its start changes the tables, from version {newest} to 9999")
    check((copy.owner(), _version(copy)) == ("watchdesk", newest), f"the file was copied before, to {copy}")
    came("An article under a version to come")
    do("systemctl", "stop", UNIT)
    before = _sums(database, copy)
    do("apt-get", "install", "--yes", "--allow-downgrades", new)
    do("systemctl", "start", UNIT, status=None)
    wait_for(lambda: shown(UNIT, "ActiveState") == "failed", "the refusal")
    check(shown(UNIT, "ExecMainStatus") == "2", "today's version refuses that database: exit status 2")
    (said,) = {line for line in journal(UNIT).splitlines() if str(copy) in line and "newer" in line}
    check(True, f"and names the copy: {said[:600]}")
    check(before == _sums(database, copy), "no byte of the database and of the copy has changed")
    _take_the_way_back(database, copy)
    came("An article after the way back")
    check(_once("The first article"), "with the copy in its place, nothing that it knows comes twice")


def go_back(old: str, new: str) -> None:
    """The package before is installed where today's has changed the tables, and today's again."""
    database = STATE / "watchdesk.db"
    copies = list(STATE.glob("watchdesk.db.version-*"))
    do("systemctl", "stop", UNIT)
    before = _sums(database, *copies)
    do("apt-get", "install", "--yes", "--allow-downgrades", old)
    do("systemctl", "start", UNIT, status=None)
    wait_for(lambda: shown(UNIT, "ActiveState") in ("active", "failed"), "what it makes of the database")
    if active(UNIT):
        check(True, "the older program goes on with the database: it may work on its tables")
    else:
        check(
            shown(UNIT, "ExecMainStatus") == "2",
            "the older program refuses the newer database: exit status 2",
        )
        check(True, next(line[:400] for line in journal(UNIT).splitlines() if "newer watchdesk" in line))
        check(before == _sums(database, *copies), "no byte of the database and of the copy has changed")
        _take_the_way_back(database, *copies)
        again = "An article after the upgrade"
        wait_for(lambda: mails_with("reader", again) == 2, "what came since the copy")
        check(True, "with the copy in its place it goes on, and what came since comes again")
    came("An article under the package before")
    check(_once("The first article"), "nothing that it knows comes twice")
    do("apt-get", "install", "--yes", new)
    wait_for(lambda: active(UNIT), "the newer package")
    came("An article after the second upgrade")
    check(_once("The first article", "An article under the package before"), "nor after the second upgrade")


def tables_version() -> str:
    """Of the desk's database."""
    return _version(STATE / "watchdesk.db")


def _take_the_way_back(database: Path, copy: Path) -> None:
    """The steps of docs/keeping.md."""
    aside = Path("/root/newer")
    aside.mkdir()
    for path in (database, *STATE.glob("watchdesk.db-*")):
        shutil.move(path, aside / path.name)
    copy.rename(database)
    do("systemctl", "reset-failed", UNIT)
    do("systemctl", "start", UNIT)
    wait_for(lambda: active(UNIT), "the service on the copy")


def _package_to_come(new: str) -> tuple[Path, str]:
    """The package of today with one migration more, after which no older one may work on the tables.

    And the newest version of the tables that today's knows.
    """
    tree, package = Path("/root/to-come"), Path("/root/to-come.deb")
    do("dpkg-deb", "--raw-extract", new, str(tree))
    versions = tree / SITE / "store/migrations/versions"
    newest = max(path.name for path in versions.glob("[0-9]*.py")).partition("_")[0]
    (versions / "9999_to_come.py").write_text(MIGRATION.format(newest=newest))
    oldest = tree / SITE / "store/oldest_version.py"
    text = oldest.read_text()
    oldest.write_text(re.sub(r"^OLDEST = .*", 'OLDEST = "9999"', text, flags=re.MULTILINE))
    control = tree / "DEBIAN/control"
    lines = control.read_text().splitlines(keepends=True)
    control.write_text(
        "".join(f"{one.rstrip()}+next\n" if one.startswith("Version:") else one for one in lines)
    )
    do("dpkg-deb", "-Znone", "--build", str(tree), str(package))
    shutil.rmtree(tree)
    return package, newest


def _version(database: Path) -> str:
    """Of its tables. Read as the service's user, for SQLite makes files beside it."""
    return do("sudo", "-u", "watchdesk", "python3", "-c", ASKS_VERSION, str(database)).strip()


def _sums(*files: Path) -> list[str]:
    return [hashlib.sha256(path.read_bytes()).hexdigest() for path in files]
