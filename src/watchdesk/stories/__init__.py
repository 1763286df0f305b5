"""Articles → the story that they tell, across sources. Pure.

`features_of` and `story_keys` say what of an article decides, `Assigning` decides, and `Window` is what it
compares with.
"""

from typing import TYPE_CHECKING

from watchdesk.doors import on_demand

if TYPE_CHECKING:
    from watchdesk.stories.assigning import Assigned as Assigned
    from watchdesk.stories.assigning import Assigning as Assigning
    from watchdesk.stories.assigning import Merged as Merged
    from watchdesk.stories.features import features_of as features_of
    from watchdesk.stories.frequencies import Frequencies as Frequencies
    from watchdesk.stories.frequencies import TermDay as TermDay
    from watchdesk.stories.keys import story_keys as story_keys
    from watchdesk.stories.members import Member as Member
    from watchdesk.stories.window import Window as Window
else:
    __getattr__ = on_demand(
        __name__,
        {
            ".assigning": "Assigned Assigning Merged",
            ".features": "features_of",
            ".frequencies": "Frequencies TermDay",
            ".keys": "story_keys",
            ".members": "Member",
            ".window": "Window",
        },
    )
