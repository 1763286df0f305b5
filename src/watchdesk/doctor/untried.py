"""What is never tried, because it would send, poll or take long; and the command that does."""

from watchdesk.config.settings import Settings
from watchdesk.doctor.findings import Findings, untried
from watchdesk.doctor.surroundings import Surroundings

_MOST_CHANNELS = 5


def sending_command(channel: str, settings: Settings | None) -> str | None:
    """Sends the channel a digest, one of its own if it has any; None where there is no digest."""
    digests = settings.digests if settings else {}
    own = (name for name, digest in digests.items() if channel in digest.to)
    named = next(own, next(iter(digests), None))
    return f"watchdesk digest {named} --send --to {channel}" if named else None


def left_untried(around: Surroundings) -> Findings:
    """For this desk."""
    settings = around.settings
    channels = list(settings.channels)[:_MOST_CHANNELS] if settings else ()
    commands = {name: sending_command(name, settings) for name in channels}
    return [
        *(
            untried(f"channel {name}", "whether it takes a digest", one)
            for name, one in commands.items()
            if one
        ),
        untried("sources", "polling and matching", "watchdesk once --all"),
        untried("database", "every row of the database", "watchdesk verify"),
        untried("configuration", "parts of rules that have no effect", "watchdesk check"),
    ]
