"""Who asks: by the token, by the cookie that it was once exchanged for, or by where the page listens."""

import hashlib
import hmac
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from enum import Enum

from watchdesk.config.secrets import Secret, SecretMissing
from watchdesk.config.web import NO_TOKEN, WebSettings
from watchdesk.logger import get_logger

log = get_logger(__name__)

MOST_TRIES = 10
TRIES_WITHIN = 60.0
"""So many wrong tokens within so many seconds; then none is looked at until fewer are."""
STAYS = 30 * 86_400
"""Seconds for which a sign-in holds."""
_FRESH = 30.0
"""Seconds after which the token is read again: a changed one counts, and a program is not run each time."""
_MISSING_SAID = 3600.0


class Visitor(Enum):
    """What somebody may do."""

    STRANGER = "stranger"
    """See what is open to all."""
    READER = "reader"
    """On loopback, where no token is asked for: read, and change by forms."""
    ADMINISTRATOR = "administrator"
    """Read and change."""


class TooManyTries(Exception):
    """Wrong tokens came too fast."""


class Visitors:
    """Safe to use from many threads."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._tries: deque[float] = deque()
        self._known: tuple[Secret, float, str] | None = None
        self._said = -_MISSING_SAID

    def visitor(self, web: WebSettings, headers: Mapping[str, str], cookie: str | None) -> Visitor:
        """Who asks. Raises `TooManyTries` for a token while wrong ones come too fast."""
        if web.token is None:
            return Visitor.READER
        if web.token == NO_TOKEN:
            return Visitor.ADMINISTRATOR
        if cookie is not None and self._admits(web.token, cookie):
            return Visitor.ADMINISTRATOR
        scheme, _, given = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and self.is_token(web.token, given.strip()):
            return Visitor.ADMINISTRATOR
        return Visitor.STRANGER

    def at_once(self, web: WebSettings, headers: Mapping[str, str], cookie: str | None) -> Visitor | None:
        """Who asks; None where the token has to be read first, or wrong ones came lately."""
        if isinstance(web.token, Secret):
            with self._lock:
                if self._late_tries() or self._known_token(web.token) is None:
                    return None
        return self.visitor(web, headers, cookie)

    def is_token(self, secret: Secret, given: str) -> bool:
        """Whether it is the token; a wrong one counts. Raises `TooManyTries`."""
        with self._lock:
            if self._late_tries() >= MOST_TRIES:
                raise TooManyTries
        token = self._token(secret)
        if token is not None and hmac.compare_digest(token.encode(), given.encode()):
            return True
        with self._lock:
            self._tries.append(self._clock())
            are_too_many = len(self._tries) == MOST_TRIES
        if are_too_many:
            log.warning("wrong tokens are tried on the page; none is looked at for a while", tries=MOST_TRIES)
        return False

    def _late_tries(self) -> int:
        """How many wrong tokens came lately; the lock is held."""
        now = self._clock()
        while self._tries and now - self._tries[0] > TRIES_WITHIN:
            self._tries.popleft()
        return len(self._tries)

    def sign_in(self, secret: Secret) -> str | None:
        """The cookie for somebody who gave the token; it cannot be turned back into it."""
        token = self._token(secret)
        return self._signed(token, int(self._clock()) + STAYS) if token else None

    def _admits(self, secret: Secret, cookie: str) -> bool:
        until, _, _ = cookie.partition(".")
        token = self._token(secret)
        if token is None or not (until.isascii() and until.isdigit()) or len(until) > 12:
            return False
        is_signed = hmac.compare_digest(self._signed(token, int(until)).encode(), cookie.encode())
        return is_signed and int(until) > self._clock()

    @staticmethod
    def _signed(token: str, until: int) -> str:
        key = hashlib.sha256(b"watchdesk sign-in\0" + token.encode()).digest()
        return f"{until}.{hmac.new(key, str(until).encode(), hashlib.sha256).hexdigest()}"

    def _token(self, secret: Secret) -> str | None:
        """The token as it is now; None, and a line in the log, where it cannot be read."""
        now = self._clock()
        with self._lock:
            known = self._known_token(secret)
        if known is not None:
            return known
        try:
            token = secret.reveal()
        except SecretMissing as missing:
            if now - self._said >= _MISSING_SAID:
                self._said = now
                log.error("nobody can sign in to the page: its token cannot be read", why=str(missing))
            return None
        with self._lock:
            self._known = (secret, now, token)
        return token

    def _known_token(self, secret: Secret) -> str | None:
        """The token as it was read lately; the lock is held."""
        known = self._known
        is_fresh = known and known[0] == secret and 0 <= self._clock() - known[1] < _FRESH
        return known[2] if known and is_fresh else None
