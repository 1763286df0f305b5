"""What a scalar means by the core schema of YAML 1.2 (§10.3.2), with underscores in numbers.

What the core schema knows and no setting needs, such as a date, is text.
"""

import re

PlainValue = str | int | float | bool | None

_NULL = frozenset(("", "~", "null", "Null", "NULL"))
_BOOL = {
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
_FIRST_OF_NUMBER = frozenset("-+.0123456789")
_FLOAT = re.compile(
    r"""[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?
    |[-+]?[0-9][0-9_]*[eE][-+]?[0-9]+
    |[-+]?\.[0-9_]+(?:[eE][-+][0-9]+)?
    |[-+]?\.(?:inf|Inf|INF)
    |\.(?:nan|NaN|NAN)""",
    re.VERBOSE,
)
_INT = re.compile(r"[-+]?0b[01_]+|[-+]?0o?[0-7_]+|[-+]?[0-9_]+|[-+]?0x[0-9a-fA-F_]+")


def plain_value(text: str) -> PlainValue:
    """The meaning of a scalar without quotes and without a tag."""
    if text in _NULL:
        return None
    if text[0] in _FIRST_OF_NUMBER:
        if _FLOAT.fullmatch(text):
            return tagged_value(text, "float")
        return tagged_value(text, "int") if _INT.fullmatch(text) else text
    return _BOOL.get(text, text)


def tagged_value(text: str, tag: str) -> PlainValue:
    """The meaning of a scalar with one of the core schema's tags; text where it cannot be read."""
    if tag == "null":
        return None
    if tag == "bool":
        return text.lower() == "true"
    try:
        if tag == "int":
            return int(text.replace("_", ""), 0 if text.lstrip("+-")[:2].lower() in ("0x", "0o") else 10)
        if tag == "float":
            return float(text.replace("_", "").replace(".inf", "inf").replace(".nan", "nan"))
    except ValueError:
        return text
    return text
