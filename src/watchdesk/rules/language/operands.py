"""The leaves of a query: a word, a phrase, a stem, an expression, a list, a fact about the article."""

from collections.abc import Mapping, Sequence

from watchdesk.config.places import did_you_mean
from watchdesk.rules.language.expressions import PatternRefused, check_pattern
from watchdesk.rules.language.fields import FACT_FIELDS
from watchdesk.rules.language.lexer import Token
from watchdesk.rules.language.mistakes import Mistake, MistakeKind
from watchdesk.rules.language.syntax import At, Fact, Leaf, Listed, Pattern, Words
from watchdesk.rules.language.terms import read_stem, read_words

Lists = Mapping[str, Sequence[Words]]
"""Name of a word list → its entries."""


def read_leaf(token: Token, lists: Lists) -> tuple[Leaf, list[Mistake]]:  # noqa: PLR0911  one leaf a kind
    """The leaf for a token, and what is wrong with it."""
    kind, written, *_ = token
    at = token.start, token.end
    match kind:
        case "word":
            return _word(written, at)
        case "phrase":
            return read_words(written.replace('"', ""), written, at, phrase=True)
        case "stem":
            return read_stem(written[5:-1].strip(), written, at)
        case "regex":
            return _regex(written, at)
        case "listed":
            return _listed(written, at, lists)
        case "fact":
            field, _, value = written.partition(":")
            if field == "source" and value.startswith("tag:"):
                return Fact("tag", value.removeprefix("tag:"), written, at), []
            return Fact(FACT_FIELDS[field], value, written, at), []
        case "unclosed":
            mistake = Mistake(at[0] + written.index('"'), "this quote is never closed", 'add a " at its end')
            return Words((), written, at), [mistake]
        case _:  # rest: no leaf begins with such a token
            return Words((), written, at), [_stray(written, at)]


def _word(written: str, at: At) -> tuple[Leaf, list[Mistake]]:
    if written.startswith("/") and len(written) > 1:
        hint = "end it with a /, and put a \\ before a / inside it"
        return Words((), written, at), [
            Mistake(at[0], "this regular expression is not closed, or text follows it", hint)
        ]
    return read_words(written, written, at, phrase=False)


def _regex(written: str, at: At) -> tuple[Leaf, list[Mistake]]:
    expression = written[1:-1].replace(r"\/", "/")
    try:
        check_pattern(expression)
    except PatternRefused as refused:
        hint = "RE2 knows neither look-around nor back-references"
        return Words((), written, at), [
            Mistake(at[0], f"this regular expression cannot be used: {refused}", hint)
        ]
    return Pattern(expression, written, at), []


def _listed(written: str, at: At, lists: Lists) -> tuple[Leaf, list[Mistake]]:
    name = written[1:]
    if name in lists:
        return Listed(name, tuple(lists[name]), written, at), []
    known = f"there are: {', '.join(sorted(lists))}" if lists else "no list is defined"
    hint = did_you_mean(name, list(lists)) or f"{known}; for an account's name write it in quotes"
    mistake = Mistake(at[0], f"there is no list '{name}'", hint)
    return Words((), written, at), [mistake]


def _stray(written: str, at: At) -> Mistake:
    said = {"&&": "AND", "&": "AND", "||": "OR", "|": "OR", "!": "AND NOT"}.get(written)
    if said:
        return Mistake(at[0], f"'{written}' is not an operator here", f"write {said}")
    return Mistake(
        at[0],
        f"'{written}' is not part of this language",
        "for words close together write a NEAR/5 b",
        kind=MistakeKind.MISSPELT,
    )
