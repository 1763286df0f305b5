"""The webhook channel against a real receiver: every status, the signature, time limits, redaction."""

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from standardwebhooks import Webhook, WebhookVerificationError

from support.parcels import NOW, parcel
from support.web import Answer, WebServer
from watchdesk.delivery.channels.webhook import WebhookChannel, WebhookOptions
from watchdesk.delivery.timeouts import Timeouts
from watchdesk.model import Refused, Retry, SendOutcome, Sent
from watchdesk.transport.adapter import redacted
from watchdesk.transport.retry_after import retry_after

KEY = "whsec_" + base64.b64encode(b"a key of twenty-four byt").decode()
NEXT_KEY = "whsec_" + base64.b64encode(b"the key that comes after").decode()
TIMEOUTS = Timeouts(wait=5, whole=10)


def channel(web: WebServer, timeouts: Timeouts = TIMEOUTS, **options: Any) -> WebhookChannel:
    return WebhookChannel(
        WebhookOptions.model_validate({"url": web.url("/hook/tok3n?key=s3cret"), **options}), timeouts
    )


def answered(web: WebServer, status: int, headers: Mapping[str, str] | None = None) -> SendOutcome:
    web.respond("/hook/tok3n", Answer(b"said so", status, headers or {}))
    return channel(web).send(parcel(), NOW)


def test_every_status_has_its_outcome(web: WebServer) -> None:
    hook = channel(web)
    for status in range(200, 600):
        web.respond("/hook/tok3n", Answer(b"said so", status))
        outcome = hook.send(parcel(), NOW)
        if status < 300:
            assert outcome == Sent(), status
        elif status == HTTPStatus.GONE:
            assert isinstance(outcome, Refused)
            assert outcome.stop_channel
        else:
            assert isinstance(outcome, Retry), status
            assert f"answered {status}" in outcome.reason
            assert outcome.after is None
    assert len(web.requests) == 400


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_told_and_not_followed(web: WebServer, status: int) -> None:
    outcome = answered(web, status, {"Location": web.url("/elsewhere")})
    assert isinstance(outcome, Retry)
    assert "redirects are not followed" in outcome.reason
    assert [request.path for request in web.requests] == ["/hook/tok3n"]


@pytest.mark.parametrize("status", [429, 503])
def test_a_wait_that_the_receiver_asks_for_is_kept(web: WebServer, status: int) -> None:
    outcome = answered(web, status, {"Retry-After": "120"})
    assert isinstance(outcome, Retry)
    assert outcome.after == timedelta(seconds=120)


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        (None, None),
        ("0", timedelta(0)),
        (" 7 ", timedelta(seconds=7)),
        ("Tue, 24 Nov 2026 07:02:00 GMT", timedelta(minutes=2)),
        ("Tue, 24 Nov 2026 06:00:00 GMT", timedelta(0)),
        ("9" * 40, timedelta(seconds=10**8)),
        ("Fri, 31 Dec 9999 23:59:59 -0000", timedelta(days=36)),
        ("-5", None),
        ("soon", None),
        ("", None),
        ("１２", None),
        ("Tue, 99 Nov 2026 07:02:00 GMT", None),
    ],
)
def test_retry_after_is_read_in_both_forms(value: str | None, wait: timedelta | None) -> None:
    read = retry_after(value, NOW)
    assert read == wait or (wait is not None and wait.days == 36 and read is not None and read >= wait)


def test_the_request_is_the_digest_as_json(web: WebServer) -> None:
    web.respond("/hook/tok3n", Answer(status=204))
    assert channel(web).send(parcel(json='{"title": "Привіт"}'), NOW) == Sent()
    (request,) = web.requests
    assert (request.method, request.query) == ("POST", "key=s3cret")
    assert json.loads(request.body) == {"title": "Привіт"}
    assert request.headers["content-type"] == "application/json"
    assert request.headers["user-agent"].startswith("watchdesk/")
    assert request.headers["webhook-id"] == parcel().delivery.id
    assert request.headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    assert "webhook-signature" not in request.headers


def verified(web: WebServer, secret: str) -> object:
    """By the published library. It holds signatures older than five minutes for replays."""
    request = web.requests[-1]
    return Webhook(secret).verify(request.body, dict(request.headers))


def sent_now(web: WebServer, secret: object) -> None:
    web.respond("/hook/tok3n", Answer(status=204))
    assert channel(web, secret=secret).send(parcel(json='{"title": "Привіт"}'), datetime.now(UTC)) == Sent()


def test_the_signature_satisfies_the_published_library(web: WebServer) -> None:
    sent_now(web, KEY)
    assert verified(web, KEY) == {"title": "Привіт"}
    with pytest.raises(WebhookVerificationError):
        verified(web, NEXT_KEY)


def test_while_a_secret_is_changed_both_are_satisfied(web: WebServer) -> None:
    sent_now(web, [KEY, NEXT_KEY])
    assert verified(web, KEY) == verified(web, NEXT_KEY) == {"title": "Привіт"}
    assert len(web.requests[-1].headers["webhook-signature"].split(" ")) == 2


