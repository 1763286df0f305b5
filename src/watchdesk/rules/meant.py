"""What somebody means who writes a query as other programs or other languages do: the same, in this language.

Only for hints: a query is never read so by itself. A proposal parses, or there is none.
"""

import re
from collections.abc import Callable

_OUTSIDE = re.compile(r"(\"[^\"]*\"?|#[^\n]*|(?<![^\s(])/(?:\\.|[^/\\\n])+/(?=[\s()^]|$))")
"""What is left as it is: phrases, comments, regular expressions."""
_AND = "and|und|et|y|e|en|og|och|i|ja"
_OR = "or|oder|ou|o|of|eller|lub|albo|tai"
_NOT = "not|nicht|non|no|niet|nie|ikke|inte|sans|ohne|sin|zonder"
_OPERATOR = r"(?:AND|OR|NOT|(?:O?NEAR|SAME|PRE)(?:/\w+)?)"
_FIELDS = {
    "language": "lang",
    "sprache": "lang",
    "langue": "lang",
    "site": "url",
    "domain": "url",
    "host": "url",
    "inurl": "url",
    "link": "url",
    "from": "source",
    "feed": "source",
    "src": "source",
    "headline": "title",
    "hl": "title",
    "intitle": "title",
    "titre": "title",
    "intext": "body",
    "text": "body",
    "by": "author",
    "byline": "author",
    "topic": "category",
    "section": "category",
    "tag": "source:tag",
}
_KNOWN = ("title", "lead", "heading", "body", "source", "author", "url", "lang", "category")
_FIELD = re.compile(rf"(?<![\w:/.@])({'|'.join((*_KNOWN, *_FIELDS))})\s*:\s*(?=[\w\"(=@*]|$)", re.IGNORECASE)
_NEAR = re.compile(
    r"(?<![\w:/])(?:NEAR|WITHIN|AROUND|W|N)\s*[/:(]?\s*(\d+)(?:w|words?)?\s*\)?(?=[\s(\"]|$)", re.IGNORECASE
)
_ORDERED = re.compile(r"(?<![\w:/])(?:ONEAR|PRE|ADJ)\s*[/:(]?\s*(\d+)(?:w|words?)?\s*\)?(?=[\s(\"]|$)", re.I)
_UNIT = re.compile(r"(?<![\w:/])(?:W|N|SAME)/?([SP])(?=[\s(\"]|$)", re.IGNORECASE)
_BARE_NEAR = re.compile(r"(?<=[\s)\"])(?:NEAR|near|Near)(?=[\s(\"])")
_TILDE = re.compile(r"(?<=[\s)\"%])~(\d*)(?=[\s(\"])")
_SIGNS = ((re.compile(r"\s*&&?\s*"), " AND "), (re.compile(r"\s*\|\|?\s*"), " OR "))
_PLUS = re.compile(r"(?<![^\s(])\+\s*(?=[\w\"(=@])")
_MINUS = re.compile(r"(?<![^\s(])(?:-|!\s*)(?=[\w\"(=@])")


def _word(words: str, operator: str) -> Callable[[str], str]:
    """Such a word between two operands, in any case, as the operator."""
    form = re.compile(rf"(?<=[^\s(])(\s+)(?:{words})(?=\s+[^\s)])", re.IGNORECASE)
    return lambda text: form.sub(rf"\1{operator}", text)


_PROXIMITY = re.compile(r'"([^"\s]+)\s+([^"\s]+)"~(\d+)')
_COMMA = re.compile(r"\s*[,;]\s*(?=\S)")


def meant(query: str) -> str:
    """The query as it is probably meant; the query itself where nothing is known to be foreign in it."""
    text = _PROXIMITY.sub(r"\1 NEAR/\3 \2", query)
    if text.count('"') % 2:
        text += '"'
    parts = _OUTSIDE.split(text)
    has_comma = any(_COMMA.search(part) for part in parts[::2])
    text = "".join(part if number % 2 else _signs(part) for number, part in enumerate(parts))
    kept: list[str] = []
    held = _OUTSIDE.sub(lambda found: _hold(found[0], kept), text)
    held = _words(held, is_list=has_comma and not re.search(rf"\b{_OPERATOR}\b", held))
    text = re.sub(r"\x00(\d+)\x00", lambda found: kept[int(found[1])], held)
    bare = _OUTSIDE.sub("", text)
    return text + ")" * (bare.count("(") - bare.count(")"))


def _hold(text: str, kept: list[str]) -> str:
    kept.append(text)
    return f"\x00{len(kept) - 1}\x00" if text.startswith(("#", "/")) else text


def _signs(part: str) -> str:
    """Signs and names of fields, in a part without phrases."""
    part = _FIELD.sub(lambda found: f"{_FIELDS.get(found[1].lower(), found[1].lower())}:", part)
    for form, said in _SIGNS:
        part = form.sub(said, part)
    part = _ORDERED.sub(r"ONEAR/\1", part)
    part = _NEAR.sub(r"NEAR/\1", part)
    return _UNIT.sub(lambda found: f"SAME/{found[1].upper()}", part)


def _words(text: str, *, is_list: bool) -> str:
    """Words for operators, and operators that are left out."""
    text = _BARE_NEAR.sub("NEAR/5", text)
    text = _TILDE.sub(lambda found: f"NEAR/{found[1] or 5}", text)
    text = _PLUS.sub(" AND ", text)
    text = _MINUS.sub(" AND NOT ", text)
    if is_list:
        text = _COMMA.sub(" OR ", text)
    for words, operator in ((_AND, "AND"), (_OR, "OR"), (_NOT, "NOT")):
        text = _word(words, operator)(text)
    text = re.sub(r"\b(AND|OR)\s+(?:AND|OR)\b(?!\s+NOT\s+NEAR)", r"\1", text)
    text = re.sub(r"(?<!AND)(?<!OR)(?<!\()(\s+)NOT(?=\s+(?!NEAR))", r"\1AND NOT", text)
    text = re.sub(r"\bNOT\s+AND\s+NOT\b", "NOT", text)
    text = re.sub(r"^\s*(?:AND|OR)\s+(?!NOT\b)", "", text)
    text = re.sub(r"\(\s*(?:AND|OR)\s+(?!NOT\b)", "(", text)
    return re.sub(r" {2,}", " ", text).strip()
