"""Fetches one document: follows redirects and turns whatever happens into an outcome.

Each request waits for its turn at its host, each redirect is checked, and secrets stay with their origin.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus

from watchdesk.config.network import Authorities, Proxy
from watchdesk.config.settings import PollingSettings
from watchdesk.config.shown_address import shown_address
from watchdesk.model import Failed, Fetched, FetchOutcome, Held, Source, Throttled, Unreached
from watchdesk.sources.web.guard import ForbiddenAddress
from watchdesk.sources.web.hosts import NoTurn, Turn, Turns
from watchdesk.sources.web.locations import (
    host_of,
    is_web_address,
    login_of,
    may_know_secrets,
    origin_of,
    redirect_target,
    without_login,
)
from watchdesk.sources.web.requesting import TROUBLES, Requester, Response
from watchdesk.sources.web.statuses import PERMANENT, REDIRECTS, outcome_without_body
from watchdesk.transport.deadline import Deadline, Watch
from watchdesk.transport.reasons import is_unknown_name, is_unreached, reason_of

MOST_REDIRECTS = 10
_EXPLAINED_IN_BODY = (HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN)
"""Statuses whose bodies may say that the server wants a client certificate."""
WHOLE_EXCHANGE = 3
"""A request with its redirects and its body may take this many times `polling.timeout`; so may the wait for
its turn."""


@dataclass(frozen=True, slots=True)
class Permit:
    """What a site's robots.txt says about an address: why not to read it, or how far apart requests are."""

    refusal: str | None = None
    lasting: bool = False
    """Whether the site itself refuses, and its robots.txt was not merely unreadable."""
    crawl_delay: float = 0.0
    """Seconds between requests (Crawl-delay)."""


@dataclass(frozen=True, slots=True)
class Request:
    """One document to fetch, and the source that it is for."""

    url: str
    source: Source
    accept: str
    conditions: Mapping[str, str] = field(default_factory=dict)
    remembered: bool = False
    """Whether `url` is where the source's permanent redirects led before."""
    permit: Callable[[str], Permit] | None = None
    """Asked before each request for an article's page; None for other documents."""
    largest: int | None = None
    """How many bytes of it are wanted; the rest is not read. None: all of it, within `polling.largest`."""
    most_redirects: int = MOST_REDIRECTS
    arrived: Callable[[str], bool] | None = None
    """Whether an address that a redirect leads to is all that is wanted, so that it is not asked itself."""


@dataclass(frozen=True, slots=True)
class NameUnknown(Unreached):
    """No server of this name was found."""


@dataclass(frozen=True, slots=True)
class Forbidden(Failed):
    """It may not be fetched, now or later: robots.txt or the guard of private networks forbids it."""


