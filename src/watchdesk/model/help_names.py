"""Names of messages: `docs/messages.md` has an entry for each, and `watchdesk help` prints it."""

from typing import Literal, TypeAlias

HelpName: TypeAlias = Literal[
    "disk-full",
    "disk-nearly-full",
    "too-large-to-keep",
    "database-unusable",
    "database-damaged",
    "no-database",
    "database-moved",
    "polls-unrecorded",
    "polls-late",
    "configuration-refused",
    "folder-refused",
    "no-configuration",
    "reload-hanging",
    "step-failing",
    "step-hanging",
    "something-happened",
    "service-hangs",
    "service-not-running",
    "service-refused",
    "passes-overdue",
    "source-gone",
    "source-failing",
    "source-moved",
    "source-faulty",
    "most-sources-failing",
    "channel-failing",
    "channel-stopped",
    "partly-accepted",
    "dead-letters",
    "digest-failed",
    "digest-overdue",
    "template-broken",
    "page-locked",
    "links-unsigned",
    "old-threshold",
    "heartbeat-failing",
    "files-differ",
    "machine-cut-off",
    "work-missing",
]
"""A message for a person ends in it."""


def with_help(said: str, name: HelpName | None) -> str:
    """The message as people see it."""
    return f"{said} (help: {name})" if name else said
