"""The byline: the person or desk that wrote an article, but not a publishing system's account.

`claims` finds where a page names its author.
"""

import re

from watchdesk.articles.plain import folded, plain_title

_ADDRESS_AND_NAME = re.compile(r"\s*<?[^\s@()<>]+@[^\s@()<>]+>?\s*\((.+)\)\s*")
_ADDRESS = re.compile(r"<?[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+>?")
_WEB_ADDRESS = re.compile(r"https?://|www\.")
_LEAD = re.compile(
    r"^(?:(?:written |posted |story |words )?by|von|par|por|автор|текст)\s*:?\s+", re.IGNORECASE
)
_ACCOUNTS = """
    admin|administrator|author|editor|the editor|editors|editor in chief|webmaster|web master|web editor
    |web desk|webdesk|staff|staff writer|staff reporter|newsroom|news desk|newsdesk|news|news team|team|root
    |user|guest|anonymous|unknown|none|null|n a|noreply|no reply|info|wordpress|wp admin|superadmin
    |super user|site admin|siteadmin|redaktion|die redaktion|redaktor|redakcja|la redaction|rédaction
    |la rédaction|redaccion|redacción|redazione|redactie|редакція|редакция|адмін|админ|адміністратор
    |администратор
"""
_GENERIC = frozenset(account.strip() for account in _ACCOUNTS.split("|"))
_LONGEST = 200
_MOST_SAID = 600
"""Characters of name and address together."""


def byline(author: str | None, *site_names: str | None) -> str | None:
    """The name to print; None for an account such as `Admin`, an address, or the site's own name."""
    name = plain_title(author)
    if len(name) > _MOST_SAID:
        return None
    named = _ADDRESS_AND_NAME.fullmatch(name)
    name = _ADDRESS.sub("", named[1] if named else name)
    name = _LEAD.sub("", name).strip(" ,;|-–—")
    if not name or len(name) > _LONGEST or _WEB_ADDRESS.search(name):
        return None
    key = folded(name)
    if is_account(name) or not any(letter.isalpha() for letter in key):
        return None
    return None if key in {folded(site) for site in site_names if site} else name


def is_account(name: str) -> bool:
    """Whether a name belongs to an account or a role, and not to a person or desk."""
    return folded(name) in _GENERIC
