"""What an entry is about, as elements say it and as feedparser gathers it."""

from watchdesk.sources.feeds.written import WrittenTag


def add_category(tags: list[WrittenTag], tag: WrittenTag, text: str) -> None:
    """A category element: what its attributes say (Atom), and its text (RSS), which may be of one tag."""
    _add(tags, tag)
    if text and tags and not tags[-1].term:
        tags[-1].term = text
    elif text:
        _add(tags, WrittenTag(text, None, None))


def add_keywords(tags: list[WrittenTag], words: str, scheme: str | None) -> None:
    """Words between commas, each a tag."""
    for word in words.split(","):
        if word.strip():
            _add(tags, WrittenTag(word.strip(), scheme, None))


def _add(tags: list[WrittenTag], tag: WrittenTag) -> None:
    if (tag.term or tag.scheme or tag.label) and tag not in tags:
        tags.append(tag)
