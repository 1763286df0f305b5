"""Names that say that what they name is a secret: settings, headers, parameters of addresses, files. Pure."""

import re

_WORDS = (
    r"passwor[dt]s?|passwd|passwrd|passphrase|pwd|secrets?|tokens?|auth(?!ors?\b)|cookies?|credentials"
    r"|api[_-]?keys?"
)
"""Wherever they stand in a name, also where it is not ours. `credential` says where a secret is kept."""
_ENDINGS = "pass|pw|key|login|sig|jwt"
"""As the whole of a name, or its last word: `smtp_pass`, and no `compass`."""
SETTING = rf"(?:[\w.-]*(?:{_WORDS}|passwo)[\w.-]*|(?:[\w.-]*[_.-])?(?:{_ENDINGS}))"
"""A setting or a header, for a regular expression that ignores case."""
PARAMETER = (
    rf"(?:[^\s=&;#]*(?:{_WORDS}|key|credential|signature)"
    rf"|(?:[^\s=&;#]*[_.-])?(?:{_ENDINGS}|session|sid)|code)"
)
"""A parameter of an address, which has names of its own; as above."""
_FILE = re.compile(
    rf"(?:^|[._-])(?:{_WORDS}|credential|htpasswd|netrc)(?:[._-]|$)|\.(?:key|p12|pfx|jks|kdbx)$",
    re.IGNORECASE,
)
ADDRESSES = ("chat", "address", "heartbeat")
"""Settings that are an address of which all is a secret."""


def names_secret(key: str) -> bool:
    """Whether the name of a key or header says that its value is a secret."""
    return re.fullmatch(SETTING, key, re.IGNORECASE) is not None


def is_secret_setting(key: str) -> bool:
    """Whether the value of a setting of watchdesk, or of a kind of channel, is a secret."""
    return key in ADDRESSES or names_secret(key)


def names_secret_file(name: str) -> bool:
    """Whether the name of a file says that it holds a secret."""
    return _FILE.search(name) is not None
