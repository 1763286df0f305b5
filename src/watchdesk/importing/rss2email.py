"""rss2email: rss2email.cfg has the feeds and how mail is sent, rss2email.json what was seen."""

import configparser
import json
import re
from collections.abc import Iterable, Mapping, Sequence

from watchdesk.config.secret_names import names_secret
from watchdesk.errors import UnreadableInput
from watchdesk.importing.addresses import web_address
from watchdesk.importing.found import Found, FoundSource, Given, Left
from watchdesk.importing.keys import Keys

_SECTION = re.compile(r"^\[(?:feed\.[^\]]+)\]\s*$", re.MULTILINE)
_MAIL = re.compile(r"(?:to|from|email-protocol|sendmail\S*|(?:smtp|lmtp|imap|maildir)-\S+)")
_LOOKS = "how mail looks is said by templates"
_KEYS = Keys(
    ("url", "active", "verbose", "css", "encodings", "use-8bit", "only-new", "body-width", "unicode-snob"),
    {
        "user-agent": ("rss2email/__VERSION__ (__URL__)",),
        "name-format": ("{feed-title}: {author}",),
        "subject-format": ("{feed-title}",),
        "feed-timeout": ("60",),
        "same-server-fetch-interval": ("0",),
        "digest-type": ("multipart/digest",),
        "date-header-order": ("modified, issued, created, expired",),
        "trust-guid": ("True",),
        "inline-links": ("True",),
        "wrap-links": ("True",),
    },
    {
        "user-agent": "watchdesk names itself to sites: set `contact` in watchdesk.yaml",
        "proxy": "set `proxy` of the source, or of all under `polling`",
        "post-process": "no program changes an article on its way; templates lay digests out",
        "digest-post-process": "no program changes a digest on its way; templates lay digests out",
        "bonus-header": "mail of watchdesk has no headers of your own",
        "digest": "when mail comes is said by digests in watchdesk.yaml",
        "digest-type": _LOOKS,
        "name-format": _LOOKS,
        "subject-format": _LOOKS,
        "html-mail": _LOOKS,
        "use-css": _LOOKS,
        "feed-timeout": "`polling.timeout` holds for every source",
        "trust-guid": "watchdesk recognises articles by itself; see the documentation of polling",
        "trust-link": "watchdesk recognises articles by itself; see the documentation of polling",
    },
)


def recognises(file: Given) -> bool:
    """Whether it is one of its two files."""
    start = file.content.lstrip()[:1]
    if start == b"{":
        return isinstance(_seen(file), Mapping)
    return start in (b"[", b"#", b";") and bool(_SECTION.search(file.text))


def read(files: Sequence[Given]) -> Found:
    """The feeds of the .cfg; of the .json what was seen, which is left."""
    sources: list[FoundSource] = []
    left: list[Left] = []
    seen: dict[str, int] = {}
    databases = [file for file in files if file.content.lstrip()[:1] == b"{"]
    for file in files:
        if file not in databases:
            _read_config(file, sources, left)
    for file in databases:
        seen |= _feeds_seen(file)
        known = {source.title for source in sources}
        for name in seen:
            if name not in known:
                why = "its address stands in rss2email.cfg, which has no section for it"
                left.append(Left(file.name, name, why))
        if count := sum(seen.values()):
            why = "of a new source, `polling.first_poll` says how old an entry may be to alert"
            left.append(Left(file.name, f"which {count:,} entries were seen", why))
    if not sources and databases:
        raise UnreadableInput(f"{databases[0].name} has no addresses of feeds: give rss2email.cfg as well")
    return Found(sources, (), left)


def _read_config(file: Given, sources: list[FoundSource], left: list[Left]) -> None:
    parser = configparser.ConfigParser(interpolation=None, strict=False, default_section="DEFAULT")
    try:
        parser.read_string(file.text, file.name)
    except configparser.Error as error:
        line = getattr(error, "lineno", None) or next(iter(getattr(error, "errors", ())), (1,))[0]
        raise UnreadableInput(f"{file.name}:{line}: this is not a line of rss2email.cfg") from None
    left += _settings(parser.defaults(), {}, f"{file.name} [DEFAULT]")
    for name in parser.sections():
        place = f"{file.name} [{name}]"
        if not name.startswith("feed."):
            left.append(Left(place, name, "rss2email has no such section"))
            continue
        section = dict(parser[name])
        left += _settings(section, parser.defaults(), place)
        found = web_address(section.get("url", ""))
        if found is None:
            left.append(Left(place, section.get("url") or name, "it has no web address"))
            continue
        url, login = found
        paused = section.get("active", "True").strip().lower() in ("false", "no", "off", "0")
        title = name.removeprefix("feed.")
        sources.append(FoundSource(place, url, title=title, is_paused=paused, login=login))


def _settings(given: Mapping[str, str], usual: Mapping[str, str], place: str) -> Iterable[Left]:
    """What is not carried of a section; `usual`: what it only repeats."""
    new = {key: value.strip() for key, value in given.items() if value.strip() and usual.get(key) != value}
    mail = [
        f"{key} = {'(not shown)' if names_secret(key) else value}"
        for key, value in new.items()
        if _MAIL.fullmatch(key)
    ]
    if mail:
        why = "who gets what by mail is said by channels and digests in watchdesk.yaml"
        yield Left(place, "; ".join(mail), why)
    yield from _KEYS.left({key: value for key, value in new.items() if not _MAIL.fullmatch(key)}, place)


def _seen(file: Given) -> object:
    try:
        document = json.loads(file.content)
    except ValueError:
        return None
    is_ours = isinstance(document, Mapping) and isinstance(document.get("feeds"), list)
    return document if is_ours and "version" in document else None


def _feeds_seen(file: Given) -> dict[str, int]:
    document = _seen(file)
    if not isinstance(document, Mapping):
        raise UnreadableInput(f"{file.name} is not the database of rss2email, or it is cut off")
    counts = {}
    for feed in document["feeds"]:
        if isinstance(feed, Mapping) and isinstance(feed.get("name"), str):
            seen = feed.get("seen")
            counts[feed["name"]] = len(seen) if isinstance(seen, Mapping) else 0
    return counts
