"""Parts of a query that no article can match: all of it excluded, or two values where an article has one."""

from collections.abc import Collection, Iterator, Sequence

from watchdesk.config.places import Severity
from watchdesk.rules.language.mistakes import Mistake
from watchdesk.rules.language.syntax import And, Fact, Node, Not, walk
from watchdesk.rules.language.wording import written
from watchdesk.rules.lint.comparison import Comparison
from watchdesk.rules.lint.covers import covers
from watchdesk.rules.lint.facts import never_both
from watchdesk.rules.lint.groups import Group

_MOST_FACTS = 100
"""Parts that are compared with each other."""


def taken_away(group: Group, query: str, comparison: Comparison) -> Iterator[Mistake]:
    """A warning for each NOT that excludes all that an AND asks for."""
    if not isinstance(group.node, And):
        return
    wanted = tuple(member for member in group.members if not isinstance(member, Not))
    if not wanted:
        return
    asked = wanted[0] if len(wanted) == 1 else And(wanted, group.node.at)
    for member in group.members:
        if isinstance(member, Not) and covers(member.child, asked, comparison):
            named = written(member.child, query)
            yield Mistake(
                member.at[0],
                f"this can never match: every article that has the rest has {named}",
                f"take {named} out of the NOT, or, for words that must not be close, write a NOT NEAR/2 b",
                Severity.WARNING,
            )


def excluded(query: Node, exclude: Node, comparison: Comparison) -> Iterator[Mistake]:
    """A warning when `exclude` excludes all that the query finds."""
    if covers(exclude, query, comparison):
        message = "this can never match: `exclude` holds for every article that the query finds"
        yield Mistake(exclude.at[0], message, "exclude something narrower", Severity.WARNING)


def contrary_facts(group: Group, query: str) -> Iterator[Mistake]:
    """A warning for two languages, or two sources, of one article."""
    facts = [member for member in group.members if any(isinstance(part, Fact) for part, _ in walk(member))]
    if not isinstance(group.node, And):
        return
    for number, one in enumerate(facts[:_MOST_FACTS]):
        other = next((earlier for earlier in facts[:number] if never_both(earlier, one)), None)
        if other is not None:
            both = f"{written(other, query)} and {written(one, query)}"
            yield Mistake(
                one.at[0],
                f"this can never match: no article is of {both} at once",
                "join them with OR",
                Severity.WARNING,
            )


def foreign_languages(root: Node, languages: Collection[str]) -> Iterator[Mistake]:
    """A warning for each language that a query asks for in a rule that reads only other languages."""
    if not languages:
        return
    for part, _ in walk(root):
        if isinstance(part, Fact) and part.field == "lang" and not _may_be(part.value.lower(), languages):
            read = ", ".join(sorted(languages))
            yield Mistake(
                part.at[0],
                f"{part.written} is never so: the rule reads only articles with `languages: [{read}]`",
                "add the language there, or leave this out",
                Severity.WARNING,
            )


def _may_be(value: str, languages: Collection[str]) -> bool:
    """Whether a language, perhaps with a region or a wildcard, may be one of the rule's."""
    sure = value.partition("*")[0]
    if sure == value:
        return value.partition("-")[0] in languages
    return any(language.startswith(sure) or sure.startswith(f"{language}-") for language in languages)


def mistakes_of(group: Group, query: str, comparison: Comparison) -> Sequence[Mistake]:
    """Why a group can never match."""
    return [*taken_away(group, query, comparison), *contrary_facts(group, query)]
