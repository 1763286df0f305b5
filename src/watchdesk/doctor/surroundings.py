"""Where the desk lives: its files, its state directory, and whom the service runs as."""

import pwd
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from watchdesk.config.network import Authorities, Network
from watchdesk.config.settings import Settings
from watchdesk.doctor.account import account_of, our_account
from watchdesk.documents.files import Files
from watchdesk.model import Account
from watchdesk.service.liveness import Processes, UnitFacts, enabled_unit, unit_facts
from watchdesk.service.lock import holder
from watchdesk.transport.trust import trust_store


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the trials go by."""

    files: Files
    state_directory: Path
    clock: Callable[[], datetime]
    account: Account
    """Whom the service runs as, or would."""
    unit: UnitFacts | None
    """The enabled systemd unit of the state directory."""
    holder: int | None
    """The process that holds the state directory; 0: one in another container."""
    trust: ssl.SSLContext

    @property
    def settings(self) -> Settings | None:
        """None where the files cannot be used."""
        return self.files.configured.settings if self.files.configured else None

    @property
    def network(self) -> Network:
        """Of polls."""
        settings = self.settings
        return Network(settings.proxies, settings.authorities) if settings else Network()


def look_around(files: Files, state_directory: Path, clock: Callable[[], datetime]) -> Surroundings:
    """Finds out who holds the state directory and which unit serves it."""
    name = enabled_unit(state_directory)
    unit = unit_facts(name) if name else None
    try:
        held_by = holder(state_directory)
    except OSError:
        held_by = None
    settings = files.configured.settings if files.configured else None
    trust = trust_store(settings.authorities if settings else Authorities())
    account = _account(state_directory, unit, held_by)
    return Surroundings(files, state_directory, clock, account, unit, held_by, trust)


def _account(state_directory: Path, unit: UnitFacts | None, held_by: int | None) -> Account:
    """The user of the running service, else of its unit, else the owner of the state directory, else us."""
    if held_by and (account := Processes().account(held_by)):
        return account
    if unit and unit.user:
        with suppress(KeyError):  # a user of DynamicUser= is there while the service runs
            return account_of(pwd.getpwnam(unit.user).pw_uid)
    try:
        return account_of(state_directory.stat().st_uid)
    except OSError:
        return our_account()
