"""Finds out what kind of text an article is, by its title, its address and its sections. Pure.

A story is led by a report of it: not by what somebody thinks of it, and not by a page that lists or awaits.
"""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from urllib.parse import urlsplit

from watchdesk.model import Article


class Genre(StrEnum):
    """What kind of text an article is, as far as it says so itself."""

    REPORT = "report"
    """Whatever does not say that it is something else."""
    OPINION = "opinion"
    LIST = "list"
    """Points to take away, questions and answers, what is known, a briefing of many things."""
    LIVE = "live"
    PREVIEW = "preview"
    """What is to be expected of something that has not happened."""


def genre_of(article: Article) -> Genre:
    """By the title first: it says most of this one article."""
    title = " ".join(article.title.casefold().replace("’", "'").split())
    for genre, pattern in _IN_TITLES.items():
        if pattern.search(title):
            return genre
    sections = {*_path_of(article.url), *(category.casefold().strip() for category in article.categories)}
    for genre, known in _SECTIONS.items():
        if known & sections:
            return genre
    return Genre.REPORT


def _path_of(url: str | None) -> Iterable[str]:
    try:
        return urlsplit(url or "").path.casefold().split("/")[:-1]
    except ValueError:
        return ()


_LABELS: Mapping[Genre, Mapping[str, str]] = {
    Genre.OPINION: {
        "en": "opinion|comment|commentary|op-ed|editorial|column|guest essay|viewpoint",
        "de": "meinung|kommentar|leitartikel|gastbeitrag|kolumne",
        "es": "opinión|columna|editorial|tribuna",
        "fr": "opinion|tribune|édito|éditorial|chronique|point de vue",
        "it": "opinione|l'opinione|commento|il commento|editoriale|l'editoriale",
        "nl": "opinie|column|commentaar|hoofdredactioneel",
        "pl": "opinia|komentarz|felieton",
        "uk": "думка|колонка|погляд|коментар",
    },
    Genre.LIVE: {
        "en": "live|live blog|liveblog|live updates|live news|as it happened",
        "de": "live|liveblog|liveticker|live-ticker|newsblog|ticker",
        "es": "en directo|en vivo|directo|minuto a minuto",
        "fr": "direct|en direct|le direct",
        "it": "diretta|in diretta|la diretta",
        "nl": "live|liveblog",
        "pl": "na żywo|relacja|relacja na żywo",
        "uk": "наживо|онлайн|текстова трансляція",
    },
    Genre.LIST: {
        "en": "explainer|explained|analysis in charts|q&a|timeline|fact check|briefing|roundup|in brief",
        "de": "überblick|faq|faktencheck|chronik|morgenlage",
        "es": "claves|las claves|cronología|resumen",
        "fr": "décryptage|l'essentiel|en bref|chronologie",
        "it": "in breve|la scheda|scheda|punti chiave",
        "nl": "overzicht|in het kort|uitgelegd",
        "pl": "w skrócie|podsumowanie|wyjaśniamy",
        "uk": "коротко|підсумки|пояснення",
    },
    Genre.PREVIEW: {
        "en": "preview|looking ahead|the week ahead|week ahead",
        "de": "vorschau|ausblick",
        "es": "previa|la previa",
        "fr": "avant-première|les enjeux",
        "it": "anteprima",
        "nl": "vooruitblik",
        "pl": "zapowiedź",
        "uk": "анонс",
    },
}
"""What stands by itself before a colon or a bar, after one, or in brackets."""

_PHRASES: Mapping[Genre, Mapping[str, str]] = {
    Genre.OPINION: {},
    Genre.LIVE: {
        "en": "live updates|live blog|liveblog|as it happened",
        "de": r"\w*liveticker|\w*liveblog|\w*newsblog",
        "es": "minuto a minuto|última hora en directo",
        "fr": "suivez en direct|minute par minute",
        "it": "la diretta|minuto per minuto",
        "nl": r"\w*liveblog",
        "pl": "relacja na żywo",
        "uk": "текстова трансляція",
    },
    Genre.LIST: {
        "en": r"takeaways?|things to know|what we know|what we learned|what to know|key (?:points|moments)|"
        r"at a glance|questions answered|in (?:\w+ )?charts|in pictures|(?:morning|daily|evening) briefing|"
        r"you need to know|explained$",
        "de": r"was wir wissen|was wir über|was man wissen|was bekannt ist|die wichtigsten \w+|"
        r"fragen und antworten|das ist bekannt",
        "es": r"lo que sabemos|lo que se sabe|qué se sabe|preguntas y respuestas|(?:cinco|\d+) claves",
        "fr": r"ce que l'on sait|ce qu'on sait|ce qu'il faut (?:savoir|retenir)|questions-réponses",
        "it": r"(?:che )?cosa sappiamo|(?:che )?cosa (?:c'è da )?sapere|domande e risposte",
        "nl": r"wat we (?:nu )?weten|dit weten we|wat (?:u|je) moet weten|vragen en antwoorden",
        "pl": r"co wiemy|co wiadomo|co (?:trzeba|warto) wiedzieć|pytania i odpowiedzi",
        "uk": r"що (?:ми )?знаємо|що (?:треба|варто) знати|головне за|запитання (?:і|й|та) відповіді",
    },
    Genre.PREVIEW: {
        "en": r"what to (?:expect|watch)|how to watch|what(?:'s| is) at stake",
        "de": r"was zu erwarten ist|was erwartet|darum geht es (?:bei|beim|am|heute)",
        "es": "qué esperar|qué se espera",
        "fr": r"à quoi s'attendre|ce qu'il faut attendre|à quoi faut-il s'attendre",
        "it": r"(?:che )?cosa (?:aspettarsi|attendersi)",
        "nl": "wat te verwachten|wat kunnen we verwachten",
        "pl": "czego (?:się )?(?:spodziewać|oczekiwać)",
        "uk": "чого (?:очікувати|чекати)",
    },
}
"""What says it anywhere in a title."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SECTIONS: Mapping[Genre, frozenset[str]] = {
    Genre.OPINION: _words(
        "opinion opinions op-ed commentary commentisfree editorial editorials columns columnists opinión "
        "meinung kommentare kolumnen idees idées débats tribune tribunes editoriali opinioni opinie "
        "columnisten opinia komentarze думки колонки"
    ),
    Genre.LIVE: _words("live live-news liveblog liveticker en-direct direct directo en-directo diretta"),
    Genre.LIST: _words("explainers explainer briefing briefings newsletters"),
    Genre.PREVIEW: _words("previews preview"),
}
"""Parts of addresses, and categories."""


def _pattern(labels: Iterable[str], phrases: Iterable[str]) -> re.Pattern[str]:
    label, bar = f"(?:{'|'.join(labels)})", r"(?::|\||–|—|-)"
    begins, ends = rf"^{label}(?:\s*{bar}|\.)\s", rf"\s{bar}\s*{label}$"
    ways = [begins, ends, rf"[\[(]{label}[\])]", rf"{bar}\s+{label}\s*:"]
    said = "|".join(phrases)
    return re.compile("|".join([*ways, *([rf"\b(?:{said})(?!\w)"] if said else [])]))


_IN_TITLES = {genre: _pattern(_LABELS[genre].values(), _PHRASES[genre].values()) for genre in _LABELS}
