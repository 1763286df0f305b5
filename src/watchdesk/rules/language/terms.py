"""The words and phrases of a query: text as its author wrote it → what is compared with articles.

Query words are cut by `words`, as articles are, so that both meet.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from watchdesk.config.places import Severity
from watchdesk.rules.language.mistakes import Mistake, MistakeKind
from watchdesk.rules.language.syntax import At, How, Part, Words
from watchdesk.rules.text.folding import asked_for, at_an_edge, plain
from watchdesk.rules.text.words import APOSTROPHES, PERCENT_SIGNS, Token, is_lone_letter, is_pair, tokens

_EVERYDAY = {"US": "us", "IT": "it", "WHO": "who"}
_OPERATORS = {"&": "AND", "&&": "AND", "|": "OR", "||": "OR", "!": "AND NOT"}
_LITERALS_BEFORE_STAR = 2
_WILD_ENDS = re.compile(rf"[\s–—/{APOSTROPHES}-]+")
"""What ends a word that holds wildcards."""
_WILD_WORD = re.compile(rf"[^\s–—/{APOSTROPHES}-]+")
_NUMBER = re.compile(r"\d+(?:\.\d+)*")
_GAP = re.compile(r"[\s-]*")
_PER_CENT = frozenset(("per", "cent", "percent"))


def read_words(text: str, written: str, at: At, *, phrase: bool) -> tuple[Words, list[Mistake]]:
    """The term for a word or phrase; `text` may begin with `=` and, but for that, hold wildcards."""
    if _is_plain(text) and text not in _EVERYDAY and text.lower() not in _PER_CENT:
        return Words((Part(How.FOLDED, text),), written, at), []
    parts, mistakes = _read(text, phrase=phrase)
    if not mistakes:
        return Words(parts, written, at), []
    return Words(parts, written, at), [replace(found, offset=at[0] + found.offset) for found in mistakes]


def _read(text: str, *, phrase: bool) -> tuple[tuple[Part, ...], Sequence[Mistake]]:
    """The parts, and what is wrong, by its place in `text`."""
    mistakes: list[Mistake] = []
    exact = text.startswith("=")
    wild = not exact and ("*" in text or "?" in text)
    if wild:
        mistakes += _wildcard_mistakes(text, 0)
        parts = _wild_parts(text)
    else:
        parts = _plain_parts(text.removeprefix("="), How.EXACT if exact else How.FOLDED, phrase=phrase)
    if not parts or _is_percent_sign(text):
        mistakes.append(_empty(text, 0))
    if not phrase and not exact and text in _EVERYDAY:
        mistakes.append(
            Mistake(
                0,
                f"{text} folds to the everyday word '{_EVERYDAY[text]}'",
                f"write ={text} for exactly these letters",
                Severity.WARNING,
            )
        )
    return parts, mistakes


def read_stem(text: str, written: str, at: At) -> tuple[Words, list[Mistake]]:
    """The term for `stem(text)`."""
    found = list(tokens(text))
    if len(found) != 1:
        return Words((), written, at), [Mistake(at[0], "stem() takes one word", "for example stem(spend)")]
    return Words((Part(How.STEM, found[0].surface),), written, at), []


def _is_plain(word: str) -> bool:
    """Whether `tokens` would give just this word; most are so, and need not be asked."""
    return len(word) > 1 and word.isalpha() and word.isascii()


def _plain_parts(text: str, how: How, *, phrase: bool) -> tuple[Part, ...]:
    words = text.split(" ")
    if all(map(_is_plain, words)) and _PER_CENT.isdisjoint(text.lower().split(" ")):
        return tuple([Part(how, word, offset) for offset, word in enumerate(words)])
    found = list(tokens(text))
    if len(found) == 1 and is_lone_letter(found[0]):
        return (Part(How.WILDCARD, re.escape(plain(found[0].surface)) + ".*"),)
    kept = [(offset, token) for offset, token in enumerate(found) if not _ends_pair(found, offset, token)]
    if how is How.EXACT:
        parts = [Part(how, token.surface, offset) for offset, token in kept]
    else:
        parts = [Part(how, asked_for(token.surface), offset) for offset, token in kept]
    if phrase and parts:
        parts = _at_the_edges(parts, text[kept[-2][1].end : kept[-1][1].start] if len(kept) > 1 else "")
    return tuple(parts)


def _at_the_edges(parts: list[Part], before_last: str) -> list[Part]:
    """The words of a phrase, which may begin or end within a percentage: `rose 5 per`, `cent of GDP`.

    `before_last` is what stands between the last two words.
    """
    if len(parts) > 1 and _is(parts[-1], "per") and _is_number(parts[-2]) and _GAP.fullmatch(before_last):
        parts = parts[:-1]  # the article has one word for it: "5 per cent"
    if _is(parts[-1], "per") or _is_number(parts[-1]):
        parts = [*parts[:-1], _edge(parts[-1])]
    if _is(parts[0], "cent"):
        parts = [_edge(parts[0]), *parts[1:]]
    return parts


def _edge(part: Part) -> Part:
    """The part as the end of a phrase that may lie within a percentage."""
    return replace(part, how=How.FOLDED, text=at_an_edge(part.text))


def _is(part: Part, word: str) -> bool:
    return part.text.lower() == word


def _is_number(part: Part) -> bool:
    return _NUMBER.fullmatch(part.text) is not None


def _ends_pair(found: list[Token], number: int, token: Token) -> bool:
    """Whether a token is the last letter of a run of unspaced script, which the pair before it holds too."""
    return number > 0 and found[number - 1].end == token.end and is_pair(token)


def _wild_parts(text: str) -> tuple[Part, ...]:
    words: list[tuple[How, str]] = []
    for chunk in _WILD_ENDS.split(text):
        if "*" in chunk or "?" in chunk:
            words.append((How.WILDCARD, _expression(chunk)))
        else:
            words.extend((How.FOLDED, asked_for(token.surface)) for token in tokens(chunk))
    return tuple(Part(how, word, offset) for offset, (how, word) in enumerate(words))


def _expression(chunk: str) -> str:
    """An expression linear in time: what stands between two * is found once, at its first place."""
    runs = [_run(run) for run in re.split(r"\*+", chunk)]
    if len(runs) == 1:
        return runs[0]
    first, *middle, last = runs
    return first + "".join(f"(?>.*?{run})" for run in middle if run) + f".*{last}"


def _run(letters: str) -> str:
    return "".join(
        "." if sign == "?" else re.escape(plain(sign)) for sign in letters if sign == "?" or sign.isalnum()
    )


def _wildcard_mistakes(text: str, offset: int) -> list[Mistake]:
    """Wildcards that would find nearly every word."""
    mistakes: list[Mistake] = []
    for chunk in _WILD_WORD.finditer(text):
        word = chunk[0]
        letters = sum(sign.isalnum() for sign in word.partition("*")[0])
        if "*" in word and letters < _LITERALS_BEFORE_STAR:
            what = "at least two letters must stand before the first *"
        elif "?" in word and not letters:
            what = "at least one letter must stand beside a ?"
        else:
            continue
        hint = "write more of the word, or list its forms with OR"
        place = offset + chunk.start()
        mistakes.append(Mistake(place, f"the wildcard '{word}' is too short: {what}", hint))
    return mistakes


def _is_percent_sign(text: str) -> bool:
    return bool(text.strip()) and text.strip() in PERCENT_SIGNS


def _empty(text: str, offset: int) -> Mistake:
    if text in _OPERATORS:
        return Mistake(offset, f"'{text}' is not an operator", f"write {_OPERATORS[text]}")
    if _is_percent_sign(text):
        hint = 'write a number with it, as in "5%"; percent for any percentage; or /\\d+ ?%/ for the signs'
        return Mistake(offset, f"'{text}' alone finds nothing", hint, kind=MistakeKind.MISSPELT)
    what = f"'{text}' holds no letter and no digit, so it finds nothing"
    return Mistake(offset, what, "leave it out", kind=MistakeKind.MISSPELT)
