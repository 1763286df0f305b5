"""What is wrong with a desk → what is reported to its operators, once. Pure.

`facts.causes` finds what is wrong, `causes.trouble_of` says it, and `once.news` leaves out what was reported.
Each other module is about one subject: when something is a trouble, its key and its words.
"""

from typing import TYPE_CHECKING

from watchdesk.doors import on_demand

if TYPE_CHECKING:
    from watchdesk.notices.causes import Cause as Cause
    from watchdesk.notices.causes import is_urgent as is_urgent
    from watchdesk.notices.causes import trouble_of as trouble_of
    from watchdesk.notices.channels import LOOK_BACK as LOOK_BACK
    from watchdesk.notices.digests import PATIENCE as PATIENCE
    from watchdesk.notices.facts import Facts as Facts
    from watchdesk.notices.facts import causes as causes
    from watchdesk.notices.once import Before as Before
    from watchdesk.notices.once import News as News
    from watchdesk.notices.once import Reported as Reported
    from watchdesk.notices.once import direct_news as direct_news
    from watchdesk.notices.once import news as news
    from watchdesk.notices.once import with_ended as with_ended
    from watchdesk.notices.sources import PolledSource as PolledSource
else:
    __getattr__ = on_demand(
        __name__,
        {
            ".causes": "Cause is_urgent trouble_of",
            ".channels": "LOOK_BACK",
            ".digests": "PATIENCE",
            ".facts": "Facts causes",
            ".once": "Before News Reported direct_news news with_ended",
            ".sources": "PolledSource",
        },
    )
