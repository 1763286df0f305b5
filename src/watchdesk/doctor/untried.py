"""What is never tried, because it would send, poll or take long; and the command that does."""

from watchdesk.doctor.findings import Findings, untried
from watchdesk.doctor.surroundings import Surroundings

_MOST_CHANNELS = 5


def left_untried(around: Surroundings) -> Findings:
    """For this desk."""
    found = []
    settings = around.settings
    if settings and settings.digests:
        for name in list(settings.channels)[:_MOST_CHANNELS]:
            digest = next((one for one, shape in settings.digests.items() if name in shape.to), None)
            named = digest or next(iter(settings.digests))
            command = f"watchdesk digest {named} --send --to {name}"
            found.append(untried(f"channel {name}", "whether it takes a digest", command))
    return [
        *found,
        untried("sources", "polling and matching", "watchdesk once --all"),
        untried("database", "every row of the database", "watchdesk verify"),
        untried("configuration", "parts of rules that have no effect", "watchdesk check"),
    ]
