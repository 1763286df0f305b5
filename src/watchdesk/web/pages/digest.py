"""/digests/ID: a digest as it was sent; /digests/next/NAME: the next one as it stands.

The HTML of a digest stands at an address of its own, for a frame that may run and load nothing.
"""

import re
from collections.abc import Mapping
from functools import partial

from starlette.responses import Response

from watchdesk.config.settings import DigestSettings
from watchdesk.digesting.preview import preview_digest
from watchdesk.digests.links import Opens
from watchdesk.documents.deliveries import when_of
from watchdesk.documents.status import next_digests, waiting_by_digest
from watchdesk.model import WentOut
from watchdesk.web.access.links import feed_address
from watchdesk.web.answers import admit
from watchdesk.web.asked import Asked, Refusal, absent
from watchdesk.web.routes import Page, Values

SENT, PREVIEW = "/digests/{id}/sent", "/digests/next/{name}/preview"
MOST_PREVIEWED = 1000
"""Matches of a digest that is put together for somebody who looks; more take seconds."""
POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
_HEAD = re.compile(r"<head(?:\s[^<>]*)?>", re.IGNORECASE)
_OUTSIDE = '<base target="_blank">'
"""Links open in a window of their own: in the frame nothing may be loaded."""


def _show(asked: Asked) -> Values:
    found = made_digest(asked, asked.at["id"])
    with asked.desk.reading() as store:
        stopped = store.stopped_channels()

    return {
        "made": found,
        "when_of": partial(when_of, stopped=stopped, now=asked.now, zone=asked.zone),
        "is_configured": found.name in asked.configured.settings.digests,
    }


def _show_next(asked: Asked) -> Values:
    digest, summary = _configured(asked), asked.desk.summary()
    return {
        "digest": digest,
        "waiting": waiting_by_digest(summary).get(digest.name, 0),
        "departs": next_digests(summary).get(digest.name),
        "most": MOST_PREVIEWED,
        "feed": feed_address(asked, Opens.DIGEST_FEED, digest.name),
    }


def sent_html(asked: Asked, _headers: Mapping[str, str]) -> Response:
    """The page that was sent."""
    admit(asked)
    return _framed(made_digest(asked, asked.at["id"]).rendered.html)


def preview_html(asked: Asked, _headers: Mapping[str, str]) -> Response:
    """The page as it would be sent now."""
    admit(asked)
    digest = _configured(asked)
    if waiting_by_digest(asked.desk.summary()).get(digest.name, 0) > MOST_PREVIEWED:
        raise Refusal(
            503,
            "Too much waits for this digest to put it together here.",
            to_do=f"`watchdesk digest {digest.name}` shows it.",
        )
    with asked.desk.reading() as store:
        rendering = preview_digest(asked.configured, store, digest, asked.now)
    return _framed(rendering.rendered.html)


def made_digest(asked: Asked, digest_id: str) -> WentOut:
    """The digest with this id, as it was sent. Raises `Refusal`."""
    with asked.desk.reading() as store:
        found = store.went_out([digest_id]).get(digest_id)
    if found is None:
        raise absent(f"digest '{digest_id}'")
    return found


def _configured(asked: Asked) -> DigestSettings:
    name = asked.at["name"]
    digest = asked.configured.settings.digests.get(name)
    if digest is None:
        raise absent(f"digest '{name}'")
    return digest


def _framed(html: str) -> Response:
    head = _HEAD.search(html)
    at = head.end() if head else 0
    content = f"{html[:at]}{_OUTSIDE if head else ''}{html[at:]}"
    return Response(
        content.encode("utf-8", "replace"),
        media_type="text/html; charset=utf-8",
        headers={"content-security-policy": POLICY, "x-frame-options": "SAMEORIGIN"},
    )


PAGE = Page("/digests/{id}", "digest.html.j2", _show)
NEXT = Page("/digests/next/{name}", "next_digest.html.j2", _show_next)
