"""sources.yaml, sources/*.yaml or sources.opml → the sources, each with its settings resolved."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

from watchdesk.config import yaml_document
from watchdesk.config.checking import check, says_nothing
from watchdesk.config.leftovers import yaml_files
from watchdesk.config.looking import is_there
from watchdesk.config.names import check_name, is_name
from watchdesk.config.parsing import parse_document, read_text
from watchdesk.config.places import Place, Problems, did_you_mean
from watchdesk.config.plain_rows import PlainRow, Rows, read_rows
from watchdesk.config.settings import ArticleSettings, PollingSettings
from watchdesk.config.shapes import SourceShape
from watchdesk.config.shown_address import shown_address
from watchdesk.config.source_settings import (
    DeclaredSource,
    PlainSources,
    check_select,
    resolved,
    warn_of_login,
)
from watchdesk.config.subscriptions import names_of, read_subscriptions, sources_of
from watchdesk.config.yaml_document import Element, SourceText
from watchdesk.model import Source

SOURCES_FILE = "sources.yaml"
OPML_FILE = "sources.opml"
Declared = DeclaredSource | PlainRow


def source_files(directory: Path) -> Sequence[Path]:
    """sources.yaml and the files of sources/ by name; sources.opml where there are none."""
    single = directory / SOURCES_FILE
    folder = list(yaml_files(directory / "sources"))
    if not folder and not is_there(single) and is_there(directory / OPML_FILE):
        return [directory / OPML_FILE]
    return [single, *folder] if is_there(single) or not folder else folder


def read_sources(
    directory: Path, polling: PollingSettings, articles: ArticleSettings, problems: Problems
) -> dict[str, Source]:
    """Sources by id, in the order of the files; what is wrong is noted."""
    declared = _each_once(_read_files(directory, problems), problems)
    lists = [one for one in declared.values() if isinstance(one, DeclaredSource) and one.shape.opml]
    files = {one.id: read_subscriptions(one, directory, problems) for one in lists}
    _warn_of_unread_opml(directory, lists, problems)
    names = names_of(files.values(), declared)
    found: dict[str, Source] = {}
    tags: dict[frozenset[str], frozenset[str]] = {}
    addresses: dict[str, Declared] = {}
    plain = PlainSources(polling, articles, problems, tags)
    for one in declared.values():
        if isinstance(one, PlainRow):
            common = plain.source(one)
            warn_of_login(common.url, one.key, problems)
        else:
            common = resolved(one, polling, articles, problems, tags)
            warn_of_login(common.url, one.kind_place, problems)
        sources = [common] if one.id not in files else sources_of(files[one.id], common, names)
        for source in sources:
            _note_twice(one, source, addresses, problems, once=source.id in found)
            found.setdefault(source.id, source)
    return found


def names_in_files(directory: Path) -> frozenset[str]:
    """The names in the files, including those of OPML files; sources with mistakes are left out."""
    return frozenset(one.id for one in _read_files(directory, Problems()))


def read_declared(
    top: Element | None, name: str, directory: Path, problems: Problems
) -> list[DeclaredSource]:
    """The sources that a file called `name` lists; what is wrong is noted, and left out."""
    if top is None or says_nothing(top):
        return []
    if not isinstance(top, yaml_document.Mapping):
        problems.error(top.place, "the file begins with 'sources:'")
        return []
    for key, place in top.keys.items():
        if key != "sources":
            hint = did_you_mean(key, ["sources"]) or "sources stand under 'sources:'"
            problems.error(place, f"'{key}' is not a part of {name}", hint)
    listed = top.get("sources")
    if listed is None or says_nothing(listed):
        return []
    if not isinstance(listed, yaml_document.Mapping):
        problems.error(
            listed.place, "'sources' is a mapping of names to sources", "write: example: {feed: …}"
        )
        return []
    declared = [_declared(source_id, listed, directory, problems) for source_id in listed.items]
    return [one for one in declared if one]


def _read_files(directory: Path, problems: Problems) -> list[Declared]:
    declared: list[Declared] = []
    for path in source_files(directory):
        name = str(path.relative_to(directory))
        if path.name == OPML_FILE:
            declared.append(DeclaredSource("sources", SourceShape(opml=name), yaml_document.nothing(name)))
        else:
            declared += _read_file(path, name, directory, problems)
    return declared


def _read_file(path: Path, name: str, directory: Path, problems: Problems) -> Sequence[Declared]:
    """The sources of one file in its order: plain rows as they are, and the others by the readers of YAML."""
    text = read_text(path, problems, name)
    if text is None:
        return []
    shown = SourceText(name, text)
    rows = read_rows(shown)
    if rows is not None and rows.rest is None:
        return rows.plain
    if rows is not None:
        found = _with_the_rest(shown, rows, directory, problems)
        if found is not None:
            return found
    return read_declared(parse_document(text, name, problems, shown), name, directory, problems)


def _with_the_rest(
    shown: SourceText, rows: Rows, directory: Path, problems: Problems
) -> Sequence[Declared] | None:
    """The plain rows and what the readers of YAML find in the rest; None where they need the whole file."""
    top, noted = _parsed(shown, rows)
    if twice := _listed(top) & {row.id for row in rows.plain}:
        rows = read_rows(shown, twice) or rows
        top, noted = _parsed(shown, rows)
    if noted.errors and not rows.is_certain:
        return None
    if top is None:
        # Other mistakes are told by figures of the whole.
        if not noted or not all(p.message.startswith("is not YAML: ") and p.place.line > 1 for p in noted):
            return None
        problems.add(noted)
        return []
    names = _listed(top)
    if not names or names & {row.id for row in rows.plain}:
        return None
    problems.add(noted)
    others = read_declared(top, shown.name, directory, problems)
    return sorted([*rows.plain, *others], key=lambda one: one.line)


def _parsed(shown: SourceText, rows: Rows) -> tuple[Element | None, Problems]:
    noted = Problems()
    return parse_document(rows.rest or "", shown.name, noted, shown), noted


def _listed(top: Element | None) -> AbstractSet[str]:
    """The names of the sources of a document, also of those whose value is wrong."""
    listed = top.get("sources") if isinstance(top, yaml_document.Mapping) else None
    return set(listed.marks) if isinstance(listed, yaml_document.Mapping) else set()


def _declared(
    source_id: str, listed: yaml_document.Mapping, directory: Path, problems: Problems
) -> DeclaredSource | None:
    element = listed.items[source_id]
    if not is_name(source_id):
        check_name(source_id, listed.keys[source_id], problems)
    if not isinstance(element, yaml_document.Mapping):
        hint = f"write {source_id}: {{feed: https://…}}"
        problems.error(element.place, "a source is a mapping of keys to values", hint)
        return None
    shape = check(SourceShape, element, "a source", problems, directory)
    if shape is None:
        return None
    declared = DeclaredSource(source_id, shape, element, listed.marks[source_id])
    check_select(declared, problems)
    return declared


def _each_once(declared: Sequence[Declared], problems: Problems) -> dict[str, Declared]:
    found: dict[str, Declared] = {}
    for one in declared:
        if one.id in found:
            problems.error(one.key, f"the source '{one.id}' is in {found[one.id].key} already")
        else:
            found[one.id] = one
    return found


def _note_twice(
    one: Declared,
    source: Source,
    addresses: dict[str, Declared],
    problems: Problems,
    *,
    once: bool,
) -> None:
    """`once`: two OPML files list the feed, which makes one source."""
    other = addresses.setdefault(source.url, one)
    if other is one and not once:
        return
    which = f"this {source.kind}"
    if isinstance(one, DeclaredSource) and one.kind == "opml":
        which = f"the feed {shown_address(source.url)} of {one.address}"
    if once:
        problems.warning(
            one.key, f"{which} is also in the file at {other.key}, with whose settings it is polled"
        )
    else:
        problems.warning(one.key, f"{which} is polled by the source at {other.key} as well")


def _warn_of_unread_opml(directory: Path, lists: Sequence[DeclaredSource], problems: Problems) -> None:
    """Warns of an OPML file that would be read if no YAML files were beside it."""
    path = directory / OPML_FILE
    named = [directory / one.address for one in lists]
    if is_there(path) and path not in named:
        problems.warning(
            Place(OPML_FILE, 1, 1),
            f"{OPML_FILE} is not read, because there are sources in YAML as well",
            f"to read it, add to {SOURCES_FILE}: subscriptions: {{opml: {OPML_FILE}}}",
        )
