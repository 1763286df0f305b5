"""Whether a title is that of a page that holds several reports: a briefing, a live page, a roundup. Pure."""

import re

_MARKS = re.compile(
    r"\b(?:"
    r"live|live ?blog|liveticker|newsticker|ticker|en direct|en vivo|ao vivo|in diretta|na żywo|"
    r"наживо|as it happened|live updates?|minute by minute|briefings?|round-?ups?|newsletter|"
    r"digest|in brief|news in|at a glance|headlines|top stories|the week in|this week in|"
    r"things to know|what to know|what you need to know|the day's news|day in review|"
    r"week in review|presseschau|überblick|nachrichten kompakt|l'essentiel|revue de presse|"
    r"rassegna stampa|przegląd prasy|огляд"
    r")\b",
    re.IGNORECASE,
)


def is_collection(title: str) -> bool:
    """By the words that desks put into such titles, in the languages that desks follow most."""
    return _MARKS.search(title) is not None
