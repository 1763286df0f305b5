"""Names of sources, channels and digests: which are allowed, how one is made, whether one exists."""

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from urllib.parse import urlsplit

from watchdesk.config import yaml_document
from watchdesk.config.checking import place_at
from watchdesk.config.places import Place, Problems, did_you_mean

SETTINGS_FILE = "watchdesk.yaml"

_LONGEST_NAME = 48
_LATIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ı": "i"})
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def is_name(text: str) -> bool:
    """Whether it consists of lower case letters and digits, with single hyphens between them."""
    return bool(_NAME.fullmatch(text))


def check_name(name: str, place: Place, problems: Problems) -> None:
    """Notes a name that is not lower case letters, digits and hyphens."""
    if not is_name(name):
        suggestion = "-".join(re.findall(r"[a-z0-9]+", name.lower()))
        problems.error(
            place,
            f"'{name}' cannot be a name: lower case letters, digits and hyphens",
            f"write '{suggestion}'" if suggestion else None,
        )


def name_from(text: str) -> str:
    """Makes a name of any text, without accents: `Le Monde, Économie` → `le-monde-economie`.

    Empty where the text has no Latin letter and no digit.
    """
    letters = unicodedata.normalize("NFKD", text.casefold().translate(_LATIN))
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    name = "-".join(re.findall(r"[a-z0-9]+", bare))
    return (
        name
        if len(name) <= _LONGEST_NAME
        else name[: _LONGEST_NAME + 1].rpartition("-")[0] or name[:_LONGEST_NAME]
    )


def tag_from(text: str) -> str:
    """Makes a tag of a folder's name, in its own script: `Політика та право` → `політика-та-право`."""
    return "-".join(re.findall(r"[^\W_]+", unicodedata.normalize("NFC", text).casefold()))


def source_names(titles: Mapping[str, str | None], taken: Collection[str]) -> Mapping[str, str]:
    """A unique name for each address, made of its title or else its host, and none of `taken`.

    Where several would get one name, the shortest address gets it; the others' names end with a hash of their
    own address. So names depend on what is followed, and never on its order.
    """
    wanted: Mapping[str, list[str]] = defaultdict(list)
    for address, title in titles.items():
        wanted[name_from(title or "") or _host_name(address)].append(address)
    reserved = {*taken, *wanted}
    names = {}
    for name, addresses in wanted.items():
        owner = min(addresses, key=lambda address: (len(address), address)) if name not in taken else None
        for address in addresses:
            names[address] = name if address == owner else _marked(name, address, reserved)
    return names


def _host_name(address: str) -> str:
    return name_from((urlsplit(address).hostname or "").removeprefix("www.")) or "source"


def _marked(name: str, address: str, reserved: Collection[str]) -> str:
    mark = hashlib.blake2b(address.encode(errors="replace"), digest_size=16).hexdigest()
    return next(marked for length in range(6, 33) if (marked := f"{name}-{mark[:length]}") not in reserved)


def check_channels(
    top: yaml_document.Mapping,
    path: tuple[str, ...],
    wanted: Sequence[str],
    known: Sequence[str],
    problems: Problems,
) -> None:
    """Notes each channel named at `path` that does not exist, and an empty list."""
    if not wanted:
        problems.error(place_at(top, path), "at least one channel must stand here")
    for number, channel in enumerate(wanted):
        if channel not in known:
            hint = did_you_mean(channel, known) or f"there are: {', '.join(known) or 'none'}"
            problems.error(place_at(top, (*path, number)), f"there is no channel '{channel}'", hint)
