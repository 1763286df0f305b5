"""A throwaway PostgreSQL cluster on a Unix socket."""

import getpass
import os
import pwd
import shutil
import subprocess
import uuid
from pathlib import Path
from types import TracebackType
from typing import LiteralString, Self
from urllib.parse import urlsplit

import psycopg
from psycopg import sql


def binaries() -> Path | None:
    """Where initdb and postgres are."""
    on_path = shutil.which("initdb")
    found = [Path(on_path).resolve().parent] if on_path else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return found[-1] if found and (found[-1] / "initdb").exists() else None


class Cluster:
    """Runs as nobody where the test runs as root, for PostgreSQL refuses root."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._data = folder / "data"
        self._user = "nobody" if os.geteuid() == 0 else getpass.getuser()
        if os.geteuid() == 0:
            entry = pwd.getpwnam("nobody")
            os.chown(folder, entry.pw_uid, entry.pw_gid)

    def __enter__(self) -> Self:
        self._run("initdb", "-D", str(self._data), "-U", "desk", "-A", "trust", "-N", "-E", "UTF8")
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        options = f"-k {self._folder} -c listen_addresses='' -c fsync=off -c max_connections=200"
        log = str(self._folder / "log")
        self._run("pg_ctl", "-D", str(self._data), "-o", options, "-l", log, "-w", "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", str(self._data), "-m", "immediate", "-w", "stop")

    def new_database(self, url: str | None = None, like: str | None = None) -> str:
        """A database's address: empty, or a copy of another; a new one, or that of one that is gone."""
        name = _name(url) if url else f"t{uuid.uuid4().hex[:12]}"
        model = _name(like) if like else "template1"
        self._say("CREATE DATABASE {} TEMPLATE {}", name, model)
        return f"postgresql://desk@/{name}?host={self._folder}"

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
            [found / program, *arguments], capture_output=True, user=user, cwd="/", check=False, env=_C_LOCALE
        )
        assert done.returncode == 0, done.stderr.decode() + done.stdout.decode()


def _name(url: str) -> str:
    return urlsplit(url).path.removeprefix("/")


_C_LOCALE = {**os.environ, "LC_ALL": "C.UTF-8"}
