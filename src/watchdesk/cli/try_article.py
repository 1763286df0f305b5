"""`try`: what an article becomes, and what the rules match in it.

`try_input` reads what it is given; `article_view` and `step_view` lay it out.
"""

import click

from watchdesk.cli.article_view import print_article, print_matches
from watchdesk.cli.drafts import draft_of, draft_options, known_to
from watchdesk.cli.session import Session, json_option, pass_session, print_json, stdout, utc_now
from watchdesk.cli.step_view import print_steps, steps_document
from watchdesk.cli.try_input import read_input
from watchdesk.documents.tries import try_document
from watchdesk.rules import RuleSet


@click.command("try")
@click.argument("what", metavar="FILE|URL|-")
@click.option("--source", "source_id", metavar="ID", help="Read it as an article of this source.")
@click.option("--steps", is_flag=True, help="Show what each step of reading did to it, and what was removed.")
@draft_options
@json_option
@pass_session
def try_article(
    session: Session,
    what: str,
    source_id: str | None,
    *,
    steps: bool,
    query: str | None,
    exclude: str | None,
    sources: str | None,
    at_least: float | None,
    as_json: bool,
) -> None:
    """Normalises one article (HTML, text or a feed) and shows which rules match it, and why.

    With --query it asks this query instead of the rules of the files.
    """
    configuration = session.readable_configuration()
    draft = draft_of(query, exclude, sources, at_least)
    rules = configuration.rules
    if draft:
        from watchdesk.backtest import rule_of  # noqa: PLC0415 - most tries ask the rules

        rules = RuleSet((rule_of(draft, known_to(configuration)),))
    tried = read_input(what, configuration.settings, source_id, utc_now(), steps=steps)
    if as_json:
        documents = [
            {**try_document(rules, one.article), **(steps_document(one.steps) if steps else {})}
            for one in tried
        ]
        print_json(documents[0] if len(documents) == 1 else {**documents[0], "entries": documents})
        return
    for number, one in enumerate(tried):
        article = one.article
        if number:
            stdout().rule(style="dim")
        if steps:
            print_steps(one.steps)
        matches = rules.match(article)
        print_article(article, matches, configuration.settings.timezone)
        others = [rule.id for rule in rules.rules if not rule.reads(article.language)]
        misses = [miss for miss in rules.misses(article) if miss.rule_id not in others]
        print_matches(article, matches, misses, rules.labels, others)
