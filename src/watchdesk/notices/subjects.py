"""What may be well again: the subjects of recoveries, as far as the configuration still has them. Pure."""

from watchdesk.config.settings import Settings

CONFIGURATION = "configuration"
"""That the files, as they are, are in force."""


def reading(source_id: str) -> str:
    """That a source can be read."""
    return f"reading {source_id}"


def address(source_id: str) -> str:
    """That a source is where the configuration says."""
    return f"address {source_id}"


def pace(source_id: str) -> str:
    """That a source brings what is usual."""
    return f"pace {source_id}"


def gaps(source_id: str) -> str:
    """That no entry of a source is lost or confused."""
    return f"gaps {source_id}"


def channel(name: str) -> str:
    """That a channel accepts what is sent to it."""
    return f"channel {name}"


def digest(name: str) -> str:
    """That a digest is made when it is due."""
    return f"digest {name}"


def of_sources(settings: Settings) -> frozenset[str]:
    """Those of the sources that are polled. They are many, so that what is said of them is gathered."""
    polled = [source.id for source in settings.sources.values() if not source.paused]
    return frozenset(of(source_id) for source_id in polled for of in (reading, address, pace, gaps))


def of_desk(settings: Settings) -> frozenset[str]:
    """The others."""
    return frozenset((CONFIGURATION, *map(channel, settings.channels), *map(digest, settings.digests)))
