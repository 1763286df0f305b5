"""From the name of a tool and its arguments to what the assistant reads: an answer, or what to do instead."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from watchdesk.config.described_schema import described_schema
from watchdesk.config.places import did_you_mean
from watchdesk.documents.words import without_steering
from watchdesk.doors import made_once_each
from watchdesk.errors import WatchdeskError
from watchdesk.web.answers import refusal_of
from watchdesk.web.api.parameters import read_given
from watchdesk.web.asked import Asked, Refusal
from watchdesk.web.assistants.quoting import fitted, is_too_long, quoted
from watchdesk.web.assistants.tools import BY_NAME, Tool

_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Answer:
    """What the assistant reads."""

    text: str
    is_error: bool = False


def answer(asked: Asked, name: str, arguments: Mapping[str, Any], gone: threading.Event) -> Answer:
    """Never raises. `gone`: set once nobody waits for it any more; then what was begun ends."""
    tool = BY_NAME.get(name)
    if tool is None:
        names = list(BY_NAME)
        hint = did_you_mean(name[:_LONGEST_NAME], names) or f"there are: {', '.join(names)}"
        return Answer(f"There is no tool '{_plain(name[:_LONGEST_NAME])}'; {hint}", is_error=True)
    try:
        return Answer(_said(tool, replace(asked, gone=gone), _read(tool, arguments)))
    except Exception as error:  # noqa: BLE001 - what nobody expected is logged there
        return failure(error, f"{asked.path} {name}")


def failure(error: Exception, page: str) -> Answer:
    """What went wrong, and what helps. `page`: the path, and the tool that was called."""
    if isinstance(error, WatchdeskError):
        refusal = Refusal(503, f"{str(error).rstrip('.')}.")
    else:
        refusal = refusal_of(error, page)
    said = [refusal.detail, refusal.to_do or _to_do(refusal.status)]
    return Answer("\n".join(_plain(line) for part in said for line in part.splitlines()), is_error=True)


@made_once_each
def schema_of(tool: Tool) -> dict[str, Any]:
    """The JSON Schema of its arguments."""
    return {**described_schema(tool.arguments), "additionalProperties": False}


def _said(tool: Tool, asked: Asked, given: Any) -> str:
    document = _asked(tool, asked, given)
    while "next" in document and getattr(given, "limit", 1) > 1 and is_too_long(document, tool.longest):
        # Fewer rows and not shorter ones: the cursor goes on behind the last that is given.
        given = replace(given, limit=given.limit // 2)
        document = _asked(tool, asked, given)
    found, cut = fitted(document, tool.longest)
    return "\n".join([*_notes(tool, found, cut), quoted(found)])


def _asked(tool: Tool, asked: Asked, given: Any) -> Any:
    kind = tool.operation.body or tool.operation.parameters
    wanted = {field.name for field in fields(kind)} if kind else set()
    taken = {field.name: getattr(given, field.name) for field in fields(given) if field.name in wanted}
    return tool.shape(tool.operation.answer(asked, kind(**taken) if kind else None), given)


def _notes(tool: Tool, document: Any, cut: Any) -> list[str]:
    """What this is, what is not in it, and how to go on; in our own words alone."""
    notes = [f"{tool.title} ({tool.name})."]
    if cut:
        more = f" and {len(cut) - 5} more" if len(cut) > 5 else ""
        notes.append(
            f"Cut to the size of an answer: {', '.join(dict.fromkeys(cut[:5]))}{more}. {_narrower(tool)}"
        )
    if following := document.get("next"):
        notes.append(
            f'There is more: call {tool.name} again with the same arguments and cursor "{following}".'
        )
    if begins := document.get("text_goes_on_from"):
        notes.append(f"The text goes on: call {tool.name} again with text_from {begins}.")
    return notes


def _narrower(tool: Tool) -> str:
    names = [field.name for field in fields(tool.arguments)]
    ways = {"limit": "a smaller `limit`", "days": "fewer `days`", "query": "a narrower `query`"}
    found = [way for name, way in ways.items() if name in names]
    return (
        f"For less at a time, ask for {' or '.join(found)}."
        if found
        else "The page of the desk shows all of it."
    )


def _read(tool: Tool, arguments: Mapping[str, Any]) -> Any:
    """The arguments, checked. Raises `Refusal`."""
    known = [field.name for field in fields(tool.arguments)]
    for name in arguments:
        if name not in known:
            hint = did_you_mean(name[:_LONGEST_NAME], known) or f"it takes: {', '.join(known)}"
            said = f"{tool.name} takes no argument '{name[:_LONGEST_NAME]}'; {hint}"
            raise Refusal(400, said if said.endswith("?") else f"{said}.")
    return read_given(tool.arguments, dict(arguments), 400)


def _to_do(status: int) -> str:
    if status == 503:
        return "Try again in a few seconds."
    return "Mend that and call again." if status < 500 else "Tell the person who keeps the desk."


def _plain(line: str) -> str:
    return without_steering(line)
