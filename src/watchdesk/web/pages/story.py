"""/stories/N: who told a story when, how others framed it, and who has the same text."""

from watchdesk.documents.story_views import MOST, StoryView, view_story
from watchdesk.ports import Store
from watchdesk.web.asked import Asked, absent, number_of
from watchdesk.web.routes import Page, Values

SHOWN = 50
"""Articles on the page; the API gives more."""


def _show(asked: Asked) -> Values:
    with asked.desk.reading() as store:
        view = stored_story(store, asked.at["id"], SHOWN)
    return {
        "view": view,
        "sure": [one for one in view.told if one.why is None or one.why.may_hold_back],
        "doubtful": [one for one in view.told if one.why and not one.why.may_hold_back],
        "more": view.articles - SHOWN,
        "names": {name: source.name for name, source in asked.configured.settings.sources.items()},
    }


def stored_story(store: Store, number: str, most: int = MOST) -> StoryView:
    """The story with this number, and so many of its articles. Raises `Refusal`."""
    story_id = number_of(number)
    view = None if story_id is None else view_story(store, story_id, most)
    if view is None:
        raise absent(f"story {number}")
    return view


PAGE = Page("/stories/{id}", "story.html.j2", _show)
