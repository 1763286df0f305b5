"""Tells that the service's unit has failed, when the service itself can tell nobody any more.

It needs no database: the operators' channels are asked directly. Where none of them takes it, or the files do
not say which there are, root gets it by the mail server of this machine.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import assert_never
from zoneinfo import ZoneInfo

from watchdesk.app import build_plan
from watchdesk.config.kept_folders import KeptFolders
from watchdesk.config.settings import OPERATORS
from watchdesk.configuration import read_configuration
from watchdesk.delivery import deliveries_for
from watchdesk.delivery.channels.email import EmailChannel, EmailOptions
from watchdesk.digests import Templates, render_notice
from watchdesk.errors import WatchdeskError
from watchdesk.model import Digest, Notice, Parcel, Refused, Retry, SendOutcome, Sent
from watchdesk.notices import trouble_of
from watchdesk.notices.life import UnitFailed
from watchdesk.plan import Plan
from watchdesk.rules.team_folder import LastGood
from watchdesk.service.direct_reporting import send_notice
from watchdesk.service.liveness import Phase, read_status

ROOT = "root on this machine"
LOCAL_SERVER = "smtp://127.0.0.1:25"


@dataclass(frozen=True, slots=True)
class Told:
    """What came of telling somebody."""

    whom: str
    outcome: SendOutcome

    @property
    def why_not(self) -> str | None:
        """None: it was taken."""
        match self.outcome:
            case Sent():
                return None
            case Retry(reason) | Refused(reason):
                return reason
            case _:
                assert_never(self.outcome)


def tell_unit_failed(
    directory: Path, state_directory: Path, unit: str, now: datetime, local_server: str = LOCAL_SERVER
) -> Sequence[Told]:
    """Tells the operators, each by their channel, and root where none of these took it."""
    said = Notice((trouble_of(UnitFailed(unit, _why(state_directory))),))
    plan = _plan(directory, state_directory, now)
    told = (
        [Told(name, send_notice(plan, name, said, now)) for name in plan.settings.operators] if plan else []
    )
    if any(one.why_not is None for one in told):
        return told
    zone = plan.settings.timezone if plan else ZoneInfo("UTC")
    return [*told, Told(ROOT, _mail_root(said, now, zone, local_server))]


def _why(state_directory: Path) -> str | None:
    """What the service said of a start that it gave up; None: it died without a word."""
    try:
        status = read_status(state_directory)
    except OSError:
        return None
    return status.reason if status and status.phase is Phase.REFUSED else None


def _plan(directory: Path, state_directory: Path, now: datetime) -> Plan | None:
    last_good = LastGood(KeptFolders(state_directory), now)
    try:
        return build_plan(read_configuration(directory, last_good=last_good), state_directory)
    except WatchdeskError:  # it may be what the unit failed by
        return None


def _mail_root(said: Notice, now: datetime, zone: ZoneInfo, server: str) -> SendOutcome:
    options: Mapping[str, str] = {"to": "root@localhost", "from": "watchdesk@localhost", "server": server}
    notice = Digest(OPERATORS, "watchdesk", now, None, (), id=uuid.uuid4().hex)
    (delivery,) = deliveries_for(notice, ["root"], now)
    rendered = render_notice(Templates(), said, now, zone).rendered
    return EmailChannel(EmailOptions.model_validate(options)).send(Parcel(delivery, rendered, now), now)
