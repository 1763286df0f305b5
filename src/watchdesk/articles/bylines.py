"""The byline: the person or desk that wrote an article, but not a publishing system's account.

`claims` knows where a page names its author.
"""

import re
from collections.abc import Collection, Iterable, Sequence

from watchdesk.articles.plain import folded, plain_title
from watchdesk.articles.printed_dates import before_date
from watchdesk.articles.written_dates import is_stamp

_ADDRESS_AND_NAME = re.compile(r"\s*<?[^\s@()<>]+@[^\s@()<>]+>?\s*\((.+)\)\s*")
_ADDRESS = re.compile(r"<?[^\s@<>]+(?:@|\[at\]|\(at\))[^\s@<>]+\.[^\s@<>]+>?", re.IGNORECASE)
_WEB_ADDRESS = re.compile(r"https?://|www\.")
_VERBS = (
    "written|posted|published|story|words|report(?:ed)?|article|submitted|post author|author|verfasst|"
    "interview|"
    "veröffentlicht|geschrieben|erstellt|eingestellt|beitrag|artikel|bericht|kommentar|publié|écrit|rédigé|escrito|"
    "publicado|scritto|pubblicato|geschreven|gepubliceerd|skriven|skrevet|opublikowane|napisane|autor(?:in)?|"
    "texte?|testo|texto|text und interview"
)
_GLUED = r"(?-i:(?<=[a-zа-я])(?=[A-ZÄÖÜÉ]))"
"""`ByJane Doe`; but `BYRON SMITH` is a name."""
_LEAD = re.compile(
    rf"^(?:(?:{_VERBS})\s*:?\s*(?:by|von|par|por|di|da|door|av|af|przez|od)(?:\s*:\s*|\s+|{_GLUED})|"
    rf"(?:by|von|par|por|автор|текст)(?:\s+|:\s*|{_GLUED})|"
    r"(?:autor(?:in|en)?|post author|author(?:s|\(s\))?|auteurs?|autore|text[eo]?|автори?|текст|beitrag|"
    rf"verfasser|redakteur|interview|text und interview)(?:\s*[:/|]\s*|{_GLUED}))",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"\s*(?:\||·|•|\n|\s[-–—]\s|\s@\w|\bin\s+(?=[A-Z])|"
    r"\b(?:kategorien?|categor(?:y|ies)|published|posted|updated|veröffentlicht|aktualisiert|publié|"
    r"publiziert|hace\s\d+|il\sy\sa\s\d+|vor\s\d+|\d+\s\w+\sago|"
    r"follow|share|kommentare?|comments?|leave|hinterlasse|view|posts?\sby|alle\sbeiträge|lesezeit|"
    r"reading\stime|tiempo\sde\slectura|temps\sde\slecture|über|about|zeige|"
    r"(?:(?:freier|senior|staff|chief|political|foreign|deputy)\s)?(?:writer|reporter|editor|correspondent|"
    r"autor(?:in)?|"
    r"chefredakteur(?:in)?|redakteur(?:in)?|journalist(?:in)?))(?=\s|$|:)|"
    r",?\s(?:ph\.?d|m\.?d|dr|msc|mba)\.?(?=\s|,|$)).*$",
    re.IGNORECASE | re.DOTALL,
)
_ACCOUNTS = """
    admin|administrator|author|authors|autor|editor|the editor|editors|editor in chief|webmaster|web master
    |web editor|web desk|webdesk|staff|staff writer|staff reporter|newsroom|news desk|newsdesk|news|news team
    |team|no author|root|user|guest|anonymous|unknown|none|null|n a|noreply|no reply|info|wordpress
    |wp admin|superadmin|super user|site admin|siteadmin|redaktion|die redaktion|redaktor|redakcja
    |la redaction|rédaction|la rédaction|redaccion|redacción|redazione|redactie|редакція|редакция
    |адмін|админ|адміністратор|администратор|default|test|undefined|false|true|by|von|about the author
    |über den autor
"""
_GENERIC = frozenset(account.strip() for account in _ACCOUNTS.split("|"))
_DESK = re.compile(
    r"\b(?:news|newsroom|media|desk|team|staff|redaktion|redakcja|redacción|redazione|rédaction|agency|"
    r"agencies|press|"
    r"presse|reuters|afp|dpa|apa|ansa|efe|tass|times|post|online|magazin\w*|zeitung|gmbh|verlag|e\.?v\.?|"
    r"stiftung|"
    r"verband|group|corporation|inc|ltd|llc|institut\w*|university|universität|foundation|radio|tv|gov|"
    r"редакція|редакция|агентство)\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"[^\W\d_][^\s\d_]*", re.UNICODE)
_BETWEEN = re.compile(r",|;|&|\s(?:[Aa]nd|AND|[Uu]nd|UND|et|y|e|i|та|и|і)\s")
_PARTICLE_WORDS = """
    van von der den de di da del della dos das du la le el al bin ibn ben zu y e und and af av
"""
_PARTICLES = frozenset(_PARTICLE_WORDS.split())
_DOMAIN = re.compile(
    r"(?:[\w-]{2,40}\.){1,3}(?:[a-z]{2,3}|info|online|news|media|press|example)", re.IGNORECASE
)
_NO_NAMES = frozenset(
    ("und", "and", "et", "y", "ca", "von", "by", "par", "por", "artikel von", "text", "foto", "mi")
)
"""What is left of a byline whose name stands elsewhere."""
_LONGEST = 200
_LONGEST_PERSON = 50
_MOST_WORDS = 8
"""Words of a claim that names no person: more are about somebody."""
_MOST_SAID = 600
"""Characters of name and address together."""


def byline(author: str | None, *site_names: str | None) -> str | None:
    """The name to print; None for an account such as `Admin`, an address, or the site's own name."""
    name = plain_title(author)
    if len(name) > _MOST_SAID:
        return None
    named = _ADDRESS_AND_NAME.fullmatch(name)
    name = _ADDRESS.sub("", named[1] if named else name)
    name = _LEAD.sub("", name.strip())
    name = _TAIL.sub("", before_date(name)).strip(" ,;:|-–—@/»«")
    sites = {folded(site) for site in site_names if site}
    before, comma, last = name.rpartition(",")
    if comma and _of_site(folded(last), sites):
        name = before.strip()
    name = _without_desks(name, sites)
    if not name or len(name) > _LONGEST or _WEB_ADDRESS.search(name) or is_stamp(name):
        return None
    key = folded(name)
    if is_account(name) or not any(letter.isalpha() for letter in key):
        return None
    return None if key in sites or key in _NO_NAMES or _DOMAIN.fullmatch(name) else name


def _without_desks(name: str, sites: Collection[str]) -> str:
    """A list of authors without the site, agencies and accounts in it, if a person is left."""
    parts = [part.strip() for part in name.split(",")]
    kept = [part for part in parts if part and not _is_desk(part, sites)]
    return ", ".join(kept) if len(kept) < len(parts) and any(map(names_person, kept)) else name


def _is_desk(part: str, sites: Collection[str]) -> bool:
    return folded(part) in sites or is_account(part) or _DESK.fullmatch(part) is not None


def _of_site(part: str, sites: Collection[str]) -> bool:
    """Whether what follows a name is the site it is written for, such as `The Paper` or `The Paper staff`."""
    return part in sites or part.removesuffix(" staff").strip() in sites or part == "staff"


def first_byline(authors: Iterable[str | None], site_names: Collection[str]) -> str | None:
    """The first claim that names a person; if none does, the first that names anyone."""
    names = [name for author in authors if (name := byline(author, *site_names))]
    people = [name for name in names if names_person(name)]
    if people:
        return _fullest(people)
    return next((name for name in names if len(name.split()) <= _MOST_WORDS), None)


def _fullest(people: Sequence[str]) -> str:
    """The first claim, or a later one that names everybody whom it names, and further people."""
    best, known = people[0], _people(people[0])
    for claim in people[1:]:
        named = _people(claim)
        is_fuller = len(named) > len(known) and set(map(folded, known)) <= set(map(folded, named))
        if is_fuller and all(map(_is_person, named)):
            best, known = claim, named
    return best


def _people(name: str) -> list[str]:
    return [one.strip() for one in _BETWEEN.split(name) if one.strip()]


def names_person(name: str) -> bool:
    """Whether it begins with what looks like the name of a person: two words with capitals, and no desk."""
    people = _people(name)
    return bool(people) and _is_person(people[0])


def _is_person(name: str) -> bool:
    words = name.split()
    if not 2 <= len(words) <= 5 or len(name) > _LONGEST_PERSON or _DESK.search(name):
        return False
    return all(
        _NAME.fullmatch(word) and (not word[0].islower() or word.lower() in _PARTICLES) for word in words
    )


def is_account(name: str) -> bool:
    """Whether a name belongs to an account or a role, and not to a person or desk."""
    return folded(name) in _GENERIC
