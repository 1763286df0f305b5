"""A part of a query as its author wrote it, for messages."""

import re

from watchdesk.rules.language.syntax import At, Node

_LONGEST_NAME = 80


def wording(query: str, at: At) -> str:
    """The characters of a part, comments left out, on one line."""
    return " ".join(re.sub(r"#[^\n]*", " ", query[at[0] : at[1]]).split())


def written(node: Node, query: str) -> str:
    """A node by its own words, on one line, shortened, in quotes where it has none of its own."""
    text = " ".join(query[node.at[0] : node.at[1]].split())
    text = text if len(text) <= _LONGEST_NAME else f"{text[:_LONGEST_NAME]}…"
    return text if text.startswith(('"', "@", "/", "=")) else f"'{text}'"
