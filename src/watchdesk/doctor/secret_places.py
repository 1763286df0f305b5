"""The secrets of the configuration: whether each is where it is said to be, and who may read it.

No value is kept or shown, and no program is run: a channel that is tried runs its own.
"""

import os
from pathlib import Path

from watchdesk.config.private import may
from watchdesk.config.secret_places import secrets_in
from watchdesk.config.secrets import Secret, SecretMissing
from watchdesk.doctor.findings import Finding, Findings, Result, ok, untried, warning, wrong
from watchdesk.doctor.surroundings import Surroundings
from watchdesk.documents.words import counted
from watchdesk.model import Account
from watchdesk.service.liveness import UnitFacts

_ELSEWHERE = "keep it elsewhere: {credential: NAME}, {env: NAME} or {file: PATH}"


def try_secrets(around: Surroundings) -> Findings:
    """A line for each that is not as it should be, and one for the others."""
    if around.settings is None:
        return [untried("secrets", "the files have to be usable for that")]
    found = [_tried(path, secret, around) for path, secret in secrets_in(around.settings)]
    fine = [one for one in found if one.result is Result.OK]
    others = [one for one in found if one.result is not Result.OK]
    if not found:
        return [ok("secrets", "the configuration names none")]
    return [*others, *([ok("secrets", f"{counted(len(fine), 'secret')} in place")] if fine else [])]


def _tried(path: str, secret: Secret, around: Surroundings) -> Finding:
    subject = f"secret {path}"
    match secret.kind:
        case "plain":
            return warning(subject, "it stands in the file for everyone who may read that", _ELSEWHERE)
        case "credential":
            return _credential(subject, secret, around)
        case "file":
            return _file(subject, secret, around)
        case _:  # rest: open set
            return _looked_for(subject, secret, around)


def _credential(subject: str, secret: Secret, around: Surroundings) -> Finding:
    try:
        secret.reveal()
    except SecretMissing as missing:
        if around.unit is None:
            return untried(subject, "only a service of systemd has it", str(missing))
        return _passed(subject, secret.where, around.unit)
    return ok(subject, "it can be read")


def _passed(subject: str, name: str, unit: UnitFacts) -> Finding:
    """By what the unit says."""
    if name not in unit.credentials:
        to_do = f"systemctl edit {unit.name}, and add under [Service]: LoadCredential={name}:PATH"
        return wrong(subject, f"{unit.name} passes no credential {name}", to_do)
    origin = unit.credentials[name]
    try:
        is_missing = origin.startswith("/") and not Path(origin).exists()
    except OSError:
        return untried(subject, f"{unit.name} passes it from {origin}, where we may not look")
    if is_missing:
        return wrong(subject, f"{unit.name} passes it from {origin}, and there is nothing", "put it there")
    return ok(subject, f"{unit.name} passes it")


def _file(subject: str, secret: Secret, around: Surroundings) -> Finding:
    path, account = Path(secret.where), around.account
    try:
        mode = path.stat().st_mode & 0o777
    except OSError as error:
        return _not_seen(subject, path, error, account)
    if not may(account, path, os.R_OK):
        what = f"{path} may not be read by {account}, whom the service runs as"
        return wrong(subject, what, f"chown {account.name} {path}; chmod 600 {path}")
    if os.access(path, os.R_OK):
        try:
            secret.reveal()
        except SecretMissing as missing:
            return wrong(subject, str(missing))
    if mode & 0o007:
        what = f"everyone on this machine may read {path} (mode {mode:04o})"
        return warning(subject, what, f"chmod 600 {path}")
    return ok(subject, f"{path} can be read")


def _not_seen(subject: str, path: Path, error: OSError, account: Account) -> Finding:
    if isinstance(error, FileNotFoundError):
        return wrong(subject, f"there is no file {path}", "put the secret there, on one line")
    if account.uid != os.geteuid():
        what = f"{path} may not be looked at: {error.strerror}"
        return untried(subject, what, f"run this as {account}")
    what = f"{account} may not look at {path}: {error.strerror}"
    return wrong(subject, what, "give them the right to enter its folders, or keep it elsewhere")


def _looked_for(subject: str, secret: Secret, around: Surroundings) -> Finding:
    """A variable or a program."""
    try:
        secret.look()
    except SecretMissing as missing:
        if secret.kind == "env" and (around.unit or around.holder is not None):
            what = f"there is no variable {secret.where} here; the service has variables of its own"
            return untried(subject, what, f"run this with {secret.where} set as for the service")
        return wrong(subject, str(missing))
    return ok(subject, "it is there")
