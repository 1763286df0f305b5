"""Addresses that only lead to another, as of November 2026: redirects, shorteners, feed proxies, AMP caches.

Those that carry where they lead are unwrapped here without a request. `polling.resolving` asks some of the
others; `addresses` knows what makes two addresses one.
"""

import base64
import binascii
import html
import re
from collections.abc import Callable, Sequence
from functools import cache
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

_GOOGLE = r"(?:[\w-]+\.)?google\.(?:com?(?:\.[a-z]{2})?|[a-z]{2})"
_IN_QUERY = (
    (rf"{_GOOGLE}/(?:news/)?(?:url|interstitial)", ("url", "q")),
    (r"(?:plus\.url|www)\.google\.com/url", ("q", "url")),
    (r"googleweblight\.com/(?:i|fp)?", ("u", "lite_url")),
    (r"translate\.google\.[a-z.]+/(?:translate|website)", ("u",)),
    (r"(?:l|lm|www|m)\.facebook\.com/l\.php", ("u",)),
    (r"l\.(?:instagram|threads|messenger|workplace)\.(?:com|net)/(?:l\.php)?", ("u",)),
    (r"out\.reddit\.com/[\w-]*", ("url",)),
    (r"(?:www\.)?bing\.com/(?:news/apiclick\.aspx|alink/link)", ("url",)),
    (r"vk\.com/away\.php", ("to",)),
    (r"(?:www\.)?ok\.ru/dk", ("st.link",)),
    (r"t\.umblr\.com/redirect", ("z",)),
    (r"(?:www\.)?youtube\.com/redirect", ("q",)),
    (r"(?:www\.)?linkedin\.com/(?:redir/redirect|safety/go|redirect)", ("url",)),
    (r"(?:[\w-]+\.)*duckduckgo\.com/l/", ("uddg",)),
    (r"(?:[\w.-]+\.)?safelinks\.protection\.outlook\.com/[\w/-]*", ("url",)),
    (r"steamcommunity\.com/linkfilter/", ("u", "url")),
    (r"medium\.com/r/", ("url",)),
    (r"slack-redir\.net/link", ("url",)),
    (r"(?:www\.)?flipboard\.com/redirect", ("url",)),
    (r"getpocket\.com/redirect", ("url",)),
    (r"(?:go|redirect)\.(?:redirectingat|skimresources|viglink)\.com/", ("url", "u")),
    (r"click\.linksynergy\.com/(?:deeplink|fs-bin/click)", ("murl",)),
    (r"(?:www\.)?awin1\.com/cread\.php", ("ued", "p")),
    (r"(?:www\.)?shareasale\.com/r\.cfm", ("urllink",)),
    (r"(?:sba\.)?yandex\.(?:ru|com)/(?:redirect|clck/jsredir)", ("url",)),
    (r"(?:click|link)\.mail\.ru/[\w/]*", ("url", "u")),
    (r"(?:www\.)?feedspot\.com/fs/redirect", ("url",)),
    (r"(?:www\.)?disq\.us/(?:url)?", ("url",)),
    (r"(?:link\.)?zhihu\.com/", ("target",)),
    (r"link\.csdn\.net/", ("target",)),
    (r"(?:www\.)?douban\.com/link2/", ("url",)),
    (r"exit\.sc/", ("url",)),
)
"""Host and path of a redirect page → the parameters that hold the address it leads to."""
_LABELS = """
    google googleweblight facebook instagram threads messenger workplace reddit bing vk ok umblr youtube
    linkedin duckduckgo outlook steamcommunity medium slack-redir flipboard getpocket redirectingat yahoo
    skimresources viglink linksynergy awin1 shareasale yandex mail feedspot disq zhihu csdn douban exit
    ampproject bing-amp href anonym nullrefer dereferer hidereferrer urldefense proofpoint translate
"""
_OF_WRAPPERS = frozenset(_LABELS.split())
"""Labels of hosts that may be of a redirect page: most addresses have none of them, and are not looked at."""
_AMP_CACHE = re.compile(rf"(?:[\w-]+\.cdn\.ampproject\.org|(?:www\.)?bing-amp\.com|{_GOOGLE}/amp)(?=/)")
_AMP_CACHE_PATH = re.compile(r"/(?:amp/)?(?:[vcir]/)?(s/)?(?=[\w-]+\.)")
_WHOLE_QUERY = re.compile(
    r"(?:www\.)?(?:href\.li|anonym\.to|nullrefer\.com|dereferer\.(?:org|me)|hidereferrer\.com)/"
)
_OTHERS: tuple[tuple[re.Pattern[str], Callable[[SplitResult], str | None]], ...]
_PROOFPOINT_ESCAPE = re.compile(r"-([0-9A-F]{2})")
_NEWS_ID = re.compile(r"/(?:rss/)?(?:articles|read)/(CB[\w-]{10,2000})")
_NEWS_ADDRESS = re.compile(rb"https?://[\x21-\x7e]{4,1500}")
_LEADS_ELSEWHERE_NAMES = """
    t.co bit.ly j.mp ow.ly buff.ly buffer.com/l dlvr.it ift.tt tinyurl.com is.gd v.gd goo.gl trib.al lnkd.in
    fb.me shar.es zpr.io rebrand.ly cutt.ly rb.gy t.ly shorturl.at s.id spr.ly hubs.ly hubs.li mailchi.mp/click
    tiny.cc bl.ink soo.gd ht.ly su.pr po.st smarturl.it snip.ly lnk.to ed.gr crwd.fr socsi.in
    reut.rs nyti.ms wapo.st bbc.in cnn.it econ.st on.ft.com on.wsj.com politi.co apne.ws bloom.bg cnb.cx lat.ms n.pr
    abcn.ws cbsn.ws nbcnews.to fxn.ws bit.do thetim.es ind.pn gu.com dailym.ai huff.to cbc.ca/1 yhoo.it wrd.cm
    tcrn.ch theatln.tc slate.me washex.am usat.ly strw.rs lemde.fr f24.my rfi.my dw.com/p spon.de sz.de zeit.de/zeit-link
    p.dw.com clck.ru vk.cc
    feedproxy.google.com/~r feeds.feedburner.com/~r feeds2.feedburner.com/~r feeds.feedblitz.com/~
    rss.feedsportal.com/c tracking.feedpress.it/link feedpress.me/link feeds.feedpress.me/link rssfeeds.usatoday.com/~
    ct.moreover.com redirect.is feeds.soundcloud.com/stream news.google.com/articles news.google.com/rss/articles
    news.google.com/read news.google.com/__i/rss/rd/articles apple.news
    bing.com/ck/a www.bing.com/ck/a click.mail.ru r.search.yahoo.com list-manage.com/track/click
    links.govdelivery.com/track lnks.gd click.e.economist.com news.url.google.com
"""  # noqa: E501 - grouped by kind
_LEADS_ELSEWHERE = frozenset(_LEADS_ELSEWHERE_NAMES.split())
_REFRESH = re.compile(
    r"""<meta[^>]{0,80}http-equiv\s{0,5}=\s{0,5}["']?refresh["']?[^>]{0,80}?url\s{0,5}=\s{0,5}['"]?([^"'>\s]{8,2000})""",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"""<(?:link[^>]{0,80}rel\s?=\s?["']?canonical["']?[^>]{0,80}?href|[\w-]{1,20}[^>]{0,300}?\sdata-n-au)\s?=\s?["']"""
    r"""([^"'>\s]{8,2000})""",
    re.IGNORECASE,
)
_LOOKED_AT = 200_000
"""Characters of a redirect page in which to look for where it leads."""


