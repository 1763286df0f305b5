"""What a request brings: the fields of a form, or JSON. The gate bounds how much."""

import asyncio
import json
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.types import Receive

from watchdesk.web.asked import Refusal

PATIENCE = 15.0
"""Seconds in which all of it has to be here."""
_MOST_FIELDS = 1000
_FORM = "application/x-www-form-urlencoded"


async def sent_form(request: Request) -> dict[str, str]:
    """The fields of a form; of several with one name the last."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise Refusal(415, "A form is to be sent as browsers do by default.")
    try:
        text = (await sent_bytes(request)).decode("utf-8")
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except ValueError:
        raise Refusal(400, "This is not a form in UTF-8.") from None


async def json_body(request: Request) -> object:
    """The JSON value."""
    try:
        return json.loads(await sent_bytes(request))
    except (ValueError, RecursionError):
        raise Refusal(400, "The body is not JSON in UTF-8.") from None


async def sent_bytes(request: Request) -> bytes:
    """All of the body. Raises `Refusal` where it does not come in time."""
    try:
        return await asyncio.wait_for(request.body(), PATIENCE)
    except TimeoutError:
        raise Refusal(408, "The request took too long to arrive.") from None


async def has_left(receive: Receive) -> None:
    """Returns once the client has gone away. What it sends until then is dropped."""
    while (await receive())["type"] != "http.disconnect":
        pass
