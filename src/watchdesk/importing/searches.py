"""Searches as people type them elsewhere (FreshRSS, Google) → queries of the rule language. Pure."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from watchdesk.errors import UnreadableInput
from watchdesk.importing.regexes import checked, in_data, in_text

_ANY_TERM = (
    r"""(?P<not>[-!]?)(?:(?P<field>\w+):|(?P<tag>\#))?"""
    r"""(?:"(?P<phrase>[^"]*)"|%s/(?P<regex>(?:\\.|[^/\\])+)/[a-z]*|(?P<word>[^\s"()]+))"""
)
_WORD = re.compile(r"[\w.&'’-]+")


def _words(text: str) -> str:
    found = _WORD.findall(text)
    if not found:
        raise UnreadableInput(f"there is no word in '{text}'")
    return found[0] if len(found) == 1 and found[0].isalnum() else f'"{" ".join(found)}"'


def _in_title(text: str) -> str:
    return f"title:{_words(text)}"


def _literal(field: str) -> Callable[[str], str]:
    return lambda text: in_data(re.escape(text).replace("\\ ", " "), field)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a program reads searches."""

    fields: Mapping[str, Callable[[str], str]]
    """What makes a query of the text of each field; the one without a name is for text alone."""
    term: re.Pattern[str]
    or_binds_tighter: bool
    """Whether `a b OR c` asks for a, and for b or c; elsewhere it asks for both a and b, or for c."""


FRESHRSS = Dialect(
    {
        "": _words,
        "intitle": _in_title,
        "intext": lambda text: f"body:{_words(text)}",
        "author": _literal("author:"),
        "inurl": _literal("url:"),
        "#": _literal("category:"),
    },
    re.compile(_ANY_TERM % "'(?P<single>[^']*)'|"),
    or_binds_tighter=False,
)
GOOGLE = Dialect(
    {"": _words, "intitle": _in_title, "site": _literal("url:"), "inurl": _literal("url:")},
    re.compile(_ANY_TERM % "(?P<single>(?!))|"),
    or_binds_tighter=True,
)
_EXPRESSIONS = {"": "", "intitle": "title:", "intext": "body:"}


@dataclass(frozen=True, slots=True)
class _Term:
    query: str
    is_unwanted: bool


def query_of(search: str, dialect: Dialect) -> str:
    """The search as a query: terms side by side are all asked, OR stands between alternatives.

    Raises `UnreadableInput`, which says what in it the language of rules does not have.
    """
    if "(" in search.replace("\\(", ""):
        raise UnreadableInput("it has parentheses, which are to be translated by hand")
    terms = list(_terms(search, dialect))
    if dialect.or_binds_tighter:
        return checked(_all_of([_either(part) for part in _parts(terms)]))
    parts = [_all_of(part) for part in _alternatives(terms)]
    return checked(parts[0] if len(parts) == 1 else " OR ".join(f"({part})" for part in parts))


def _terms(search: str, dialect: Dialect) -> Iterator[_Term | None]:
    """The terms in their order; None stands for OR."""
    at = 0
    while at < len(search):
        if search[at].isspace():
            at += 1
            continue
        found = dialect.term.match(search, at)
        if found is None:
            raise UnreadableInput(f"'{search[at:]}' is not understood")
        at = found.end()
        if found[0] in ("OR", "|"):
            yield None
        elif found[0] != "AND":
            yield _Term(_term(found, dialect.fields), bool(found["not"]))


def _alternatives(terms: Sequence[_Term | None]) -> Sequence[Sequence[_Term]]:
    """The terms between one OR and the next."""
    found: list[list[_Term]] = [[]]
    for term in terms:
        if term is None:
            found.append([])
        else:
            found[-1].append(term)
    return [part for part in found if part]


def _parts(terms: Sequence[_Term | None]) -> Sequence[Sequence[_Term]]:
    """Terms that OR joins, together; every other alone."""
    found: list[list[_Term]] = []
    is_joined = False
    for term in terms:
        if term is None:
            is_joined = bool(found)
        elif is_joined:
            found[-1].append(term)
            is_joined = False
        else:
            found.append([term])
    return found


def _either(terms: Sequence[_Term]) -> _Term:
    if len(terms) == 1:
        return terms[0]
    if any(term.is_unwanted for term in terms):
        raise UnreadableInput("OR stands beside what is not wanted, which is to be translated by hand")
    return _Term(f"({' OR '.join(term.query for term in terms)})", is_unwanted=False)


def _all_of(terms: Sequence[_Term]) -> str:
    wanted = [term.query for term in terms if not term.is_unwanted]
    if not wanted:
        raise UnreadableInput("it names only what is not wanted")
    unwanted = [f" AND NOT {term.query}" for term in terms if term.is_unwanted]
    return " AND ".join(wanted) + "".join(unwanted)


def _term(found: re.Match[str], fields: Mapping[str, Callable[[str], str]]) -> str:
    field = "#" if found["tag"] else (found["field"] or "").lower()
    if found["regex"]:
        if field not in _EXPRESSIONS:
            raise UnreadableInput(f"{field}: takes words, and no regular expressions")
        return in_text(found["regex"], _EXPRESSIONS[field])
    if field not in fields:
        raise UnreadableInput(f"rules have nothing like {field}:")
    return fields[field]((found["phrase"] or found["single"] or found["word"] or "").replace("+", " "))
