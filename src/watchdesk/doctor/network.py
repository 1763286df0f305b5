"""The way to the web: names, proxies, a site that answers, and the clock by what that says.

One site of those that are polled is asked, and another only where the first does not answer or its time is
not ours. Nothing is polled.
"""

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from datetime import timedelta
from urllib.parse import urlsplit

import watchdesk.sources as sites
from watchdesk.config.network import NO_PROXY_AT_ALL, Network, Proxy
from watchdesk.config.secrets import SecretMissing
from watchdesk.config.settings import Settings
from watchdesk.doctor.findings import Finding, Findings, Trial, ok, untried, warning, wrong
from watchdesk.doctor.surroundings import Surroundings
from watchdesk.model import Source
from watchdesk.transport.asking import Asking

_SECONDS = 7.0
"""For one question."""
_MOST_ASKED = 3
_SOCKS_PORT = 1080
_NOTICEABLE, _HARMFUL = timedelta(seconds=30), timedelta(minutes=5)
"""Receivers of webhooks refuse a signature that is off by more than the latter (Standard Webhooks)."""
_SITES = "sites"
"""Of publishers; `web` in the files is the page."""
_LOOK = "look at the network, the resolver and the proxy of this machine"
_SET_IT = "let the machine set it: timedatectl set-ntp true"


def try_sites(around: Surroundings) -> Findings:
    """Whether a site can be reached as a poll would, and what time it has."""
    settings = around.settings
    asked = _sites(settings) if settings else ()
    if settings is None or not asked:
        return [untried(_SITES, "no source is polled over the web"), *_own_clock(None)]
    network = around.network
    presence = sites.Presence(settings.polling, settings.contact, network, _SECONDS, around.trust)
    absent: list[sites.SiteAbsent] = []
    present: list[sites.SitePresent] = []
    for source in asked:
        answer = presence.of(source, around.clock)
        if isinstance(answer, sites.SiteAbsent):
            absent.append(answer)
            continue
        present.append(answer)
        if answer.ahead is not None and abs(answer.ahead) < _NOTICEABLE:
            break
    return [*_reached(absent, present), *_clock(present)]


def _sites(settings: Settings) -> Sequence[Source]:
    """A source of each of the first few hosts."""
    found: dict[str, Source] = {}
    for source in settings.sources.values():
        parts = urlsplit(source.url)
        if parts.scheme in ("http", "https") and parts.hostname and not source.paused:
            found.setdefault(parts.hostname, source)
        if len(found) == _MOST_ASKED:
            break
    return list(found.values())


def _reached(
    absent: Sequence["sites.SiteAbsent"], present: Sequence["sites.SitePresent"]
) -> Iterator[Finding]:
    if present:
        silent = f"; {absent[0].host} did not: {absent[0].reason}" if absent else ""
        said = f"{present[0].host} answers{present[0].by}{silent}"
        yield warning(_SITES, said, "watchdesk sources") if absent else ok(_SITES, said)
        return
    others = f", nor do {' and '.join(one.host for one in absent[1:])}" if absent[1:] else ""
    what = f"{absent[0].host} does not answer{others}: {absent[0].reason}"
    yield wrong(_SITES, what, None if absent[0].is_refused else _LOOK)


def _clock(present: Sequence["sites.SitePresent"]) -> Iterator[Finding]:
    told = [(one.host, one.ahead) for one in present if one.ahead is not None]
    if not told:
        yield from _own_clock(present[0].host if present else None)
        return
    host, ahead = min(told, key=lambda one: abs(one[1]))
    seconds = round(abs(ahead).total_seconds())
    if abs(ahead) < _NOTICEABLE:
        yield ok("clock", f"within {max(seconds, 1)} s of that of {host}")
        return
    what = f"it is {seconds:,} s {'behind' if ahead > timedelta(0) else 'ahead of'} that of {host}"
    if abs(ahead) < _HARMFUL:
        yield warning("clock", what, _SET_IT)
    else:
        yield wrong("clock", f"{what}: digests go out at the wrong time, and signatures are refused", _SET_IT)


