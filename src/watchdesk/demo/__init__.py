"""The sample newsroom: a complete desk on this machine alone. The door is `play`."""

from typing import TYPE_CHECKING

from watchdesk.doors import on_demand

if TYPE_CHECKING:
    from watchdesk.demo.play import Folders as Folders
    from watchdesk.demo.play import Played as Played
    from watchdesk.demo.play import play as play
else:
    __getattr__ = on_demand(
        __name__,
        {
            ".play": "Folders Played play",
        },
    )
