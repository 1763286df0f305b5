"""Links to the desk's page that open one page each, for readers who have no token. Pure.

What a link opens, and until when, is signed by HMAC-SHA256 (RFC 2104), of which 128 bits are in the address.
"""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import quote, urlencode

from watchdesk.model import Judgement

LASTS = timedelta(days=90)
"""From the making of a digest until its links open nothing more."""
_SIGNED_BYTES = 16


class Opens(StrEnum):
    """What a signature is for. The names are part of what is signed."""

    ARTICLE = "article"
    """One article, and why one rule found it."""
    LABEL = "label"
    """What somebody says of one article under one rule."""
    RULE = "rule"
    RULE_FEED = "rule-feed"
    DIGEST_FEED = "digest-feed"


def signature(key: bytes, opens: Opens, *names: str, until: int | None = None) -> str:
    """For these names, until then (seconds since 1970); None: for as long as the key is the same."""
    signed = json.dumps(["watchdesk link", opens, names, until]).encode()
    found = hmac.digest(key, signed, hashlib.sha256)[:_SIGNED_BYTES]
    return base64.urlsafe_b64encode(found).rstrip(b"=").decode("ascii")


def is_signed(given: str, key: bytes, opens: Opens, *names: str, until: int | None = None) -> bool:
    """Whether that is the signature."""
    right = signature(key, opens, *names, until=until)
    return hmac.compare_digest(right.encode(), given.encode("utf-8", "replace"))


@dataclass(frozen=True, slots=True)
class Links:
    """The links of one digest, always the same for the same digest."""

    public: str
    """Where people reach the page, ending in a slash."""
    until: datetime
    key: bytes | None = field(default=None, repr=False)
    """None: they are not signed and ask for the token, as in a preview."""

    def why(self, article_id: int, rule_id: str) -> str:
        """The article, and why the rule found it."""
        names = (str(article_id), rule_id)
        return self._address(f"articles/{article_id}", Opens.ARTICLE, names, rule=rule_id)

    def label(self, article_id: int, rule_id: str, judgement: Judgement | None = None) -> str:
        """Where a reader says this, or anything, of the article; nothing is said by opening it."""
        names, path = (str(article_id), rule_id), f"articles/{article_id}/label"
        say = {"say": str(judgement)} if judgement else {}
        return self._address(path, Opens.LABEL, names, rule=rule_id, **say)

    def rule(self, rule_id: str) -> str:
        """The rule and its silences."""
        return self._address(f"rules/{quote(rule_id, safe='')}", Opens.RULE, (rule_id,))

    def _address(self, path: str, opens: Opens, names: tuple[str, ...], **fields: str) -> str:
        if self.key is not None:
            until = seconds(self.until)
            fields |= {"until": str(until), "key": signature(self.key, opens, *names, until=until)}
        query = urlencode(fields)
        return f"{self.public}{path}?{query}" if query else f"{self.public}{path}"


def seconds(moment: datetime) -> int:
    """Since 1970, as a link has them."""
    return int(moment.timestamp())


def feed_path(opens: Opens, name: str, key: bytes | None) -> str:
    """A feed's path below the page's address; `key`: for readers that send no token."""
    folder = "feeds/digest/" if opens is Opens.DIGEST_FEED else "feeds/"
    path = f"{folder}{quote(name, safe='')}.atom"
    return path if key is None else f"{path}?key={signature(key, opens, name)}"
