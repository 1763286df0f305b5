"""Which digests the matches of an article that is news wait for."""

from collections.abc import Mapping, Sequence

from watchdesk.config.settings import DigestSettings
from watchdesk.model import Match, RuleLabel


def digests_of(
    subscriptions: Mapping[str, DigestSettings], labels: Mapping[str, RuleLabel], matches: Sequence[Match]
) -> Mapping[str, tuple[str, ...]]:
    """Rule id → names of digests."""
    return {
        match.rule: tuple(
            digest.name
            for digest in subscriptions.values()
            if digest.takes(match.rule, labels[match.rule].tags)
        )
        for match in matches
    }
