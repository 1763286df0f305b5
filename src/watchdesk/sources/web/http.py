"""The only way to the web: polite conditional requests with limits of size and time.

Whatever a server or a network does becomes a `FetchOutcome`. `client` fetches one document; `feeds` and
`articles` read its body; `scheduling` decides when to ask again.
"""

import ssl
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus

from watchdesk import articles
from watchdesk.config.network import Network
from watchdesk.config.settings import PollingSettings
from watchdesk.model import Failed, FetchOutcome, Gone, Source, SourceState, Validators
from watchdesk.sources.web.agent import project_address, user_agent
from watchdesk.sources.web.client import Client, NameUnknown, Request
from watchdesk.sources.web.conditions import conditions
from watchdesk.sources.web.guard import Guard
from watchdesk.sources.web.hosts import Hosts, Turns, restore_backoffs
from watchdesk.sources.web.requesting import Requester
from watchdesk.sources.web.robots import MOST_REDIRECTS, WANTED, Robots
from watchdesk.sources.web.source_state import address_of, valid_state
from watchdesk.transport.trust import trust_store

_FEEDS = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.5"
)
_PAGES = "text/html, application/xhtml+xml;q=0.9, */*;q=0.5"
_BEGINNING = 200_000
"""Bytes of a redirect page that are read."""
_ROBOTS = "text/plain, */*;q=0.5"


class HttpFetcher:
    """A `Fetcher` over requests; safe to use from many threads.

    `hosts`: the limits for each host, shared with the scheduler; its own if left out. `heed_robots`: False if
    a person asks for a page, and not a machine of its own accord (RFC 9309 §1). `network`: proxies and
    trusted authorities; `trust`: these authorities, loaded already. `advice`: what helps where an address
    may not be asked, instead of a change of the settings.
    """

    def __init__(
        self,
        polling: PollingSettings,
        contact: str | None,
        hosts: Turns | None = None,
        *,
        heed_robots: bool = True,
        network: Network = Network(),
        trust: ssl.SSLContext | None = None,
        advice: str | None = None,
    ) -> None:
        self.hosts = hosts_by_clock(polling) if hosts is None else hosts
        guard, timeout = Guard.of(polling.private_addresses), polling.timeout.total_seconds()
        guard = replace(guard, advice=advice) if advice else guard
        believed = trust or trust_store(network.authorities)
        requester = Requester(guard, network.proxies, believed, timeout, polling.per_host)
        agent = user_agent(contact, project_address())
        self._client = Client(requester, self.hosts, polling, agent, network.authorities)
        self._robots = Robots(self._read_robots) if heed_robots else None

    def fetch(self, source: Source, state: SourceState) -> FetchOutcome:
        """The source's document, unless it is unchanged since `state` (RFC 9110 §13.1).

        If a remembered redirect no longer leads anywhere, the configured address is asked after all.
        """
        known, address = valid_state(source, state), address_of(source, state)
        sent = conditions(Validators(known.etag, known.last_modified))
        request = Request(address, source, _FEEDS, sent, remembered=address != source.url)
        outcome = self._client.send(request)
        if request.remembered and _leads_nowhere(outcome):
            return self._client.send(replace(request, url=source.url, remembered=False))
        return outcome

    def part(self, url: str, source: Source, validators: Validators) -> FetchOutcome:
        """A further document of the source, such as an older page of its archive or a part of its sitemap;
        conditional on that document's `validators`.
        """
        return self._client.send(Request(url, source, _FEEDS, conditions(validators)))

    def page(self, url: str, source: Source) -> FetchOutcome:
        """An article's page, if the site's robots.txt allows it. The source's login and headers are sent to
        the source's own origin only.
        """
        robots = self._robots
        permit = (lambda target: robots.permit(target, source)) if robots else None
        return self._client.send(Request(url, source, _PAGES, permit=permit))

    def target(self, url: str, source: Source) -> FetchOutcome:
        """Where an address leads, if robots.txt of its site allows asking.

        Redirects are followed as long as they stay on its site or lead to another shortener or proxy; of a
        page there, the beginning is read.
        """
        robots = self._robots
        permit = (lambda target: robots.permit(target, source)) if robots else None

        def arrived(target: str) -> bool:
            return not (articles.same_site(target, url) or articles.leads_elsewhere(target))

        return self._client.send(
            Request(url, source, _PAGES, permit=permit, largest=_BEGINNING, arrived=arrived)
        )

    def restore_backoffs(self, sources: Iterable[Source], states: Mapping[str, SourceState]) -> None:
        """Restores the back-offs that hosts asked for before a restart, from these sources' states."""
        restore_backoffs(self.hosts, sources, states)

    def _read_robots(self, url: str, source: Source) -> FetchOutcome:
        """A site's robots.txt, by the source's route and without its secrets."""
        stranger = Source("robots.txt", url, proxy=source.proxy)
        return self._client.send(
            Request(url, stranger, _ROBOTS, largest=WANTED, most_redirects=MOST_REDIRECTS)
        )


def hosts_by_clock(polling: PollingSettings, clock: Callable[[], datetime] | None = None) -> Hosts:
    """The limits for each host, by the machine's clock when none is given."""
    return Hosts(polling.per_host, clock or (lambda: datetime.now(UTC)))


def _leads_nowhere(outcome: FetchOutcome) -> bool:
    if isinstance(outcome, Failed):
        return isinstance(outcome, NameUnknown) or outcome.status == HTTPStatus.NOT_FOUND
    return isinstance(outcome, Gone)
