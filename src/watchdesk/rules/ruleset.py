"""All rules at once: which of them match an article, and why the others do not."""

import re
import time
from collections.abc import Callable, Collection, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from hashlib import blake2b, sha256
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from watchdesk.config.places import Problems
from watchdesk.errors import UsageError
from watchdesk.model import Article, Match, RuleLabel
from watchdesk.rules.files.declared import Surroundings
from watchdesk.rules.files.rule_files import read_rules, read_rules_text
from watchdesk.rules.language.canonical import meaning
from watchdesk.rules.language.word_lists import WordLists
from watchdesk.rules.matching.limits import is_cut
from watchdesk.rules.matching.reading import Reading
from watchdesk.rules.query import Query
from watchdesk.rules.rule import Rule, match_of, what_matched
from watchdesk.rules.text.folding import folding_language

if TYPE_CHECKING:
    from watchdesk.rules.engine import Engine
    from watchdesk.rules.explaining.explain import Explanation

_LIST_NAME = re.compile(r"@[\w-]+")


@dataclass(frozen=True, slots=True)
class Miss:
    """A rule that does not match, and why not, in one sentence."""

    rule_id: str
    because: str


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of all rules for one article."""

    matches: tuple[Match, ...]
    cut_short: tuple[str, ...]
    """Ids of rules that used up their work (`limits`), so that they saw only a part of the article."""
    article_cut: bool
    """Whether the article is longer than rules read (`limits`)."""
    seconds: float = field(default=0.0, compare=False)
    """By the clock, that it took to find them."""


@dataclass(frozen=True)
class RuleSet:
    """The rules in force. Immutable: reloading makes a new one."""

    rules: tuple[Rule, ...]
    lists: WordLists = field(default_factory=dict)
    _engines: dict[str, "Engine"] = field(default_factory=dict, init=False, repr=False, compare=False)
    _building: Lock = field(default_factory=Lock, init=False, repr=False, compare=False)

    @classmethod
    def load(cls, path: Path) -> "RuleSet":
        """The rules of one file. Raises `ConfigurationError` with every mistake in it."""
        problems = Problems()
        rules, lists = read_rules([path], problems, Surroundings())
        problems.raise_if_errors()
        return cls(rules, lists)

    @classmethod
    def from_yaml(cls, text: str, name: str = "rules.yaml") -> "RuleSet":
        """The rules of a text that has the form of a rules file; messages call it `name`.

        Raises `ConfigurationError` with every mistake in it. Files of examples are read from the working
        directory.
        """
        problems = Problems()
        rules, lists = read_rules_text(text, name, problems)
        problems.raise_if_errors()
        return cls(rules, lists)

    @cached_property
    def labels(self) -> Mapping[str, RuleLabel]:
        """Rule id → label, in the order of the files."""
        return {rule.id: rule.label for rule in self.rules}

    @cached_property
    def owners(self) -> Mapping[str, tuple[str, ...]]:
        """The channels of those who look after a rule, by its id; of others, nobody does."""
        return {rule.id: rule.owner for rule in self.rules if rule.owner}

    @cached_property
    def folder_owners(self) -> Mapping[str, tuple[str, ...]]:
        """The channels of those who look after any rule of a folder, by the folder; they may be none."""
        found: dict[str, dict[str, None]] = {}
        for rule in self.rules:
            if rule.folder:
                found.setdefault(rule.folder, {}).update(dict.fromkeys(rule.owner))
        return {folder: tuple(channels) for folder, channels in found.items()}

    def prepare(self) -> None:
        """Builds the engine for English and unknown languages, so that the first article need not wait."""
        self.engine(None)

    def matching(self, article: Article) -> Set[str]:
        """The ids of the matching rules; far cheaper than `match`."""
        return self.engine(article.language).matching(article)

    def touched(self, article: Article) -> Set[str]:
        """The ids of the rules whose rarest clause the article has something of; as cheap as `matching`."""
        return self.engine(article.language).touched(article)

    def match(self, article: Article) -> tuple[Match, ...]:
        """The matches, in the order of the rules."""
        return self.answers(article).matches

    def answers(self, article: Article) -> Answers:
        """The matches, and which rules saw only a part of the article, which is read once for all."""
        began = time.perf_counter()
        matching, exhausted = self.engine(article.language).match(article)
        cut_short = set(exhausted)
        matches: list[Match] = []
        if matching:
            reading = Reading(article)
            rules, order = self.rules, self._order
            for place in sorted(order[rule] for rule in matching):
                match = what_matched(rules[place], reading)
                if match is not None:
                    matches.append(match)
                if reading.work.cut_short:
                    cut_short.add(rules[place].id)
        return Answers(
            tuple(matches),
            tuple(sorted(cut_short)),
            article_cut=is_cut(article),
            seconds=time.perf_counter() - began,
        )

    @cached_property
    def _order(self) -> Mapping[str, int]:
        """Rule id → its index in `rules`."""
        return {rule.id: place for place, rule in enumerate(self.rules)}

    def engine(self, language: str | None) -> "Engine":
        """The engine for articles of a language, built when the first one comes.

        Rules can be added to it and removed from it, which changes the answers of this set of rules.
        """
        folded = folding_language(language)
        engine = self._engines.get(folded)
        if engine is None:
            with self._building:
                engine = self._engines.get(folded)
                if engine is None:
                    from watchdesk.rules.engine import Engine  # noqa: PLC0415 - numpy is heavy

                    engine = self._engines[folded] = Engine(self.rules, folded)
        return engine

    def misses(self, article: Article) -> tuple[Miss, ...]:
        """The rules that do not match, and why not."""
        from watchdesk.rules.explaining.verdict import judge  # noqa: PLC0415 - few commands explain

        reading = Reading(article)
        verdicts = (judge(rule, reading) for rule in self.rules)
        return tuple(
            Miss(verdict.rule.id, because) for verdict in verdicts if (because := verdict.because) is not None
        )

    def score(self, rule_id: str, article: Article) -> float | None:
        """The score of a rule's match, whatever `at_least` is; None when the rule does not match otherwise.

        Raises `UsageError` when there is no such rule.
        """
        match = match_of(replace(self._rule(rule_id), at_least=0.0), Reading(article))
        return match.score if match else None

    def explain(self, rule_id: str, article: Article) -> "Explanation":
        """Why a rule matches, or why not. Raises `UsageError` when there is no such rule."""
        from watchdesk.rules.explaining.explain import explain  # noqa: PLC0415 - as above
        from watchdesk.rules.explaining.verdict import judge  # noqa: PLC0415

        return explain(judge(self._rule(rule_id), Reading(article)))

    def outline(self) -> "RuleSet":
        """The same rules for those who match no articles: queries are their text alone, but with `at_least`.

        The queries of a large desk take hundreds of megabytes.
        """
        nothing = Query.parse("nothing").node
        rules = tuple(
            rule
            if rule.at_least
            else replace(
                rule,
                query=Query(rule.query.text, nothing),
                exclude=Query(rule.exclude.text, nothing) if rule.exclude else None,
            )
            for rule in self.rules
        )
        bare = (replace(rule, matching_examples=(), ignored_examples=()) for rule in rules)
        return _Outline(tuple(bare), kept_wordings=self.wordings)

    def __reduce__(self) -> tuple[Callable[..., "RuleSet"], tuple[object, ...]]:
        """For other processes; engines are built anew there."""
        return type(self), (self.rules, self.lists)

    def _rule(self, rule_id: str) -> Rule:
        self.check_known(rule_id)
        return self.rules[self._order[rule_id]]

    def check_known(self, rule_id: str) -> None:
        """Raises `UsageError` when there is no such rule."""
        if rule_id not in self.labels:
            raise UsageError(f"there is no rule '{rule_id}'; there are: {', '.join(sorted(self.labels))}")

    @cached_property
    def wordings(self) -> Mapping[str, bytes]:
        """By rule id, what changes when somebody changes its queries or the lists that they name."""
        said: dict[int, Mapping[str, str]] = {}
        for rule in self.rules:
            lists = rule.query.lists  # which are those of all rules of a folder
            if id(lists) not in said:
                said[id(lists)] = {f"@{name}": repr([*map(meaning, words)]) for name, words in lists.items()}
        return {rule.id: _wording(rule, said[id(rule.query.lists)]) for rule in self.rules}

    @cached_property
    def version(self) -> bytes:
        """Changes when somebody changes queries, or adds or removes rules; an outline has the same."""
        return blake2b(repr(sorted(self.wordings.items())).encode(), digest_size=8).digest()

    @cached_property
    def fingerprint(self) -> str:
        """Changes if and only if the meaning of a rule changes; comments and examples do not count."""
        said = "\n".join(sorted(_meaning(rule) for rule in self.rules))
        return sha256(said.encode()).hexdigest()


@dataclass(frozen=True)
class _Outline(RuleSet):
    """Rules that match nothing, because their queries are elsewhere."""

    kept_wordings: Mapping[str, bytes] = field(default_factory=dict, kw_only=True)

    @cached_property
    def wordings(self) -> Mapping[str, bytes]:
        """See `RuleSet.wordings`."""
        return self.kept_wordings

    def __reduce__(self) -> tuple[Callable[..., RuleSet], tuple[object, ...]]:
        return partial(_Outline, kept_wordings=self.kept_wordings), (self.rules, self.lists)

    def engine(self, language: str | None) -> "Engine":
        """See `RuleSet.outline`."""
        raise AssertionError(f"rules without their queries cannot be matched, in {language} or otherwise")


def load_rules(
    paths: Sequence[Path],
    problems: Problems,
    *,
    source_ids: Collection[str] | None = None,
    source_tags: Collection[str] | None = None,
    categories: Collection[str] | None = None,
    channels: Collection[str] | None = None,
    root: Path | None = None,
    lint: bool = False,
) -> RuleSet | None:
    """The rules of all files, which share their lists; None after any error, never a part of them.

    Rules may name only these `source_ids`, `source_tags` and `channels`, if they are given. Messages give the
    paths of files relative to `root`. `lint` adds warnings about parts of rules that have no effect, which
    takes time; `categories`, those of the stored articles, serve these warnings.
    """
    before = len(problems.errors)
    around = Surroundings(
        source_ids=source_ids, source_tags=source_tags, categories=categories, channels=channels, lint=lint
    )
    rules, lists = read_rules(paths, problems, around, root)
    return RuleSet(rules, lists) if len(problems.errors) == before else None


def asked_by(rule: Rule) -> str:
    """Changes if and only if the rule asks something else of articles, or looks back as far as before."""
    return sha256(f"{_meaning(rule)} {rule.backfill}".encode()).hexdigest()[:16]


def _wording(rule: Rule, lists: Mapping[str, str]) -> bytes:
    texts = [" ".join(query.text.split()) for query in (rule.query, rule.exclude) if query]
    named = [lists.get(name, name) for text in texts for name in _LIST_NAME.findall(text)]
    return blake2b(repr((texts, named)).encode(), digest_size=8).digest()


def _meaning(rule: Rule) -> str:
    exclude = meaning(rule.exclude.node) if rule.exclude else None
    conditions = [sorted(names) for names in (rule.languages, rule.only, rule.never)]
    return repr((rule.id, meaning(rule.query.node), exclude, conditions, rule.at_least))