def _own_clock(host: str | None) -> Iterator[Finding]:
    """By what systemd says (timedatectl(1)), where nobody else has said what time it is."""
    nobody = f"{host} says no time" if host else "nobody has said what time it is"
    program = shutil.which("timedatectl")
    try:
        said = subprocess.run(  # noqa: S603 - no shell, and nothing of anybody's in it
            [program or "", "show", "--property=NTPSynchronized", "--value"],
            capture_output=True,
            timeout=5,
            check=False,
        ).stdout
    except (OSError, ValueError, subprocess.TimeoutExpired):
        said = b""
    match said.strip():
        case b"yes":
            yield ok("clock", "systemd sets it by the network's time")
        case b"no":
            yield warning("clock", f"systemd does not set it, and {nobody}", _SET_IT)
        case _:  # rest: open set
            yield untried("clock", f"{nobody}, and there is no systemd to ask", "compare it with another's")


def proxy_trials(around: Surroundings) -> Iterator[Trial]:
    """One for each proxy that is named, by the configuration or the environment."""
    settings = around.settings
    if settings is None:
        return
    every = [settings.proxies, *(channel.proxies for channel in settings.channels.values())]
    proxies = [proxy for one in every if not one.off for proxy in (one.https, one.http) if proxy]
    of_sources = {source.proxy for source in settings.sources.values() if source.proxy}
    proxies += [Proxy(url, "the proxy of a source") for url in sorted(of_sources - {NO_PROXY_AT_ALL})]
    for proxy in {proxy.url: proxy for proxy in reversed(proxies)}.values():
        yield Trial("proxy", lambda proxy=proxy: [_proxy(proxy, around)])  # type: ignore[misc]  # a loop's


def _proxy(proxy: Proxy, around: Surroundings) -> Finding:
    """Connects to it; where it leads is shown by what goes there."""
    parts = urlsplit(proxy.url)
    port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, _SOCKS_PORT)
    scheme = "https" if parts.scheme == "https" else "http"
    directly = Network(authorities=around.network.authorities)
    if trouble := _connect(directly, _origin(scheme, parts.hostname or "", port), around):
        return wrong("proxy", f"{proxy} cannot be used: {trouble}", "start it, or correct its address")
    return ok("proxy", f"{proxy} answers")


def try_heartbeat(around: Surroundings) -> Findings:
    """Connects to the outside watcher, and asks nothing: to ask would say that all is well."""
    subject, settings = "heartbeat", around.settings
    if settings is None or settings.heartbeat is None:
        return []
    try:
        url = settings.heartbeat.reveal().strip()
    except SecretMissing as missing:
        if settings.heartbeat.kind != "command":  # the trial of secrets says whether that is wrong
            return [untried(subject, str(missing))]
        return [wrong(subject, str(missing))]
    if trouble := _connect(around.network, url, around):
        return [wrong(subject, f"the outside watcher cannot be reached: {trouble}", help="heartbeat-failing")]
    return [ok(subject, "the outside watcher answers; what it says to a heartbeat `watchdesk status` shows")]


def try_page(around: Surroundings) -> Findings:
    """Whether the page's port answers where the service runs, and is free where it does not."""
    subject, web = "page", around.settings.web if around.settings else None
    if web is None or web.address is None or not web.address[1]:
        return []
    named, (host, port) = web.listen, web.address
    asked = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - it is not listened on
    silence = _connect(Network(), _origin("http", asked, port), around)
    if around.holder is not None:
        if silence is None:
            return [ok(subject, f"{named} answers")]
        what = f"{named} does not answer, and the service runs: {silence}"
        return [wrong(subject, what, "its log says why; `web` in watchdesk.yaml names another address")]
    if silence is None:
        what = f"something else listens on {named}, and the service does not run"
        return [wrong(subject, what, "stop that, or name another address: web: {listen: 127.0.0.1:PORT}")]
    return [ok(subject, f"nothing listens on {named} yet; the service does when it runs")]


def _connect(network: Network, url: str, around: Surroundings) -> str | None:
    """Why one cannot connect there, by the authorities of the desk; None where one can."""
    return Asking(network, "watchdesk", _SECONDS, around.trust).connect(url)


def _origin(scheme: str, host: str, port: int) -> str:
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"
