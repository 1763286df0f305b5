"""Spellings that programs read in different ways, refused: what is wrong, and both ways to say it."""

from collections.abc import Sequence

from watchdesk.rules.language import syntax
from watchdesk.rules.language.mistakes import Mistake, MistakeKind
from watchdesk.rules.language.syntax import At, Node
from watchdesk.rules.language.wording import wording

_LONGEST = 160


def mixed(query: str, places: Sequence[At], number: int, inner: Sequence[At]) -> Mistake:
    """AND beside OR: `places` of what OR joins, `inner` of what AND joins in the one at `number`."""
    parts = [wording(query, at) for at in inner]
    joined = " AND ".join(parts)
    if number + 1 < len(places):
        other = wording(query, places[number + 1])
        and_first = f"({joined}) OR {other}"
        or_first = f"{' AND '.join(parts[:-1])} AND ({parts[-1]} OR {other})"
    else:
        other = wording(query, places[number - 1])
        and_first = f"{other} OR ({joined})"
        or_first = f"({other} OR {parts[0]}) AND {' AND '.join(parts[1:])}"
    return Mistake(
        places[number][0],
        "AND and OR stand side by side, and programs differ in which they read first",
        f"say which with parentheses: {_short(and_first)}, or: {_short(or_first)}",
        kind=MistakeKind.READ_FIRST,
    )


def side_by_side(query: str, operands: Sequence[tuple[Node, At]]) -> Mistake:
    """Words with no operator between them."""
    both = [wording(query, at) for _, at in operands]
    said, phrase = " AND ".join(both), f'"{" ".join(both)}"'
    plain_words = all(isinstance(node, syntax.Words) for node, _ in operands)
    if plain_words and both[0].lower() == "not":
        unwanted = " AND NOT ".join(both[1:])
        said = f"{phrase} for the phrase; to leave articles out: … AND NOT {unwanted}"
    elif plain_words and not any(sign in word for word in both for sign in '"=('):
        said = f"{phrase} for the phrase, or {said}"
    else:
        said = f"{said}, or {' OR '.join(both)}"
    return Mistake(
        operands[1][1][0],
        f"'{_short(both[0])}' and '{_short(both[1])}' stand side by side with no operator",
        f"write {_short(said)}",
        kind=MistakeKind.SIDE_BY_SIDE,
        phrase=phrase if f"{phrase} for the phrase" in _short(said) else None,
    )


def signed(sign: str, operand: str, offset: int) -> Mistake:
    """A minus, or a dash for one, or a plus before an operand."""
    if "+" not in sign:
        return Mistake(
            offset,
            "a minus sign is not an operator",
            f"write AND NOT {operand} to leave such articles out, or {operand} alone to search for it",
        )
    return Mistake(offset, "a plus sign is not an operator", f"write AND {operand}")


def misplaced(query: str, found: str, offset: int) -> Mistake:
    """An operator or a parenthesis that cannot stand where it stands."""
    before = query[:offset].rstrip()
    if found == ")" and before.endswith("("):
        return Mistake(offset, "these parentheses are empty", "leave them out")
    if found == ")" and before.count("(") <= before.count(")"):
        return Mistake(offset, "this parenthesis was never opened", "take it out, or add a (")
    hint = "a word is missing before it"
    if found.isalpha():
        hint += f'; to search for the word itself, write "{found}"'
    return Mistake(offset, f"'{found}' cannot stand here", hint, kind=MistakeKind.MISSPELT)


def cut_short(query: str) -> Mistake:
    """The text ends where something is missing: the parenthesis left open, else an operand."""
    still_open: list[int] = []
    quoted = False
    for offset, letter in enumerate(query):
        if letter == '"':
            quoted = not quoted
        elif letter == "(" and not quoted:
            still_open.append(offset)
        elif letter == ")" and not quoted and still_open:
            still_open.pop()
    if still_open:
        return Mistake(still_open[-1], "this parenthesis is never closed", "add a ) where the group ends")
    end = max(len(query.rstrip()) - 1, 0)
    return Mistake(
        end,
        "the query ends where a word is expected",
        "add it, or take the last operator out",
        kind=MistakeKind.CUT_SHORT,
    )


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
