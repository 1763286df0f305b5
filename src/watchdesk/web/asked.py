"""A request as handlers see it, and the answers that are no page and no document."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from watchdesk.plan import Configured
from watchdesk.rules import Rule
from watchdesk.web.access.forms import FormTokens
from watchdesk.web.access.visitors import Visitor, Visitors
from watchdesk.web.desk import DeskView

LARGEST_NUMBER = 2**63 - 1
"""That databases count to."""


class Refusal(Exception):
    """The answer is an error: a page of it, or in the API a problem document (RFC 9457)."""

    def __init__(
        self, status: int, detail: str, *, to_do: str | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        """`detail`: what is wrong, in a sentence; `to_do`: what helps."""
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.to_do = to_do
        self.headers = dict(headers or {})


def absent(what: str) -> Refusal:
    """There is no such thing: `absent("rule 'nato'")`."""
    return Refusal(404, f"There is no {what} here.")


def number_of(text: str) -> int | None:
    """The number of an article, a story or a silence as an address or a form has it; None: it is none."""
    is_number = text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= LARGEST_NUMBER
    return int(text) if is_number else None


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The answer to a form: the browser goes on to a page of ours (303)."""

    path: str
    """From the root of the desk, such as `/deliveries`."""


@dataclass(slots=True)
class Asked:
    """One request. Made anew for each; a handler has it to itself."""

    desk: DeskView
    configured: Configured
    """In force when the request came. Ask this and not the desk, so that a page is of one configuration."""
    now: datetime
    visitor: Visitor
    path: str
    """From the root of the desk."""
    at: Mapping[str, str] = field(default_factory=dict)
    """The parts of the path that its route names."""
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    visitors: Visitors = field(default_factory=Visitors)
    form_tokens: FormTokens = field(default_factory=FormTokens)
    form_cookie: str | None = None
    began: float = field(default_factory=time.monotonic)
    """When it came, by the monotonic clock."""
    link_until: datetime | None = None
    """Until when the signed link holds by which a stranger is here; None: by none."""
    has_form: bool = False
    """Whether the page has a form, whose cookie the answer then sets."""
    gone: threading.Event | None = None
    """Set once nobody waits for the answer any more; None: that is not known."""
    sign_in: str | None = None
    """The cookie that the answer sets: the visitor has given the token. Empty: they sign out."""

    @property
    def zone(self) -> ZoneInfo:
        """In which times are shown."""
        return self.configured.settings.timezone

    def rule(self, rule_id: str) -> Rule:
        """The rule in force that has this id. Raises `Refusal` where there is none."""
        found = next((one for one in self.configured.rules.rules if one.id == rule_id), None)
        if found is None:
            raise absent(f"rule '{rule_id}'")
        return found

    def to(self, path: str) -> str:
        """A path of the desk as a link from this page.

        It is relative: whatever path a reverse proxy has the desk under, the browser finds it.
        """
        up = "../" * (self.path.count("/") - 1)
        return f"{up or './'}{path.removeprefix('/')}"

    def form_token(self) -> str:
        """What each form carries in the field `form_token`."""
        self.has_form = True
        if self.form_cookie is None:
            self.form_cookie = self.form_tokens.new_cookie()
        return self.form_tokens.token(self.form_cookie)
