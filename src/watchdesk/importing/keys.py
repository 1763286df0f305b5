"""Keys of other programs' files: each is carried, or harmless, or told. Pure."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from watchdesk.importing.found import Left

_UNKNOWN = "watchdesk has nothing that is known to do the same"


@dataclass(frozen=True, slots=True)
class Keys:
    """What is known of the keys of one kind of input. A key that it does not name is told where it is set."""

    quiet: Collection[str]
    """Keys that are carried, and those that say nothing about what is read."""
    usual: Mapping[str, Collection[object]] = field(default_factory=dict)
    """Values of keys that change nothing. Of every other key these are nothing, no, zero and emptiness."""
    reasons: Mapping[str, str] = field(default_factory=dict)
    """Why a key is not carried."""

    def left(self, given: Mapping[str, object], place: str) -> Iterator[Left]:
        """Every key that is set and lost. Values are not told: they may hold secrets."""
        for name, value in given.items():
            if name in self.quiet or value is None or self._changes_nothing(name, value):
                continue
            yield Left(place, name, self.reasons.get(name, _UNKNOWN))

    def _changes_nothing(self, name: str, value: object) -> bool:
        if name in self.usual:
            return value in self.usual[name]
        return _is_empty(value)


def _is_empty(value: object) -> bool:
    if isinstance(value, Mapping):
        return all(map(_is_empty, value.values()))
    if isinstance(value, str):
        return value.strip().lower() in ("", "false", "no")
    return value is None or value in (False, 0, [])
