"""What desks do to an agency's text: eleven edits, after each of which it is still the same text."""

import random
import re
from collections.abc import Callable, Mapping

_SENTENCE = re.compile(r"(?<=[.!?”\"]) +(?=[A-Z“\"])")
_OTHER_WORDS = (
    "meanwhile",
    "partly",
    "locally",
    "broadly",
    "sharply",
    "plainly",
    "early",
    "steady",
    "narrow",
    "wider",
    "modest",
    "formal",
    "public",
    "private",
    "central",
    "northern",
    "southern",
    "eastern",
    "western",
    "former",
    "current",
    "senior",
    "junior",
    "annual",
    "monthly",
)
_LEADS = (
    "Officials were still putting together the details late in the day, but the outline of what took "
    "place was no longer in doubt, and reactions from several capitals followed within the hour.",
    "It was the kind of announcement that usually comes on a quiet afternoon; this one came without "
    "warning and left those concerned with more questions than the short statement could answer.",
)
_BACKGROUND = (
    "The subject has occupied the region for years. Earlier attempts to settle it ended without a "
    "result, and those who followed them closely remember how quickly agreement turned into argument. "
    "Whether this time will be another story depends less on the wording than on who is willing to pay "
    "for it."
)

Edit = Callable[[str, random.Random], str]


def _paragraphs(text: str) -> list[str]:
    return [part for part in text.split("\n\n") if part.strip()]


def _with_dateline(text: str, _: random.Random) -> str:
    return f"OTTAWA (Northern Wire) - {text}\n\n(Reporting by the Ottawa desk; editing by night desk)"


def _with_new_lead(text: str, rng: random.Random) -> str:
    return "\n\n".join([rng.choice(_LEADS), *_paragraphs(text)[1:]])


def _rearranged(text: str, rng: random.Random) -> str:
    parts = _paragraphs(text)
    rng.shuffle(parts)
    return "\n\n".join(parts)


def _cut(text: str, share: float) -> str:
    words = text.split(" ")
    return " ".join(words[: max(1, round(share * len(words)))])


def _replaced(text: str, rng: random.Random) -> str:
    return " ".join(rng.choice(_OTHER_WORDS) if rng.random() < 0.05 else word for word in text.split(" "))


def _dropped(text: str, rng: random.Random) -> str:
    return " ".join(word for word in text.split(" ") if rng.random() >= 0.05)


def _without_sentences(text: str, _: random.Random) -> str:
    kept = []
    for part in _paragraphs(text):
        sentences = _SENTENCE.split(part)
        kept.append(" ".join(s for n, s in enumerate(sentences) if len(sentences) == 1 or n % 4 != 3))
    return "\n\n".join(kept)


def _with_background(text: str, _: random.Random) -> str:
    return f"{text}\n\n{_BACKGROUND}"


def _typeset(text: str, _: random.Random) -> str:
    plain = text.replace("“", '"').replace("”", '"').replace("’", "'").replace("—", " - ").replace("–", "-")
    head, _, rest = plain.partition(" ")
    return f"{head.upper()} {rest}"


EDITS: Mapping[str, Edit] = {
    "as it was": lambda text, _: text,
    "another dateline and credit": _with_dateline,
    "first paragraph rewritten": _with_new_lead,
    "paragraphs rearranged": _rearranged,
    "cut to half": lambda text, _: _cut(text, 0.5),
    "cut to 30 %": lambda text, _: _cut(text, 0.3),
    "5 % of the words replaced": _replaced,
    "5 % of the words dropped": _dropped,
    "every fourth sentence dropped": _without_sentences,
    "background added": _with_background,
    "other quotation marks and dashes": _typeset,
}
