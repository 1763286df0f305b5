"""The desk's status as a JSON document with stable keys, and its parts in words."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from typing_extensions import TypedDict  # pydantic asks for this one before Python 3.12

from watchdesk.documents.fleet import FleetPart, fleet_part
from watchdesk.documents.summary import Remembered, Summary
from watchdesk.documents.waiting import next_issue
from watchdesk.documents.words import ago, counted, utc_text
from watchdesk.notices.room import Outlook, needed
from watchdesk.notices.wording import size_in_words
from watchdesk.notices.wording import span as in_words
from watchdesk.remembered import LookedBack
from watchdesk.service.liveness import LifeState


class SourcesPart(TypedDict):
    """Of the sources."""

    configured: int | None
    unhealthy: list[str]


class DeliveriesPart(TypedDict):
    """How many deliveries there are."""

    waiting: int
    dead: int


class StepPart(TypedDict):
    """One of the steps that the service does again and again."""

    last: str | None
    failures: int
    """In a row."""
    reason: str | None


class PagePart(TypedDict):
    """The page and the API."""

    address: str
    trouble: str | None
    """Why there is no page."""


class ServicePart(TypedDict):
    """What the service tells of itself."""

    state: str
    ought_to_run: bool
    pid: int | None
    started: str | None
    steps: dict[str, StepPart]
    page: PagePart | None


class DamagePart(TypedDict):
    """Damage to a part of the database."""

    part: str
    what: str
    found: str | None


class SizePart(TypedDict):
    """Bytes and days; null where they cannot be told."""

    size: int | None
    used: int | None
    free: int | None
    growth_per_week: float | None
    full_in_days: int | None
    level_in_days: int | None
    level_at: float | None


class DatabasePart(SizePart):
    """The database."""

    usable: bool
    trouble: str | None
    damages: list[DamagePart]


class RefusedFolderPart(TypedDict):
    """A folder of rules/ with a mistake."""

    folder: str
    """Such as `rules/energy`."""
    mistakes: list[str]
    in_force_since: str | None
    """When the version of it that is in force came into force; null: none of its rules is in force."""
    why_none: str | None
    """Why its last good version cannot be used."""
    left_out: list[str]
    """Rules of that version whose ids others have now."""
    owner: list[str]
    """Channels of those who look after its rules."""


class ConfigurationPart(TypedDict):
    """The files."""

    mistakes: list[str]
    quoted: list[str]
    """The same with the lines of the files, and a caret below each mistake."""
    refused: str | None
    """Why the last reload was refused."""
    loaded: str | None
    """When what is in force was read."""
    changes: str | None
    """What the last reload changed."""
    refused_folders: list[RefusedFolderPart]
    """Folders of rules/ that do not pass, while all else is in force."""


class LookedBackPart(TypedDict):
    """What a new rule found in the archive."""

    since: str | None
    """How far back it looked."""
    at: str | None
    found: int
    """Articles that it matches."""
    new: int
    """Of these, those that it had not matched before."""
    cut: bool
    """There were more, and it stopped."""


class StatusDocument(TypedDict):
    """Whether the desk is well."""

    running: bool
    heartbeat: str | None
    """When the service was last alive."""
    sources: SourcesPart
    articles_last_24h: int | None
    matches_waiting: dict[str, int]
    """By digest."""
    next_digests: dict[str, str | None]
    """When each goes out, as far as that is known; null: it waits for something."""
    deliveries: DeliveriesPart
    stopped_channels: dict[str, str]
    """Channel and reason."""
    silent: dict[str, str | None]
    """Rule, and until when it is muted."""
    archive_only_last_24h: dict[str, int]
    """Articles that rules found and that alert nobody, by the reason."""
    too_wide: dict[str, int]
    """Rules that found more in the last 24 hours than anyone reads."""
    looked_back: dict[str, LookedBackPart]
    """By rule, of those that did so in the last 24 hours."""
    fleet: FleetPart
    service: ServicePart
    database: DatabasePart
    configuration: ConfigurationPart
    noted: list[str]
    """What happened to sources, and needs nobody; why there is no page."""
    needs: list[str]
    """What needs a person, one sentence each."""
    help: list[str | None]
    """The name under which `watchdesk help` explains each of them."""


def status_document(summary: Summary) -> StatusDocument:
    """`status --json`, and /api/v1/status."""
    found = summary.remembered or Remembered()
    departures = next_digests(summary)
    return {
        "running": summary.running,
        "heartbeat": utc_text(summary.heartbeat),
        "sources": {
            "configured": len(summary.configured.settings.sources) if summary.configured else None,
            "unhealthy": list(found.sources.unhealthy),
        },
        "articles_last_24h": found.articles_today if summary.remembered else None,
        "matches_waiting": dict(waiting_by_digest(summary)),
        "next_digests": {
            name: utc_text(when) if isinstance(when, datetime) else None for name, when in departures.items()
        },
        "deliveries": {"waiting": found.deliveries_waiting, "dead": found.deliveries_dead},
        "stopped_channels": dict(found.stopped_channels),
        "silent": {rule: utc_text(until) for rule, until in found.silent},
        "archive_only_last_24h": {str(s or "not-recorded"): n for s, n in found.archive_only.items()},
        "too_wide": dict(found.too_wide),
        "looked_back": {
            fact.rule: {
                "since": utc_text(fact.since),
                "at": utc_text(fact.at),
                "found": fact.found,
                "new": fact.new,
                "cut": fact.is_cut,
            }
            for fact in found.looked_back
        },
        "fleet": fleet_part(found.hosts),
        "service": _service_document(summary),
        "database": {
            "usable": summary.remembered is not None,
            "trouble": summary.database,
            **_size_document(found.outlook),
            "damages": [
                {"part": damage.part, "what": damage.what, "found": utc_text(damage.found)}
                for damage in summary.damages
            ],
        },
        "configuration": _configuration_document(summary),
        "noted": list(summary.noted),
        "needs": [need.sentence for need in summary.needs],
        "help": [need.help for need in summary.needs],
    }


def _configuration_document(summary: Summary) -> ConfigurationPart:
    files = summary.service.configuration if summary.service else None
    return {
        "mistakes": list(summary.mistakes),
        "quoted": list(summary.quoted),
        "refused": summary.refused,
        "loaded": utc_text(files.loaded) if files else None,
        "changes": (files.changes or None) if files else None,
        "refused_folders": [
            {
                "folder": folder.shown,
                "mistakes": list(folder.mistakes),
                "in_force_since": utc_text(folder.since),
                "why_none": folder.why_none,
                "left_out": list(folder.left_out),
                "owner": list(folder.owners),
            }
            for folder in summary.refused_folders
        ],
    }


def reload_in_words(summary: Summary) -> str | None:
    """`5 min ago: rules: +1 −0 ~2`: what the last reload that is in force changed; None: there was none."""
    files = summary.service.configuration if summary.service else None
    return f"{ago(files.loaded, summary.now)}: {files.changes}" if files and files.changes else None


def looked_back_in_words(fact: LookedBack) -> str:
    """`grain: 5 articles of the last 7 days, of which 3 are new to it`."""
    said = f"{fact.rule}: {counted(fact.found, 'article')} of the last {in_words(fact.at - fact.since)}"
    if fact.is_cut:
        said += ", the newest of more"
    return said if fact.new == fact.found else f"{said}, {fact.new} of them new to it"


def _service_document(summary: Summary) -> ServicePart:
    service = summary.service
    return {
        "state": str(summary.verdict.state),
        "ought_to_run": summary.verdict.ought_to_run,
        "pid": service.process.pid if service else None,
        "started": utc_text(service.started) if service else None,
        "steps": {
            name: {"last": utc_text(step.ended), "failures": step.failures, "reason": step.reason}
            for name, step in sorted(service.steps.items())
        }
        if service
        else {},
        "page": {"address": service.page.address, "trouble": service.page.trouble}
        if service and service.page
        else None,
    }


def waiting_by_digest(summary: Summary) -> Mapping[str, int]:
    """Waiting matches by digest; if the files are broken, of the digests that the database knows."""
    found = summary.remembered.marks if summary.remembered else {}
    names = summary.configured.settings.digests if summary.configured else found
    return {name: found.get(name, 0) for name in names}


def next_digests(summary: Summary) -> Mapping[str, datetime | str]:
    """By digest, when it goes out, as far as that is known; else what it waits for, in words."""
    configured, found = summary.configured, summary.remembered
    if configured is None:
        return {}
    return {
        name: next_issue(configured, digest, summary.now, found.news.get(name) if found else None)
        for name, digest in configured.settings.digests.items()
    }


def _size_document(outlook: Outlook | None) -> SizePart:
    """Bytes and days; all null where it cannot be read."""
    size = outlook.size if outlook else None
    return {
        "size": size.total if size else None,
        "used": size.used if size else None,
        "free": size.free if size else None,
        "growth_per_week": outlook.per_week if outlook else None,
        "full_in_days": outlook.full_in.days if outlook and outlook.full_in is not None else None,
        "level_in_days": outlook.level_in.days if outlook and outlook.level_in is not None else None,
        "level_at": outlook.level_at if outlook else None,
    }


def page_in_words(summary: Summary) -> str | None:
    """Where the page is, or why it is not; None where there is to be none, or no service runs."""
    page = summary.service.page if summary.service and summary.running else None
    if page is None:
        return None
    return f"none: {page.trouble}; it is tried again each minute" if page.trouble else page.address


def room_in_words(outlook: Outlook) -> str:
    """`2.5 GB, 63 MB a week, 410 days at this pace until its disk is full`."""
    said = size_in_words(outlook.size.total)
    if outlook.most is not None and outlook.least is not None:
        most, enough = size_in_words(outlook.most), size_in_words(needed(outlook.least))
        used = size_in_words(outlook.size.used)
        said = f"{said}, {used} of it in use: `keep` has {most}, and at least {enough} are needed"
        if not outlook.grows:
            return said
    if outlook.most is not None and outlook.comes_down:
        used, most = size_in_words(outlook.size.used), size_in_words(outlook.most)
        return f"{said}, {used} of it in use: old articles go until that is {most}, as `keep` has it"
    if outlook.per_week is None:
        return said
    if outlook.is_steady and outlook.most is not None:
        return f"{said}, steady at {size_in_words(outlook.most)} by `keep`"
    if not outlook.grows:
        return f"{said}, hardly more than before"
    return ", ".join((said, f"{size_in_words(outlook.per_week)} a week", *_end_in_words(outlook)))


def _end_in_words(outlook: Outlook) -> Iterator[str]:
    """What growing comes to, if that is known."""
    if outlook.full_in is not None:
        yield f"{counted(outlook.full_in.days, 'day')} at this pace until its disk is full"
    elif outlook.level_in is not None and outlook.level_at is not None:
        days, size = counted(outlook.level_in.days, "day"), size_in_words(outlook.level_at)
        if outlook.level_at == outlook.most:
            yield f"{days} until it is steady at {size} by `keep`"
        else:
            yield f"{days} until it levels off at about {size}, as old articles are removed"


def life_in_words(summary: Summary) -> str:
    """Whether the service runs, and when it was last alive."""
    said = ago(summary.heartbeat, summary.now)
    ahead = said.startswith("in ")  # the clock was ahead at that time, or is behind now
    alive = f"its last heartbeat is dated {said.removeprefix('in ')} from now" if ahead else f"alive {said}"
    if summary.running:
        return f"running, {alive}"
    state = summary.verdict.state
    if state is LifeState.HANGS and summary.verdict.unwritten:
        return f"silent, {alive}: its status cannot be written"
    states = {LifeState.HANGS: "hangs", LifeState.DIED: "died", LifeState.REFUSED: "could not start"}
    if state is LifeState.NEVER:
        return "not running (never started with this state directory)"
    return f"not running ({states[state]}, {alive})" if state in states else "not running"
