"""What an article said before its source corrected it, for `explain`: lines, and JSON."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from watchdesk.articles import Change, changes
from watchdesk.digests.fate import Fate, InDigests, Out
from watchdesk.documents.words import counted, day_and_time, printable, utc_text
from watchdesk.model import Article, Revision, SaidBefore

_MOST_CHANGES = 4
"""Shown of one version."""
_MOST_VERSIONS = 6
_LONGEST = 14
"""Words shown of what was taken out or put in."""


@dataclass(frozen=True, slots=True)
class _Version:
    """An older version, beside what came in its place."""

    revision: Revision
    since: datetime | None
    """None: what was said before it is not kept, or cannot be read."""
    title: Sequence[Change]
    text: Sequence[Change]
    digests: Sequence[str]
    """Digests that showed the article as it was then; none where it is not known since when it was."""


@dataclass(frozen=True, slots=True)
class Corrections:
    """What changed each time, the newest first."""

    before: SaidBefore
    versions: Sequence[_Version]

    def lines(self, now: datetime, zone: ZoneInfo) -> Iterator[str]:
        """Nothing where it was never rewritten."""
        before, versions = self.before, self.versions
        if before.times:
            yield f"Its source has changed it {counted(before.times, 'time')} since it was first seen:"
        written = [day_and_time(version.revision.until, now, zone) for version in versions]
        for version, until in zip(versions[:_MOST_VERSIONS], written, strict=False):
            second = f":{version.revision.until.astimezone(zone):%S}" if written.count(until) > 1 else ""
            shown = f", as in {' and '.join(version.digests)}" if version.digests else ""
            yield f"  said until {until}{second}{shown}:"
            said = [*(("title: ", one) for one in version.title), *(("", one) for one in version.text)]
            yield from (f"    {where}{_marked(one)}" for where, one in said[:_MOST_CHANGES])
            if len(said) > _MOST_CHANGES:
                yield f"    and {counted(len(said) - _MOST_CHANGES, 'more change')}"
            if not said:
                yield "    the same words, in other paragraphs or lines"
        rest = len(versions) - _MOST_VERSIONS
        if rest > 0:
            yield f"  and {counted(rest, 'version')} before, which --json has whole"
        if before.left_out:
            were = "was" if before.left_out == 1 else "were"
            yield f"  {counted(before.left_out, 'other version')} {were} not kept"
        if before.unreadable_until:
            until = day_and_time(before.unreadable_until, now, zone)
            yield (
                f"  What it said until {until} cannot be read: the database is damaged there; a backup may "
                "have it."
            )

    @property
    def document(self) -> dict[str, object]:
        """A part of `explain --json`."""
        return {
            "revisions": [
                {
                    "number": version.revision.number,
                    "since": utc_text(version.since),
                    "until": utc_text(version.revision.until),
                    "title": version.revision.title,
                    "text": version.revision.text,
                    "changes": [
                        {"field": field, "before": one.before, "after": one.after}
                        for field, found in (("title", version.title), ("body", version.text))
                        for one in found
                    ],
                    "digests": list(version.digests),
                }
                for version in self.versions
            ],
            "revisions_left_out": self.before.left_out,
            "revisions_unreadable_until": utc_text(self.before.unreadable_until),
        }


def corrections(article: Article, before: SaidBefore, fate: Fate) -> Corrections:
    """Compares each version with what came in its place, once for lines and document."""
    return Corrections(before, _versions(article, before, fate))


def _versions(article: Article, before: SaidBefore, fate: Fate) -> Sequence[_Version]:
    shown = _shown_at(fate)
    found: list[_Version] = []
    title, text = article.title, article.text
    ends = [*((one.number, one.until) for one in before.revisions[1:]), (0, article.first_seen)]
    for revision, (number, until) in zip(before.revisions, ends, strict=False):
        since = until if number == revision.number - 1 else None
        digests = [name for name, at in shown.items() if since and since <= at < revision.until]
        found.append(
            _Version(revision, since, changes(revision.title, title), changes(revision.text, text), digests)
        )
        title, text = revision.title, revision.text
    return found


def _shown_at(fate: Fate) -> Mapping[str, datetime]:
    """When digests were made that hold the article."""
    courses = fate.courses if isinstance(fate, InDigests) else ()
    return {course.digest: course.composed_at for course in courses if isinstance(course, Out)}


def _marked(change: Change) -> str:
    """`… spending by [5 → 3] % in …`; what was taken out stands before the arrow, what was put in behind."""
    words = [_shortened(change.before), "→", _shortened(change.after)]
    middle = f"[{' '.join(word for word in words if word)}]"
    parts = [f"… {change.left}" if change.left else "", middle, f"{change.right} …" if change.right else ""]
    return printable(" ".join(part for part in parts if part))


def _shortened(text: str) -> str:
    words = text.split()
    if len(words) <= _LONGEST:
        return text
    half = _LONGEST // 2
    return f"{' '.join(words[:half])} … {' '.join(words[-half:])} ({len(words):,} words)"
