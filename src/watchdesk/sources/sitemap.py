"""Sitemaps (sitemaps.org protocol) and Google's news sitemaps → entries; an index → its parts.

They hold no text: an article's page is fetched if `full_text` asks for it. `sitemap_index` decides which
parts of an index are worth reading.
"""

import re
from collections.abc import Iterable
from typing import Any

from lxml import etree

from watchdesk.encoding.xml import ended, name_of, words_of, xml_text
from watchdesk.errors import UnreadableInput
from watchdesk.model import Entry, Fetched, ParsedFeed, Source
from watchdesk.sources.compressed import decompressed
from watchdesk.sources.feeds.bounds import refuse_entity_bombs
from watchdesk.sources.feeds.web_pages import is_web_page
from watchdesk.sources.sitemap_index import Child, chosen

LARGEST = 50 * 2**20
"""Bytes of one sitemap, decompressed (sitemaps.org protocol: 50 MB)."""
MOST = 50_000
"""Addresses in one sitemap (sitemaps.org protocol)."""

_OTHER_ROOTS = {"rss": "RSS", "feed": "Atom", "rdf": "RDF", "opml": "OPML"}
_ROOTS = {"urlset": "url", "sitemapindex": "sitemap"}
_ROOT = re.compile(r"<(?:[\w.-]+:)?([\w.-]+)")
_LAST_END = re.compile(r".*</(?:[\w.-]+:)?(?:url|sitemap)\s*>", re.IGNORECASE | re.DOTALL)
_ADDRESS_LINE = re.compile(r"https?://\S+")
_LAST_LOOKED_AT = 4096
"""Characters searched for the closing tag; plugins sign after it, in comments."""
_MEDIA = ("image", "video")


def read_sitemap(answer: Fetched, source: Source) -> ParsedFeed:
    """The entries of a sitemap, or the parts of an index. Raises `UnreadableInput` for anything else.

    An entry of a plain sitemap has an address, its lastmod as `updated`, and no title.
    """
    body, complete = decompressed(answer.body, LARGEST)
    trouble = [] if complete else ["its gzip data breaks off, so entries may be missing"]
    if not body.strip():
        raise UnreadableInput("the server sent an empty document")
    if is_web_page(body):
        raise UnreadableInput(
            "it is a web page, not a sitemap; give the address of a sitemap, as robots.txt names it"
        )
    refuse_entity_bombs(body)
    text = xml_text(body, answer.headers.get("content-type"))
    if not text.startswith("<"):
        return _plain_text(text, answer.url)
    root = _root(text)
    text, cut = _without_torn_end(text, root)
    trouble += ["it breaks off before its end, so entries may be missing"] if cut else []
    children = _children(text, _ROOTS[root])
    if root == "sitemapindex":
        return _index(children, answer.url, source, trouble)
    return _entries(children, answer.url, trouble)


def _root(text: str) -> str:
    """urlset or sitemapindex. Raises `UnreadableInput` for another root."""
    found = _ROOT.match(text)
    root = found[1].lower() if found else ""
    if root in _OTHER_ROOTS:
        kind = _OTHER_ROOTS[root]
        hint = "write opml: FILE" if root == "opml" else "write feed: in place of sitemap:"
        raise UnreadableInput(f"it is {kind}, not a sitemap; {hint} for it in sources.yaml")
    if root not in _ROOTS:
        begins = f"<{root[:40]}>" if root else repr(text[:40])
        raise UnreadableInput(f"it is not a sitemap: it begins with {begins}, not <urlset> or <sitemapindex>")
    return root


def _without_torn_end(text: str, root: str) -> tuple[str, bool]:
    """The text, cut after its last complete element if its end is missing, and whether it is missing."""
    if re.search(rf"</(?:[\w.-]+:)?{root}\s*>|^<[^>]*/>", text[-_LAST_LOOKED_AT:], re.IGNORECASE):
        return text, False
    last = _LAST_END.match(text)
    return (last[0] if last else text), True


