"""Files → checked settings. The door is `read_settings`; `document` and `places` read YAML with places."""

from watchdesk.config.digests import check_digest_rules, check_languages, warn_without_rules
from watchdesk.config.directory import find_directory
from watchdesk.config.reader import read_settings, rule_files
from watchdesk.config.schema import settings_schema, sources_schema
from watchdesk.config.values import parse_duration

__all__ = [
    "check_digest_rules",
    "check_languages",
    "find_directory",
    "parse_duration",
    "read_settings",
    "rule_files",
    "settings_schema",
    "sources_schema",
    "warn_without_rules",
]
