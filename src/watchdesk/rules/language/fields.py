"""Fields: `title:` and the like keep a query to a part of the text, `source:` and the like ask the data."""

from collections.abc import Mapping
from dataclasses import replace
from typing import assert_never, get_args

from watchdesk.config.places import did_you_mean
from watchdesk.rules.language import syntax
from watchdesk.rules.language.mistakes import Mistake, MistakeKind
from watchdesk.rules.language.syntax import (
    At,
    Fact,
    FactField,
    Node,
    Not,
    Or,
    TextField,
    Within,
    Words,
    children,
)

TEXT_FIELDS: Mapping[str, TextField] = {field: field for field in get_args(TextField)}
FACT_FIELDS: Mapping[str, FactField] = {field: field for field in get_args(FactField) if field != "tag"}
"""The fields that are about data rather than text; `tag` stands within `source` only."""

_DATES = ("date", "after", "before", "since", "until", "published", "year")
KNOWN_FIELDS = (*TEXT_FIELDS, *FACT_FIELDS)


def read_within(field: str, node: Node, at: At, written: str) -> tuple[Node, list[Mistake]]:
    """The node for `field:node`, and what is wrong with it; `written` is the operand as in the query."""
    if field in TEXT_FIELDS:
        return Within(TEXT_FIELDS[field], node, at), []
    if field == "tag":
        return Fact("tag", written.strip('"'), f"tag:{written}", at), []
    if field in FACT_FIELDS:
        return _as_facts(FACT_FIELDS[field], node)
    if field.lower() in _DATES:
        hint = "rules are asked of new articles; `search` and `backtest` take a time with --since"
        return node, [
            Mistake(
                at[0],
                f"a query does not ask for dates, and there is no field '{field}:'",
                hint,
                kind=MistakeKind.MISSPELT,
            )
        ]
    near = did_you_mean(field, KNOWN_FIELDS) or f"the fields are {', '.join(KNOWN_FIELDS)}"
    near = near.replace("'?", ":'?")
    return node, [Mistake(at[0], f"there is no field '{field}:'", near, kind=MistakeKind.MISSPELT)]


def _as_facts(field: FactField, node: Node) -> tuple[Node, list[Mistake]]:
    """The operand with its words read as values of a data field."""
    match node:
        case Words():
            value = node.written.strip('"=')
            if field == "source" and value.startswith("tag:"):
                return Fact("tag", value.removeprefix("tag:"), f"source:{node.written}", node.at), []
            return Fact(field, value, f"{field}:{node.written}", node.at), []
        case Fact(field="tag") if field == "source":
            return replace(node, written=f"source:{node.written}"), []
        case Or() | syntax.And():
            read = [_as_facts(field, child) for child in children(node)]
            nodes = tuple(child for child, _ in read)
            return replace(node, children=nodes), [mistake for _, wrong in read for mistake in wrong]
        case Not():
            child, wrong = _as_facts(field, node.child)
            return replace(node, child=child), wrong
        case Fact() | syntax.Pattern() | syntax.Listed() | syntax.TextOperator():
            hint = f"write {field}:value, or {field}:(one OR other)"
            return node, [Mistake(node.at[0], f"{field}: takes plain values", hint)]
        case _:
            assert_never(node)
