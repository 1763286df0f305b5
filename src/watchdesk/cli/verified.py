"""What `verify` has found, in words and for programs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from watchdesk.cli.session import print_lines
from watchdesk.documents.words import counted
from watchdesk.store.dictionaries import dictionaries
from watchdesk.store.index_checking import IndexCheck

_WAY_OUT = (
    "stop watchdesk, set the database aside, and put a backup in its place; without a backup, "
    "`watchdesk help database-damaged` "
    "says how to save what can still be read"
)
OTHER_COPY = (
    "the other one is enough, and no text is lost; the service writes this one again within about an hour"
)
_INDEXED_AGAIN = "no article is lost; the service puts them into the index again, or builds it anew"
NOT_KEPT = ("references", "copies", "index")
"""Kinds that are no damage of what can be read."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong."""

    kind: str
    part: str
    what: str
    advice: str = _WAY_OUT


@dataclass
class Verified:
    """What came of it."""

    counts: Mapping[str, int] = field(default_factory=dict)
    read: dict[str, int] = field(default_factory=dict)
    left_behind: Mapping[str, int] = field(default_factory=dict)
    """Rows, by kind, that nothing needs any more."""
    index: IndexCheck | None = None
    """None: it could not be looked into."""
    findings: list[Finding] = field(default_factory=list)


def of_index(index: IndexCheck) -> Iterator[Finding]:
    """What it lacks, if anything."""
    if index.is_whole:
        return
    what = []
    if index.lost:
        what.append(f"{counted(index.lost, 'segment')} of it {'is' if index.lost == 1 else 'are'} lost")
    if index.altered:
        is_ = "is" if index.altered == 1 else "are"
        what.append(f"{counted(index.altered, 'segment')} of it {is_} not as it says")
    if index.is_lost:
        what.append("what it says of itself is lost: searches read every article")
    if index.missing:
        missing = counted(index.missing, "article is", "articles are")
        how = f"searches miss {index.unfound:,} of them" if index.unfound else "searches read them one by one"
        what.append(f"{missing} not in it: {how}")
    if index.is_unreadable:
        what.append("a part of it cannot be read: searches read every article")
    yield Finding("index", "the search index", "; ".join(what), _INDEXED_AGAIN)


def of_one_dictionary_once(findings: Sequence[Finding]) -> list[Finding]:
    """Damage of dictionaries is met wherever there is text, and is one."""
    met = [one for one in findings if one.part == dictionaries.name and one.kind not in NOT_KEPT]
    if not met:
        return list(findings)
    what = "; ".join(dict.fromkeys(one.what for one in met))
    one = Finding(met[0].kind, dictionaries.name, what)
    return [one if other is met[0] else other for other in findings if other not in met[1:]]


def document_of(verified: Verified, address: str, began: str | None, ended: str | None) -> dict[str, object]:
    """What `verify --json` prints. `began`, `ended`: as JSON has times."""
    return {
        "whole": not verified.findings,
        "database": address,
        "began": began,
        "ended": ended,
        "rows": dict(verified.counts),
        "left_behind": dict(verified.left_behind),
        "read_back": verified.read,
        "search_index": _index_document(verified.index) if verified.index else None,
        "findings": [
            {"kind": f.kind, "part": f.part, "what": f.what, "advice": f.advice} for f in verified.findings
        ],
    }


def _index_document(index: IndexCheck) -> dict[str, object]:
    return {
        "entries": index.entries,
        "entries_of_removed_articles": index.superfluous,
        "articles_pending": index.pending,
        "articles_missing": index.missing,
        "articles_unfound": index.unfound,
        "segments_lost": index.lost,
        "segments_altered": index.altered,
        "out_of_date": index.is_outdated,
        "lost": index.is_lost,
        "readable": not index.is_unreadable,
    }


def _rows(number: int, table: str) -> str:
    """`1 match`, `2 matches`; of other tables than are sampled, `1 row of notes`."""
    one = {"articles": "article", "matches": "match", "digests": "digest"}.get(table)
    return counted(number, one, table) if one else f"{counted(number, 'row')} of {table}"


def print_verified(verified: Verified, address: str) -> None:
    """For people."""
    counts = verified.counts
    lines = [f"database    {address}"]
    lines += [f"{name:<20} {rows:>12,} rows" for name, rows in sorted(counts.items()) if rows]
    if read := ", ".join(_rows(n, name) for name, n in verified.read.items() if n):
        lines.append(f"read back   {read}")
    if (index := verified.index) and index.entries:
        more = f", {index.superfluous:,} of articles removed since" if index.superfluous else ""
        if index.is_outdated:
            more = (
                "; it is out of date: the service builds it anew, and searches read every article until then"
            )
        lines.append(f"in index    {counted(index.entries, 'entry', 'entries')}{more}")
    for kind, rows in verified.left_behind.items():
        lines.append(f"left over   {rows:,} {kind}: watchdesk removes them within a day")
    for finding in verified.findings:
        lines.append(f"\n! {finding.part}: {finding.what}\n  {finding.advice}")
    lines.append("\nthe database is whole" if not verified.findings else "")
    print_lines([(line, None) for line in lines])
