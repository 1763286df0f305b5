"""The database: there, of this version, whole as far as a short look says, and ours to write."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import assert_never

from watchdesk.doctor.findings import Finding, Findings, ok, untried, warning, wrong
from watchdesk.doctor.surroundings import Surroundings
from watchdesk.errors import DamagedStorage, StorageError, UnreachableStorage
from watchdesk.model.help_names import HelpName
from watchdesk.notices import trouble_of
from watchdesk.service.liveness import CheckFile, damage_causes
from watchdesk.store import Age, Look, SqlStore

_SUBJECT = "database"
_READ = 8.0
"""Seconds for reading pages; `verify` takes its time."""


def try_database(around: Surroundings) -> Findings:
    """A short look. A damage that another has met is told, too."""
    known = [
        wrong(_SUBJECT, trouble.sentence, help=trouble.help)
        for trouble in map(trouble_of, damage_causes(CheckFile(around.state_directory).read().damages))
    ]
    try:
        return [*known, *_looked_at(around)]
    except DamagedStorage:
        try:  # a service that starts just now changes a file that was held to be at rest
            return [*known, *_looked_at(around)]
        except StorageError as error:
            return known or [wrong(_SUBJECT, str(error), help=_help_for(error))]
    except UnreachableStorage as error:
        to_do = "start its server, or correct `storage` in watchdesk.yaml; the service waits for it"
        return [*known, wrong(_SUBJECT, str(error), to_do, "database-unusable")]
    except StorageError as error:
        return [*known, wrong(_SUBJECT, str(error), help=_help_for(error))]


def _help_for(error: StorageError) -> HelpName:
    return "database-damaged" if isinstance(error, DamagedStorage) else "database-unusable"


def _looked_at(around: Surroundings) -> Findings:
    with closing(Look(around.files.storage or "sqlite", around.state_directory)) as look:
        if look.is_missing:
            return [ok(_SUBJECT, f"there is none yet; the service makes it: {look.database.where}")]
        if look.log_is_alone:
            what = f"{look.database.where} was not closed, or copied in parts"
            return [untried(_SUBJECT, what, "the service brings it in order when it starts; then try again")]
        if moved := look.moved():
            return [wrong(_SUBJECT, moved, help="database-moved")]
        age = look.age()
        found = [*_server(look, age), *_of_age(look, age)]
        if age is Age.CURRENT:
            look.glance()
            found.append(ok(_SUBJECT, f"{look.database.where}: {_read(look)}"))
        return found


def _read(look: Look) -> str:
    if not look.is_file:
        return "the newest rows of each table can be read"
    if look.check(_READ):
        return "every page of it is as it has to be"
    return f"what could be read in {_READ:g} s is as it has to be; all of it: watchdesk verify"


def _of_age(look: Look, age: Age) -> Iterator[Finding]:
    where = look.database.where
    match age:
        case Age.CURRENT:
            pass
        case Age.EMPTY if look.was_here:
            what = f"{where} is empty, and there was one here before"
            yield wrong(
                _SUBJECT,
                what,
                "put a backup in its place; `watchdesk help database-damaged` has the ways out",
                "database-damaged",
            )
        case Age.EMPTY:
            yield ok(_SUBJECT, f"{where} is empty; the service makes its tables when it starts")
        case Age.OLDER:
            copied = (
                "copies it first" if look.is_file else "does so in one transaction; make a backup before that"
            )
            to_do = f"the service brings it up to date when it starts, and {copied}"
            yield warning(_SUBJECT, f"{where} is of an older watchdesk", to_do)
        case Age.NEWER:
            to_do = look.way_back()
            yield wrong(_SUBJECT, f"{where} was written by a newer watchdesk", to_do, "database-unusable")
        case _:
            assert_never(age)


def _server(look: Look, age: Age) -> Iterator[Finding]:
    facts = look.server()
    if facts is None:
        return
    said = f"PostgreSQL {facts.version} answers"
    if facts.is_standby:
        yield wrong(
            _SUBJECT, f"{said}, and is a standby, which takes nothing", "name its primary in `storage`"
        )
    elif facts.missing:
        lacks = ", ".join(facts.missing[:3]) + (" …" if len(facts.missing) > 3 else "")
        yield wrong(
            _SUBJECT, f"{said}, and gives us no right to {lacks}", "GRANT them to the user of `storage`"
        )
    elif age in (Age.EMPTY, Age.OLDER) and not facts.may_make_tables:
        to_do = "GRANT CREATE on it to the user of `storage`"
        yield wrong(_SUBJECT, f"{said}, and we may make no tables in its schema", to_do)
    else:
        yield ok(_SUBJECT, said)


@contextmanager
def opened_to_look(around: Surroundings) -> Iterator[SqlStore]:
    """The store as it is. Raises `StorageError` where there is none of this version."""
    with closing(Look(around.files.storage or "sqlite", around.state_directory)) as look:
        if look.is_missing or look.log_is_alone or look.age() is not Age.CURRENT:
            raise StorageError("there is no database of this version yet")
        yield look.store()
