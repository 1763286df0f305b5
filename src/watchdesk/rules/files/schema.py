"""The JSON Schema (2020-12) of a rules file, for editors that complete and check as you type."""

from watchdesk.config.written_forms import DURATION_PATTERN
from watchdesk.model import Priority

_TEXT = {"type": "string", "minLength": 1}
_TEXTS = {"type": "array", "items": _TEXT}
_OWNER = {**_TEXTS, "minItems": 1}
_OWNED = "Channels of those who look after the rule, and hear of its troubles:"
_AT_LEAST = "Least score: how much an article must be about it, 0 to 1."
_NUMBER_OR_TEXT = {"type": ["string", "number"]}


def rules_schema() -> dict[str, object]:
    """The schema. It does not describe the syntax of queries."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "watchdesk rules",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "owner": {**_OWNER, "description": f"{_OWNED} for the rules of this file."},
            "lists": {
                "description": "Reusable word lists, named with @ in a query.",
                "type": "object",
                "propertyNames": {"pattern": "^[A-Za-z0-9][A-Za-z0-9_-]*$"},
                "additionalProperties": {"type": "array", "minItems": 1, "items": _NUMBER_OR_TEXT},
            },
            "rules": {
                "type": "object",
                "propertyNames": {"pattern": "^[a-z0-9][a-z0-9-]*$"},
                "additionalProperties": _rule(),
            },
        },
    }


def _rule() -> dict[str, object]:
    sources = {"only": _TEXTS, "never": _TEXTS}
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["query"],
        "properties": {
            "title": {**_TEXT, "description": "What readers call the rule; its id when left out."},
            "query": {**_TEXT, "description": "What an article must say, in the rule language."},
            "exclude": {**_TEXT, "description": "An article that matches this never matches the rule."},
            "languages": {
                "type": "array",
                "items": {"type": "string", "pattern": "^[a-z]{2,3}$"},
                "description": "ISO 639 codes; an article whose language is unsure is not left out.",
            },
            "sources": {
                "type": "object",
                "additionalProperties": False,
                "properties": sources,
                "description": "Source ids or tag:NAME.",
            },
            "at_least": {"type": "number", "minimum": 0, "maximum": 1, "description": _AT_LEAST},
            "priority": {"enum": [priority.value for priority in Priority]},
            "tags": _TEXTS,
            "backfill": {
                "type": ["string", "null"],
                "pattern": DURATION_PATTERN,
                "description": "How far back a new rule looks in the archive, once, such as 7d.",
            },
            "owner": {**_OWNER, "description": f"{_OWNED} in place of those of its file."},
            "examples": {
                "type": "object",
                "additionalProperties": False,
                "properties": {"matches": _examples(), "ignores": _examples()},
                "description": "The rule's own tests.",
            },
        },
    }


def _examples() -> dict[str, object]:
    keys = ("title", "text", "language", "source", "file")
    article = {
        "type": "object",
        "additionalProperties": False,
        "minProperties": 1,
        "properties": dict.fromkeys(keys, _TEXT),
    }
    return {"type": "array", "items": {"anyOf": [_TEXT, article]}}
