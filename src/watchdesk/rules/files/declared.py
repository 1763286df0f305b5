"""One rule of a rules file: YAML → `Rule`, with every mistake reported at its place.

`rule_files` reads the files and finds their rules.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from watchdesk.config import yaml_document
from watchdesk.config.checking import says_nothing
from watchdesk.config.places import Problems, Severity, did_you_mean
from watchdesk.config.values import parse_period
from watchdesk.config.yaml_document import Scalar
from watchdesk.model import Priority
from watchdesk.rules.files.declared_examples import read_examples
from watchdesk.rules.language.elements import as_mapping, as_text, as_texts, check_keys
from watchdesk.rules.language.mistakes import Mistake
from watchdesk.rules.language.parse import parse
from watchdesk.rules.language.word_lists import WordLists
from watchdesk.rules.query import Query
from watchdesk.rules.rule import NO_NAMES, Rule
from watchdesk.rules.text.language_codes import code_of, is_code

_KEYS = (
    "title",
    "query",
    "exclude",
    "languages",
    "sources",
    "at_least",
    "priority",
    "tags",
    "backfill",
    "owner",
    "examples",
)
SCORE_SCALE = (
    "a score says how much an article is about it: 0.15 leaves out what mentions it in passing, "
    "0.3 keeps what is about it; docs/rules.md says how it is made"
)
"""What to know when one writes `at_least`."""
_ID = re.compile(r"[a-z0-9][a-z0-9-]*")
_LANGUAGE = re.compile(r"[a-z]{2,3}")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a rule may refer to: lists, sources and their tags (None: unknown), files beside its own."""

    lists: WordLists = field(default_factory=dict)
    directory: Path = Path()
    source_ids: Collection[str] | None = None
    source_tags: Collection[str] | None = None
    categories: Collection[str] | None = None
    """Those of the stored articles."""
    channels: Collection[str] | None = None
    owner: tuple[str, ...] = ()
    """Of a rule that names none."""
    folder: str = ""
    """Of rules/, that the rule stands in."""
    lint: bool = False
    """Whether to warn of parts of a rule that have no effect."""
    has_examples: bool = True
    """Whether the rule's examples are to be read."""


def read_rule(
    rule_id: str, element: yaml_document.Mapping, around: Surroundings, problems: Problems
) -> Rule | None:
    """The rule; None when an error leaves it without a query."""
    check_keys(element, _KEYS, "a rule", problems)
    if not _ID.fullmatch(rule_id):
        problems.error(
            element.place, f"'{rule_id}' cannot be a rule's id", "use lower case, digits and hyphens"
        )
    query = _query(element, "query", around.lists, problems)
    if "query" not in element.marks:
        problems.error(element.place, f"the rule '{rule_id}' has no query", "add `query: …`")
    only, never = _sources(element, around, problems)
    written = element.get("examples") if around.has_examples else None
    examples = read_examples(written, around.directory, problems)
    owner = read_owner(element.get("owner"), around.channels, problems)
    rest = {
        "exclude": _query(element, "exclude", around.lists, problems),
        "title": as_text(element.get("title"), "title", problems) or rule_id,
        "languages": _languages(element, problems),
        "at_least": _at_least(element.get("at_least"), problems),
        "priority": _priority(element.get("priority"), problems),
        "backfill": _backfill(element.get("backfill"), problems),
        "tags": frozenset(text for text, _ in as_texts(element.get("tags"), "tags", problems)) or NO_NAMES,
    }
    if query is None:
        return None
    rule = Rule(
        id=rule_id,
        query=query,
        place=element.place,
        only=only,
        never=never,
        matching_examples=examples.matches,
        ignored_examples=examples.ignores,
        owner=owner or around.owner,
        folder=around.folder,
        **rest,  # type: ignore[arg-type]  # each value is typed above
    )
    if around.lint:
        _lint(element, rule, around, problems)
    return rule


def _lint(element: yaml_document.Mapping, rule: Rule, around: Surroundings, problems: Problems) -> None:
    from watchdesk.rules.lint import lint_exclude, lint_query  # noqa: PLC0415 - only `check` warns

    known = rule.languages, around.source_ids, around.source_tags, around.categories
    _report(element, "query", lint_query(rule.query, *known), problems)
    if rule.exclude:
        unused = lint_exclude(rule.query, rule.exclude, rule.languages)
        _report(element, "exclude", [*lint_query(rule.exclude, *known), *unused], problems)


