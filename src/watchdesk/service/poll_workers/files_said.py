"""What the process that reads the files says to the service: all that this needs of what stands in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import assert_never

from watchdesk.config.kept_folders import FolderVersion
from watchdesk.config.places import Problem
from watchdesk.config.settings import Settings
from watchdesk.configuration import Configuration
from watchdesk.errors import ConfigurationError, Renderable, WatchdeskError
from watchdesk.model.rule_folders import RefusedFolder
from watchdesk.rules import RuleSet
from watchdesk.service.poll_workers.sent_sources import SentSources, Sources, sent


@dataclass(frozen=True, slots=True)
class Said:
    """They can be used."""

    settings: Settings
    """Without its sources."""
    sources: SentSources
    rules: RuleSet
    """Without their queries."""
    warnings: tuple[Problem, ...]
    files: Mapping[Path, bytes]
    """Fingerprints of those that were read."""
    refused_folders: tuple[RefusedFolder, ...]
    in_force: tuple[FolderVersion, ...]


@dataclass(frozen=True, slots=True)
class Mistakes:
    """What is wrong with them."""

    problems: Sequence[Renderable]
    files: Mapping[Path, bytes]


Answer = Said | Mistakes | WatchdeskError
"""`WatchdeskError`: why they could not be read, or not be used, where no line of theirs is at fault."""


def error_of(refused: Mistakes | WatchdeskError) -> WatchdeskError:
    """Why the files cannot be used, to be raised."""
    match refused:
        case Mistakes(problems, files):
            return ConfigurationError(problems, files)
        case WatchdeskError():
            return refused
        case _:
            assert_never(refused)


def said_of(configuration: Configuration, before: Sources) -> Said:
    """Of sources, only the difference to those before, which the service has as well."""
    sources = sent(configuration.settings.sources, before)
    rest = replace(configuration.settings, sources={})
    outline = configuration.rules.outline()
    return Said(
        rest,
        sources,
        outline,
        configuration.warnings,
        configuration.files,
        configuration.refused_folders,
        configuration.in_force,
    )
