"""Checks that rules match their own examples, or ignore them, as their files say."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from watchdesk.config.places import Place
from watchdesk.errors import UnreadableInput
from watchdesk.model import Article
from watchdesk.rules.explaining.verdict import Verdict, judge
from watchdesk.rules.matching.evaluate import Outcome
from watchdesk.rules.matching.occurrences import Hit
from watchdesk.rules.matching.reading import Reading
from watchdesk.rules.matching.snippet import merged
from watchdesk.rules.rule import Example, Rule, match_of, matches
from watchdesk.rules.ruleset import RuleSet

ReadFile = Callable[[Path, datetime], Article]
"""Reads an HTML or text file as an article. May raise `UnreadableInput` and `OSError`."""


@dataclass(frozen=True, slots=True)
class ExampleFailure:
    """An example that its rule treats otherwise than the file says."""

    rule_id: str
    place: Place
    should_match: bool
    text: str
    because: str
    marks: tuple[tuple[int, int], ...] = ()
    """Where `text` has words that parts of the query found."""

    @property
    def sentence(self) -> str:
        """What is wrong, without the reason for it."""
        should = "should match and does not" if self.should_match else "should be ignored and matches"
        return f"an example of '{self.rule_id}' {should}: {self.text}"


def check_examples(rules: RuleSet, read_file: ReadFile, now: datetime) -> tuple[ExampleFailure, ...]:
    """The failures among all examples of all rules, in the order of the files."""
    examples = (
        (rule, example, should_match)
        for rule in rules.rules
        for group, should_match in ((rule.matching_examples, True), (rule.ignored_examples, False))
        for example in group
    )
    failures = (
        _failure(rule, example, read_file, now, should_match=should) for rule, example, should in examples
    )
    return tuple(failure for failure in failures if failure is not None)


def _failure(
    rule: Rule, example: Example, read_file: ReadFile, now: datetime, *, should_match: bool
) -> ExampleFailure | None:
    try:
        article = _article(example, read_file, now)
    except (UnreadableInput, OSError) as error:
        return ExampleFailure(
            rule.id, example.place, should_match, example.shown, f"it cannot be read: {error}"
        )
    reading = Reading(article)
    if matches(rule, reading, likely=should_match) == should_match:
        return None
    match, verdict = match_of(rule, reading), judge(rule, reading)
    if match is None:
        because = verdict.because or ""
    else:
        quoted = (_quoted(article, span.field, span.start, span.end) for span in match.spans)
        distinct = dict.fromkeys(f"'{words}'" for words in quoted)
        because = f"it has {', '.join(distinct)}"
    if example.file:
        return ExampleFailure(rule.id, example.place, should_match, example.shown, because)
    text, marks = _marked(article, verdict)
    return ExampleFailure(rule.id, example.place, should_match, text, because, marks)


def _marked(article: Article, verdict: Verdict) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The example on one line, and where it has words of the query or of `exclude`."""
    title = f"{article.title} / " if article.title and article.text else article.title
    text = re.sub(r"\s", " ", title + article.text)
    starts = {"title": 0, "body": len(title)}
    outcomes = [verdict.outcome, *([verdict.excluded] if verdict.excluded else [])]
    hits = [hit for outcome in outcomes for hit in _found(outcome) if hit.field in starts]
    marks = [(starts[hit.field] + hit.left, starts[hit.field] + hit.right) for hit in hits]
    return text, merged(marks)


def _found(outcome: Outcome) -> Iterator[Hit]:
    """What each word of a query found, even if the query as a whole found nothing."""
    for child in outcome.children:
        yield from _found(child)
    if not outcome.children:
        for occurrence in outcome.occurrences:
            yield from occurrence.hits


def _article(example: Example, read_file: ReadFile, now: datetime) -> Article:
    """The example as an article, whose source is `example` and whose language is unknown unless it says."""
    if example.file:
        article = read_file(example.file, now)
        return replace(
            article,
            source_id=example.source or article.source_id,
            language=example.language or article.language,
        )
    return Article.from_text(
        example.title,
        example.text,
        language=example.language,
        source=example.source or "example",
        first_seen=now,
    )


def _quoted(article: Article, field: str, start: int, end: int) -> str:
    texts = {"title": article.title, "body": article.text}
    return texts[field][start:end] if field in texts else field