def test_a_secret_in_plain_words_is_its_own_key(web: WebServer) -> None:
    sent_now(web, "pläin words")
    as_base64 = base64.b64encode("pläin words".encode()).decode()
    assert verified(web, as_base64) == {"title": "Привіт"}


def test_a_repeat_carries_the_same_identity_and_body(web: WebServer) -> None:
    web.respond("/hook/tok3n", Answer(status=500))
    for minutes in (0, 10):
        channel(web, secret=KEY).send(parcel(), NOW + timedelta(minutes=minutes))
    first, second = web.requests
    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]


@pytest.mark.parametrize("secret", ["whsec_", "whsec_not base64!"])
def test_a_secret_that_cannot_be_a_key_is_told_without_it(web: WebServer, secret: str) -> None:
    outcome = channel(web, secret=secret).send(parcel(), NOW)
    assert outcome == Retry("a secret that begins with whsec_ goes on in base64, and this one does not")
    assert web.requests == []


def test_a_secret_that_is_not_there_is_tried_again_and_nothing_goes_out_unsigned(
    web: WebServer, tmp_path: Path
) -> None:
    outcome = channel(web, secret={"file": str(tmp_path / "absent")}).send(parcel(), NOW)
    assert isinstance(outcome, Retry)
    assert "absent" in outcome.reason
    assert web.requests == []


def test_a_receiver_that_says_nothing_is_left_after_the_wait(web: WebServer) -> None:
    web.respond("/hook/tok3n", Answer(delay=20))
    outcome = channel(web, Timeouts(wait=0.3, whole=10)).send(parcel(), NOW)
    assert outcome == Retry(f"{redacted(web.url())} did not answer within 0.3 s")


def test_a_body_without_end_holds_nobody_up(web: WebServer) -> None:
    web.respond("/hook/tok3n", Answer(b"x" * 10_000, 400, {"Content-Length": "10000"}, drip=0.05))
    outcome = channel(web, Timeouts(wait=5, whole=0.6)).send(parcel(), NOW)
    assert isinstance(outcome, Retry)
    assert "answered 400" in outcome.reason


def test_a_receiver_that_took_it_need_not_finish_its_answer(web: WebServer) -> None:
    web.respond("/hook/tok3n", Answer(b"x" * 10_000, 200, {"Content-Length": "10000"}, drip=0.05))
    assert channel(web, Timeouts(wait=5, whole=10)).send(parcel(), NOW) == Sent()


def test_what_a_receiver_complains_of_is_told_in_short(web: WebServer) -> None:
    web.respond("/hook/tok3n", Answer(b"bad\r\n\x00signature " + b"x" * 100_000, 400))
    outcome = channel(web).send(parcel(), NOW)
    assert isinstance(outcome, Retry)
    assert "answered 400: bad signature xxx" in outcome.reason
    assert len(outcome.reason) < 300


@pytest.mark.parametrize("answer", [Answer(status=500), Answer(b"x", 200, cut=0), Answer(status=302)])
def test_no_reason_holds_what_may_be_a_secret_in_the_address(web: WebServer, answer: Answer) -> None:
    web.respond("/hook/tok3n", answer)
    outcome = str(channel(web).send(parcel(), NOW))
    assert "tok3n" not in outcome
    assert "s3cret" not in outcome


def test_a_receiver_that_is_not_there_is_tried_again(web: WebServer) -> None:
    options = WebhookOptions(url="http://u:hidden@127.0.0.1:9/tok3n")
    assert WebhookChannel(options, TIMEOUTS).send(parcel(), NOW) == Retry(
        "no answer from http://127.0.0.1:9: the server refuses connections; check the address and its port"
    )


def test_a_receiver_that_does_not_speak_tls_is_told(web: WebServer) -> None:
    options = WebhookOptions(url=web.url("/tok3n").replace("http:", "https:"))
    outcome = WebhookChannel(options, TIMEOUTS).send(parcel(), NOW)
    assert isinstance(outcome, Retry)
    assert "no safe connection" in outcome.reason
    assert "tok3n" not in outcome.reason


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"url": "ftp://example.org"}, "is an http:// or https:// address"),
        ({"url": "hooks.example.org/x"}, "is an http:// or https:// address"),
        ({"url": "http://"}, "is an http:// or https:// address"),
        ({"url": "http://example.org:99999/"}, "is an http:// or https:// address"),
        ({"url": "http://example.org/a b"}, "is an http:// or https:// address"),
        ({"url": "http://example.org\n"}, "is an http:// or https:// address"),
        ({"url": "http://example.org", "secret": ["a", "b", "c"]}, "at most 2 items"),
        ({"url": "http://example.org", "secret": {"vault": "x"}}, "secret"),
        ({"url": "http://example.org", "sekret": "x"}, "Extra inputs are not permitted"),
        ({}, "Field required"),
    ],
)
def test_options_that_cannot_be_are_told_in_plain_words(given: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        WebhookOptions.model_validate(given)
    assert words in str(caught.value)
