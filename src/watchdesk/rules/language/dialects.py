"""Translates queries in the syntax of other programs, or with other languages' operators, into this language.

Only for hints: a query is never read so by itself. A proposal parses, or there is none.
"""

import re
from collections.abc import Callable

from watchdesk.rules.language.fields import KNOWN_FIELDS
from watchdesk.rules.language.syntax import COUNTED
from watchdesk.rules.text.language_codes import code_of

_OUTSIDE = re.compile(r"(\"[^\"]*\"?|#[^\n]*|(?<![^\s(+!–—−-])/(?:\\.|[^/\\\n])+/(?=[\s()^]|$))")
"""What is left as it is: phrases, comments, regular expressions."""
_AND = "and|und|et|y|e|en|og|och|i|ja|oraz|и|і|й|та"
_OR = "and/or|or/and|or|oder|ou|o|of|eller|lub|albo|tai|или|або|чи"
_NOT = (
    r"(?:and|but|und|aber|et|mais)[\s_-]*(?:not|nicht|pas)|not|nicht|non|no|niet|nie|ikke|inte|sans|ohne|sin"
    r"|zonder|не|крім|кроме|without|except|excluding|minus|sauf|außer|ausser"
)
_OPERATOR_WORD = re.compile(rf"(?<!\S)(?:{_AND}|{_OR}|{_NOT})(?!\S)", re.IGNORECASE)
_EVERYDAY = re.compile(
    r"(?<!\S)(?:en|i|o|и|і|й|та|не|of|non|no|nie|sans|ohne|sin|zonder|не|крім|кроме|without|except|excluding|minus)(?!\S)"
)
"""Such words in lower case are as often words of a name: bank of england, médecins sans frontières."""
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
    "allintitle": "title",
    "titre": "title",
    "intext": "body",
    "text": "body",
    "by": "author",
    "byline": "author",
    "topic": "category",
    "section": "category",
    "tag": "source:tag",
    "tags": "source:tag",
}
_NAMES = "|".join((*KNOWN_FIELDS, *_FIELDS))
_TAG = re.compile(r"(?<![\w:/.@])source\s*:\s*tags?\s*:\s*(?=[\w\"(])", re.IGNORECASE)
_FIELD = re.compile(rf"(?<![\w:/.@])({_NAMES})(?:\s*:\s*(?=[\w\"(=@*])|=(?=[\w\"]))", re.IGNORECASE)
_ADDRESS = re.compile(r"(?<![\w:/.\"])https?://([^\s()\"^]+)")
_LANG = re.compile(r"(?<![\w:/.@])lang:([^\W\d_]{3,})(?!\S)")
_DISTANCE = r"\s*(\d+)\s*(?:w|words?)?\s*[)\]]?(?:\s+of(?!\w))?(?=[\s(\"]|$)"
_NEAR = re.compile(
    rf"(?<![\w:/])(?:(?i:NEAR|WITHIN|AROUND)\s*[/:(\[\\=~-]|(?i:NEAR|WITHIN|AROUND)|(?:NEAR|WITHIN|AROUND)\s+"
    rf"|(?i:WITHIN)\s+|(?i:[WN])\s*[/:(]|(?<=\s)/){_DISTANCE}"
)
_ORDERED = re.compile(
    rf"(?<![\w:/])(?:(?i:ONEAR|PRE|ADJ|NEXT)\s*[/:(]?|(?:ONEAR|PRE|ADJ|NEXT)\s+|(?i:P)/){_DISTANCE}"
)
_NEXT = re.compile(r"(?<=[\s)\"])(?:ADJ|NEXT|ONEAR|PRE)(?=[\s(\"])")
_UNIT = re.compile(
    r"(?<![\w:/])(?:(?:W|N|SAME|NEAR|WITHIN)?/([SP])|SAME\s+(S|P)(?:ENTENCE|ARAGRAPH))(?=[\s(\"]|$)", re.I
)
_BARE_NEAR = re.compile(r"(?<=[\s)\"])(?:NEAR|near|Near)(?=[\s(\"])")
_TILDE = re.compile(r"(?<=[\s)\"%])~(\d*)(?=[\s(\"])")
_FUZZY = re.compile(r"(?<=\w\w\w)~\d*(?=[\s)]|$)")
_SIGNS = (
    (re.compile(r"\s*(?:&&|(?<!\w)&|&(?!\w))\s*"), " AND "),  # AT&T is a word
    (re.compile(r"\s*\|\|?\s*"), " OR "),
    (re.compile(r"[\[{]"), "("),
    (re.compile(r"[\]}]"), ")"),
    (re.compile(r"\bstem\s*\(", re.IGNORECASE), "stem("),
    (re.compile(r"\bATL(?:EAST)?\s*/?\s*(\d+)\s*(?=[\w(\"])", re.IGNORECASE), r"ATLEAST/\1 "),
    (re.compile(rf"\b({'|'.join(COUNTED)})\s*/?(\d+)\s+(?=[\w(\"])"), r"\1/\2 "),
)
_PLUS = re.compile(r"(?<![^\s(])\+\s*(?=[\w\"(=@\x00])")
_MINUS = re.compile(r"(?<![^\s(])(?:[-–—−]+|!\s*)(?=[\w\"(=@\x00])")
_HASHTAG = re.compile(r"((?:^|\(|\b(?:AND|OR|NOT))\s*)#(?=\w)")
_SINGLE_QUOTED = re.compile(r"(?<![^\s(:=!+–—−-])'([^'\"\n]+)'(?=[\s)]|$)")


def _word(words: str, operator: str) -> Callable[[str], str]:
    """Such a word between two operands, in any case, as the operator."""
    form = re.compile(rf"(?<=[^\s(])(\s+)(?:{words})(?=\s+[^\s)])", re.IGNORECASE)
    return lambda text: form.sub(rf"\1{operator}", text)


