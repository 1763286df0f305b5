"""Pages of articles that could not be read yet, by source and in words. `full_text` asks for them again."""

from collections.abc import Iterable, Mapping, Sequence

from watchdesk.model import PageToFetch


def pages_by_source(pages: Iterable[PageToFetch]) -> Mapping[str, Sequence[PageToFetch]]:
    """The pages of each source, in their order."""
    found: dict[str, list[PageToFetch]] = {}
    for page in pages:
        found.setdefault(page.source_id, []).append(page)
    return found


def still_missing(missing: Iterable[PageToFetch]) -> str:
    """Which pages of one source are still to be fetched, in words for the person who follows it."""
    pages = list(missing)
    first = min(pages, key=lambda page: page.next_try)
    what = f"the page {first.url}" if len(pages) == 1 else f"{len(pages)} pages, {first.url} among them,"
    return f"{what} could not be read yet: {first.error}; asked again at {first.next_try:%Y-%m-%d %H:%M} UTC"
