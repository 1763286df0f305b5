"""Articles, rules and stored matches in short, for the tests of looking back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from watchdesk.backtest import Window
from watchdesk.model import Article
from watchdesk.model.archive import Archived
from watchdesk.rules import RuleSet

NOW = datetime(2026, 3, 31, 12, 0, tzinfo=UTC)
WINDOW = Window(NOW - timedelta(days=30), NOW, ZoneInfo("Europe/Brussels"), NOW - timedelta(days=30))


def rules(**queries: str) -> RuleSet:
    """Rules by id; a value is a query, or the inside of a mapping."""
    inside = {name: query if ": " in query else f"query: {query!r}" for name, query in queries.items()}
    lines = [f"  {name}: {{title: 'The {name}', {said}}}" for name, said in inside.items()]
    lists = "lists:\n  places: [Belgium, United States, '=US']\n"
    return RuleSet.from_yaml(f"{lists}rules:\n" + "\n".join(lines))


def article(text: str, *, source: str = "wire", title: str = "", seen: datetime = NOW) -> Article:
    made = Article.from_text(title=title, text=text, language="en", source=source, first_seen=seen)
    return replace(made, id=1, url="https://e.org/1")


def archived(text: str, *then: str, source: str = "wire", seen: datetime = NOW) -> Archived:
    """An article with the rules that matched it when it came, and showed its text."""
    return Archived(article(text, source=source, seen=seen), dict.fromkeys(then, text))


def stored(made: Article, found_by: RuleSet) -> Archived:
    """An article with its matches, as the store gives them."""
    found = found_by.match(made)
    return Archived(
        made, {one.rule: one.snippet.text for one in found}, {one.rule: one.spans for one in found}
    )
