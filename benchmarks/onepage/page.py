"""The page: every figure beside its limit and its peers', in Markdown."""

from collections.abc import Iterator, Mapping, Sequence

from figures import Figure, number

from onepage.parts import Part
from onepage.running import Outcome, PartRun

_HEAD = """\
# Benchmarks

This page is made by `make bench`, from one run of every script in [benchmarks](../benchmarks/README.md),
which says what each of them does and how. Figures without a limit are told and not judged. Other figures of
a row are what others had in the same run for the same work. [Where the time goes](performance.md) says of
each limit that is missed what it would take.
"""
_QUICK = "**This was a run in small (`QUICK=1`), to try the harness: no figure here means anything.**\n"


def page(
    parts: Mapping[str, Part],
    runs: Sequence[PartRun],
    machine: Sequence[tuple[str, str]],
    pictures: Mapping[str, str],
    *,
    current: str,
    is_quick: bool,
) -> str:
    """`pictures`: files by the name of their part; `current`: when this run began."""
    return "\n".join(
        [
            _HEAD,
            *([_QUICK] if is_quick else []),
            *_left_out(parts, runs),
            *_table(["", ""], [[what, told] for what, told in machine]),
            *_summary(parts, runs),
            *([_shown("all limits", pictures["limits"])] if "limits" in pictures else []),
            *(line for run in runs for line in _section(parts[run.name], run, pictures, current)),
        ]
    )


def _left_out(parts: Mapping[str, Part], runs: Sequence[PartRun]) -> Iterator[str]:
    missing = [part.title for name, part in parts.items() if name not in {run.name for run in runs}]
    if missing:
        yield f"**Not in this run: {'; '.join(missing)}.**\n"


def _summary(parts: Mapping[str, Part], runs: Sequence[PartRun]) -> Iterator[str]:
    judged = [(run, figure) for run in runs for figure in run.figures if figure.limit]
    failed = [(run, one) for run in runs for one in run.outcomes if not one.told]
    held = sum(figure.holds for _, figure in judged)
    yield "## Limits\n"
    yield f"{held} of {len(judged)} hold.\n"
    for run, one in failed:
        yield f"- **{parts[run.name].title}: `{one.command}` failed**, so its figures are not here.\n"
    rows = [
        [
            f"[{parts[run.name].title}](#{_anchor(parts[run.name])})",
            one.name,
            _measured(one),
            one.limit,
            _verdict(one),
        ]
        for run, one in judged
    ]
    yield from _table(["", "", "measured", "limit", ""], rows)


def _section(part: Part, run: PartRun, pictures: Mapping[str, str], current: str) -> Iterator[str]:
    yield f"## {part.title}\n"
    yield f"{part.about}\n"
    if run.when < current:
        yield f"**Of an earlier run: {run.when}, commit {run.commit}.**\n"
    if part.name in pictures:
        yield _shown(part.title.lower(), pictures[part.name])
    for outcome in run.outcomes:
        yield from _told(outcome)
    yield f"`--only {part.name}`; it took {run.seconds / 60:.1f} minutes.\n"


def _told(outcome: Outcome) -> Iterator[str]:
    if outcome.told is None:
        yield f"**`{outcome.command}` failed.**\n\n```text\n{outcome.failure}\n```\n"
        return
    told = outcome.told
    if told.data:
        yield f"Measured on {told.data}.\n"
    peers = list(dict.fromkeys(name for figure in told.figures for name in figure.peers))
    rows = [
        [figure.name, _measured(figure), *_judged(figure), *(_of(figure, name) for name in peers)]
        for figure in told.figures
    ]
    yield from _table(["", "watchdesk", "limit", "", *peers], rows)
    yield from (f"- {_cell(note)}" for note in told.notes)
    if told.notes:
        yield ""


def _judged(figure: Figure) -> tuple[str, str]:
    return figure.limit, _verdict(figure) if figure.limit else ""


def _verdict(figure: Figure) -> str:
    return "holds" if figure.holds else "**missed**"


def _measured(figure: Figure) -> str:
    return f"**{number(figure.value)}** {figure.unit}".rstrip()


def _of(figure: Figure, peer: str) -> str:
    return number(figure.peers[peer]) if peer in figure.peers else ""


def _shown(what: str, file: str) -> str:
    return f"![{what}]({file})\n"


def _anchor(part: Part) -> str:
    return part.title.lower().replace(" ", "-")


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Columns in which nothing stands are left out."""
    shown = [place for place in range(len(head)) if head[place] or any(row[place] for row in rows)]
    if not rows:
        return
    yield _row([head[place] for place in shown])
    yield _row(["---"] * len(shown))
    for row in rows:
        yield _row([row[place] for place in shown])
    yield ""


def _row(cells: Sequence[str]) -> str:
    return f"|{'|'.join(f' {_cell(cell)} ' if cell else ' ' for cell in cells)}|"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
