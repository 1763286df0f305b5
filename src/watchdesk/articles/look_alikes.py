"""Words in which letters of another script stand for those that look the same (Unicode UTS #39, confusables).

They hide a word from every rule. Ukrainian typists use a Latin `i`; filters are dodged with a Cyrillic `о`.
"""

import re

_LATIN = "AaBCcEeHIiJjKMOopPSsTXxyhdlqw"
_CYRILLIC = "АаВСсЕеНІіЈјКМОорРЅѕТХхуһԁӏԛԝ"
_TO_LATIN = str.maketrans(_CYRILLIC, _LATIN)
_TO_CYRILLIC = str.maketrans("AaBCcEeHIiKMOopPTXxy", "АаВСсЕеНІіКМОорРТХху")
_MIXED = re.compile(
    r"(?<![\w’'-])[A-Za-z\u0400-\u052f]*(?:[A-Za-z][\u0400-\u052f]|[\u0400-\u052f][A-Za-z])[A-Za-z\u0400-\u052f]*(?![\w-])"
)
_MEETING = re.compile(r"[A-Za-z][\u0400-\u052f]|[\u0400-\u052f][A-Za-z]")
_IS_LATIN = re.compile(r"[A-Za-z]+")
_IS_CYRILLIC = re.compile(r"[\u0400-\u052f]+")


def in_one_script(text: str) -> str:
    """The text with every word of mixed Latin and Cyrillic letters in one script, where look-alikes allow it.

    A word that can be either is taken to be in the script of most of its letters.
    """
    return _MIXED.sub(_in_one_script, text) if _MEETING.search(text) else text


def _in_one_script(found: re.Match[str]) -> str:
    word = found[0]
    latin = sum(map(len, _IS_LATIN.findall(word)))
    tables = (_TO_LATIN, _TO_CYRILLIC) if latin * 2 > len(word) else (_TO_CYRILLIC, _TO_LATIN)
    for table in tables:
        changed = word.translate(table)
        if _IS_LATIN.fullmatch(changed) or _IS_CYRILLIC.fullmatch(changed):
            return changed
    return word
