"""The rule language, row by row: what each query of `conformance/` finds in the article above it.

The table is written from the contract by hand. A row is asked of every door through which a query is
asked: of a rule set, of a query alone, and of an explanation.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from watchdesk.errors import ConfigurationError
from watchdesk.model import Article, Match, Section
from watchdesk.rules import Query, RuleSet

FOLDER = Path(__file__).parent / "conformance"
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)

Found = tuple[tuple[str, str], ...]
"""(field, matched words), in reading order."""

FORMS = {
    "minerals": r"^\w+$",
    "stem(spend)": r"stem\(",
    '"rare earth"': r'"\w+ \w+"',
    "=NATO": r"^=\w",
    '="Rare Earth"': r'^="',
    "mineral*": r"\w\*$",
    "wom?n": r"\w\?",
    '"rare earth*"': r'"[^"]*\w\*[^"]*"',
    r"/sanction(s|ed)\b/": r"^/.+/$",
    "a AND b": r" AND (?!NOT)",
    "a OR b": r" OR ",
    "a AND NOT b": r" AND NOT ",
    "( … )": r"^\(.* (AND|OR) ",
    "a NEAR/10 b": r"^\w+ NEAR/\d+ \w+$",
    "NEAR between OR groups": r"\w\) NEAR/\d+ \(",
    "NEAR between phrases": r'" NEAR/\d+ "',
    "NEAR of a list": r"@\S+ NEAR/",
    "NEAR in a chain": r"NEAR/\d+ \S+ NEAR/",
    "a ONEAR/10 b": r" ONEAR/",
    "PRE/10": r" PRE/",
    "a NOT NEAR/2 b": r" NOT NEAR/",
    "FIRST/50 a": r"FIRST/",
    "LAST/50 a": r"LAST/",
    "a SAME/S b": r" SAME/S ",
    "a SAME/P b": r" SAME/P ",
    "a NOT SAME/S b": r" NOT SAME/S ",
    "a NOT SAME/P b": r" NOT SAME/P ",
    "ABOUT a": r"ABOUT ",
    "ATLEAST/3 (a OR b)": r"ATLEAST/\d+ \(",
    "title:…": r"title:",
    "lead:…": r"lead:",
    "heading:…": r"heading:",
    "body:…": r"body:",
    "source:…": r"source:\w",
    "source:tag:…": r"source:tag:",
    "author:…": r"author:",
    "url:…": r"url:",
    "lang:…": r"lang:",
    "category:…": r"category:",
    "@name": r"@\w",
    "word^3": r"\^",
    "a # note to the end of line": r"#",
}
"""Every form of the contract's table → how a query that uses it is known."""


@dataclass(frozen=True)
class Row:
    """One query, the article it is asked of, and what it should find."""

    theme: str
    query: str
    article: Mapping[str, Any]
    lists: Mapping[str, Any]
    expected: Any

    @property
    def finds(self) -> bool:
        """Whether a match is expected."""
        return bool(_expected(self.expected)[0])


@cache
def rows() -> tuple[Row, ...]:
    """The whole table."""
    return tuple(row for path in sorted(FOLDER.glob("*.yaml")) for row in _rows_of(path))


def _rows_of(path: Path) -> Iterator[Row]:
    for case in YAML(typ="safe", pure=True).load(path):
        for query, expected in case["rows"].items():
            yield Row(path.stem, str(query), case["article"], case.get("lists", {}), expected)


def _parameters() -> Iterator[Any]:
    for row in rows():
        reason = row.expected.get("xfail") if isinstance(row.expected, dict) else None
        marks = [pytest.mark.xfail(reason=reason, strict=True)] if reason else []
        yield pytest.param(row, id=f"{row.theme}: {row.query}", marks=marks)


def _article(said: Mapping[str, Any]) -> Article:
    """`lead` is the first paragraph, `body` the others, `heading` stands before those."""
    lead = (said["lead"],) if "lead" in said else ()
    body, heading = tuple(said.get("body", ())), said.get("heading")
    sections = (Section(None, lead), Section(heading, body)) if heading else (Section(None, lead + body),)
    return Article(
        source_id=said.get("source", "desk"),
        title=said.get("title", ""),
        sections=tuple(section for section in sections if section.heading or section.paragraphs),
        first_seen=NOW,
        language=said.get("language", "en"),
        source_tags=frozenset(said.get("source_tags", ())),
        byline=said.get("byline"),
        url=said.get("url"),
        categories=tuple(said.get("categories", ())),
    )


def _expected(said: Any) -> tuple[Found, float | None]:
    """The spans that a row asks for, and the score; nothing found for `no match`."""
    if said in ("no match", "refused"):
        return (), None
    fields = said if isinstance(said, dict) else {"body": said}
    spans: list[tuple[str, str]] = []
    for field in ("title", "body", "data"):
        words = fields.get(field, ())
        listed = [str(word) for word in (words if isinstance(words, list | tuple) else [words])]
        spans += [(field, word) for word in (sorted(listed) if field == "data" else listed)]
    return tuple(spans), fields.get("score")


def _found(match: Match | None, article: Article) -> Found:
    """The words of a match, once each; a span of the data is told by its part of the query."""
    if match is None:
        return ()
    texts = {"title": article.title, "body": article.text}
    read = {(span.field, span.start, span.end) for span in match.spans if span.field in texts}
    order = sorted(read, key=lambda span: (span[0] != "title", span[1:]))
    words = [(field, texts[field][start:end]) for field, start, end in order]
    return (*words, *(("data", term) for term in sorted(s.term for s in match.spans if s.field not in texts)))


def _rule_set(row: Row) -> RuleSet:
    return RuleSet.from_yaml(json.dumps({"lists": row.lists, "rules": {"row": {"query": row.query}}}))


@pytest.mark.parametrize("row", list(_parameters()))
def test_a_query_finds_what_the_contract_says(row: Row) -> None:
    if row.expected == "refused":
        with pytest.raises(ConfigurationError):
            _rule_set(row)
        return
    rules, article = _rule_set(row), _article(row.article)
    expected, score = _expected(row.expected)
    match = next(iter(rules.match(article)), None)
    assert _found(match, article) == expected
    assert _found(Query.parse(row.query, rules.lists).match(article), article) == expected
    assert ("row" in rules.matching(article)) == bool(expected)
    assert rules.explain("row", article).matched == bool(expected)
    if match is not None and score is not None:
        assert match.score == pytest.approx(score, abs=0.0002)


def test_the_table_has_three_hundred_rows_and_more() -> None:
    assert len(rows()) >= 300


@pytest.mark.parametrize("form", FORMS)
def test_every_form_has_rows_that_match_and_rows_that_do_not(form: str) -> None:
    asked = [row for row in rows() if re.search(FORMS[form], row.query) and row.expected != "refused"]
    assert any(row.finds for row in asked)
    assert any(not row.finds for row in asked)
