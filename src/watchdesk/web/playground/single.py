"""What is asked of one draft or of one article."""

from collections.abc import Iterator

from watchdesk.backtest.taking_away import Marked, take_away
from watchdesk.documents.tries import try_document
from watchdesk.errors import UsageError
from watchdesk.rules import RuleSet
from watchdesk.web.playground.files import Files
from watchdesk.web.playground.messages import (
    Check,
    Document,
    Explain,
    Explained,
    LeftOut,
    Reply,
    Said,
    TakeAway,
    Taken,
    TryArticle,
)
from watchdesk.web.playground.searching import row_of

_MOST_ENTRIES = 20
"""Entries of a feed that are tried."""
_WIDE = 100


def checked(files: Files, asked: Check) -> Iterator[Reply]:
    """The mistakes and warnings."""
    found = files.check(asked.draft)
    yield Said(found.problems, found.rule is not None)


def explained(files: Files, asked: Explain) -> Iterator[Reply]:
    """Raises `UsageError` for an article that is not in the archive."""
    rule, article = files.rule(asked.draft), files.article(asked.article_id)
    explanation = RuleSet((rule,)).explain(rule.id, article)
    yield Explained(row_of(article, ""), explanation.matched, explanation.render(_WIDE))


def taken_away(files: Files, asked: TakeAway) -> Iterator[Reply]:
    """Raises `UsageError` for an article that is not in the archive."""
    rule = files.rule(asked.draft)
    marked = [Marked(files.article(number), should) for number, should in asked.marks.items()]
    taken = take_away(asked.draft, rule, asked.title, files.configuration.rules.labels.keys(), marked)
    left_out = [LeftOut(one.article.title, one.should_match, one.because) for one in taken.contrary]
    yield Taken(taken.rule_id, taken.yaml, left_out)


def tried(files: Files, asked: TryArticle) -> Iterator[Reply]:
    """The document of `try --json`. Raises `UsageError` and `UnreadableInput`."""
    from watchdesk.documents.tried import (  # noqa: PLC0415 - heavy, and most people only search
        Input,
        fetched,
        read_tried,
        source_of,
    )

    settings, rules = files.configuration.settings, files.configuration.rules
    if asked.draft:
        rules = RuleSet((files.rule(asked.draft),))
    if asked.address:
        given = fetched(asked.address, settings, by_hand=False)
    else:
        given = Input(asked.text.encode("utf-8", "replace"), "the text")
    source = source_of(settings, asked.source, given.url)
    documents = [
        try_document(rules, one.article) for one in read_tried(given, source, files.now)[:_MOST_ENTRIES]
    ]
    if not documents:
        raise UsageError("there is nothing to read in it")
    yield Document(documents[0] if len(documents) == 1 else {**documents[0], "entries": documents})
