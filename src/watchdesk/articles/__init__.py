"""A feed's entry, a page or a text → an article; and how an entry is recognised when it comes again. Pure.

The doors are listed here. `sources` fetches pages, `store` keeps articles.
"""

from watchdesk.articles.addresses import clean_url, is_home, same_site, site_of, url_key
from watchdesk.articles.dates import source_zone
from watchdesk.articles.files import read_file
from watchdesk.articles.full_text import wants_page, with_page
from watchdesk.articles.furniture import Furniture
from watchdesk.articles.identity import DistinctEntry, Identified, colliding_guid, distinct_entries, identify
from watchdesk.articles.normalise import normalise, normalise_all, sealed
from watchdesk.articles.page import prepare, read_page, read_text
from watchdesk.articles.revision import keeps_words, says_something_else, wording_of
from watchdesk.articles.sameness import Evidence, Stored, is_version
from watchdesk.articles.standing import standing
from watchdesk.articles.steps import Step, Trail
from watchdesk.articles.wrappers import address_in, leads_elsewhere

__all__ = [
    "Apart",
    "DistinctEntry",
    "Evidence",
    "Furniture",
    "Identified",
    "Step",
    "Stored",
    "Trail",
    "address_in",
    "clean_url",
    "colliding_guid",
    "distinct_entries",
    "identify",
    "is_home",
    "is_version",
    "keeps_words",
    "leads_elsewhere",
    "normalise",
    "normalise_all",
    "prepare",
    "read_file",
    "read_page",
    "read_text",
    "same_site",
    "says_something_else",
    "sealed",
    "site_of",
    "source_zone",
    "standing",
    "tell_apart",
    "url_key",
    "wants_page",
    "with_page",
    "wording_of",
]

Apart = DistinctEntry
tell_apart = distinct_entries
"""Earlier names of these two."""


def __getattr__(name: str) -> object:
    """`story_keys`, as this room offered it before `watchdesk.stories` was one of its own."""
    if name == "story_keys":
        from watchdesk.stories import story_keys  # noqa: PLC0415 - stories stand above articles

        return story_keys
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
