"""Commands that are loaded when they run, or when somebody asks for their own help.

A group lists each with its first sentence, so that its help and its completions load none of them.
"""

import gc
from collections.abc import Mapping
from functools import cached_property
from importlib import import_module
from typing import Any

import click


class LazyCommand(click.Command):
    """Stands for a command in its group, and leads to it."""

    def __init__(self, name: str, place: str, sentence: str) -> None:
        """`place` is `module:attribute` below `watchdesk.cli`; `sentence` the first of the command's help."""
        super().__init__(name, help=sentence)
        self._place = place

    @cached_property
    def command(self) -> click.Command:
        """The command itself, imported now.

        Importing leaves no garbage: searching for it would take a third of the start.
        """
        module, _, attribute = self._place.partition(":")
        enabled = gc.isenabled()
        gc.disable()
        try:
            command = getattr(import_module(f"watchdesk.cli.{module}"), attribute)
        finally:
            gc.freeze()
            if enabled:
                gc.enable()
        assert isinstance(command, click.Command)
        return command

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """The context of the command itself, with which click goes on."""
        return self.command.make_context(info_name, args, parent, **extra)


def add_lazily(group: click.Group, commands: Mapping[str, tuple[str, str]]) -> None:
    """Adds commands to the group: each name with its place and the first sentence of its help."""
    for name, (place, sentence) in commands.items():
        group.add_command(LazyCommand(name, place, sentence))
