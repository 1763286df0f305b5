"""What a page and an operation of the API are: values that their modules declare."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from watchdesk.digests.links import Opens
from watchdesk.web.asked import Asked, Elsewhere

API = "/api/v1"

Values = Mapping[str, object]
"""What a template shows, by name."""


class Access(Enum):
    """Who may see it."""

    OPEN = "open"
    """Everybody."""
    READERS = "readers"
    """Whoever gave the token; on loopback, where no token is asked for, everybody."""


@dataclass(frozen=True, slots=True)
class ByLink:
    """What a signed link opens of a page, for somebody without the token."""

    opens: Opens
    names: Callable[[Asked], tuple[str, ...]]
    """What has to be signed, from the request."""
    template: str
    show: Callable[[Asked], Values]
    change: Callable[[Asked], Values | Elsewhere] | None = None
    """As of a page."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page: what it shows, by one template."""

    path: str
    """As Starlette has it, such as `/sources/{id}`."""
    template: str
    show: Callable[[Asked], Values | Elsewhere]
    """Answers GET. Raises `Refusal`, and `StorageError` where the database cannot be used."""
    name: str | None = None
    """In the navigation; None: it is not there."""
    is_named: Callable[[Asked], bool] = lambda _: True
    """Whether it is in the navigation of this request."""
    change: Callable[[Asked], Values | Elsewhere] | None = None
    """Answers a form that was sent here (POST); its token has been checked."""
    access: Access = Access.READERS
    by_link: ByLink | None = None
    """What strangers see who have a link to it; None: no link opens it."""
    is_live: bool = False
    """Whether a script renews it while it is looked at."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the API. Its parameters, its body and its document are declared here, once."""

    path: str
    """Below /api/v1, such as `/sources/{id}`."""
    summary: str
    answer: Callable[[Asked, Any], object]
    """The document, from the body where one is declared, else from the parameters; a `Refusal` becomes a
    problem document."""
    document: Any
    """The type of the document, from which its schema is made."""
    parameters: type[Any] | None = None
    """A dataclass: the fields that the path names, and those of the query. pydantic reads and checks them."""
    body: type[Any] | None = None
    """A dataclass that is read from a JSON body; an operation with one answers POST."""
    changes: bool = False
    """Whether it changes something: then it takes the token, also on loopback."""
    is_figures: bool = False
    """Whether it tells figures that are a moment old in any case: the same answer is given for a second."""
    is_post: bool = False
    """Whether it answers POST without a body."""

    @property
    def method(self) -> str:
        """GET or POST."""
        return "POST" if self.body or self.is_post else "GET"
