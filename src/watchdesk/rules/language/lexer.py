"""Query text → tokens. Spellings that are refused are tokens too, so that `descent` can say what to write."""

import re
from typing import NamedTuple

from watchdesk.rules.language.fields import FACT_FIELDS, TEXT_FIELDS
from watchdesk.rules.language.syntax import COUNTED, UNNUMBERED

_WORD_ENDS = r"(?=[\s()\"]|$)"
_OPERAND_FOLLOWS = r"(?=[\s()\"@=]|$)"
_KINDS = {
    "near": rf"NOT\s+NEAR(?:/\d+)?{_OPERAND_FOLLOWS}|(?:NEAR|ONEAR|PRE|ADJ)(?:/?\d+)?{_OPERAND_FOLLOWS}"
    rf"|(?:NOT\s+)?SAME(?:/[A-Za-z]*)?{_OPERAND_FOLLOWS}|[WwNn]/(?:\d+|[sSpP]){_OPERAND_FOLLOWS}",
    "or": f"OR{_WORD_ENDS}",
    "and": f"AND{_WORD_ENDS}",
    "negated": f"NOT{_WORD_ENDS}",
    "unnumbered": rf"(?:{'|'.join(UNNUMBERED)}){_OPERAND_FOLLOWS}",
    "counted": rf"(?:{'|'.join(COUNTED)})(?:/\d+)?(?=[\s(\"@=]|$)",
    "stem": r"stem\(\s*[^()\"]*\)",
    "fact": rf"(?:{'|'.join(FACT_FIELDS)}):(?![\"(\s])[^\s()\"]+",
    "within": rf"(?:{'|'.join(TEXT_FIELDS)}):(?=\S)|[A-Za-z_]+:(?=[^\s/])",
    "phrase": r"=?\"[^\"]*\"",
    "regex": r"/(?:\\.|[^/\\\n])+/(?=[\s()^]|$)",
    "listed": r"@[^\s()\"^]+",
    "weight": r"\^\d*\.?\d*",
    "stray": r"~\d*|&&|\|\||[|&](?=[\s\w(\"=@/])|!(?=[^)])",
    "minus": r"[-+–—−]+(?=[^\s)])",
    "unclosed": r"=?\"[^\"]*",
    "word": r"=?[^\s()\":^#@=~]+",
    "open": r"\(",
    "close": r"\)",
    "end": r"\Z",
}
_TOKEN = re.compile(
    r"(?:\s|#[^\n]*)*(?:" + "|".join(f"(?P<{kind}>{form})" for kind, form in _KINDS.items()) + ")"
)
_SPACE = re.compile(r"(?:\s|#[^\n]*)*")


class Token(NamedTuple):
    """A word, a sign or an operator. `kind` is `end` after the last, `unknown` for a meaningless sign."""

    kind: str
    text: str
    start: int
    end: int


def read_tokens(query: str) -> list[Token]:
    """The tokens; reading stops at a sign that means nothing, which is the last one then."""
    tokens: list[Token] = []
    at = 0
    while True:
        found = _TOKEN.match(query, at)
        if found is None:
            skipped = _SPACE.match(query, at)
            at = skipped.end() if skipped else at
            tokens.append(Token("unknown", query[at], at, at + 1))
            return tokens
        kind = found.lastgroup or "end"
        start, at = found.span(kind)
        tokens.append(Token(kind, found[kind], start, at))
        if kind == "end":
            return tokens
