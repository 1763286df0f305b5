"""What may be well again: the subjects of recoveries, as far as the configuration still has them. Pure."""

from collections.abc import Iterable, Mapping

from watchdesk.config.settings import Settings
from watchdesk.model.rule_folders import RefusedFolder

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


def rule(rule_id: str) -> str:
    """That a rule does what it was written to do."""
    return f"rule {rule_id}"


def rule_folder(name: str) -> str:
    """That a folder of rules/ is in force as it is."""
    return f"rules/{name}"


def of_owners(
    settings: Settings,
    of_rules: Mapping[str, tuple[str, ...]],
    of_folders: Mapping[str, tuple[str, ...]],
    refused: Iterable[RefusedFolder],
) -> Mapping[str, tuple[str, ...]]:
    """By subject, the channels of those who look after it; of a folder of rules/, be they none."""
    owners = {digest(name): one.owner for name, one in settings.digests.items() if one.owner}
    owners |= {rule(rule_id): channels for rule_id, channels in of_rules.items()}
    owners |= {rule_folder(name): channels for name, channels in of_folders.items()}
    return owners | {rule_folder(folder.name): folder.owners for folder in refused}


def of_sources(settings: Settings) -> frozenset[str]:
    """Those of the sources that are polled. They are many, so that what is said of them is gathered."""
    polled = [source.id for source in settings.sources.values() if not source.paused]
    return frozenset(of(source_id) for source_id in polled for of in (reading, address, pace, gaps))


def of_desk(settings: Settings) -> frozenset[str]:
    """The others."""
    return frozenset((CONFIGURATION, *map(channel, settings.channels), *map(digest, settings.digests)))
