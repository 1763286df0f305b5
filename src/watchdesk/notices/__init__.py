"""What is wrong with a desk → what is reported to its operators, once. Pure.

`facts.causes` finds what is wrong, `causes.trouble_of` says it, and `once.news` leaves out what was reported.
Each other module is about one subject: when something is a trouble, its key and its words.
"""

from watchdesk.notices.causes import Cause, trouble_of
from watchdesk.notices.channels import LOOK_BACK
from watchdesk.notices.digests import PATIENCE
from watchdesk.notices.facts import Facts, causes
from watchdesk.notices.once import News, Reported, direct_news, news, with_ended
from watchdesk.notices.sources import PolledSource

__all__ = [
    "LOOK_BACK",
    "PATIENCE",
    "Cause",
    "Facts",
    "News",
    "PolledSource",
    "Reported",
    "causes",
    "direct_news",
    "news",
    "trouble_of",
    "with_ended",
]
