"""What a template is given of a digest: plain values, in the reader's zone and language.

Nothing in it is HTML, every address is safe to link, and every text is fit to be shown. The names are a
promise to those who write templates (docs/digests.md).
"""

from dataclasses import dataclass

from watchdesk.digests.rendering.sanitising import Run


@dataclass(frozen=True, slots=True)
class LinkView:
    """A link to the desk's page."""

    words: str
    """`why`, `not this`, `more like this`, or the title of a rule."""
    url: str
    """It opens one page, without the token, for 90 days."""


@dataclass(frozen=True, slots=True)
class CopyLine:
    """The same story elsewhere."""

    source: str
    """The source's name."""
    url: str | None
    """None: it has no address that is safe to link."""


@dataclass(frozen=True, slots=True)
class HistoryView:
    """How much the rule found in the digest's own window, and on the days before it."""

    counts: tuple[int, ...]
    """How many articles each day; the last is the digest's own window."""
    eighths: tuple[int, ...]
    """The height of each day's bar, 0 to 8; the highest has 8, and any day with articles 1 at least."""
    blocks: str
    """The bars as characters: ▁▂▃▄▅▆▇█."""
    caption: str
    """`9 since yesterday 07:00`, or `9 in the last 24 hours`."""
    words: str
    """The counts in words, for those who see no bars: `14 days: 0 2 5 … 9 since yesterday 07:00`."""


@dataclass(frozen=True, slots=True)
class BriefView:
    """A story as a headline alone."""

    title: tuple[Run, ...]
    """The headline, in stretches that are marked or not; 200 characters at most."""
    language: str | None
    """The title's language, where it is not the page's (ISO 639-1)."""
    direction: str
    """`ltr` or `rtl`: the way that the title is written."""
    url: str | None
    """None: it has no address that is safe to link."""
    source: str
    """The source's name."""
    when: str
    """`today 07:38`."""
    why: LinkView | None
    """To the page that says why it came. None: the desk has no page that readers reach, or the headline is no
    story of its own."""


@dataclass(frozen=True, slots=True)
class StoryView:
    """A story under a rule."""

    title: tuple[Run, ...]
    """The headline, in stretches that are marked or not; 200 characters at most."""
    language: str | None
    """The title's and the snippet's language, where it is not the page's (ISO 639-1)."""
    direction: str
    """`ltr` or `rtl`: the way that the title is written."""
    url: str | None
    """None: it has no address that is safe to link."""
    source: str
    """The source's name."""
    when: str
    """`today 07:38`, `yesterday 22:10`, `Tue 14:05`, `3 Nov 14:05`; or when it was first seen."""
    byline: str | None
    """Who wrote it, where that is known and short."""
    is_new: bool
    """No earlier digest of this name held the story."""
    notes: tuple[str, ...]
    """What is to be known of it: that it goes on from an earlier digest, that it was updated."""
    snippet: tuple[Run, ...]
    """A few words around what matched, in stretches that are marked or not."""
    copies: tuple[CopyLine, ...]
    """The story elsewhere, each source and each address once; eight at most."""
    more_copies: str | None
    """`and 3 more`: the copies that are not named."""
    copy_count: int
    """How many copies are folded into the story, named or not."""
    see_also: str | None
    """Set when the story stands in full under another rule: then the title and `only_here` are shown here."""
    own_lead: bool
    """No rule before has the article that leads here: the story stands in full here too."""
    only_here: tuple[BriefView, ...]
    """Articles of the story that no rule before has: whatever stands in full there, they do not."""
    number: int
    """Which story it is: the same under every rule that found it."""
    coverage: str | None
    """`9 sources since 07:12, last 11:40`; of a story that goes on, also who has joined. None: one source."""
    headlines: tuple[BriefView, ...]
    """The story elsewhere, in other words; three at most."""
    names_label: str
    """The words before `names`, with their colon: `others report: `, or `also in: ` without headlines."""
    names: tuple[CopyLine, ...]
    """Further sources that tell it in other words; eight at most."""
    more_names: str | None
    """`and 3 more`: those that are not named."""
    doubtful_label: str
    """The words before `doubtful`, with their colon: `possibly related: `."""
    doubtful: tuple[BriefView, ...]
    """Articles that may be about something else; eight at most."""
    same_text: str | None
    """`same text in 4 more: `, with the colon; None: nobody has it."""
    same_text_copies: tuple[CopyLine, ...]
    """Sources with the text of the article that is shown; eight at most."""
    links: tuple[LinkView, ...]
    """Why it came, and two to say whether it should have. Empty: the desk has no page that readers reach."""


