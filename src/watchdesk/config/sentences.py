"""Says what pydantic finds wrong, in words for the person who edits the file."""

from pydantic_core import ErrorDetails

_MAPPING = ("dict_type", "model_type", "model_attributes_type", "dataclass_type", "mapping_type")
_LISTS = ("list_type", "tuple_type", "set_type", "frozen_set_type")
_NUMBER = "must be a whole number"
_WORDS = {
    "string_type": "must be text",
    "string_sub_type": "must be text",
    "string_too_short": "must not be empty",
    "int_type": _NUMBER,
    "int_parsing": _NUMBER,
    "int_from_float": _NUMBER,
    "int_parsing_size": "is too large",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "too_short": "must not be empty",
    "none_required": "must be empty",
    "path_type": "must be a path",
}


_LIMITS = {
    "greater_than_equal": "must be at least {ge}",
    "greater_than": "must be more than {gt}",
    "less_than_equal": "must be at most {le}",
    "less_than": "must be less than {lt}",
    "literal_error": "must be {expected}",
    "enum": "must be {expected}",
    "string_pattern_mismatch": "must have the form {pattern}",
    "string_too_long": "must have at most {max_length} characters",
    "too_long": "must have at most {max_length} entries",
    "value_error": "{error}",
}


def sentence(mistake: ErrorDetails, noun: str) -> str:
    """The mistake as the end of a sentence that begins with its key; `noun` names what was checked."""
    kind = mistake["type"]
    if kind in _MAPPING:
        what = "a mapping of keys to values"
        return f"must be {what}" if mistake["loc"] else f"{noun} is {what}"
    if kind in _LISTS:
        given = mistake["input"]
        return f"must be a list, such as [{given if isinstance(given, str) and given else 'one, two'}]"
    if kind in _LIMITS:
        return _LIMITS[kind].format_map(mistake.get("ctx", {}))
    return _WORDS.get(kind, "does not belong here")
