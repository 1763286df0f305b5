"""The fixed words of digests in one language. Dates and plural rules come from Babel (CLDR)."""

from collections.abc import Mapping
from dataclasses import dataclass

Forms = Mapping[str, str]
"""By plural category of CLDR (one, few, many, other): the words for such a number, `{n}` where it stands.

`=1`: for one alone, in languages whose category `one` is that of 21 as well.
"""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language. `{…}` are filled in by name."""

    code: str
    """ISO 639-1."""
    stories: Forms
    new: Forms
    all_new: Forms
    """For as many stories, none of which a digest has had before: `one` for a single one, else `other`."""
    go_on: Forms
    """Stories that an earlier digest of this name held."""
    more: Forms
    """And so many more, of what is listed before."""
    left_out: Forms
    """Stories that are kept and not shown."""
    rules_left_out: Forms
    """Rules whose stories are not shown, in a digest of very many."""
    headlines_only: Forms
    """The last so many stories stand without their summary."""
    sources_read: Forms
    articles_seen: Forms
    sources_well: Forms
    sources_unwell: Forms
    """By all sources; `{well}` of them."""
    days: Forms
    archive_only: Forms
    """Articles that rules found, and that were not to alert anyone."""

    tellers: Forms
    """Sources that tell a story."""
    same_text: Forms
    """So many other sources have the same text."""
    not_wanted: Forms
    """Articles that fewer than `{wanted}` sources told in time."""
    waits: Forms
    """Articles that wait until `{wanted}` sources tell their story."""

    colon: str
    semicolon: str
    """Both with the spaces that the language sets around them."""
    today: str
    yesterday: str
    tomorrow: str
    since: str
    leads: str
    quiet_subject: str
    quiet: str
    none_read: str
    """Of a digest without a story: that it is so says nothing of the news. A subject, and a sentence."""
    most_unread: str
    """The same, where `{unread}` of `{sources}` could not be read."""
    last_read_today: str
    last_read: str
    contents: str
    more_heading: str
    also_in: str
    others_report: str
    """Before the names of further sources."""
    doubtful: str
    """Before headlines that may be about something else."""
    last_told: str
    """When the last of the sources told it."""
    joined: str
    """The sources that have begun to tell it since the digest before."""
    updates: str
    """Over headlines of stories that were told before."""
    updated: str
    told_before: str
    first_seen: str
    time_assumed: str
    see_also: str
    held_back: str
    held_back_until: str
    silent: str
    last_hour: str
    hour_to: str
    """An hour that is over when the digest is made."""
    spike: str
    """`{within}` is one of the two before."""
    spike_subject: str
    test: str
    window: str
    window_first: str
    never: str
    found_nothing: str
    last_day: str
    why: str
    """Why one gets the digest."""
    ask: str
    mute: str
    why_this: str
    """The link to the page that says why a story came; the two below say what the reader thinks of it."""
    not_this: str
    more_like_this: str
    rules_and_silences: str
    """Before links to the pages of rules, where one sees whether they are silenced."""
    too_wide: str
    """Of a digest that holds more than anyone reads."""