@dataclass(frozen=True, slots=True)
class PartView:
    """What one rule found."""

    anchor: str
    """Unique on the page, for links within it."""
    title: str
    """The rule's title."""
    count: str
    """`5 stories, 4 new`."""
    urgent: bool
    """The rule's priority is high."""
    history: HistoryView | None
    """None: it is not known."""
    stories: tuple[StoryView, ...]
    """Best first."""
    more: tuple[BriefView, ...]
    """Stories over the digest's `most`, best first."""
    more_heading: str
    """The heading over `more`."""
    left_out: str | None
    """`… and 12 more, kept in the archive`: what is neither in `stories` nor in `more`."""
    updates: tuple[BriefView, ...]
    """News of stories that the digest told before, where it holds them (`updates: hold`)."""
    updates_heading: str
    """The heading over `updates`."""
    updates_left_out: str | None
    """`… and 3 more, kept in the archive`: updates that are not in `updates`."""
    held_back: tuple[BriefView, ...]
    """What the rule found while it was silenced."""
    held_back_heading: str
    """The heading over `held_back`, with the end of the silence."""
    held_back_left_out: str | None
    """`… and 3 more, kept in the archive`: what was held back and is not in `held_back`."""


@dataclass(frozen=True, slots=True)
class TroubleLine:
    """A source that is not well, or several for the same reason."""

    name: str
    """The source's name; of several, their names. Where these fail since different times, each has its own in
    brackets."""
    since: str
    """`since yesterday 22:10`, or that it was never read; empty where the names have it."""
    error: str
    """Why it cannot be read."""


@dataclass(frozen=True, slots=True)
class DigestView:
    """A digest."""

    name: str
    """Its name in watchdesk.yaml."""
    subject: str
    """The subject of the mail."""
    title: str
    """Its title in watchdesk.yaml."""
    date: str
    """`Wednesday, 25 November 2026`."""
    preview: str
    """The leading headlines, for the line that mail programs show beside the subject."""
    language: str
    """Of the digest's own words (ISO 639-1)."""
    test: str | None
    """Set when it was sent by hand to try a channel: says so."""
    spikes: tuple[str, ...]
    """`NATO spending: 24 in the last hour, usually 3`, or `in the hour to 22:10`; 20 at most."""
    summary: str | None
    """`12 stories, 9 new since yesterday 07:00; 3 go on`; None when there are none."""
    quiet: str | None
    """Set when nothing matched: says so, and that no source or few could be read, where that is so."""
    awake: str | None
    """What was read and looked at, as far as that is known."""
    contents: str
    """The heading over a list of the parts."""
    parts: tuple[PartView, ...]
    """A part for each rule that found something."""
    shortened: tuple[str, ...]
    """What is not shown because a mail must not be longer; empty in a template of your own."""
    also_in: str
    """The words before the copies of a story, with their colon."""
    window: str
    """`From yesterday 07:00 to today 07:00.`"""
    health: str
    """How many sources are well; empty where there are none."""
    troubles: tuple[TroubleLine, ...]
    """The sources that are not well, 20 at most, a line a reason."""
    more_troubles: str | None
    """`and 3 more`: the sources that are not well and not named."""
    found_nothing: str | None
    """The rules that found nothing."""
    silenced: tuple[str, ...]
    """`NATO spending is silent until tomorrow 09:00`; 20 at most, then `and 3 more`."""
    archive_only: str | None
    """How many articles these rules found that were too old to be reported."""
    not_wanted: str | None
    """How many articles too few sources told, where the digest asks for a number (`only`)."""
    waits: str | None
    """How many wait for more sources."""
    too_wide: str | None
    """Set when the digest holds more than anyone reads: names the rules that are too wide, 3 at most."""
    why: str | None
    """Why one gets the digest: the channels it is sent to."""
    ask: str | None
    """Whom to ask; None where nobody is named."""
    mute: str | None
    """How to mute a rule for a while; None where there is none."""
    rules_label: str
    """The words before `rule_links`, with their colon."""
    rule_links: tuple[LinkView, ...]
    """To the pages of its rules, 20 at most. Empty: the desk has no page that readers reach."""


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A notice to the operators. It is in English."""

    subject: str
    """The subject of the mail."""
    title: str
    """The heading."""
    date: str
    """`Wednesday, 25 November 2026, 07:00`."""
    troubles: tuple[str, ...]
    """What happened, and what to do, a sentence or two each; then what is over: `Over: …`."""
    quoted: tuple[str, ...]
    """Of each of them the lines of files that it is about, with a caret below each mistake; mostly empty."""
    foot: str
    """What this is, and where to look."""
