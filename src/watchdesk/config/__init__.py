"""Files → checked settings, by `read_settings`.

`settings` declares every key with its default; `parsing` reads YAML and keeps the place of each value.
"""

from watchdesk.config.digests import check_digest_rules, check_languages, place_of, warn_without_rules
from watchdesk.config.directory import find_directory, refuse_empty
from watchdesk.config.leftovers import refuse_unreadable, warn_of_leftovers
from watchdesk.config.reader import read_settings, rule_files
from watchdesk.config.salvage import Salvaged, salvage
from watchdesk.config.schema import settings_schema, sources_schema
from watchdesk.config.values import parse_duration

__all__ = [
    "Salvaged",
    "check_digest_rules",
    "check_languages",
    "find_directory",
    "parse_duration",
    "place_of",
    "read_settings",
    "refuse_empty",
    "refuse_unreadable",
    "rule_files",
    "salvage",
    "settings_schema",
    "sources_schema",
    "warn_of_leftovers",
    "warn_without_rules",
]
