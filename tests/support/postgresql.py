"""A throwaway PostgreSQL cluster on a Unix socket."""

import getpass
import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import LiteralString, Self
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from watchdesk.store import open_store

SETTINGS: Sequence[str] = (
    "max_connections=200",
    # Nothing of it outlives the tests, but it must outlive its own processes.
    *("fsync=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0", "max_wal_size=256MB"),
)


def binaries() -> Path | None:
    """Where initdb and postgres are."""
    on_path = shutil.which("initdb")
    found = [Path(on_path).resolve().parent] if on_path else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return found[-1] if found and (found[-1] / "initdb").exists() else None


@contextmanager
def throwaway_cluster(settings: Sequence[str] = SETTINGS) -> Iterator["Cluster"]:
    """A server of one's own, which may be stopped, in a folder that goes with it."""
    folder = Path(tempfile.mkdtemp(prefix="wd-pg-"))
    try:
        with Cluster(folder, settings) as running:
            yield running
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Cluster:
    """Runs as nobody where the test runs as root, for PostgreSQL refuses root."""

    def __init__(self, folder: Path, settings: Sequence[str] = SETTINGS) -> None:
        self._folder, self._settings = folder, settings
        self._address = ""
        """Where other machines reach it."""
        self.data = folder / "data"
        """The directory of its files."""
        self.environment: Mapping[str, str] = {}
        """Variables that the server has beside others, from its next start on."""
        self._begun: str | None = None
        self._user = "nobody" if os.geteuid() == 0 else getpass.getuser()
        if os.geteuid() == 0:
            entry = pwd.getpwnam("nobody")
            os.chown(folder, entry.pw_uid, entry.pw_gid)

    def __enter__(self) -> Self:
        self._run("initdb", "-D", str(self.data), "-U", "desk", "-A", "trust", "-N", "-E", "UTF8")
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        at = f"-c listen_addresses='{self._address}'"
        options = [f"-k {self._folder}", at, *(f"-c {setting}" for setting in self._settings)]
        log = str(self._folder / "log")
        self._run("pg_ctl", "-D", str(self.data), "-o", " ".join(options), "-l", log, "-w", "start")

    def listen(self, address: str, network: str) -> None:
        """Lets other machines in as well; starts it anew."""
        with (self.data / "pg_hba.conf").open("a") as file:
            file.write(f"host all all {network} trust\n")
        self.stop()
        self._address = address
        self.start()

    @property
    def socket(self) -> Path:
        """Its Unix socket."""
        return self._folder / ".s.PGSQL.5432"

    def put_into(self, url: str, folder: Path) -> None:
        """Has the files of a database, which nobody uses now, in another folder: a tablespace."""
        if os.geteuid() == 0:
            os.chown(folder, pwd.getpwnam("nobody").pw_uid, -1)
        made = sql.SQL("CREATE TABLESPACE {} LOCATION {}").format(
            sql.Identifier(folder.name), sql.Literal(str(folder))
        )
        with psycopg.connect(f"host={self._folder} user=desk dbname=postgres", autocommit=True) as connection:
            connection.execute(made)
        self._say("ALTER DATABASE {} SET TABLESPACE {}", _name(url), folder.name)

    def by_network(self, url: str, address: str) -> str:
        """The address of a database for other machines."""
        return f"postgresql://desk@{address}/{_name(url)}"

    def stop(self) -> None:
        self._run("pg_ctl", "-D", str(self.data), "-m", "immediate", "-w", "stop")

    def new_database(self, url: str | None = None, like: str | None = None) -> str:
        """A database's address: empty, or a copy of another; a new one, or that of one that is gone."""
        name = _name(url) if url else f"t{uuid.uuid4().hex[:12]}"
        model = _name(like) if like else "template1"
        self._say("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", name, model)
        return f"postgresql://desk@/{name}?host={self._folder}"

    def begun_database(self) -> str:
        """The address of a new one with watchdesk's tables in it, which is had in a tenth of the time.

        All of them have one identity: for who opens one alone.
        """
        if self._begun is None:
            self._begun = self.new_database()
            with tempfile.TemporaryDirectory() as state:
                open_store(self._begun, Path(state)).close()
        return self.new_database(like=self._begun)

    def say(self, url: str, statements: LiteralString) -> None:
        """Runs statements in a database."""
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(statements)

    def drop(self, url: str) -> None:
        """Takes it away, whoever is connected."""
        self._say("DROP DATABASE {} WITH (FORCE)", _name(url))

    def _say(self, statement: LiteralString, *names: str) -> None:
        with psycopg.connect(f"host={self._folder} user=desk dbname=postgres", autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def _run(self, program: str, *arguments: str) -> None:
        found = binaries()
        assert found is not None
        user = self._user if os.geteuid() == 0 else None
        done = subprocess.run(
            [found / program, *arguments],
            capture_output=True,
            user=user,
            cwd="/",
            check=False,
            env={**_C_LOCALE, **self.environment},
        )
        assert done.returncode == 0, done.stderr.decode() + done.stdout.decode()


def _name(url: str) -> str:
    return urlsplit(url).path.removeprefix("/")


_C_LOCALE = {**os.environ, "LC_ALL": "C.UTF-8"}
