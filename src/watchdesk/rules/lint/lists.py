"""Entries of a word list that another entry makes unnecessary, reported at their places.

A list may be an operand of NEAR, so an entry is unnecessary only if another finds the very same words.
"""

from collections.abc import Collection, Iterable

from watchdesk.config import yaml_document
from watchdesk.config.places import Problems
from watchdesk.config.yaml_document import Scalar, Sequence
from watchdesk.rules.language.syntax import Words
from watchdesk.rules.language.word_lists import WordLists
from watchdesk.rules.lint.comparison import Comparison
from watchdesk.rules.lint.repeats import covered_entries


def lint_lists(
    files: Iterable[yaml_document.Mapping], lists: WordLists, languages: Collection[str], problems: Problems
) -> None:
    """Reports each entry that is unnecessary in all of the languages."""
    for file in files:
        declared = file.get("lists")
        if not isinstance(declared, yaml_document.Mapping):
            continue
        for name, element in declared:
            if isinstance(element, Sequence):
                _lint_list(_entries(element), lists.get(name, ()), Comparison.of(languages), problems)


def _entries(element: Sequence) -> dict[str, Scalar]:
    return {item.text: item for item in element.items if isinstance(item, Scalar)}


def _lint_list(
    entries: dict[str, Scalar], terms: Collection[Words], comparison: Comparison, problems: Problems
) -> None:
    inherited_first = sorted(terms, key=lambda words: words.written in entries)
    own = sum(words.written in entries for words in terms)
    for words, by in covered_entries(inherited_first, own, comparison):
        message = f"'{words.written}' adds nothing to this list: '{by.written}' finds the same words"
        problems.warning(entries[words.written].place, message, "leave it out")