@cache
def _by_query() -> Sequence[tuple[re.Pattern[str], Sequence[str]]]:
    """`_IN_QUERY`, compiled when an address may be of a redirect page: most commands look at none."""
    return [(re.compile(where), names) for where, names in _IN_QUERY]


def inner_address(parts: SplitResult) -> str | None:
    """The address that a redirect page's own address carries, as written there; None if it carries none."""
    if _OF_WRAPPERS.isdisjoint(parts.netloc.split(".")):
        return None
    place = f"{parts.netloc}{parts.path}"
    for where, names in _by_query():
        if where.fullmatch(place):
            found = {name: value for name, value in reversed(parse_qsl(parts.query)) if name in names}
            return next((found[name] for name in names if _is_address(found.get(name))), None)
    if (prefix := _AMP_CACHE_PATH.match(parts.path)) and _AMP_CACHE.match(place):
        scheme = "https" if prefix[1] else "http"
        return f"{scheme}://{parts.path[prefix.end() :]}{f'?{parts.query}' if parts.query else ''}"
    if _WHOLE_QUERY.fullmatch(place):
        return unquote(parts.query) if _is_address(unquote(parts.query)) else None
    found_in = next((read for where, read in _OTHERS if where.match(place)), None)
    inner = found_in(parts) if found_in else None
    return inner if _is_address(inner) else None


