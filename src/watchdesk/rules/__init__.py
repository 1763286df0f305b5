"""Pure: article × rules → matches, by the rule language.

`folders` reads the files of a desk and `load_rules` some files, `RuleSet` matches and explains, and `Query`
is a single query, such as a search.
"""

from typing import TYPE_CHECKING

from watchdesk.doors import on_demand

if TYPE_CHECKING:
    from watchdesk.rules.engine import Engine as Engine
    from watchdesk.rules.examples import ExampleFailure as ExampleFailure
    from watchdesk.rules.examples import check_examples as check_examples
    from watchdesk.rules.explaining.explain import Explanation as Explanation
    from watchdesk.rules.files.declared import SCORE_SCALE as SCORE_SCALE
    from watchdesk.rules.files.schema import rules_schema as rules_schema
    from watchdesk.rules.gc_control import freeze_gc as freeze_gc
    from watchdesk.rules.gc_control import settle_collector as settle_collector
    from watchdesk.rules.query import Query as Query
    from watchdesk.rules.rule import Example as Example
    from watchdesk.rules.rule import Rule as Rule
    from watchdesk.rules.ruleset import Answers as Answers
    from watchdesk.rules.ruleset import Miss as Miss
    from watchdesk.rules.ruleset import RuleSet as RuleSet
    from watchdesk.rules.ruleset import asked_by as asked_by
    from watchdesk.rules.ruleset import load_rules as load_rules
else:
    __getattr__ = on_demand(
        __name__,
        {
            ".engine": "Engine",
            ".examples": "ExampleFailure check_examples",
            ".explaining.explain": "Explanation",
            ".files.declared": "SCORE_SCALE",
            ".files.schema": "rules_schema",
            ".gc_control": "freeze_gc settle_collector",
            ".query": "Query",
            ".rule": "Example Rule",
            ".ruleset": "Answers Miss RuleSet asked_by load_rules",
        },
    )
