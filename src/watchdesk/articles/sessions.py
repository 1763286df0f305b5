"""Session ids in addresses, which differ with each visit and say nothing about the page. Pure.

As of November 2026. Parameters that can only be a session are removed whatever their value; those that may be
a story (`sid=26/11/27/1234`) only if the value looks random.
"""

import re

_SURE_NAMES = """
    phpsessid jsessionid aspsessionid cfid cftoken oscsid zenid ci_session laravel_session phpsession
    php_session_id wtsessionid jservsessionid oscommercesid xtcsid
    bv_sessionid bv_engineid
"""
_SURE = frozenset(_SURE_NAMES.split())
_SURE_BEGINNINGS = ("aspsessionid", "jsessionid")
_POSSIBLE_NAMES = "sid s session sess ses sessid sesid sessionid session_id sessiontoken osid"
_POSSIBLE = frozenset(_POSSIBLE_NAMES.split())
_DRAWN = re.compile(r"(?=[^0-9]*[0-9])(?=[^a-z]*[a-z])[a-z0-9_.~!-]{16,200}", re.IGNORECASE)
"""A value of letters and digits that no person would write."""
_HEXADECIMAL = re.compile(
    r"(?=[^0-9]*[0-9])(?=[^a-f]*[a-f])[0-9a-f]{8,128}|[0-9a-f]{24,128}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    re.IGNORECASE,
)
_PARTS = re.compile(r"[-_.~!]+")
_CHANGES = re.compile(r"(?<=[0-9])(?=[a-z])|(?<=[a-z])(?=[0-9])", re.IGNORECASE)
_IN_PATH = re.compile(r";([a-z_]{1,40})=([^/?#;&]*)", re.IGNORECASE)
_COOKIELESS = re.compile(r"/\((?:[A-Z]\([^()/]{1,200}\))+\)(?=/|$)")
"""ASP.NET puts the session between slashes if a browser takes no cookies."""


def without_sessions_in_path(path: str) -> str:
    """The path or query without `;jsessionid=…` and the like."""
    if ";" in path:
        path = _IN_PATH.sub(lambda found: "" if is_session(found[1], found[2]) else found[0], path)
    return _COOKIELESS.sub("", path) if "/(" in path else path


def is_session(name: str, value: str) -> bool:
    """Whether a parameter of an address holds the id of a session."""
    name = name.lower()
    if name in _SURE or name.startswith(_SURE_BEGINNINGS):
        return True
    return name in _POSSIBLE and bool(_HEXADECIMAL.fullmatch(value) or _is_drawn(value))


def _is_drawn(value: str) -> bool:
    """Whether it looks random: words and years between hyphens are the name of a page."""
    parts = _PARTS.split(value)
    return bool(_DRAWN.fullmatch(value)) and (
        len(parts) == 1 or any(len(part) >= 8 and len(_CHANGES.findall(part)) >= 3 for part in parts)
    )


def may_be_session(name: str) -> bool:
    """Whether a parameter of this name may be a session id, which all links of one page share."""
    return name.lower() in _POSSIBLE
