"""A digest's own words, by language. Dates are Babel's."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """What a digest says besides what it quotes. `{}` are filled in by name."""

    story: str
    stories: str
    leads: str
    quiet_subject: str
    quiet: str
    also_in: str
    updated: str
    first_seen: str
    time_assumed: str
    left_out: str
    see_also: str
    window: str
    window_first: str
    sources_well: str
    sources_unwell: str
    since: str
    never: str
    found_nothing: str

    def count(self, number: int) -> str:
        """`1 story`, `2 stories`."""
        return f"{number} {self.story if number == 1 else self.stories}"


_WORDS: Mapping[str, Words] = {
    "en": Words(
        story="story",
        stories="stories",
        leads="{rule} leads",
        quiet_subject="nothing matched",
        quiet="A quiet time: nothing matched.",
        also_in="also in",
        updated="updated",
        first_seen="first seen {time}",
        time_assumed="zone assumed",
        left_out="… and {count} more, kept in the archive",
        see_also="in full under {rule}",
        window="From {start} to {end}.",
        window_first="Up to {end}.",
        sources_well="All {count} sources are well.",
        sources_unwell="{well} of {count} sources are well. Not well:",
        since="since {time}",
        never="never read yet",
        found_nothing="Nothing found for: {rules}.",
    ),
    "de": Words(
        story="Meldung",
        stories="Meldungen",
        leads="{rule} vorn",
        quiet_subject="nichts gefunden",
        quiet="Eine ruhige Zeit: nichts gefunden.",
        also_in="auch bei",
        updated="aktualisiert",
        first_seen="zuerst gesehen {time}",
        time_assumed="Zeitzone angenommen",
        left_out="… und {count} weitere, im Archiv",
        see_also="ausführlich unter {rule}",
        window="Von {start} bis {end}.",
        window_first="Bis {end}.",
        sources_well="Alle {count} Quellen antworten.",
        sources_unwell="{well} von {count} Quellen antworten. Gestört:",
        since="seit {time}",
        never="noch nie gelesen",
        found_nothing="Nichts gefunden zu: {rules}.",
    ),
    "fr": Words(
        story="article",
        stories="articles",
        leads="{rule} en tête",
        quiet_subject="rien trouvé",
        quiet="Période calme : rien trouvé.",
        also_in="aussi dans",
        updated="mis à jour",
        first_seen="vu à {time}",
        time_assumed="fuseau supposé",
        left_out="… et {count} autres, dans les archives",
        see_also="en entier sous {rule}",
        window="Du {start} au {end}.",
        window_first="Jusqu’au {end}.",
        sources_well="Les {count} sources répondent.",
        sources_unwell="{well} sources sur {count} répondent. En panne :",
        since="depuis {time}",
        never="encore jamais lue",
        found_nothing="Rien trouvé pour : {rules}.",
    ),
}


def words_of(language: str) -> Words:
    """English for a language that has no words here."""
    return _WORDS.get(language, _WORDS["en"])
