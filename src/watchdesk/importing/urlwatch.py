"""urlwatch's urls.yaml (and webchanges' jobs.yaml): jobs, one a YAML document."""

import re
from collections.abc import Iterator, Mapping, Sequence

from watchdesk.config.checking import plain
from watchdesk.config.parsing import parse_document
from watchdesk.config.places import Problems
from watchdesk.errors import UnreadableInput
from watchdesk.importing.addresses import headers_of
from watchdesk.importing.found import Found, FoundSource, Given, Left
from watchdesk.importing.keys import Keys
from watchdesk.importing.watched_pages import watched

_BETWEEN = re.compile(r"^---(?:[ \t].*)?$", re.MULTILINE)
_JOB = re.compile(r"^(?:url|command|navigate)\s*:\s", re.MULTILINE)
_MOST = 20_000
"""Jobs of a file."""
_KEYS = Keys(
    ("name", "url", "navigate", "command", "kind", "filter", "headers", "index_number"),
    {"method": ("GET", "get")},
    {
        "cookies": "watchdesk sends no cookies",
        "data": "watchdesk asks by GET: the source is paused",
        "http_proxy": "set `proxy` of the source",
        "https_proxy": "set `proxy` of the source",
        "ssl_no_verify": "set `polling.ca` to the certificate of that authority",
        "diff_filter": "watchdesk compares no versions; write what you wait for as a rule",
        "timeout": "`polling.timeout` holds for every source",
        "method": "watchdesk asks by GET: the source is paused",
        "max_tries": "watchdesk asks again by itself; see the documentation of polling",
        "user_visible_url": "articles are shown with their own addresses",
        "url_for_human": "articles are shown with their own addresses",
    },
)
_FILTERS = {
    "grep": "write what you wait for as a rule",
    "grepi": "write what you do not want as `exclude` of a rule",
    "xpath": "a page is read by CSS: write it as `select`",
    "element-by-id": "a page is read by CSS: write it as `select`",
    "element-by-class": "a page is read by CSS: write it as `select`",
    "element-by-tag": "a page is read by CSS: write it as `select`",
}
_ONLY_LOOKS = ("html2text", "strip", "pretty-xml", "format-json", "html2markdown")
"""Filters that change how text looks and not what it says."""


def recognises(file: Given) -> bool:
    """Whether a line of it begins a job."""
    return file.content.lstrip()[:1] not in (b"<", b"{", b"[") and bool(_JOB.search(file.text))


def read(files: Sequence[Given]) -> Found:
    """The jobs that ask a web address."""
    sources: list[FoundSource] = []
    left: list[Left] = []
    count = 0
    for file in files:
        for line, job in _jobs(file):
            count += 1
            source = _source(job, f"{file.name}:{line}", left)
            if source:
                sources.append(source)
    if not count:
        raise UnreadableInput(f"{files[0].name} has no job with url:, navigate: or command:")
    return Found(sources, (), left)


def _jobs(file: Given) -> Iterator[tuple[int, Mapping[str, object]]]:
    """Each job with the line where it begins. Raises `UnreadableInput`."""
    text = file.text
    parts = _BETWEEN.split(text)
    if len(parts) > _MOST:
        raise UnreadableInput(f"{file.name} has more than {_MOST:,} jobs")
    line = 1
    for part in parts:
        begins = line + part[: len(part) - len(part.lstrip())].count("\n")
        problems = Problems()
        top = parse_document(part, file.name, problems)
        if problems.errors:
            first = next(iter(problems))
            where = line + first.place.line - 1
            raise UnreadableInput(f"{file.name}:{where}:{first.place.column}: {first.message}")
        value = plain(top) if top is not None else None
        for job in value if isinstance(value, list) else [value]:
            if isinstance(job, Mapping):
                yield begins, job
            elif job is not None:
                raise UnreadableInput(f"{file.name}:{begins}: a job is a mapping with url:")
        line += part.count("\n")


def _source(job: Mapping[str, object], place: str, left: list[Left]) -> FoundSource | None:
    title = str(job["name"]) if isinstance(job.get("name"), str) else None
    if "command" in job:
        left.append(Left(place, title or str(job["command"]), "it runs a program, and asks no web address"))
        return None
    address = str(job.get("url") or job.get("navigate") or "")
    if job.get("navigate"):
        left.append(Left(place, title or address, "it needs a browser, which watchdesk does not run"))
        return None
    left += _KEYS.left(job, place)
    selectors: list[str] = []
    for name, value in _filters(job.get("filter")):
        said = value if isinstance(value, Mapping) else {"selector": value}
        selector = said.get("selector")
        if name == "css" and isinstance(selector, str):
            selectors.append(selector)
            left += [
                Left(place, f"{key} of filter css", "an item is chosen by its selector alone")
                for key, one in said.items()
                if key not in ("selector", "method") and one
            ]
        elif name not in _ONLY_LOOKS:
            why = _FILTERS.get(name, "watchdesk has no filter that changes what is read")
            left.append(Left(place, f"filter {name}", why))
    headers = headers_of(job.get("headers"), place, left)
    asks_otherwise = bool(job.get("data")) or str(job.get("method") or "GET").upper() != "GET"
    return watched(place, address, title, selectors, left, headers=headers, is_paused=asks_otherwise)


def _filters(given: object) -> Iterator[tuple[str, object]]:
    """Names and values, of all ways in which filters may be written."""
    if isinstance(given, Mapping):
        given = [given]
    for one in given if isinstance(given, list) else str(given).split(",") if given else ():
        if isinstance(one, Mapping):
            yield from ((str(name), value) for name, value in one.items())
        else:
            name, _, value = str(one).partition(":")
            yield name.strip(), value.strip() or None
