"""One engine beside watchdesk: the same rules, the same texts, one after the other on one core."""

from collections.abc import Sequence
from dataclasses import dataclass

from matching.agreement import Agreement, agree
from matching.clock import Patience, Timing, timed
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
    """Compares engines on one set of rules; watchdesk is timed once for each choice of rules."""

    def __init__(self, set_name: str, rules: RuleSet, texts: Sequence[Text], patience: Patience) -> None:
        self._set_name = set_name
        self._rules = rules
        self._texts = texts
        self._patience = patience
        self._ours: dict[frozenset[str], Timing] = {}

    def compared(self, peer: Peer) -> Compared:
        """Builds the engine, times it, compares its answers and lets it go."""
        taken = [rule for rule in self._rules.rules if peer.takes(rule)]
        ours = self._own_timing(taken)
        try:
            peer.build(taken)
            theirs = timed(peer, self._texts, self._patience, batch="batches" in peer.name)
        finally:
            peer.close()
        agreement = agree(ours.answers, theirs.answers, taken, self._texts)
        size = len(self._rules.rules)
        return Compared(self._set_name, size, peer.name, peer.setting, len(taken), theirs, ours, agreement)

    def _own_timing(self, taken: Sequence[Rule]) -> Timing:
        key = frozenset(rule.id for rule in taken)
        if key not in self._ours:
            own = Watchdesk(self._rules) if len(taken) == len(self._rules.rules) else Watchdesk()
            if len(taken) < len(self._rules.rules):
                own.build(taken)
            self._ours[key] = timed(own, self._texts, self._patience)
        return self._ours[key]
