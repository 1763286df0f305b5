"""The tools, each an operation of the API with what an assistant is told of it. To add one, add to `TOOLS`.

All of them read. None asks an address: an assistant that was talked into it could carry out what it knows.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from watchdesk.documents.story_lists import StoriesDocument, stories_document
from watchdesk.web.api import articles, digests, playground, rules, sources
from watchdesk.web.asked import Asked, Refusal
from watchdesk.web.assistants import arguments
from watchdesk.web.routes import Operation
from watchdesk.web.searching import SEARCHING, NotUnderstood, Typed, cursor_of

PIECE = 12_000
"""Characters of an article's text that one answer has."""
_OF_LISTS = 600
_OF_ONE = 2_000
_PAGED = "`next` is the cursor of what follows, null at the end. Times are ISO 8601 in UTC."


def _whole(document: Any, _given: Any) -> Any:
    return document


@dataclass(frozen=True, slots=True)
class Tool:
    """One tool."""

    name: str
    title: str
    description: str
    """For the assistant: what it returns, in which units, within which bounds."""
    arguments: type[Any]
    """A dataclass whose fields pydantic checks."""
    operation: Operation
    """What answers; the arguments are its parameters, or its body."""
    longest: int = _OF_LISTS
    """Characters of a text in the answer."""
    shape: Callable[[Any, Any], Any] = _whole
    """What of the operation's document is said, by it and the arguments."""


def without(document: Any, *names: str) -> Any:
    """The document without these keys, wherever they stand."""
    if isinstance(document, Mapping):
        return {key: without(value, *names) for key, value in document.items() if key not in names}
    if isinstance(document, Sequence) and not isinstance(document, str):
        return [without(one, *names) for one in document]
    return document


def _without_places(document: Any, _given: Any) -> Any:
    """Without the places of words, which are of use only beside the whole text."""
    return without(document, "spans")


def _article(document: Any, given: arguments.OneArticle) -> Any:
    """A piece of its text, and where the next one begins."""
    text, ends = document["text"], given.text_from + PIECE
    return {
        **without(document, "spans", "sections", "text", "removed"),
        "lines_removed_as_clutter": len(document["removed"]),
        "text_characters": len(text),
        "text_from": given.text_from,
        "text": text[given.text_from : ends],
        "text_goes_on_from": ends if ends < len(text) else None,
    }


def _tried(document: Any, _given: Any) -> Any:
    """What matched and why not, without the text that the assistant gave itself."""
    return without(document, "spans", "sections", "text", "removed")


def _stories(asked: Asked, given: arguments.Search) -> StoriesDocument:
    try:
        found = SEARCHING.search(asked, Typed(given.query, given.since, given.cursor), given.limit)
    except NotUnderstood as error:
        raise Refusal(400, str(error)) from None
    with asked.desk.reading() as store:
        return stories_document(store, found, cursor_of(found.next))


_STORIES = Operation(
    "/stories",
    "The stories that what a query finds tells",
    _stories,
    document=StoriesDocument,
    parameters=arguments.Search,
)


TOOLS: tuple[Tool, ...] = (
    Tool(
        "search_archive",
        "Search the archive",
        "Searches the stored articles by a query of the rule language, the newest first. Of each: its "
        "number, title, source, address, when it was published, score (0 to 1) and a snippet of at most 600"
        " characters. At most 20 a call. A search ends after 5 seconds; `searched_back_to` then says how "
        f"far it came. {_PAGED}",
        arguments.Search,
        articles.ARTICLES,
        shape=_without_places,
    ),
    Tool(
        "get_article",
        "Read an article",
        f"One article: its text ({PIECE:,} characters a call; `text_goes_on_from` is the next `text_from`), "
        "which rules of the desk match it, in which digest it went out or why it did not, its story, and "
        "what it said before it was corrected. Times are ISO 8601 in UTC.",
        arguments.OneArticle,
        articles.ARTICLE,
        longest=PIECE,
        shape=_article,
    ),
    Tool(
        "explain_article",
        "Explain a rule and an article",
        "Why a rule found an article or did not: each part of its query with what it found (`tree`), the "
        "score, and what became of the article under this rule. `said` says it in sentences.",
        arguments.Explain,
        articles.EXPLAIN,
        longest=_OF_ONE,
        shape=_without_places,
    ),
    Tool(
        "list_stories",
        "List stories",
        "The stories that articles tell which a query finds, those with the newest article first; without a"
        " query, of the newest articles. Of each: its number, how many sources tell it, since when and "
        f"until when, and the articles that were found. `limit` counts articles, at most 20 a call. {_PAGED}",
        arguments.Search,
        _STORIES,
    ),
    Tool(
        "get_story",
        "Read a story",
        "One event as several sources tell it: its articles in the order in which they came, why each "
        "belongs to it, how sure that is, and copies of one text apart. At most its first 200 articles.",
        arguments.OneStory,
        articles.STORY,
    ),
    Tool(
        "list_digests",
        "List digests",
        "What waits for each digest and when it goes out (`next_digests`), and the digests that were made, "
        f"the newest first, with how their delivery to each channel went. At most 20 a call. {_PAGED}",
        arguments.Digests,
        digests.DIGESTS,
    ),
    Tool(
        "get_digest",
        "Read a digest",
        "One digest as it was sent: its rules with their stories and articles. Ids are of `list_digests`.",
        arguments.One,
        digests.DIGEST,
        longest=_OF_ONE,
    ),
    Tool(
        "list_sources",
        "List sources",
        "The sources that the desk follows, with their health: the last poll that succeeded, the next, the "
        "interval in seconds, articles a day (the mean of seven days), errors and gaps. At most 20 a call. "
        f"{_PAGED}",
        arguments.Sources,
        sources.SOURCES,
    ),
    Tool(
        "get_source",
        "Look at a source",
        "One source with its health, its latest articles, and how many articles it published by weekday "
        "(Monday first) and hour in the last four weeks, in the desk's time zone (`pace`).",
        arguments.One,
        sources.SOURCE,
    ),
    Tool(
        "list_rules",
        "List rules",
        "The rules of the desk with how they behave: matches in the last days and a day, the source and the"
        f" word that bring most, when each last matched, and what to look at. At most 20 a call. {_PAGED}",
        arguments.Rules,
        rules.RULES,
    ),
    Tool(
        "get_rule",
        "Look at a rule",
        "One rule: its query as it is written, its matches of the last 90 days by day, source and word, the"
        " latest ones, and its silences.",
        arguments.One,
        rules.RULE,
        longest=_OF_ONE,
    ),
    Tool(
        "try_query",
        "Try a query on a text",
        "Reads a text as an article and asks it a query, or without one the rules of the desk: what matches"
        " with score (0 to 1) and snippet, and why the others do not. A mistake in the query is answered "
        "with the line, a caret below the place, and a hint. Nothing is stored.",
        arguments.Try,
        playground.TRY,
        shape=_tried,
    ),
    Tool(
        "backtest_query",
        "Backtest a query",
        "What a query would have found in the archive: counts by day and source, the newest matches with "
        "snippets, near misses with the part that they fail by; compared with a rule (`against`) also what "
        "is new, kept and lost. It reads for 15 seconds at most; `whole` is false where that was not "
        "enough: ask for fewer `days`. Nothing is saved.",
        arguments.Backtest,
        playground.BACKTEST,
        shape=_without_places,
    ),
)

BY_NAME: Mapping[str, Tool] = {tool.name: tool for tool in TOOLS}
