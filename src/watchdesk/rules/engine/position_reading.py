"""The engine's answer to what `evaluate` asks: positions alone, without characters."""

from collections.abc import Sequence

from watchdesk.model import Article
from watchdesk.rules.engine.predicates import Leaves
from watchdesk.rules.engine.view import Glance
from watchdesk.rules.language.syntax import Leaf, Part
from watchdesk.rules.matching.limits import Work
from watchdesk.rules.matching.occurrences import Hit, Range, in_order
from watchdesk.rules.matching.reading import Reading


class GlancePositions:
    """Where words stand in a glance. Hits have no characters; sentences are asked of the whole reading."""

    def __init__(self, glance: Glance, leaves: Leaves) -> None:
        self._glance = glance
        self._leaves = leaves
        self._work = Work()

    @property
    def article(self) -> Article:
        """The article itself."""
        return self._glance.article

    @property
    def work(self) -> Work:
        """What the rule that is asked may still do."""
        return self._work

    @property
    def whole(self) -> Reading:
        """Its whole reading."""
        return self._glance.reading

    def phrase(self, parts: tuple[Part, ...]) -> Sequence[Range]:
        """Where the words of a term stand in their order."""
        return in_order(
            [(self._glance.whereabouts.where.get(self._leaves.atom(part), ()), part.offset) for part in parts]
        )

    def hit(self, leaf: Leaf, found: Range) -> Hit:
        """A leaf, found at a range."""
        return Hit(*found, "", -1, -1, "", leaf)

    def ranges(self, field: str) -> tuple[Range, ...]:
        """Where a text field stands."""
        return self._glance.whereabouts.ranges(field)

    def words_of_body(self, chosen: slice) -> tuple[Range, ...]:
        """Where the chosen words of the body stand, such as the first ten: `slice(10)`."""
        return self._glance.whereabouts.words_of_body(chosen)

    def sentence_of(self, position: int) -> int:
        """The number of the sentence at a position."""
        return self.whole.sentence_of(position)

    def block_of(self, position: int) -> int:
        """The number of the block at a position."""
        return self._glance.whereabouts.block_of(position)
