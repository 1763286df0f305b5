"""Word lists of rule files: shared by all files, each entry a word, a phrase, =Exact or @another-list."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from watchdesk.config import yaml_document
from watchdesk.config.places import Place, Problems, Severity, did_you_mean
from watchdesk.config.yaml_document import Scalar
from watchdesk.rules.language.elements import as_mapping, as_texts
from watchdesk.rules.language.syntax import Words
from watchdesk.rules.language.terms import read_words

WordLists = Mapping[str, tuple[Words, ...]]
_ELSEWHERE = Place("rules", 0, 0)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


@dataclass(slots=True)
class _Declared:
    """A list as its file writes it, before lists that it names are put in."""

    place: Place
    words: list[Words] = field(default_factory=list)
    named: list[tuple[str, Place]] = field(default_factory=list)


def read_lists(
    files: Iterable[yaml_document.Mapping], problems: Problems, others: WordLists | None = None
) -> WordLists:
    """The lists of all files, with the lists that they name put in; and `others`, which they may name."""
    declared: dict[str, _Declared] = {}
    there = {name: _Declared(_ELSEWHERE, list(words)) for name, words in (others or {}).items()}
    for file in files:
        lists = as_mapping(file.get("lists"), "lists", problems)
        for name, element in lists or ():
            place = lists.keys[name] if lists else file.place
            if not _NAME.fullmatch(name):
                problems.error(place, f"'{name}' cannot name a list", "use letters, digits and hyphens")
            elif name in declared:
                problems.error(place, f"the list '{name}' is defined twice", f"first: {declared[name].place}")
            elif name in there:
                what = f"the list '{name}' is defined in a file of rules/, for all folders"
                problems.error(place, what, "give this one another name")
            else:
                declared[name] = _declared(name, place, element, problems)
    known = {**there, **declared}
    return {**(others or {}), **{name: _resolved(name, known, problems) for name in declared}}


def _declared(name: str, place: Place, element: yaml_document.Element, problems: Problems) -> _Declared:
    found = _Declared(place)
    for text, scalar in as_texts(element, name, problems):
        if text.startswith("@"):
            found.named.append((text[1:], scalar.place))
            continue
        words = _entry(text, scalar, problems)
        if words:
            found.words.append(words)
    if not found.words and not found.named:
        problems.error(place, f"the list '{name}' is empty", "give it a word, or take it out")
    return found


def _entry(text: str, scalar: Scalar, problems: Problems) -> Words | None:
    """An entry as a term; inner quotes, as in a query, are allowed and mean nothing more."""
    words, mistakes = read_words(text.replace('"', ""), text, (0, len(text)), phrase=" " in text)
    for mistake in mistakes:
        place = scalar.written().place_at(mistake.offset)
        note = problems.error if mistake.severity is Severity.ERROR else problems.warning
        note(place, mistake.message, mistake.hint)
    return words if words.parts else None


def _resolved(name: str, declared: Mapping[str, _Declared], problems: Problems) -> tuple[Words, ...]:
    """The entries of a list and of every list below it, none twice."""
    entries: dict[Words, None] = {}
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        here = waiting.pop(0)
        if here in seen:
            continue
        seen.add(here)
        entries.update(dict.fromkeys(declared[here].words))
        for other, place in declared[here].named:
            if other == name:
                problems.error(place, f"the list '{name}' refers to itself", "take this entry out")
            elif other in declared:
                waiting.append(other)
            elif here == name:
                hint = did_you_mean(other, list(declared))
                problems.error(place, f"there is no list '{other}'", hint)
    return tuple(entries)
