"""What is never tried, because it would send, poll or take long; and the command that does."""

from collections.abc import Sequence

from watchdesk.config.settings import Settings
from watchdesk.doctor.findings import Finding, Findings, untried
from watchdesk.doctor.surroundings import Surroundings
from watchdesk.documents.words import counted

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
    commands = {name: sending_command(name, settings) for name in (settings.channels if settings else ())}
    sent = [(name, one) for name, one in commands.items() if one]
    others = sent[_MOST_CHANNELS:]
    return [
        *(
            untried(f"channel {name}", "whether it takes a digest", one)
            for name, one in sent[:_MOST_CHANNELS]
        ),
        *([_likewise([name for name, _ in others])] if others else []),
        untried("sources", "polling and matching", "watchdesk once --all"),
        untried("database", "every row of the database", "watchdesk verify"),
        untried("configuration", "parts of rules that have no effect", "watchdesk check"),
    ]


def _likewise(names: Sequence[str]) -> Finding:
    """The channels for which there is no line of their own."""
    each = f"each of {counted(len(names), 'more channel')}" if len(names) > 1 else "one more channel"
    return untried(
        "channels", f"the same of {each}: {', '.join(names)}", "watchdesk digest NAME --send --to CHANNEL"
    )
