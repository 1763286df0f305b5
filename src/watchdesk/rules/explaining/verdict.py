"""What one rule says of one article, as a verdict that can say why not; `rule` makes the match."""

from dataclasses import dataclass

from watchdesk.rules.explaining.why_not import why_not
from watchdesk.rules.language.wording import written
from watchdesk.rules.matching.evaluate import Outcome
from watchdesk.rules.matching.limits import Work
from watchdesk.rules.matching.reading import Reading
from watchdesk.rules.matching.score import Score, hits_of, score
from watchdesk.rules.rule import Rule


@dataclass(frozen=True, slots=True)
class Verdict:
    """A rule's answer, and the reading it was given on."""

    rule: Rule
    reading: Reading
    obstacle: str | None
    outcome: Outcome
    excluded: Outcome | None
    """What the rule's `exclude` found; None for a rule without."""

    @property
    def score(self) -> Score:
        """Of the query alone, whatever else stands in the way."""
        return score(self.outcome, self.reading)

    @property
    def because(self) -> str | None:
        """Why the rule does not match, in one sentence; None when it does."""
        if self.all_but_score is not None:
            return self.all_but_score
        total = self.score.total
        if total < self.rule.at_least:
            return f"its score is {total:.2f}, and the rule asks for at least {self.rule.at_least:g}"
        return None

    @property
    def all_but_score(self) -> str | None:
        """Why the rule does not match, whatever the score; None when only the score can stand in the way."""
        if self.obstacle:
            return self.obstacle
        if not self.outcome.ok:
            return why_not(self.outcome, self.rule.query.text, self.reading)
        if self.excluded and self.excluded.ok and self.rule.exclude:
            asked = written(self.excluded.node, self.rule.exclude.text)
            hits = hits_of(self.excluded)
            found = hits[0].text if hits else asked
            return f"the rule excludes {asked}, and the article has '{found}'"
        return None


def judge(rule: Rule, reading: Reading) -> Verdict:
    """Asks the rule of the article."""
    reading.work = Work()
    found = rule.query.find(reading)
    return Verdict(
        rule,
        reading,
        rule.obstacle(reading.article),
        found,
        rule.exclude.find(reading) if rule.exclude else None,
    )
