"""Words that say nothing about what an article is about, by language: particles, weekdays, "said"."""

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files

_HEADING = re.compile(r"^\[(\w+)\]$", re.MULTILINE)


@lru_cache(maxsize=100)
def stop_words(language: str | None) -> frozenset[str]:
    """Those of a language (ISO 639-1), case-folded; where it is not known, those of all that are listed.

    Empty for a language without a list: what all its articles have weighs little anyway.
    """
    if language is None:
        return frozenset().union(*_lists().values())
    return _lists().get(language.lower().partition("-")[0], frozenset())


@cache
def _lists() -> Mapping[str, frozenset[str]]:
    """By language."""
    written = (files("watchdesk.stories") / "stop_words.txt").read_text(encoding="utf-8")
    _, *parts = _HEADING.split(written)
    return {code: frozenset(words.split()) for code, words in zip(parts[::2], parts[1::2], strict=True)}
