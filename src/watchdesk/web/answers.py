"""Documents and errors as responses: JSON with an ETag, and problem documents (RFC 9457)."""

import hashlib
import json
from collections.abc import Mapping
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from watchdesk.errors import StorageError
from watchdesk.logger import get_logger
from watchdesk.web.access.forms import is_cross_site
from watchdesk.web.access.visitors import TRIES_WITHIN, TooManyTries, Visitor
from watchdesk.web.asked import Asked, Refusal
from watchdesk.web.gate import TooLarge
from watchdesk.web.routes import Operation
from watchdesk.web.workers import TooBusy

log = get_logger(__name__)

CHALLENGE = {"www-authenticate": 'Bearer realm="watchdesk"'}
_SAID = {
    404: "There is no such page here.",
    405: "This address does not answer to that.",
}


def encoded(document: object) -> bytes:
    """JSON in UTF-8."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")


def tagged(content: bytes, media_type: str, request: Request) -> Response:
    """The document; 304 for somebody who has it as it is."""
    is_read = request.method in ("GET", "HEAD")
    return with_tag(content, media_type, request.headers.get("if-none-match", "") if is_read else "")


def with_tag(content: bytes, media_type: str, known_tags: str) -> Response:
    """The content; 304 where its tag is among those of the header If-None-Match (RFC 9110 §13.1.2)."""
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    known = [one.strip().removeprefix("W/") for one in known_tags.split(",")]
    if tag in known or "*" in known:
        return Response(status_code=304, headers={"etag": tag})
    return Response(content, media_type=media_type, headers={"etag": tag})


def problem(refusal: Refusal) -> Response:
    """A problem document."""
    phrase = HTTPStatus(refusal.status).phrase
    found = {"type": "about:blank", "title": phrase, "status": refusal.status, "detail": refusal.detail}
    if refusal.to_do:
        found["to_do"] = refusal.to_do
    return Response(encoded(found), refusal.status, refusal.headers, "application/problem+json")


def admit(asked: Asked, operation: Operation | None = None, headers: Mapping[str, str] | None = None) -> None:
    """Raises `Refusal` for somebody who may not have the document, or may not do what is asked."""
    if asked.visitor is Visitor.STRANGER:
        raise Refusal(
            401,
            "This needs the token of the administrator.",
            to_do="Send it as `Authorization: Bearer TOKEN`.",
            headers=CHALLENGE,
        )
    if operation is None or operation.method == "GET":
        return
    if operation.changes and asked.visitor is not Visitor.ADMINISTRATOR:
        raise Refusal(
            403,
            "What changes something needs a token, and this desk has none.",
            to_do="Set `web: {token: …}`, or use the page.",
        )
    headers = headers or {}
    if is_cross_site(headers.get("sec-fetch-site")):
        raise Refusal(403, "This was sent from a page of another site.")
    if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Refusal(415, "The body is to be JSON.", to_do="Send `Content-Type: application/json`.")


def refusal_of(error: Exception, page: str) -> Refusal:  # noqa: PLR0911 - one answer a kind
    """Any error as what its reader is told. What nobody expected goes to the log, with the page's path."""
    match error:
        case Refusal():
            return error
        case HTTPException():
            said = _SAID.get(error.status_code, error.detail)
            return Refusal(error.status_code, said, headers=error.headers)
        case StorageError():
            return Refusal(503, f"The database cannot be used now: {error}")
        case TooBusy():
            return Refusal(503, f"There is too much to do: {error}.", headers={"retry-after": "5"})
        case TooLarge():
            return Refusal(413, "That is too much.")
        case TooManyTries():
            wait = f"{TRIES_WITHIN:.0f}"
            detail = "There were too many wrong tokens."
            return Refusal(429, detail, to_do="Try again in a minute.", headers={"retry-after": wait})
        case ClientDisconnect():
            return Refusal(400, "The request was not sent to its end.")
        case _:  # rest: any error that nobody expected
            log.error("a page failed", page=page, why=f"{type(error).__name__}: {error}")
            log.debug("a page failed", page=page, exc_info=error)
            return Refusal(500, "This went wrong here; the log of the service says how.")
