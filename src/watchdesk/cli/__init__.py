"""The command line: one file a command group. Parses arguments, calls, prints."""

from watchdesk.cli.root import main

__all__ = ["main"]
