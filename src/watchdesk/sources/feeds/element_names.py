"""Names of elements and attributes as feedparser understands them; `Unsure` where that is not certain.

feedparser uses lower-case names with its own prefix for each namespace that it knows, and takes Atom's and
RSS's for the same. `Unsure` is raised where a document's own prefixes would mislead it.
"""

import re
from collections.abc import Mapping

_OWN = frozenset(
    (
        "",
        "http://blogs.law.harvard.edu/tech/rss",
        "http://purl.org/rss/1.0/",
        "http://my.netscape.com/rdf/simple/0.9/",
        "http://purl.org/atom/ns#",
        "http://www.w3.org/2005/atom",
        "http://purl.org/rss/1.0/modules/rss091#",
    )
)
"""Namespaces, in lower case, of the formats themselves."""
_OWN_PREFIXES = frozenset((None, "a10", "atom", "atom03", "atom10", "rss", "rss1"))
_KNOWN = {
    "http://creativecommons.org/ns#license": "cc",
    "http://web.resource.org/cc/": "cc",
    "http://cyber.law.harvard.edu/rss/creativecommonsrssmodule.html": "creativecommons",
    "http://backend.userland.com/creativecommonsrssmodule": "creativecommons",
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "http://www.georss.org/georss": "georss",
    "http://www.opengis.net/gml": "gml",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "http://search.yahoo.com/mrss": "media",
    "http://search.yahoo.com/mrss/": "media",
    "http://podlove.org/simple-chapters": "psc",
    "http://purl.org/rss/1.0/modules/syndication/": "sy",
    "http://webns.net/mvcb/": "admin",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
    "http://www.w3.org/1999/xhtml": "xhtml",
    "http://www.w3.org/xml/1998/namespace": "xml",
}
"""Further namespaces, in lower case, some of whose elements have a meaning of their own."""
_PREFIXES = frozenset(_KNOWN.values())
_READ_NAMES = (
    "base domain href ispermalink label lang lastmod mode rel scheme src term text type uri url version"
)
_READ = frozenset(_READ_NAMES.split())
"""Attributes that are read; those with a foreign prefix would be mistaken for them."""
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9-]*", re.ASCII)
_NO_ATTRIBUTES: Mapping[str, str] = {}
FOREIGN = ""
"""The name of an element that means nothing itself, though its content may."""


_UNREAD = """
    cc_license cloud copyright created dc_contributor dc_publisher dc_rights dcterms_created dcterms_valid
    expirationdate feedburner_browserfriendly generator georss_box georss_line georss_point georss_polygon
    info itunes_image itunes_link itunes_subtitle media_credit media_license media_player media_rating
    media_restriction media_thumbnail rights subtitle tagline webmaster
"""
UNREAD = frozenset(_UNREAD.split())
"""Elements that feedparser uses and we do not."""
_READ_OR_REFUSED = """
    abstract author authors body category channel content content_encoded contributor contributors
    creativecommons_license date dc_author dc_creator dc_date dc_description dc_language dc_subject dc_title
    dcterms_issued dcterms_modified description email enclosure enclosures entries entry feed
    feedburner_origlink fullitem georss_where georssgeom gml_exterior gml_linearring gml_linestring gml_point
    gml_polygon gml_pos gml_poslist guid height homepage id image issued item items itunes_author
    itunes_category itunes_email itunes_keywords itunes_name itunes_owner itunes_summary keywords language
    lastbuilddate link links managingeditor media_category media_content media_description media_group
    media_keywords media_title modified name newlocation psc_chapter psc_chapters pubdate published rss source
    summary svg math tags textinput title updated uri url where width xhtml_body
"""
MEANT = UNREAD | frozenset(_READ_OR_REFUSED.split())
"""Every name with a meaning, from feedparser's handlers and the keys that are read of its entries; a test
compares. An element with another name is skipped, but not its content."""


class Unsure(Exception):
    """feedparser might read the document differently, so it must read it."""


def attributes(items: list[tuple[str, str]]) -> Mapping[str, str]:
    """An element's attributes, names in lower case, with the prefix `xml:` or `rdf:` where it belongs."""
    if not items:
        return _NO_ATTRIBUTES
    found: dict[str, str] = {}
    for key, value in items:
        if not key.isascii():
            raise Unsure  # XML 1.0's fifth edition, which lxml follows, allows names that its fourth does not
        name = key.lower()
        if name[0] == "{":
            uri, _, local = name[1:].partition("}")
            prefix = _KNOWN.get(uri, "")
            if prefix not in ("xml", "rdf") and local in _READ:
                raise Unsure
            name = f"{prefix}:{local}"
        found[name] = value.lower() if name in ("rel", "type") else value
    if "base" in found or "xml:base" in found or "lang" in found:
        raise Unsure  # addresses may be relative to something other than the document
    return found


def check_namespaces(declared: Mapping[str | None, str]) -> None:
    """Raises `Unsure` unless every prefix means what it usually does."""
    for prefix, uri in declared.items():
        lowered = uri.lower()
        if _is_own(lowered):
            usual = prefix in _OWN_PREFIXES
        elif known := _KNOWN.get(lowered):
            usual = prefix is not None and prefix.lower() == known
        else:
            usual = prefix is not None and prefix.lower() not in _PREFIXES
        if not usual or uri.split() != [uri] or not (prefix or "").isascii():
            raise Unsure


class ElementNames(dict[str, str]):
    """A parser's `{namespace}name` → feedparser's name, looked up once for each document."""

    def __missing__(self, tag: str) -> str:
        name = self[tag] = _name(tag)
        return name


def _name(tag: str) -> str:
    uri, _, local = tag[1:].rpartition("}") if tag[0] == "{" else ("", "", tag)
    if not _WORD.fullmatch(local):
        if local.isascii() and not _is_own(uri.lower()) and uri.lower() not in _KNOWN:
            return FOREIGN
        raise Unsure
    if _is_own(uri.lower()):
        return local.lower()
    prefix = _KNOWN.get(uri.lower())
    return f"{prefix}_{local.lower()}" if prefix else FOREIGN


def _is_own(uri: str) -> bool:
    return uri in _OWN or "backend.userland.com/rss" in uri
