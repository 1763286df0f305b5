"""Articles → the story that they tell, across sources. Pure.

`features_of` and `story_keys` say what of an article decides, `Assigning` decides, and `Window` is what it
compares with.
"""

from watchdesk.stories.assigning import Assigned as Assigned
from watchdesk.stories.assigning import Assigning as Assigning
from watchdesk.stories.assigning import Merged as Merged
from watchdesk.stories.features import features_of as features_of
from watchdesk.stories.frequencies import Frequencies as Frequencies
from watchdesk.stories.frequencies import TermDay as TermDay
from watchdesk.stories.keys import story_keys as story_keys
from watchdesk.stories.members import Member as Member
from watchdesk.stories.window import Window as Window