def _query(element: yaml_document.Mapping, key: str, lists: WordLists, problems: Problems) -> Query | None:
    scalar = element.get(key)
    if scalar is None or as_text(scalar, key, problems) is None or not isinstance(scalar, Scalar):
        return None
    written = scalar.written()
    parsed = parse(written.text, lists)
    _report(element, key, parsed.mistakes, problems)
    return Query(written.text, parsed.node, lists) if parsed.node else None


def _report(
    element: yaml_document.Mapping, key: str, mistakes: Sequence[Mistake], problems: Problems
) -> None:
    """Reports the mistakes of a query at their places in the file."""
    scalar = element.get(key)
    if not mistakes or not isinstance(scalar, Scalar):
        return
    written = scalar.written()
    for mistake in mistakes:
        note = problems.error if mistake.severity is Severity.ERROR else problems.warning
        note(written.place_at(mistake.offset), mistake.message, mistake.hint)


def _sources(
    element: yaml_document.Mapping, around: Surroundings, problems: Problems
) -> tuple[frozenset[str], frozenset[str]]:
    """`only` and `never` of `sources`."""
    sources = as_mapping(element.get("sources"), "sources", problems)
    if sources is None:
        return NO_NAMES, NO_NAMES
    check_keys(sources, ("only", "never"), "sources", problems)
    only, never = (_source_names(sources, key, around, problems) for key in ("only", "never"))
    return only, never


def _source_names(
    sources: yaml_document.Mapping, key: str, around: Surroundings, problems: Problems
) -> frozenset[str]:
    names: set[str] = set()
    for name, scalar in as_texts(sources.get(key), key, problems):
        tag = name.removeprefix("tag:") if name.startswith("tag:") else None
        known = around.source_ids if tag is None else around.source_tags
        if known is not None and (name if tag is None else tag) not in known:
            what = f"there is no source '{name}'" if tag is None else f"no source has the tag '{tag}'"
            from watchdesk.rules.lint.names import all_of  # noqa: PLC0415 - as above

            near = did_you_mean(tag or name, sorted(known))
            problems.error(scalar.place, what, near or all_of(known))
        names.add(name)
    return frozenset(names) or NO_NAMES


def read_owner(
    element: yaml_document.Element | None, channels: Collection[str] | None, problems: Problems
) -> tuple[str, ...]:
    """The channels of those who look after rules, of which each is among `channels`, if they are given."""
    found: dict[str, None] = {}
    if isinstance(element, yaml_document.Sequence) and not element.items:
        problems.error(element.place, "at least one channel must stand here")
    for name, scalar in as_texts(element, "owner", problems):
        if channels is not None and name not in channels:
            hint = did_you_mean(name, sorted(channels)) or f"there are: {', '.join(channels) or 'none'}"
            problems.error(scalar.place, f"there is no channel '{name}'", hint)
        else:
            found[name] = None
    return tuple(found)


def _languages(element: yaml_document.Mapping, problems: Problems) -> frozenset[str]:
    found: set[str] = set()
    for text, scalar in as_texts(element.get("languages"), "languages", problems):
        code = code_of(text)
        hint = f"write {code}, its two letters" if code else "write its two letters, such as en, de or uk"
        if not _LANGUAGE.fullmatch(text):
            problems.error(scalar.place, f"'{text}' is not a language's code", hint)
        elif not is_code(text):
            problems.warning(scalar.place, f"no article's language is '{text}': it is two letters", hint)
        found.add(text)
    return frozenset(found) or NO_NAMES


def _at_least(element: yaml_document.Element | None, problems: Problems) -> float:
    if element is None:
        return 0.0
    value = element.value if isinstance(element, Scalar) else None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        problems.error(element.place, "'at_least' must be a number from 0 to 1", SCORE_SCALE)
        return 0.0
    return float(value)


def _backfill(element: yaml_document.Element | None, problems: Problems) -> timedelta | None:
    if element is None or says_nothing(element):
        return None
    try:
        return parse_period(element.value if isinstance(element, Scalar) else None)
    except ValueError as error:
        problems.error(element.place, f"'backfill': {error}", "such as 7d: how far back it looks, once")
        return None


def _priority(element: yaml_document.Element | None, problems: Problems) -> Priority:
    text = as_text(element, "priority", problems)
    if element is None or text is None:
        return Priority.NORMAL
    names: Mapping[str, Priority] = {priority.value: priority for priority in Priority}
    if text not in names:
        hint = did_you_mean(text, list(names)) or f"it is one of {', '.join(names)}"
        problems.error(element.place, f"'{text}' is not a priority", hint)
    return names.get(text, Priority.NORMAL)
