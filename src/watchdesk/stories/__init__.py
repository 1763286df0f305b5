"""Articles → the story that they tell, across sources. Pure. The door is `story_keys`."""

from watchdesk.stories.keys import story_keys as story_keys
