"""The language that a short text is in by the letters it is written with.

Only scripts that few languages share decide; Latin letters say nothing. `language` reads longer texts.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class _Script:
    """Letters, the languages written with them, the most usual first, and letters that only some use."""

    letters: re.Pattern[str]
    languages: tuple[str, ...]
    signs: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = ()


def _script(letters: str, languages: str, **signs: str) -> _Script:
    return _Script(
        re.compile(f"[{letters}]"),
        tuple(languages.split()),
        tuple((re.compile(f"[{own}]"), tuple(names.split("_"))) for names, own in signs.items()),
    )


_SCRIPTS = (
    _script("\u3040-\u30ff\uff66-\uff9f", "ja"),
    _script("\uac00-\ud7af\u1100-\u11ff", "ko"),
    _script("\u3400-\u4dbf\u4e00-\u9fff", "zh ja"),
    _script(
        "\u0400-\u052f",
        "ru uk bg sr mk be kk ky mn tg tt ba",
        be="ў",
        uk="ґєї",
        sr="ђћ",
        mk="ѓќѕ",
        sr_mk="јљњџ",
        kk="ұ",
        kk_ky_mn_tt_ba="өү",
        kk_tt_ba="әһ",
        kk_tg_ba="ғқ",
        uk_be_kk="і",
        ru_be_kk_ky_mn_tt_ba="ыэ",
        bg_ru_tg_ky_mn_tt_ba="ъ",
    ),
    _script("\u0370-\u03ff\u1f00-\u1fff", "el"),
    _script(
        "\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufeff",
        "ar fa ur ps ku ug sd",
        ps="ټډړښځڅڼ",
        ku="ڕڵێۆ",
        ug="ېۈۇ",
        sd="ڪڻڄ",
        ur="ٹڈڑےں",
        fa_ur_ps_ku_sd="پگچژکی",
        ar="ةيكى",
    ),
    _script("\u0590-\u05ff", "he yi"),
    _script("\u0530-\u058f", "hy"),
    _script("\u10a0-\u10ff\u1c90-\u1cbf", "ka"),
    _script("\u0900-\u097f", "hi mr ne"),
    _script("\u0980-\u09ff", "bn as"),
    _script("\u0a00-\u0a7f", "pa"),
    _script("\u0a80-\u0aff", "gu"),
    _script("\u0b80-\u0bff", "ta"),
    _script("\u0c00-\u0c7f", "te"),
    _script("\u0c80-\u0cff", "kn"),
    _script("\u0d00-\u0d7f", "ml"),
    _script("\u0d80-\u0dff", "si"),
    _script("\u0e00-\u0e7f", "th"),
    _script("\u0e80-\u0eff", "lo"),
    _script("\u1000-\u109f", "my"),
    _script("\u1200-\u137f", "am ti"),
    _script("\u1780-\u17ff", "km"),
)
_LEAST = 2
"""Letters below which a script says nothing: one may be a symbol, as in 5 μg."""
_LOOKED_AT = 1000


_FIRST_LETTER = "\u0370"
"""No script above has a letter before it; Latin letters with accents stand there."""


def languages_by_script(text: str) -> Collection[str]:
    """The languages that most of the text's letters allow, the most usual first; empty if all are Latin."""
    written = _letters(text)
    script = _script_of(written)
    if script is None:
        return ()
    allowed = script.languages
    for sign, names in script.signs:
        if sign.search(written):
            allowed = tuple(name for name in allowed if name in names) or allowed
    return allowed


def may_be_written(text: str, language: str) -> bool:
    """Whether a language (ISO 639-1) is written in the script that most of the text's letters are of.

    Letters that only some of the script's languages use decide nothing here: they may be a quotation's.
    """
    script = _script_of(_letters(text))
    return script is None or language in script.languages


def _letters(text: str) -> str:
    return "".join(letter for letter in text[:_LOOKED_AT] if letter.isalpha())


def _script_of(written: str) -> _Script | None:
    """The script of most of the letters; None if it is Latin or no script has most of them."""
    if not written or max(written) < _FIRST_LETTER:
        return None
    counts = [len(script.letters.findall(written)) for script in _SCRIPTS]
    japanese, _, han, *_ = counts
    if japanese:  # Japanese is written in kana and Han together
        counts[0] += han
        counts[2] = 0
    most = max(counts)
    if most < _LEAST or 2 * most <= len(written):
        return None
    return _SCRIPTS[counts.index(most)]
