"""One engine beside watchdesk: the same rules, the same texts, round by round in turns, on one core."""

from collections.abc import Sequence
from dataclasses import dataclass

from matching.agreement import Agreement, agree
from matching.clock import Patience, Timing, timed_in_turns
from matching.peers.own import Watchdesk
from matching.peers.peer import Peer
from matching.texts import Text
from watchdesk.rules import Rule, RuleSet


@dataclass(frozen=True, slots=True)
class Compared:
    """A row of the report."""

    set_name: str
    size: int
    peer: str
    setting: str
    taken: int
    """Rules that the engine can be asked; both were timed on these alone."""
    theirs: Timing
    ours: Timing
    agreement: Agreement

    @property
    def ratio(self) -> float:
        """Our articles a second over theirs."""
        return self.ours.rate / self.theirs.rate


class Comparer:
    """Compares engines on one set of rules."""

    def __init__(self, set_name: str, rules: RuleSet, texts: Sequence[Text], patience: Patience) -> None:
        self._set_name = set_name
        self._rules = rules
        self._texts = texts
        self._patience = patience
        self._own: dict[frozenset[str], Watchdesk] = {}

    def compared(self, peer: Peer) -> Compared:
        """Builds the engine, times it, compares its answers and lets it go."""
        taken = [rule for rule in self._rules.rules if peer.takes(rule)]
        own = self._ours(taken)
        try:
            peer.build(taken)
            ours, theirs = timed_in_turns([own, peer], self._texts, self._patience)
        finally:
            peer.close()
        agreement = agree(ours.answers, theirs.answers, taken, self._texts)
        size = len(self._rules.rules)
        return Compared(self._set_name, size, peer.name, peer.setting, len(taken), theirs, ours, agreement)

    def _ours(self, taken: Sequence[Rule]) -> Watchdesk:
        """watchdesk with these rules alone, built once for each choice of them."""
        key = frozenset(rule.id for rule in taken)
        if key not in self._own:
            self._own[key] = Watchdesk(self._rules) if len(taken) == len(self._rules.rules) else Watchdesk()
            if len(taken) < len(self._rules.rules):
                self._own[key].build(taken)
        return self._own[key]
