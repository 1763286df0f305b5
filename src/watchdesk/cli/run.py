"""`run`: the service. `watchdesk.service` says when each step runs, and how."""

import sys
from contextlib import closing
from importlib.util import find_spec
from typing import TYPE_CHECKING

import click

from watchdesk import logger
from watchdesk.cli.session import Session, fail, pass_session, utc_now
from watchdesk.errors import StorageError, UnusableStorage, UsageError, WatchdeskError
from watchdesk.service.beginning import begun
from watchdesk.service.events import Failed
from watchdesk.service.fleet.common_clock import CommonClock
from watchdesk.service.roles import Role

if TYPE_CHECKING:
    from watchdesk.configuration import Configuration
    from watchdesk.ports import Store
    from watchdesk.service.liveness.recorder import Liveness
    from watchdesk.service.sharing import Sharing
    from watchdesk.sources import Hosts
    from watchdesk.web.companion import PageCompanion


_ROLE_ALONE = (
    "--role {role} is for one of several machines on one PostgreSQL, and this one is alone: leave it out, or "
    "give the desk a PostgreSQL, and each machine the extra: pip install 'watchdesk[fleet]'"
)


@click.command
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role]),
    default=Role.ALL.value,
    show_default=True,
    help="What this one of several machines on one PostgreSQL does.",
)
@pass_session
def run(session: Session, role: str) -> None:
    """Runs the service in the foreground: polls, matches, sends.

    SIGHUP reloads the configuration; SIGTERM finishes what is in progress and stops.
    """
    directory, state_directory = session.directory, session.state_directory
    clock = CommonClock(utc_now)
    with begun(directory, state_directory, clock) as service:
        from watchdesk.config.gc_pause import gc_paused  # noqa: PLC0415 - as below

        with gc_paused():  # loading leaves no garbage
            # Another process reads the files meanwhile.
            from watchdesk.service.life import serve  # noqa: PLC0415
            from watchdesk.service.sharing import Alone  # noqa: PLC0415
            from watchdesk.store import open_store  # noqa: PLC0415
            from watchdesk.store.sole_service import SoleService  # noqa: PLC0415
            from watchdesk.web.companion import PageCompanion  # noqa: PLC0415

            logger.load()
        shares = find_spec("procrastinate") is not None

        def failed(error: WatchdeskError) -> None:
            service.events.put(Failed(error))

        sole = SoleService(failed, shares=shares)

        def opened(configuration: "Configuration") -> "Store":
            storage = configuration.settings.storage
            sole.take(storage, state_directory)
            if storage == "sqlite" or not shares:
                if role != Role.ALL:
                    raise UsageError(_ROLE_ALONE.format(role=role))
                return open_store(storage, state_directory)
            from watchdesk.store.fleet_store import open_fleet_store  # noqa: PLC0415 - with a server

            return open_fleet_store(storage, state_directory)

        def page(liveness: "Liveness") -> "PageCompanion":
            return PageCompanion(liveness, state_directory, clock)

        def sharing(store: "Store", hosts: "Hosts") -> "Sharing":
            if "watchdesk.store.fleet_store" in sys.modules:
                from watchdesk.service.fleet.joining import FleetHost  # noqa: PLC0415 - with a server
                from watchdesk.store.fleet_store import FleetStore  # noqa: PLC0415

                if isinstance(store, FleetStore):
                    return FleetHost(store, clock, hosts, failed, Role(role))
            return Alone(store, clock)

        try:
            with closing(sole):
                serve(service, opened, session.environment, sharing, page)
        except UnusableStorage:
            raise
        except StorageError as error:  # such as a lock: the service may be started again later
            from watchdesk.cli.refused import say_why  # noqa: PLC0415 - seldom needed

            say_why(error)
            fail(1)
