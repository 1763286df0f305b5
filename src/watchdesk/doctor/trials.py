"""All that is tried, in the order in which it is shown: this machine, the desk's files, the world."""

from collections.abc import Sequence
from functools import partial

from watchdesk.doctor.channels import channel_trials
from watchdesk.doctor.database import try_database
from watchdesk.doctor.desk import try_configuration, try_digests, try_examples, try_operators
from watchdesk.doctor.findings import Trial
from watchdesk.doctor.network import proxy_trials, try_heartbeat, try_page, try_sites
from watchdesk.doctor.place import try_disk, try_state_directory
from watchdesk.doctor.secret_places import try_secrets
from watchdesk.doctor.service import try_service
from watchdesk.doctor.surroundings import Surroundings


def trials(around: Surroundings) -> Sequence[Trial]:
    """Each may be run beside the others."""
    return [
        Trial("configuration", partial(try_configuration, around)),
        Trial("state directory", partial(try_state_directory, around)),
        Trial("disk", partial(try_disk, around)),
        Trial("database", partial(try_database, around)),
        Trial("service", partial(try_service, around)),
        Trial("examples", partial(try_examples, around)),
        Trial("templates", partial(try_digests, around)),
        Trial("secrets", partial(try_secrets, around)),
        *proxy_trials(around),
        Trial("sites", partial(try_sites, around)),
        *channel_trials(around),
        Trial("operators", partial(try_operators, around)),
        Trial("page", partial(try_page, around)),
        Trial("heartbeat", partial(try_heartbeat, around)),
    ]
