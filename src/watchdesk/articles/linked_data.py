"""What a page's JSON-LD says about its article (schema.org), read leniently.

`claims` combines it with what else the page says.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

_ARTICLE = re.compile(
    r"(?:Article|BlogPosting|LiveBlogPosting|Report|Blog ?Post|AnalysisNews|OpinionNews|Review)$"
)
_WORDS = ("Article", "Post", "Report", "Blog", "News", "Review")
"""One of them is in every block that speaks of an article."""
_MOST_NODES = 2000
_MOST_CHARACTERS = 4_000_000
_CONTROL = re.compile(r"[\x00-\x1f]")


@dataclass(frozen=True, slots=True)
class LinkedArticle:
    """The article in a page's linked data; all None if there is none."""

    headline: str | None = None
    published: str | None = None
    modified: str | None = None
    section: str | None = None
    author: str | None = None
    publisher: str | None = None
    language: str | None = None
    body: str | None = None


def linked_article(blocks: Sequence[str]) -> LinkedArticle:
    """The fullest node of an article's type in the texts of a page's JSON-LD scripts."""
    every = list(_nodes(blocks))
    named = {name: node for node in every if isinstance(name := node.get("@id"), str) and "name" in node}
    nodes = [node for node in every if _is_article(node)]
    if not nodes:
        return LinkedArticle()
    node = max(nodes, key=lambda one: sum(key in one for key in ("headline", "datePublished", "author")))
    return LinkedArticle(
        headline=_text(node.get("headline")) or _text(node.get("name")),
        published=_text(node.get("datePublished")) or _text(node.get("dateCreated")),
        modified=_text(node.get("dateModified")),
        section=_text(node.get("articleSection")),
        author=_authors(node.get("author") or node.get("creator"), named),
        publisher=_names(node.get("publisher"), named),
        language=_text(node.get("inLanguage")),
        body=_text(node.get("articleBody")),
    )


def _nodes(blocks: Sequence[str]) -> Iterator[dict[str, object]]:
    """Every object in every block that is JSON, as far as together they are not too long."""
    room = _MOST_CHARACTERS
    for block in blocks:
        room -= len(block)
        if room < 0:
            break
        if not any(word in block for word in _WORDS):
            continue
        waiting: list[object] = [_read(block)]
        for _ in range(_MOST_NODES):
            if not waiting:
                break
            node = waiting.pop(0)
            if isinstance(node, dict):
                yield node
                waiting.extend(value for value in node.values() if isinstance(value, dict | list))
            elif isinstance(node, list):
                waiting.extend(node)


def _read(text: str) -> object:
    """The value of a block; None if it is not JSON. Comment marks and raw line breaks are common."""
    text = _CONTROL.sub(" ", text).strip().removeprefix("<!--").removesuffix("-->").strip().rstrip(";")
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


def _is_article(node: dict[str, object]) -> bool:
    kinds = node.get("@type")
    names = kinds if isinstance(kinds, list) else [kinds]
    return any(isinstance(name, str) and _ARTICLE.search(name) for name in names)


def _described(value: object, named: Mapping[str, dict[str, object]]) -> object:
    name = value.get("@id") if isinstance(value, dict) else None
    return named.get(name) if isinstance(name, str) else None


def _text(value: object) -> str | None:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name")
    return value if isinstance(value, str) and value.strip() else None


def _authors(value: object, named: Mapping[str, dict[str, object]]) -> str | None:
    """The names of the people in a list of authors, without the organisations beside them; else all names."""
    values = value if isinstance(value, list) else [value]
    if any(_is_a(one, "Person", named) for one in values):
        values = [one for one in values if not _is_a(one, "Organization", named)]
    return _names(values, named)


def _is_a(value: object, kind: str, named: Mapping[str, dict[str, object]]) -> bool:
    """Whether a node, or what its `@id` refers to, is of a type or of a narrower one named after it."""
    for node in (value, _described(value, named)):
        kinds = node.get("@type") if isinstance(node, dict) else None
        names = kinds if isinstance(kinds, list) else [kinds]
        if any(isinstance(name, str) and name.endswith(kind) for name in names):
            return True
    return False


def _names(value: object, named: Mapping[str, dict[str, object]]) -> str | None:
    """The names of people or organisations, which may be described elsewhere under their `@id`."""
    values = value if isinstance(value, list) else [value]
    names = [name for one in values if (name := _text(one) or _text(_described(one, named)))]
    return ", ".join(dict.fromkeys(names)) or None
