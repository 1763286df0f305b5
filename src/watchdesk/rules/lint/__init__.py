"""Warnings about parts of a rule that have no effect: words that add nothing, parts that never match.

Only `watchdesk check` asks for them. Outright mistakes are reported while a query is parsed.
"""

from collections.abc import Collection

from watchdesk.rules.language.mistakes import Mistake
from watchdesk.rules.lint.comparison import Comparison
from watchdesk.rules.lint.distances import odd_numbers
from watchdesk.rules.lint.groups import groups
from watchdesk.rules.lint.impossible import excluded, foreign_languages, mistakes_of
from watchdesk.rules.lint.languages import unknown_languages
from watchdesk.rules.lint.names import unknown_categories, unknown_names
from watchdesk.rules.lint.repeats import repeats
from watchdesk.rules.query import Query


def lint_query(
    query: Query,
    languages: Collection[str] = (),
    source_ids: Collection[str] | None = None,
    source_tags: Collection[str] | None = None,
    categories: Collection[str] | None = None,
) -> list[Mistake]:
    """Warnings about one query of a rule, in the order of their places.

    `languages` are the rule's, empty for all; `source_ids` and `source_tags` are those configured;
    `categories` are those of the stored articles. None: unknown.
    """
    root, text = query.node, query.text
    comparison = Comparison.of(languages)
    found = [*odd_numbers(root), *foreign_languages(root, languages)]
    found += unknown_languages(root, languages)
    found += unknown_names(root, source_ids, source_tags)
    found += unknown_categories(root, categories)
    for group in groups(root):
        impossible = mistakes_of(group, text, comparison)
        found += impossible or repeats(group, text, comparison)
    return sorted(found, key=lambda mistake: mistake.offset)


def lint_exclude(query: Query, exclude: Query, languages: Collection[str] = ()) -> list[Mistake]:
    """Warnings, placed in `exclude`, that it leaves nothing of the query."""
    return list(excluded(query.node, exclude.node, Comparison.of(languages)))
