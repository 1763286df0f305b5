"""When to ask for an article's page again whose server was in trouble, and when to give it up."""

import random
from datetime import datetime, timedelta

from watchdesk.scheduling.attempts import LONGEST_ASKED, GiveUp
from watchdesk.scheduling.backoff import doubled, jittered, later

FIRST_WAIT = timedelta(minutes=1)
"""Or as long as its source is polled apart, where that is shorter."""
LONGEST_WAIT = timedelta(hours=6)
GIVE_UP_AFTER = timedelta(days=2)
MOST_TRIES = 12


def next_page_try(
    tries: int,
    since: datetime,
    every: timedelta,
    now: datetime,
    rng: random.Random,
    after: timedelta | None = None,
) -> datetime | GiveUp:
    """When to ask for a page again, `tries` (≥ 1) of which have failed since `since`.

    About a minute, two, four … up to six hours apart. `after` is what the server asked for; it lengthens
    a wait, up to a day. `every`: how far apart its source is polled.
    """
    if tries >= MOST_TRIES or now - since >= GIVE_UP_AFTER:
        return GiveUp(f"given up after {tries} tries")
    backed_off = jittered(doubled(min(FIRST_WAIT, every), tries - 1, LONGEST_WAIT), rng)
    return now + max(backed_off, later(min(after or timedelta(0), LONGEST_ASKED), rng))