_PROXIMITY = re.compile(r'"([^"\s]+(?:\s+[^"\s]+)+)"~(\d+)')
_LAST = re.compile(rf"^(?:{_AND}|{_OR})\s+", re.IGNORECASE)
"""Before the last of a list: NATO, EU, or UN."""
_SPACE = "\x01"
_COMMA = re.compile(r"\s*[,;]\s*(?=\S)")
_ITEM = r"[\w:=@]*(?:\"\x00\d+\x00\"|[^\s,;()\"]+)"
_ITEMS = re.compile(rf"{_ITEM}(?:\s*[,;]\s*{_ITEM})+")


def may_be_a_name(query: str) -> bool:
    """Whether what looks like another language's operator may be a word of a name, as in bank of england."""
    return _EVERYDAY.search(_NEAR.sub(" ", _OUTSIDE.sub(" ", query))) is not None


def has_foreign_operator(query: str) -> bool:
    """Whether an operator is in lower case or in another language."""
    words = _OPERATOR_WORD.findall(_OUTSIDE.sub(" ", query))
    return any(word not in ("AND", "OR", "NOT") for word in words)


def meant(query: str) -> str:
    """The query as it is probably meant; the query itself where nothing is known to be foreign in it."""
    if "\x00" in query or _SPACE in query:  # they hold places here
        return query
    text = _PROXIMITY.sub(lambda found: f" NEAR/{found[2]} ".join(found[1].split()), query)
    parts = _OUTSIDE.split(_HASHTAG.sub(r"\1", text))
    text = "".join(
        part if number % 2 else _SINGLE_QUOTED.sub(r'"\1"', part) for number, part in enumerate(parts)
    )
    if text.count('"') % 2:
        text += '"'
    kept: list[str] = []
    held = _OUTSIDE.sub(lambda found: _hold(found[0], kept), text)
    held = re.sub(r"[^\S\n]+", " ", re.sub(r"\s*\n\s*", "\n", held))
    held = _words(_signs(held))
    held += ")" * (held.count("(") - held.count(")"))
    return re.sub(r"\"?\x00(\d+)\x00\"?", lambda found: kept[int(found[1])], held).replace(_SPACE, " ")


def _hold(text: str, kept: list[str]) -> str:
    """A place for what is left as it is; a comment is left out."""
    if text.startswith("#"):
        return ""
    kept.append(text)
    place = f"\x00{len(kept) - 1}\x00"
    return place if text.startswith("/") else f'"{place}"'


def _signs(text: str) -> str:
    """Signs, names of fields, distances."""
    text = _ADDRESS.sub(r"url:\1", text)
    text = _TAG.sub("source:tag:", text)
    text = _FIELD.sub(lambda found: f"{_FIELDS.get(found[1].lower(), found[1].lower())}:", text)
    text = _LANG.sub(lambda found: f"lang:{code_of(found[1]) or found[1]}", text)
    text = _ORDERED.sub(r"ONEAR/\1 ", text)
    text = _NEAR.sub(r"NEAR/\1 ", text)
    text = _UNIT.sub(lambda found: f"SAME/{(found[1] or found[2]).upper()}", text)
    for form, said in _SIGNS:
        text = form.sub(said, text)
    return _FUZZY.sub("*", text)


def _words(text: str) -> str:
    """Words for operators, and operators that are left out."""
    text = _BARE_NEAR.sub("NEAR/5", text)
    text = _NEXT.sub("ONEAR/1", text)
    text = _TILDE.sub(lambda found: f"NEAR/{found[1] or 5}", text)
    text = _PLUS.sub(" AND ", text)
    text = _MINUS.sub(" AND NOT ", text)
    text = _listed(text)
    for words, operator in ((_OR, "OR"), (_NOT, "NOT"), (_AND, "AND")):
        text = _word(words, operator)(text)
    text = re.sub(r"\b(AND|OR)\s+(?:AND|OR)\b(?!\s+NOT\s+NEAR)", r"\1", text)
    text = re.sub(r"(?<!AND)(?<!OR)(?<![\s(])(\s+)NOT(?=\s+(?!NEAR|SAME))", r"\1AND NOT", text)
    text = re.sub(r"\bNOT\s+AND\s+NOT\b", "NOT", text)
    text = re.sub(r"^\s*(?:AND|OR)\s+", "", text)
    text = re.sub(r"\(\s*(?:AND|OR)\s+", "(", text)
    return re.sub(r" {2,}", " ", text).strip()


def _listed(text: str) -> str:
    """Commas as OR: of the whole query where it has no operators, else of what stands on both sides."""
    if not re.search(rf"\b{_OPERATOR}\b|[()]", text):
        items = [_LAST.sub("", item.strip(" \n,;")) for item in re.split(r"[,;](?=\s|$)", text)]
        return " OR ".join(_one(item) for item in items if item) if len(items) > 1 else text
    return _ITEMS.sub(lambda found: _grouped(found, text), text)


def _one(item: str) -> str:
    """An item of a list: several plain words are a phrase."""
    is_phrase = re.fullmatch(r"[\w'’-]+(?:\s+[\w'’-]+)+", item)
    if not is_phrase or (has_foreign_operator(item) and not may_be_a_name(item)):
        return item
    return f'"{item}"'.replace(" ", _SPACE)  # so that no word of it is taken for an operator


def _grouped(found: re.Match[str], text: str) -> str:
    joined = " OR ".join(_COMMA.split(found[0]))
    is_group = text[: found.start()].endswith("(") and text[found.end() :].startswith(")")
    return joined if is_group else f"({joined})"
