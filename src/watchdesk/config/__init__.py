"""Files → checked settings, by `read_settings`.

`settings` declares every key with its default; `parsing` reads YAML and keeps the place of each value.
"""

from typing import TYPE_CHECKING

from watchdesk.doors import on_demand

if TYPE_CHECKING:
    from watchdesk.config.digests import check_digest_rules as check_digest_rules
    from watchdesk.config.digests import check_languages as check_languages
    from watchdesk.config.digests import place_of as place_of
    from watchdesk.config.digests import warn_without_rules as warn_without_rules
    from watchdesk.config.directory import find_directory as find_directory
    from watchdesk.config.directory import refuse_empty as refuse_empty
    from watchdesk.config.leftovers import refuse_unreadable as refuse_unreadable
    from watchdesk.config.leftovers import warn_of_leftovers as warn_of_leftovers
    from watchdesk.config.reader import read_settings as read_settings
    from watchdesk.config.reader import readable_settings as readable_settings
    from watchdesk.config.reader import rule_files as rule_files
    from watchdesk.config.salvage import Salvaged as Salvaged
    from watchdesk.config.salvage import salvage as salvage
    from watchdesk.config.schema import settings_schema as settings_schema
    from watchdesk.config.schema import sources_schema as sources_schema
    from watchdesk.config.values import parse_duration as parse_duration
else:
    __getattr__ = on_demand(
        __name__,
        {
            ".digests": "check_digest_rules check_languages place_of warn_without_rules",
            ".directory": "find_directory refuse_empty",
            ".leftovers": "refuse_unreadable warn_of_leftovers",
            ".reader": "read_settings readable_settings rule_files",
            ".salvage": "Salvaged salvage",
            ".schema": "settings_schema sources_schema",
            ".values": "parse_duration",
        },
    )
