"""What a reload changed, in one line: `rules: +1 −0 ~2; sources: +3`. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from watchdesk.config.kept_outline import Outline
from watchdesk.config.settings import Settings
from watchdesk.plan import Configured
from watchdesk.rules import Rule

_COUNTED = ("sources", "digests", "channels")
_MANY = 5
NOTHING = "nothing changed"
"""But a comment, perhaps."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Of one kind of thing."""

    noun: str
    added: int
    removed: int
    changed: int

    @property
    def in_words(self) -> str:
        """`rules: +1 −0 ~2`; of sources and others, the counts that are not 0."""
        counts = {"+": self.added, "−": self.removed, "~": self.changed}
        return f"{self.noun}: " + " ".join(
            f"{sign}{count}" for sign, count in counts.items() if count or self.noun == "rules"
        )


@dataclass(frozen=True, slots=True)
class Changes:
    """All that is different."""

    counted: tuple[Counts, ...] = ()
    settings: tuple[str, ...] = ()
    """Other keys of watchdesk.yaml."""
    templates: bool = False

    @property
    def in_words(self) -> str:
        """One line."""
        said = [one.in_words for one in self.counted]
        if self.settings:
            said.append(f"settings: {', '.join(self.settings)}")
        if self.templates:
            said.append("templates")
        return "; ".join(said) or NOTHING


def changes_between(before: Configured, after: Configured) -> Changes:
    """What `after` has and `before` had not, the other way round, and what both have in another way."""
    counted = [_counts("rules", _rules(before), _rules(after))]
    counted += [_counts(noun, _named(before, noun), _named(after, noun)) for noun in _COUNTED]
    return Changes(
        tuple(one for one in counted if one.added or one.removed or one.changed),
        tuple(_settings(before.settings, after.settings)),
        before.templates.fingerprint != after.templates.fingerprint,
    )


def most_gone(before: Outline, after: Outline) -> Iterator[str]:
    """A sentence where most sources are gone, or most rules: a person may mean that, or a file was cut."""
    counts = {"sources": (before.sources, after.sources), "rules": (before.rules, after.rules)}
    for noun, (were, are) in counts.items():
        if were - are >= _MANY and 2 * are < were:
            yield (
                f"The configuration was read again, and has {are:,} {noun} instead of {were:,}. If nobody "
                "meant that, a file was cut off or is missing: put it back."
            )


def _counts(noun: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Counts:
    both = before.keys() & after.keys()
    changed = sum(_differ(before[name], after[name]) for name in both)
    return Counts(noun, len(after) - len(both), len(before) - len(both), changed)


def _differ(before: object, after: object) -> bool:
    try:
        return before is not after and bool(before != after)
    except Exception:  # noqa: BLE001 - a third party's options may not be comparable
        return True


def _rules(configured: Configured) -> Mapping[str, object]:
    wordings = configured.rules.wordings
    return {rule.id: (wordings.get(rule.id), *_conditions(rule)) for rule in configured.rules.rules}


def _conditions(rule: Rule) -> tuple[object, ...]:
    """Without its place, which other rules move, and its examples."""
    conditions = rule.languages, rule.only, rule.never, rule.at_least, rule.owner
    return *conditions, rule.title, rule.priority, rule.tags, rule.backfill


def _named(configured: Configured, noun: str) -> Mapping[str, object]:
    found: Mapping[str, object] = getattr(configured.settings, noun)
    return found


def _settings(before: Settings, after: Settings) -> Iterator[str]:
    """`polling.every`, `timezone` …"""
    for key in fields(Settings):
        old, new = getattr(before, key.name), getattr(after, key.name)
        if key.name in (*_COUNTED, "present") or not _differ(old, new):
            continue
        if key.name in ("polling", "articles") and is_dataclass(old):
            parts = (part.name for part in fields(old))
            yield from (
                f"{key.name}.{part}" for part in parts if _differ(getattr(old, part), getattr(new, part))
            )
        else:
            yield key.name
