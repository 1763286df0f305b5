"""A set of rules as one rules file, in YAML, by name: narrow, broad or hard."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from matching.desk_rules import BROAD, NARROW, Taste, desk_rule, name_lists
from matching.hard_rules import HARD, hard_rule
from matching.lexicon import Desk, Lexicon

_SETS: Mapping[str, tuple[Callable[[Desk, Taste], str], Taste]] = {
    "narrow": (desk_rule, NARROW),
    "broad": (desk_rule, BROAD),
    "hard": (hard_rule, HARD),
}
SETS = tuple(_SETS)

_LINES_OF_RULE = 3


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The text of a rules file, and what it holds."""

    name: str
    size: int
    yaml: str

    def first(self, size: int) -> "Rulebook":
        """The same with its first rules only."""
        if size >= self.size:
            return self
        lines = self.yaml.split("\n")
        kept = lines.index("rules:") + 1 + size * _LINES_OF_RULE
        return Rulebook(self.name, size, "\n".join(lines[:kept]) + "\n")


def write_rules(name: str, size: int, lexicon: Lexicon, seed: int) -> Rulebook:
    """`size` rules of the set `name`. A larger set of the same seed begins with the smaller one."""
    rule, taste = _SETS[name]
    desk = Desk(lexicon, random.Random(f"{seed} {name}"))
    lines = ["lists:"]
    for of, names in name_lists(desk).items():
        entries = ", ".join(f'"{name}"' for name in names)
        lines.append(f"  {of}: [{entries}]")
    lines.append("rules:")
    for number in range(size):
        lines += [f"  r{number}:", "    query: >-", f"      {rule(desk, taste)}"]
    return Rulebook(name, size, "\n".join(lines) + "\n")