def leads_elsewhere(url: str) -> bool:
    """Whether the address is that of a link shortener, a feed proxy or an aggregator's redirect page."""
    try:
        parts = urlsplit(url)
        labels = (parts.hostname or "").split(".")
    except ValueError:
        return False
    steps = [step for step in parts.path.split("/") if step]
    hosts = (".".join(labels[start:]) for start in range(len(labels) - 1))
    return bool(steps) and any(
        host in _LEADS_ELSEWHERE
        or any(f"{host}/{'/'.join(steps[:count])}" in _LEADS_ELSEWHERE for count in (1, 2, 4))
        for host in hosts
    )


def address_in(page: str) -> str | None:
    """Where a redirect page of HTML leads: by its refresh, else by what it names; None if nowhere."""
    beginning = page[:_LOOKED_AT]
    for pattern in (_REFRESH, _NAMED):
        if found := pattern.search(beginning):
            return html.unescape(found[1])
    return None


def _is_address(text: str | None) -> bool:
    return bool(text) and str(text).lower().startswith(("http://", "https://"))


def _of_google_news(parts: SplitResult) -> str | None:
    """Ids of articles in Google News held the address until 2024; later ones hold only a number."""
    found = _NEWS_ID.search(parts.path)
    carried = _NEWS_ADDRESS.search(_decoded(found[1])) if found else None
    return carried[0].decode() if carried else None


def _of_bing(parts: SplitResult) -> str | None:
    value = dict(parse_qsl(parts.query)).get("u", "")
    return _decoded(value[2:]).decode(errors="replace") if value.startswith("a1") else None


def _decoded(text: str) -> bytes:
    """The bytes of base64 for addresses; empty if it is none."""
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return b""


def _of_yahoo(parts: SplitResult) -> str | None:
    found = re.search(r"/RU=([^/]{10,2000})", parts.path)
    return unquote(found[1]) if found else None


def _after_star(parts: SplitResult) -> str | None:
    query = f"?{parts.query}" if parts.query else ""
    return unquote(f"{parts.path}{query}".partition("*")[2]) or None


def _of_proofpoint(parts: SplitResult) -> str | None:
    """Version 2 writes `_` for `/` and `-3A` for `%3A`; version 3 has the address between underscores."""
    if found := re.search(r"/v3/__(.{8,2000}?)__;", parts.path):
        return found[1]
    value = dict(parse_qsl(parts.query)).get("u")
    return unquote(_PROOFPOINT_ESCAPE.sub(r"%\1", value.replace("_", "/"))) if value else None


def _of_translate(parts: SplitResult) -> str | None:
    """`www-paper-example.translate.goog`: a hyphen is a dot there, and two are a hyphen."""
    label = parts.netloc.removesuffix(".translate.goog")
    host = label.replace("--", "\0").replace("-", ".").replace("\0", "-")
    return f"https://{host}{parts.path}{f'?{parts.query}' if parts.query else ''}"


_OTHERS = (
    (re.compile(r"news\.google\.[a-z.]+/"), _of_google_news),
    (re.compile(r"(?:www\.)?bing\.com/ck/a"), _of_bing),
    (re.compile(r"r\.search\.yahoo\.com/"), _of_yahoo),
    (re.compile(r"(?:[\w-]+\.)?rd\.yahoo\.com/"), _after_star),
    (re.compile(r"urldefense(?:\.proofpoint)?\.com/v[23]/"), _of_proofpoint),
    (re.compile(r"[\w-]+\.translate\.goog/"), _of_translate),
)
