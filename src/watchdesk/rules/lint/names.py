"""Sources and tags in a query that are not configured; categories that no stored article has."""

from collections.abc import Collection, Iterator

from watchdesk.config.places import Severity, did_you_mean, nearest
from watchdesk.rules.language.mistakes import Mistake
from watchdesk.rules.language.syntax import Fact, Node, walk
from watchdesk.rules.lint.facts import value_fits
from watchdesk.rules.matching.facts import names_category
from watchdesk.rules.text.folding import plain

_MOST_NAMED = 12


def unknown_names(
    root: Node, source_ids: Collection[str] | None, source_tags: Collection[str] | None
) -> Iterator[Mistake]:
    """A warning for each; None stands for names that are not known."""
    known = {"source": source_ids, "tag": source_tags}
    for part, _ in walk(root):
        if not isinstance(part, Fact):
            continue
        names = known.get(part.field)
        if names is not None and not any(value_fits(plain(part.value), plain(name)) for name in names):
            what = "there is no source" if part.field == "source" else "no source has the tag"
            hint = did_you_mean(part.value, sorted(names)) or all_of(names)
            yield Mistake(part.at[0], f"{what} '{part.value}'", hint, Severity.WARNING)


def unknown_categories(root: Node, categories: Collection[str] | None) -> Iterator[Mistake]:
    """A warning for each that matches no category of the stored articles."""
    for part, _ in walk(root):
        if not isinstance(part, Fact) or part.field != "category" or not categories:
            continue
        if not any(names_category(part.value, category) for category in categories):
            names = {plain(category): category for category in sorted(categories)}
            near = nearest(plain(part.value), list(names))
            hint = f"did you mean '{names[near]}'?" if near else all_of(categories)
            what = f"no article that is stored lately has the category '{part.value}'"
            yield Mistake(part.at[0], what, hint, Severity.WARNING)


def all_of(names: Collection[str]) -> str:
    """A hint that lists the existing names, or some of them."""
    if not names:
        return "none is configured"
    shown = ", ".join(sorted(names)[:_MOST_NAMED])
    return f"there are: {shown}, …" if len(names) > _MOST_NAMED else f"there are: {shown}"
