"""Forms that only our own pages can send: each carries a token that belongs to a cookie (CSRF).

A page of another site can have a browser send our cookie, and can read neither it nor our pages.
"""

import hashlib
import hmac
import secrets


class FormTokens:
    """One for each server: forms of before a restart are refused, and to be loaded again."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    @staticmethod
    def new_cookie() -> str:
        """A value for the cookie of a browser that has none."""
        return secrets.token_urlsafe(24)

    def token(self, cookie: str) -> str:
        """What forms for this cookie carry."""
        return hmac.new(self._key, cookie.encode(), hashlib.sha256).hexdigest()

    def is_ours(self, cookie: str | None, token: str, fetch_site: str | None) -> bool:
        """Whether a form was made for this browser. `fetch_site`: its Sec-Fetch-Site, if it sends one.

        Our pages say no referrer, and so browsers say no origin (Fetch, 3.2): it cannot be asked.
        """
        if is_cross_site(fetch_site) or not cookie:
            return False
        return hmac.compare_digest(self.token(cookie).encode(), token.encode())


def is_cross_site(fetch_site: str | None) -> bool:
    """Whether the browser says that a page of another site has it send this (Fetch Metadata)."""
    return fetch_site not in (None, "same-origin", "none")
