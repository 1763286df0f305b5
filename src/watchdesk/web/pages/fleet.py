"""/fleet: the machines that share the work, and how each of them polls."""

from watchdesk.documents.fleet import (
    fleet_notes,
    lateness_in_words,
    states_in_words,
)
from watchdesk.errors import StorageError
from watchdesk.notices import trouble_of
from watchdesk.notices.fleet import RELOADING, other_files, work_missing
from watchdesk.web.asked import Asked
from watchdesk.web.routes import Page, Values


def _show(asked: Asked) -> Values:
    hosts = asked.desk.hosts()
    return {
        "hosts": hosts,
        "alive": [host for host in hosts if host.lives],
        "pace": sum(host.pace for host in hosts if host.lives),
        "differ": other_files(hosts),
        "reloading": RELOADING,
        "missing": [trouble_of(cause) for cause in work_missing(hosts, asked.desk.configured.settings)],
        "notes": list(fleet_notes(hosts, asked.now)),
        "states": states_in_words(hosts),
        "lateness": lateness_in_words,
    }


def _is_fleet(asked: Asked) -> bool:
    """Whether a page names it: where one machine does the work, there is none."""
    try:
        return len(asked.desk.hosts()) > 1
    except StorageError:
        return False


PAGE = Page("/fleet", "fleet.html.j2", _show, name="Fleet", is_named=_is_fleet)
