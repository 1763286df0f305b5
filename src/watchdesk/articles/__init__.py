"""A feed's entry, a page or a text → an article; and how an entry is recognised when it comes again. Pure.

The doors are listed here. `sources` fetches pages, `store` keeps articles.
"""

from typing import TYPE_CHECKING

from watchdesk.doors import on_demand

if TYPE_CHECKING:
    from watchdesk.articles.addresses import clean_url as clean_url
    from watchdesk.articles.addresses import is_home as is_home
    from watchdesk.articles.addresses import same_site as same_site
    from watchdesk.articles.addresses import site_of as site_of
    from watchdesk.articles.addresses import url_key as url_key
    from watchdesk.articles.corrections import Change as Change
    from watchdesk.articles.corrections import changes as changes
    from watchdesk.articles.dates import source_zone as source_zone
    from watchdesk.articles.files import read_file as read_file
    from watchdesk.articles.full_text import wants_page as wants_page
    from watchdesk.articles.full_text import with_page as with_page
    from watchdesk.articles.furniture import Furniture as Furniture
    from watchdesk.articles.identity import Apart as Apart
    from watchdesk.articles.identity import DistinctEntry as DistinctEntry
    from watchdesk.articles.identity import Identified as Identified
    from watchdesk.articles.identity import colliding_guid as colliding_guid
    from watchdesk.articles.identity import distinct_entries as distinct_entries
    from watchdesk.articles.identity import identify as identify
    from watchdesk.articles.identity import tell_apart as tell_apart
    from watchdesk.articles.normalise import normalise as normalise
    from watchdesk.articles.normalise import normalise_all as normalise_all
    from watchdesk.articles.page import prepare as prepare
    from watchdesk.articles.page import read_page as read_page
    from watchdesk.articles.page import read_text as read_text
    from watchdesk.articles.revision import keeps_words as keeps_words
    from watchdesk.articles.revision import says_something_else as says_something_else
    from watchdesk.articles.revision import wording_of as wording_of
    from watchdesk.articles.sameness import Evidence as Evidence
    from watchdesk.articles.sameness import Stored as Stored
    from watchdesk.articles.sameness import is_version as is_version
    from watchdesk.articles.sealing import sealed as sealed
    from watchdesk.articles.standing import standing as standing
    from watchdesk.articles.steps import Step as Step
    from watchdesk.articles.steps import Trail as Trail
    from watchdesk.articles.wrappers import address_in as address_in
    from watchdesk.articles.wrappers import leads_elsewhere as leads_elsewhere
    from watchdesk.stories.keys import story_keys as story_keys
else:
    __getattr__ = on_demand(
        __name__,
        {
            ".addresses": "clean_url is_home same_site site_of url_key",
            ".corrections": "Change changes",
            ".dates": "source_zone",
            ".files": "read_file",
            ".full_text": "wants_page with_page",
            ".furniture": "Furniture",
            ".identity": "Apart tell_apart DistinctEntry Identified colliding_guid distinct_entries identify",
            ".normalise": "normalise normalise_all",
            ".sealing": "sealed",
            ".page": "prepare read_page read_text",
            ".revision": "keeps_words says_something_else wording_of",
            ".sameness": "Evidence Stored is_version",
            ".standing": "standing",
            ".steps": "Step Trail",
            ".wrappers": "address_in leads_elsewhere",
            "watchdesk.stories.keys": "story_keys",
        },
    )
