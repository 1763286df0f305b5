"""Reads a query of the rule language, and proposes what was probably meant where it is mistaken.

`descent` reads the tree; `dialects` knows what other programs' spellings mean.
"""

import re
from dataclasses import replace

from watchdesk.config.places import Severity
from watchdesk.rules.language.descent import Parsed, read_query
from watchdesk.rules.language.mistakes import Mistake, MistakeKind
from watchdesk.rules.language.operands import Lists

_LONGEST_MEANT = 2_000
"""Characters of a query for which the one that was meant is looked for."""
_SAID_BETTER = (MistakeKind.SIDE_BY_SIDE, MistakeKind.READ_FIRST, MistakeKind.MISSPELT)
"""Mistakes whose own hint is worse than the query that was meant."""

_OPERATORS_ARE = "operators are written in English and in capitals"

_QUOTES = str.maketrans("“”„«»＂", '""""""')


def parse(text: str, lists: Lists) -> Parsed:
    """Reads a query of the rule language."""
    query = text.translate(_QUOTES) if not text.isascii() else text
    parsed = read_query(query, lists)
    if parsed.node is not None or len(query) > _LONGEST_MEANT:
        return parsed
    return _with_proposal(parsed, query, lists)


def _with_proposal(parsed: Parsed, query: str, lists: Lists) -> Parsed:
    """Tells the query that was probably meant, where that can be read and is the cure of every mistake."""
    from watchdesk.rules.language import dialects  # noqa: PLC0415 - its many expressions are for mistakes

    proposed = dialects.meant(query)
    if proposed == query:
        return parsed
    first = next(mistake for mistake in parsed.mistakes if mistake.severity is Severity.ERROR)
    read = read_query(proposed, lists)
    if read.node is None:
        if dialects.may_be_a_name(query):
            return parsed
        two_ways = next((m.hint for m in read.mistakes if m.kind is MistakeKind.READ_FIRST), None)
        has_one_mistake = len(read.mistakes) == 1 and first.kind in _SAID_BETTER
        return Parsed(None, (replace(first, hint=two_ways),)) if two_ways and has_one_mistake else parsed
    return Parsed(None, (replace(first, hint=_hint(first, query, " ".join(proposed.split()))),))


def _hint(mistake: Mistake, query: str, proposed: str) -> str:
    """What to write; with the hint of the mistake where that says more."""
    from watchdesk.rules.language import dialects  # noqa: PLC0415 - as above

    if "#" in query and mistake.kind is MistakeKind.CUT_SHORT:
        return f"a # begins a comment; write {proposed}"
    if mistake.kind not in _SAID_BETTER:
        return f"{mistake.hint}; in full: {proposed}" if mistake.hint else f"write {proposed}"
    if re.search(r"[,;]", query) and not re.search(r"\bAND\b|[,;]", proposed):
        every = re.sub(r"\bOR\b", "AND", proposed)
        return f"write {proposed}" + (f"; for all of them: {every}" if every != proposed else "")
    if mistake.phrase and dialects.may_be_a_name(query):
        return f"write {mistake.phrase} for the phrase; {_OPERATORS_ARE}: {proposed}"
    if mistake.kind is MistakeKind.SIDE_BY_SIDE and dialects.has_foreign_operator(query):
        return f"{_OPERATORS_ARE}: {proposed}"
    return f"write {proposed}"
