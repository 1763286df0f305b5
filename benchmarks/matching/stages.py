"""Where the time goes: each of our modules' share of matching, and the functions that take most.

By the standard profiler, which charges small functions more than they cost: read the order, not the sums.
"""

import cProfile
import pstats
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from matching.texts import Text
from watchdesk.rules import RuleSet

_FUNCTIONS = 15


def stages(rules: RuleSet, texts: Sequence[Text]) -> str:
    """A report, after a round that is not profiled."""
    for text in texts:
        rules.matching(text.article())
    profiler = cProfile.Profile()
    with profiler:
        for text in texts:
            rules.matching(text.article())
    return _told(pstats.Stats(profiler), len(texts))


def _told(stats: pstats.Stats, articles: int) -> str:
    by_module: Counter[str] = Counter()
    by_function: Counter[str] = Counter()
    for (file, line, name), (_, _, own, _, callers) in stats.stats.items():  # type: ignore[attr-defined]
        if file != "~":
            by_module[_module(file)] += own
            by_function[f"{_module(file)}:{line} {name}"] += own
            continue
        for (caller, _, _), (_, _, share, _) in callers.items():
            by_module[_module(caller)] += share
        by_function[name] += own
    total = sum(by_module.values()) or 1.0
    mean = total / articles * 1e6
    lines = [f"{mean:,.0f} µs an article under the profiler; built-ins count to their callers"]
    lines += [f"  {own / total:6.1%}  {module}" for module, own in by_module.most_common(12)]
    lines.append("functions by their own time, µs an article")
    lines += [f"  {own / articles * 1e6:8.1f}  {name}" for name, own in by_function.most_common(_FUNCTIONS)]
    return "\n".join(lines)


def _module(file: str) -> str:
    path = Path(file)
    places = [number for number, part in enumerate(path.parts) if part == "watchdesk"]
    return "/".join(path.parts[places[-1] + 1 :]) if places else path.name