class Client:
    """Sends requests. Safe to use from many threads."""

    def __init__(
        self,
        requester: Requester,
        hosts: Turns,
        polling: PollingSettings,
        agent: str,
        authorities: Authorities,
    ) -> None:
        self._requester = requester
        self._hosts = hosts
        self._timeout = polling.timeout.total_seconds()
        self._largest = polling.largest
        self._watch = Watch(self._timeout * WHOLE_EXCHANGE)
        self._agent = agent
        self._authorities = authorities

    def send(self, request: Request) -> FetchOutcome:
        """The outcome. Never raises, whatever a server or a network does."""
        if not is_web_address(request.url):
            return Failed(f"{shown_address(request.url)[:200]!r} is not a web address (http:// or https://)")
        start = without_login(request.url)
        permit = request.permit(start) if request.permit else None
        if permit and permit.refusal:
            return Forbidden(permit.refusal) if permit.lasting else Failed(permit.refusal)
        crawl_delay = permit.crawl_delay if permit else None
        patience = self._watch.seconds + (crawl_delay or 0)
        try:
            with Turn(self._hosts, host_of(start), patience, crawl_delay) as turn:
                return self._in_time(request, start, turn)
        except NoTurn as none:
            return Held(none.until)

    def _in_time(self, request: Request, start: str, turn: Turn) -> FetchOutcome:
        with self._watch.deadline() as deadline, self._requester.exchange.under(deadline, turn.confirm):
            try:
                outcome = self._follow(request, start, turn, deadline)
            except ForbiddenAddress as refused:
                return Forbidden(str(refused))
            except TROUBLES as error:
                outcome = _kind_of(error)(
                    reason_of(error, self._timeout, self._requester.exchange.route, self._authorities)
                )
            # A body that ends with its connection looks complete when the deadline has cut it off.
            if deadline.expired:
                kind = Unreached if isinstance(outcome, Unreached) else Failed
                return kind(f"its answer had not arrived whole after {deadline.seconds:g} s")
            return outcome

    def _follow(self, request: Request, start: str, turn: Turn, deadline: Deadline) -> FetchOutcome:
        """Follows redirects one by one, so that each is checked and secrets stay with their origin."""
        target, permanent = start, True
        for _ in range(request.most_redirects + 1):
            with self._ask(request, target) as answer:
                location = answer.headers.get("location")
                if answer.status not in REDIRECTS or not location:
                    settled = target if permanent else start
                    moved_to = settled if request.remembered or settled != start else None
                    return self._outcome(request, answer, target, moved_to)
                permanent = permanent and answer.status in PERMANENT
                before, target = target, redirect_target(target, location)
            if not is_web_address(target):
                return Failed(
                    f"it redirects to {shown_address(target)[:200]!r}, which is not a web address",
                    answer.status,
                )
            if request.arrived and request.arrived(target):
                return Fetched(b"", target, answer.status, answer.headers)
            refusal = self._move(request, before, target, turn, deadline)
            if refusal:
                return Failed(refusal, answer.status)
        return Failed(
            f"it redirects more than {request.most_redirects} times, last to {shown_address(target)[:200]}",
            302,
        )

    def _move(self, request: Request, before: str, target: str, turn: Turn, deadline: Deadline) -> str | None:
        """Gets permission and a turn for the next address; the reason, if robots.txt forbids it.

        The turn ends before another origin's robots.txt is fetched, which may be on the same host.
        """
        elsewhere = origin_of(before) != origin_of(target)
        if elsewhere:
            turn.leave()
        permit = request.permit(target) if request.permit else None
        if permit and permit.refusal:
            return permit.refusal
        if elsewhere:
            turn.move(host_of(target), deadline.remaining, permit.crawl_delay if permit else None)
        return None

    def _ask(self, request: Request, target: str) -> Response:
        source = request.source
        trusted = may_know_secrets(source, target)
        own = source.headers if trusted else {}
        headers = {"User-Agent": self._agent, "Accept": request.accept, **own, **request.conditions}
        return self._requester.get(target, headers, login_of(source) if trusted else None, source.proxy)

    def _outcome(self, request: Request, answer: Response, url: str, moved_to: str | None) -> FetchOutcome:
        if answer.status != HTTPStatus.OK:
            now = self._hosts.clock()
            outcome = outcome_without_body(
                answer.status,
                answer.headers,
                now,
                moved_to,
                conditional=bool(request.conditions),
                logged_in=bool(login_of(request.source)) and may_know_secrets(request.source, url),
                said=answer.first_words() if answer.status in _EXPLAINED_IN_BODY else b"",
            )
            route = self._requester.exchange.route
            if isinstance(outcome, Failed) and isinstance(route, Proxy):
                outcome = replace(outcome, reason=f"{outcome.reason}; asked through {route}")
            if isinstance(outcome, Throttled) and outcome.after:
                self._hosts.back_off(host_of(url), now + outcome.after)
            return outcome
        largest = request.largest or self._largest
        body = answer.body(largest)
        if len(body) > largest and request.largest is None:
            return Failed(f"it is larger than {largest:,} bytes (polling.largest)", answer.status)
        return Fetched(body, url, answer.status, answer.headers, moved_to)


def _kind_of(error: Exception) -> type[Failed]:
    if is_unknown_name(error):
        return NameUnknown
    return Unreached if is_unreached(error) else Failed
