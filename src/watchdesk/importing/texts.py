"""The files of an import, as people read them: sources, drafts of rules, and what was left. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence

from watchdesk.config.names import is_name
from watchdesk.config.shown_address import shown_address
from watchdesk.config.values import duration_text
from watchdesk.config.yaml_text import quoted
from watchdesk.documents.words import counted, printable
from watchdesk.importing.carrying import Carried
from watchdesk.importing.found import Draft, FoundSource

_PLAIN_ADDRESS = re.compile(r"https?://[\w./~%?=&;:+-]*[\w/~%=+-]")
_WORD = re.compile(r"[a-z][a-z-]*[a-z]")
_NOT_WORDS = frozenset(("true", "false", "null", "yes", "no", "on", "off"))


def sources_text(carried: Carried, folder: str, opml: str | None) -> str:
    """The file of sources. `folder`: where its secrets are; `opml`: a list that is to be read beside it."""
    lines = [f"# Imported from {carried.program}. {folder}/report.txt says what could not be carried."]
    lines += ["sources:"]
    if opml:
        lines += ["  subscriptions:", f"    opml: {opml}"]
    for name, source in carried.added.items():
        lines.append(f"  {name}:")
        lines += [f"    {key}: {value}" for key, value in _keys(name, source, folder)]
    return "".join(f"{line}\n" for line in lines)


def _keys(name: str, source: FoundSource, folder: str) -> Iterable[tuple[str, str]]:
    yield source.kind, _scalar(source.url)
    if source.select:
        yield "select", _mapping(source.select)
    if source.title:
        yield "title", _scalar(source.title)
    if source.tags:
        yield "tags", _list(source.tags)
    if source.every:
        yield "every", duration_text(source.every) or ""
    if source.full_text:
        yield "full_text", source.full_text
    if source.content or source.remove:
        hint = [f"content: {_scalar(source.content)}"] if source.content else []
        hint += [f"remove: {_list(source.remove)}"] if source.remove else []
        yield "article", f"{{{', '.join(hint)}}}"
    if source.headers:
        yield "headers", _mapping(source.headers)
    if source.login and source.login.password:
        where = _scalar(f"{folder}/secrets/{name}")
        yield "auth", f"{{user: {_scalar(source.login.user)}, password: {{file: {where}}}}}"
    if source.is_paused:
        yield "paused", "true"


def drafts_text(carried: Carried) -> str:
    """A file of rules in which every filter of the program is a rule."""
    lines = [
        f"# Drafts of rules, made of what {carried.program} filtered. Nothing reads this file.",
        "# Look at each rule, see what it would have found, and move what is good into a file of rules/:",
        "#   watchdesk backtest --query 'QUERY'",
        "rules:",
    ]
    for name, (draft, source) in carried.drafts.items():
        lines.append(f"  {name}:")
        lines += [f"    # {note}" for note in draft.notes]
        lines += _rule(draft, source)
    return "".join(f"{line}\n" for line in lines)


def _rule(draft: Draft, source: str | None) -> Iterable[str]:
    yield f"    title: {quoted(printable(draft.title))}"
    yield f"    query: {quoted(draft.query)}"
    if draft.exclude:
        yield f"    exclude: {quoted(draft.exclude)}"
    if source and draft.query != f"source:{source}":
        yield f"    sources: {{only: [{source}]}}"


def report_lines(carried: Carried, folder: str) -> Sequence[str]:
    """What became of everything, a line each; the last counts."""
    lines = []
    for name, source in carried.added.items():
        tags = f" [{', '.join(source.tags)}]" if source.tags else ""
        paused = " (paused)" if source.is_paused else ""
        lines.append(f"added    {name}{tags}{paused}  {_shown(source.url)}")
    lines += [f"known    {name}  {_shown(url)}" for url, name in carried.known.items()]
    lines += [f"draft    {name}  in {folder}/rules.yaml" for name in carried.drafts]
    lines += [f"secret   the password of {name}, in {folder}/secrets/{name}" for name in carried.logins]
    lines += [f"left out {_shown(one.place)}: {_shown(one.what)}: {one.why}" for one in carried.left]
    added, drafts = counted(len(carried.added), "source"), counted(len(carried.drafts), "draft")
    lines.append(f"{added} added, {len(carried.known)} known already, {drafts}, {len(carried.left)} left out")
    return lines


def document_of(carried: Carried, files: Sequence[str], *, is_written: bool) -> Mapping[str, object]:
    """The same for programs."""
    return {
        "program": carried.program,
        "written": is_written,
        "files": list(files),
        "added": [
            {
                "id": name,
                "kind": source.kind,
                "url": shown_address(source.url),
                "title": source.title,
                "tags": list(source.tags),
                "paused": source.is_paused,
            }
            for name, source in carried.added.items()
        ],
        "known": [{"id": name, "url": shown_address(url)} for url, name in carried.known.items()],
        "drafts": [
            {"id": name, "query": draft.query, "exclude": draft.exclude, "source": source}
            for name, (draft, source) in carried.drafts.items()
        ],
        "secrets": list(carried.logins),
        "left_out": [
            {"place": one.place, "what": shown_address(one.what), "why": one.why} for one in carried.left
        ],
    }


def _shown(text: str) -> str:
    return printable(shown_address(text))[:300]


def _scalar(text: str) -> str:
    """A value without quotes where nobody can read it in another way."""
    is_plain = _PLAIN_ADDRESS.fullmatch(text) or (_WORD.fullmatch(text) and text not in _NOT_WORDS)
    return text if is_plain else quoted(text)


def _list(values: Sequence[str]) -> str:
    return f"[{', '.join(map(_scalar, values))}]"


def _mapping(values: Mapping[str, str]) -> str:
    pairs = [f"{key if is_name(key) else quoted(key)}: {_scalar(value)}" for key, value in values.items()]
    return f"{{{', '.join(pairs)}}}"
