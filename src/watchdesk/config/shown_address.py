"""Web addresses as people and programs may see them: without logins, and without secret values. Pure."""

import re

from watchdesk.config.secret_names import PARAMETER

SECRET_PARAMETER = re.compile(rf"([?&;#]{PARAMETER}=)([^\s&#]+)", re.IGNORECASE)
"""A parameter whose name says that its value is a secret: its name, and the value."""
# The second way is for a password that has a slash, or what else would end the host.
_LOGIN = re.compile(r"(?<=://)(?:[^\s/?#]*|[^\s/?#@:\[\]]*:(?!\d*(?:[/?#\s]|\Z))[^\s@]*)@")
_STARS = "***"


def shown_address(text: str) -> str:
    """An address, or a sentence with addresses: logins are left out, and stars are for secrets' values."""
    if "@" in text:
        text = _LOGIN.sub("", text)
    return SECRET_PARAMETER.sub(rf"\g<1>{_STARS}", text) if "=" in text else text
