"""Sources and tags that a query names and nobody has configured."""

from collections.abc import Collection, Iterator

from watchdesk.config.places import Severity, did_you_mean
from watchdesk.rules.folding import plain
from watchdesk.rules.lint.facts import value_fits
from watchdesk.rules.mistakes import Mistake
from watchdesk.rules.syntax import Fact, Node, walk

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
            hint = did_you_mean(part.value, sorted(names)) or _all_of(names)
            yield Mistake(part.at[0], f"{what} '{part.value}'", hint, Severity.WARNING)


def _all_of(names: Collection[str]) -> str:
    if not names:
        return "none is configured"
    shown = ", ".join(sorted(names)[:_MOST_NAMED])
    return f"there are: {shown}, …" if len(names) > _MOST_NAMED else f"there are: {shown}"
