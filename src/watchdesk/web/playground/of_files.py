"""What is asked of the rules of the files, which the service itself has without their queries."""

from collections.abc import Iterator

from watchdesk.documents.near_rules import near_rule
from watchdesk.documents.rule_answers import answers_of
from watchdesk.documents.rule_list import read_habits
from watchdesk.documents.rule_view import read_rule
from watchdesk.errors import ConfigurationError
from watchdesk.rules import Query, RuleSet
from watchdesk.web.playground.files import Files
from watchdesk.web.playground.messages import (
    AskRule,
    AskRules,
    CountHabits,
    Document,
    LookNear,
    Nearly,
    Parse,
    Parsed,
    Reply,
    RuleSays,
    RulesSay,
    Viewed,
    ViewRule,
)


def rules_say(files: Files, asked: AskRules) -> Iterator[Reply]:
    """Raises `UsageError` for an article that is not in the archive."""
    rules, article = files.configuration.rules, files.article(asked.article_id)
    answers = answers_of(
        rules,
        article,
        most=asked.most,
        others_from=asked.others_from,
        shows_others=asked.shows_others,
        patience=asked.patience,
    )
    yield RulesSay(answers, rules.version)


def rule_says(files: Files, asked: AskRule) -> Iterator[Reply]:
    """Raises `UsageError` for an article that is not in the archive, and a rule that is not in the files."""
    rule, article = files.rule_of_files(asked.rule_id), files.article(asked.article_id)
    explanation = RuleSet((rule,)).explain(rule.id, article)
    yield RuleSays(explanation, files.configuration.rules.version)


def viewed(files: Files, asked: ViewRule) -> Iterator[Reply]:
    """Raises `UsageError` for a rule that is not in the files."""
    rule, configuration = files.rule_of_files(asked.rule_id), files.configuration
    view = read_rule(rule, configuration, files.store, asked.now, files.zone)
    yield Viewed(view, configuration.rules.version)


def looked_near(files: Files, asked: LookNear) -> Iterator[Reply]:
    """Raises `UsageError` for a rule that is not in the files."""
    yield Nearly(near_rule(files.rule_of_files(asked.rule_id), files.store, asked.now, asked.budget))


def habits_counted(files: Files, asked: CountHabits) -> Iterator[Reply]:
    """The document of `rules --json`."""
    store = files.store
    found = read_habits(files.configuration, store, asked.now, asked.since, store.look_back)
    yield Document({**found.document})


def parsed(files: Files, asked: Parse) -> Iterator[Reply]:
    """The query, or its mistakes."""
    lists = files.configuration.rules.lists
    try:
        query = Query.parse(asked.query, lists)
    except ConfigurationError as error:
        yield Parsed(None, str(error))
        return
    yield Parsed(Query(query.text, query.node))  # without all the lists that it does not name
