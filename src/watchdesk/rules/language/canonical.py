"""What a tree asks, as a text: equal texts ask the same, whatever the queries look like."""

from dataclasses import fields

from watchdesk.rules.language.syntax import Node


def meaning(node: Node) -> str:
    """The tree as a text that changes when, and only when, what it asks changes."""
    said = [
        "(" + " ".join(_meaning(item) for item in value) + ")"
        if isinstance(value, tuple)
        else _meaning(value)
        for value in (getattr(node, part.name) for part in fields(node) if part.name not in ("at", "written"))
    ]
    return f"{type(node).__name__}[{', '.join(said)}]"


def _meaning(value: object) -> str:
    return meaning(value) if isinstance(value, Node) else repr(value)
