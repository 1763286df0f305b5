"""All rules at once: finds the rules that match an article, at a cost that hardly grows with their number.

The journey of an article: `splitting` cuts its text into chunks. `vocabulary` turns each chunk into numbers
of words; folding, stems and wildcards are settled once for each form ever seen. `view` finds every predicate
that is true for the article: its words, its bigrams and their `positions`, words in a field, facts. `index`
fetches the postings of these predicates, and so finds each rule whose rarest clause is true; then it checks
the rest of each row. What rows cannot say, `residual` asks for the few rules left.

The journey of a rule: `plan` turns its query into clauses over numbered `predicates`, and `index` adds it
under the rarest. The answers are those of `rule.match_of`, rule by rule; `rule.what_matched` makes a match.
"""

from typing import TYPE_CHECKING

from watchdesk.doors import on_demand

if TYPE_CHECKING:
    from watchdesk.rules.engine.engine import Engine as Engine
else:
    __getattr__ = on_demand(
        __name__,
        {
            ".engine": "Engine",
        },
    )
