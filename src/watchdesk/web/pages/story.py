"""/stories/N: who told a story when, how others framed it, and who has the same text."""

from watchdesk.documents.story_views import MOST, StoryView, view_story
from watchdesk.ports import Store
from watchdesk.web.asked import Asked, absent
from watchdesk.web.routes import Page, Values

_LARGEST_ID = 2**63 - 1


def _show(asked: Asked) -> Values:
    with asked.desk.reading() as store:
        view = stored_story(store, asked.at["id"])
    return {
        "view": view,
        "sure": [one for one in view.told if one.why is None or one.why.may_hold_back],
        "doubtful": [one for one in view.told if one.why and not one.why.may_hold_back],
        "more": view.articles - MOST,
        "names": {name: source.name for name, source in asked.configured.settings.sources.items()},
    }


def stored_story(store: Store, number: str) -> StoryView:
    """The story with this number. Raises `Refusal`."""
    is_number = number.isascii() and number.isdigit() and len(number) < 20 and int(number) <= _LARGEST_ID
    view = view_story(store, int(number)) if is_number else None
    if view is None:
        raise absent(f"story {number}")
    return view


PAGE = Page("/stories/{id}", "story.html.j2", _show)
