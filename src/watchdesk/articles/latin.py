"""The folded words of a text in Latin-1, found by a table: a tenth of the time that expressions take.

`plain` says what folding is, and folds every other text.
"""

import unicodedata

_SIGNS_BEYOND = "’‘“”–—…„‚‹›•€"
"""Signs that are not in Latin-1 and stand in most texts that are."""
_SHARP_S = "ß"


def latin_words(text: str) -> list[str] | None:
    """Its letters and digits in one case, parted at everything else; None for any other text."""
    if not text.isascii():
        for sign in _SIGNS_BEYOND:
            if sign in text:
                text = text.replace(sign, " ")
    try:
        encoded = text.encode("latin-1")
    except UnicodeEncodeError:
        return None
    if text.isascii():
        return encoded.translate(_TABLE).decode("ascii").split()
    if len(encoded.translate(None, _UNSETTLED)) != len(encoded):
        return None
    return encoded.translate(_TABLE).decode("latin-1").replace(_SHARP_S, "ss").split()


def _as_folded(code: int) -> int | None:
    """What a character is in one case, a space for a sign; None where that is not one character."""
    folded = unicodedata.normalize("NFKC", chr(code)).casefold()
    if chr(code) == _SHARP_S:
        return code
    if len(folded) != 1:
        return None
    if not folded.isalnum():
        return ord(" ")
    return ord(folded) if ord(folded) < 256 else None


_TABLE = bytes(_as_folded(code) or 0 for code in range(256))
_UNSETTLED = bytes(code for code in range(256) if _as_folded(code) is None)
