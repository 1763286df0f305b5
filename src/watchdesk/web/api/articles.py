"""/api/v1/articles: what `search --json` and `explain --json` print; /api/v1/stories."""

from dataclasses import dataclass

from watchdesk.documents.article_views import ArticleDetailDocument, article_view_document, view_article
from watchdesk.documents.explanations import ExplanationDocument, explain_article, explanation_document
from watchdesk.documents.searches import SearchDocument, search_document
from watchdesk.documents.story_views import StoryDetailDocument, story_view_document
from watchdesk.web.api.parameters import Limit, Number
from watchdesk.web.asked import Asked, Refusal
from watchdesk.web.pages.article import answers_in_force
from watchdesk.web.pages.labelling import stored_article
from watchdesk.web.pages.story import stored_story
from watchdesk.web.playground.messages import AskRule, AskRules, RuleSays, RulesSay
from watchdesk.web.routes import Operation
from watchdesk.web.rules_asked import ask
from watchdesk.web.searching import SEARCHING, NotUnderstood, Typed, cursor_of


@dataclass(frozen=True, slots=True)
class _Search:
    query: str = ""
    """Of the rule language; left out: the newest articles."""
    since: str = ""
    """Only articles that were first seen this recently, such as 30d."""
    limit: Limit = 50
    cursor: str | None = None
    """The `next` of the page before."""


@dataclass(frozen=True, slots=True)
class _One:
    id: Number


@dataclass(frozen=True, slots=True)
class _Why:
    id: Number
    rule: str
    """The id of a rule."""


def _articles(asked: Asked, given: _Search) -> SearchDocument:
    try:
        found = SEARCHING.search(asked, Typed(given.query, given.since, given.cursor), given.limit)
    except NotUnderstood as error:
        raise Refusal(400, str(error)) from None
    return search_document(found, cursor_of(found.next))


def _article(asked: Asked, given: _One) -> ArticleDetailDocument:
    with asked.desk.reading() as store:
        stored_article(store, str(given.id))
    said = ask(asked, AskRules(given.id, None, None, shows_others=False, patience=0.0), RulesSay)
    answers = answers_in_force(asked, said.answers)
    with asked.desk.reading() as store:
        article = stored_article(store, str(given.id))
        return article_view_document(view_article(asked.configured, store, article, answers, asked.now))


def _explain(asked: Asked, given: _Why) -> ExplanationDocument:
    rule = asked.rule(given.rule)
    with asked.desk.reading() as store:
        stored_article(store, str(given.id))
    said = ask(asked, AskRule(rule.id, given.id), RuleSays)
    with asked.desk.reading() as store:
        article = stored_article(store, str(given.id))
        found = explain_article(asked.configured, store, said.explanation, article, asked.now)
    return explanation_document(found)


def _story(asked: Asked, given: _One) -> StoryDetailDocument:
    with asked.desk.reading() as store:
        return story_view_document(stored_story(store, str(given.id)))


ARTICLES = Operation(
    "/articles",
    "What a query of the rule language finds in the archive, the newest first",
    _articles,
    document=SearchDocument,
    parameters=_Search,
)
ARTICLE = Operation(
    "/articles/{id}",
    "One article, what became of it, its story, and what it said before",
    _article,
    document=ArticleDetailDocument,
    parameters=_One,
)
EXPLAIN = Operation(
    "/articles/{id}/explain",
    "Why a rule found an article or did not, and what became of it",
    _explain,
    document=ExplanationDocument,
    parameters=_Why,
)
STORY = Operation(
    "/stories/{id}",
    "Who told a story when, and who has the same text",
    _story,
    document=StoryDetailDocument,
    parameters=_One,
)
