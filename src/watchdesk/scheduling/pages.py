"""When to request an article's page again whose server failed, and when to give it up. Pure.

`articles.full_text` decides whether a page is wanted at all.
"""

import random
from datetime import datetime, timedelta

from watchdesk.scheduling.attempts import LONGEST_ASKED, GiveUp
from watchdesk.scheduling.backoff import doubled, jittered, later

FIRST_WAIT = timedelta(minutes=1)
"""Or the interval at which its source is polled, if that is shorter."""
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
    """When to request a page again after `tries` (≥ 1) failed tries since `since`.

    About one minute, two, four … up to six hours apart. `after` is the wait that the server asked for; it
    lengthens a wait, up to a day. `every`: the interval at which its source is polled.
    """
    if tries >= MOST_TRIES or now - since >= GIVE_UP_AFTER:
        return GiveUp(f"given up after {tries} tries")
    backed_off = jittered(doubled(min(FIRST_WAIT, every), tries - 1, LONGEST_WAIT), rng)
    return now + max(backed_off, later(min(after or timedelta(0), LONGEST_ASKED), rng))
