"""CSS of other programs → hints of a source, as far as it is CSS."""

from collections.abc import Sequence
from dataclasses import replace

from watchdesk.config.shapes import selector
from watchdesk.importing.found import FoundSource, Left


def is_css(text: str) -> bool:
    """Whether it is a selector that watchdesk takes."""
    try:
        selector(text)
    except ValueError:
        return False
    return True


def with_selectors(
    source: FoundSource, content: str | None, remove: Sequence[str], left: list[Left]
) -> FoundSource:
    """The source with hints where its pages hold the article; what is no CSS is left."""
    wrong = [one for one in (content, *remove) if one and not is_css(one)]
    left += [Left(source.place, one, "it is not a CSS selector that watchdesk takes") for one in wrong]
    kept = tuple(one for one in remove if one not in wrong)
    return replace(source, content=content if content not in wrong else None, remove=kept)
