"""A draft as YAML to put into a rules file, with articles as its examples.

An example is as short as may be: title and the paragraphs that the query found something in. One that the
rule then treats otherwise is the whole article; one that it still treats otherwise is left out, with why.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from textwrap import indent

from watchdesk.backtest.drafts import Draft, Sources
from watchdesk.config.yaml_text import STEERING, quoted
from watchdesk.model import Article
from watchdesk.rules import Rule
from watchdesk.rules.explaining.verdict import Verdict, judge
from watchdesk.rules.matching.evaluate import Outcome
from watchdesk.rules.matching.reading import Reading

_PLAIN = re.compile(r"[A-Za-z][\w ()'/.,-]*[\w)]")
_WORDS_OF_YAML = frozenset(("true", "false", "yes", "no", "on", "off", "null", "y", "n"))
_LONGEST_ID = 40


@dataclass(frozen=True, slots=True)
class Marked:
    """An article that somebody marked as an example."""

    article: Article
    should_match: bool


@dataclass(frozen=True, slots=True)
class Contrary:
    """A marked article that the rule treats otherwise, so that it cannot be an example yet."""

    article: Article
    should_match: bool
    because: str


@dataclass(frozen=True, slots=True)
class TakenAway:
    """The YAML, and which marked articles are not in it."""

    rule_id: str
    yaml: str
    contrary: tuple[Contrary, ...]


def take_away(
    draft: Draft, rule: Rule, title: str, taken: Collection[str], marked: Sequence[Marked]
) -> TakenAway:
    """A rules file with this rule alone. `taken`: ids that other rules have."""
    rule_id = _new_id(title or rule.title, taken)
    examples: dict[bool, list[str]] = {True: [], False: []}
    contrary = []
    for one in marked:
        written = _example(rule, one)
        if isinstance(written, Contrary):
            contrary.append(written)
        else:
            examples[one.should_match].append(written)
    lines = [
        f"title: {_scalar(title or rule.title)}",
        *_query("query", draft.query),
        *(_query("exclude", draft.exclude) if draft.exclude.strip() else ()),
        *_sources(draft.sources),
        *([f"at_least: {draft.at_least:g}"] if draft.at_least else ()),
        *_examples(examples),
    ]
    body = indent("\n".join(lines), "    ", lambda line: bool(line.strip()))
    return TakenAway(rule_id, f"rules:\n  {rule_id}:\n{body}\n", tuple(contrary))


def _new_id(title: str, taken: Collection[str]) -> str:
    words = re.findall(r"[a-z0-9]+", title.lower())
    base = "-".join(words)[:_LONGEST_ID].strip("-") or "new-rule"
    number, rule_id = 2, base
    while rule_id in taken:
        rule_id, number = f"{base}-{number}", number + 1
    return rule_id


def _query(key: str, text: str) -> Iterator[str]:
    """As a block, in which nothing needs to be escaped, unless a character would be seen as another."""
    lines = [line.rstrip() for line in text.strip().replace("\r\n", "\n").replace("\t", " ").split("\n")]
    if any(STEERING.search(line) for line in lines):
        yield f"{key}: {quoted(text)}"
        return
    yield f"{key}: |"
    yield from (f"  {line}" if line else "" for line in lines)


def _sources(sources: Sources) -> Iterator[str]:
    parts = [
        f"{key}: [{', '.join(map(quoted, names))}]"
        for key, names in (("only", sources.only), ("never", sources.never))
        if names
    ]
    if parts:
        yield f"sources: {{{', '.join(parts)}}}"


def _examples(examples: Mapping[bool, Sequence[str]]) -> Iterator[str]:
    if any(examples.values()):
        yield "examples:"
    for should_match, key in ((True, "matches"), (False, "ignores")):
        if examples[should_match]:
            yield f"  {key}:"
            yield from (indent(one, "    ") for one in examples[should_match])


def _example(rule: Rule, one: Marked) -> str | Contrary:
    article = one.article
    verdict = judge(rule, Reading(article))
    if (verdict.because is None) is not one.should_match:
        because = verdict.because or "the query matches it"
        return Contrary(article, one.should_match, because)
    for paragraphs in (_found_in(verdict), _blocks(article)):
        shortened = _as_example(article, "\n\n".join(paragraphs))
        again = judge(rule, Reading(shortened)).because
        # What is to be ignored is so for the same reason, and not because the reason was cut away.
        if (again is None) if one.should_match else again == verdict.because:
            return _written(shortened, rule)
    return Contrary(
        article, one.should_match, "an example has none of the data of its article that the rule asks for"
    )


def _as_example(article: Article, text: str) -> Article:
    """What the rules file makes of it."""
    return Article.from_text(
        article.title,
        text,
        language=article.language,
        source=article.source_id,
        first_seen=article.first_seen,
    )


def _written(example: Article, rule: Rule) -> str:
    keys = {"title": example.title, "text": example.text}
    if example.language:
        keys["language"] = example.language
    if rule.only or rule.never or "source:" in rule.query.text:
        keys["source"] = example.source_id
    lines = [f"{key}: {quoted(text)}" for key, text in keys.items() if text]
    return "- " + "\n  ".join(lines)


def _blocks(article: Article) -> Sequence[str]:
    return [
        block for section in article.sections for block in (section.heading, *section.paragraphs) if block
    ]


def _found_in(verdict: Verdict) -> Sequence[str]:
    """The paragraphs and headings in which a word of the query or of `exclude` is."""
    outcomes = [verdict.outcome, *([verdict.excluded] if verdict.excluded else [])]
    places = {place for outcome in outcomes for place in _places(outcome)}
    found, position = [], 0
    for block in _blocks(verdict.reading.article):
        end = position + len(block)
        if any(position <= place < end for place in places):
            found.append(block)
        position = end + 2
    return found


def _places(outcome: Outcome) -> Iterator[int]:
    for child in outcome.children:
        yield from _places(child)
    if not outcome.children:
        for occurrence in outcome.occurrences:
            yield from (hit.left for hit in occurrence.hits if hit.field == "body")


def _scalar(text: str) -> str:
    is_plain = _PLAIN.fullmatch(text) and text.lower() not in _WORDS_OF_YAML
    return text if is_plain else quoted(text)
