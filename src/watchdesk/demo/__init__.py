"""The sample newsroom: a complete desk on this machine alone. The door is `play`."""

from watchdesk.demo.play import Folders, play

__all__ = ["Folders", "play"]
