"""All rules at once: which of them match an article, at a cost that hardly grows with their number.

The answers are those of `rule.match_of`, rule by rule; what a match says is left to it.
"""

from watchdesk.rules.engine.engine import Engine as Engine