def _children(text: str, name: str) -> Iterable[dict[str, Any]]:
    """For each `url` or `sitemap` element, its children's texts by local name; `news:*` beside `loc`."""
    try:
        for element in ended(text):
            if name_of(element) == name:
                yield _said(element)
                element.clear()
    except etree.XMLSyntaxError as error:
        raise UnreadableInput(f"it is not XML that can be read: {error}") from None


def _said(element: Any) -> dict[str, str]:
    """The first text of each name; the titles and addresses of images and videos are left out."""
    said: dict[str, str] = {}
    for child in element:
        name = name_of(child)
        if name in ("news", "publication"):
            for key, value in _said(child).items():
                said.setdefault(key if name == "news" else f"publication-{key}", value)
        elif name not in _MEDIA and not _is_media(child) and (words := words_of(child)):
            said.setdefault(name, words)
    return said


def _is_media(element: Any) -> bool:
    """Whether its prefix or namespace is that of images or videos, though it stands outside their element."""
    return any(f"{kind}:" in str(element.tag) or f"sitemap-{kind}/" in str(element.tag) for kind in _MEDIA)


def _entries(children: Iterable[dict[str, str]], url: str, trouble: list[str]) -> ParsedFeed:
    entries: list[Entry] = []
    names: set[str] = set()
    languages: set[str] = set()
    homeless = untitled = left_out = 0
    for said in children:
        if "loc" not in said:
            homeless += 1
        elif len(entries) >= MOST:
            left_out += 1
        else:
            entries.append(_entry(said))
            untitled += "title" not in said
            names |= {said["publication-name"]} if "publication-name" in said else set()
            languages |= {said["publication-language"]} if "publication-language" in said else set()
    total = len(entries) + homeless
    if homeless:
        trouble.append(f"{homeless} of {total} entries have no address (loc) and were left out")
    if 0 < untitled < len(entries):
        trouble.append(f"{untitled} of {total} entries have no title (news:title)")
    if left_out:
        trouble.append(
            f"it lists more than {MOST:,} addresses, which no sitemap may; {left_out:,} were left out"
        )
    if not total:
        trouble.append("it has no entries")
    return ParsedFeed(
        entries=tuple(entries),
        title=names.pop() if len(names) == 1 else None,
        language=languages.pop() if len(languages) == 1 else None,
        base_url=url,
        trouble=tuple(trouble),
    )


def _entry(said: dict[str, str]) -> Entry:
    listed = ",".join(said.get(key, "") for key in ("keywords", "stock_tickers"))
    return Entry(
        url=said["loc"],
        title=said.get("title"),
        published=said.get("publication_date"),
        updated=said.get("lastmod"),
        categories=tuple(dict.fromkeys(word for part in listed.split(",") if (word := part.strip()))),
        language=said.get("publication-language") or said.get("language"),
    )


def _index(children: Iterable[dict[str, str]], url: str, source: Source, trouble: list[str]) -> ParsedFeed:
    listed = [Child(said["loc"], said.get("lastmod")) for said in children if "loc" in said]
    choice = chosen(listed, url, source.timezone)
    troubles = (*trouble, *([choice.left_out] if choice.left_out else []))
    if not choice.parts:
        raise UnreadableInput("it is an index of sitemaps that names none")
    return ParsedFeed(entries=(), base_url=url, trouble=troubles, parts=choice.parts)


def _plain_text(text: str, url: str) -> ParsedFeed:
    """The protocol's other form: an address a line, in UTF-8."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    addresses = [line for line in lines if _ADDRESS_LINE.fullmatch(line)]
    if len(addresses) * 2 < len(lines) or not addresses:
        raise UnreadableInput("it is not a sitemap: neither XML nor a list of addresses")
    entries = tuple(Entry(url=address.replace("&amp;", "&")) for address in addresses[:MOST])
    return ParsedFeed(entries=entries, base_url=url)
