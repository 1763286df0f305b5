"""The chat channel through Apprise against real servers: formats, refusals, times, secrets."""

import io
import json
import logging
import time
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from pydantic import ValidationError

from support.desk import SETTINGS, DeskFiles, wait_for
from support.examples import thinned
from support.parcels import NOW, parcel
from support.sample_digests import found, notice, rendered
from support.web import Answer, Request, WebServer
from watchdesk.delivery.channels.chat import KIND, ChatChannel, ChatOptions, settled
from watchdesk.delivery.kind import ChannelContext
from watchdesk.delivery.timeouts import Timeouts
from watchdesk.model import Parcel, Refused, Rendered, Retry, SendOutcome, Sent

TIMEOUTS = Timeouts(wait=3, whole=6)
NASTY = "<b> *x* [y](http://evil.example) @channel <!here>"
ADDRESSES = {
    "json": "json://HOST/tok3nword",
    "form": "form://HOST/tok3nword?format=html",
    "ntfy": "ntfy://HOST/tok3nword",
    "mattermost": "mmost://HOST/tok3nword4722377935511fc85d",
    "rocket.chat": "rocket://tok3nwordAAAAAAAAAAAAAAA%2Ftok3nwordBBBBBBBBBBBBBBB@HOST/#desk",
    "gotify": "gotify://HOST/tok3nword",
    "matrix": "matrix://tok3nword@HOST/?mode=slack",
}


def at(web: WebServer, kind: str) -> str:
    return ADDRESSES[kind].replace("HOST", web.url("").removeprefix("http://").rstrip("/"))


def channel(*addresses: object, timeouts: Timeouts = TIMEOUTS) -> ChatChannel:
    return ChatChannel(ChatOptions.model_validate(list(addresses)), timeouts)


def answering(web: WebServer, answer: Answer | Callable[[Request], Answer]) -> None:
    """Every path alike: each service has its own."""

    def respond(request: Request) -> Answer:
        web.requests.append(request)
        return answer(request) if callable(answer) else answer

    web.answer = respond  # type: ignore[method-assign]  # the paths are Apprise's to choose


ACCEPTED = Answer(b'{"id": 1, "success": true}', 200, {"Content-Type": "application/json"})


def digest(*titles: str) -> Parcel:
    return parcel(rendered=rendered([found(n, title) for n, title in enumerate(titles or ("One", "Two"))]))


def message_of(request: Request) -> str:
    """What a person reads, from the body of any of them."""
    text = request.body.decode()
    if not text.startswith("{"):
        return parse_qs(text)["message"][0]
    document: dict[str, Any] = json.loads(text)
    attachments: list[dict[str, str]] = document.get("attachments") or [{}]
    return str(document.get("message") or document.get("text") or attachments[0]["text"])


@pytest.mark.parametrize("kind", ADDRESSES)
def test_a_digest_is_one_message_with_its_stories_and_their_links(web: WebServer, kind: str) -> None:
    answering(web, ACCEPTED)
    assert channel(at(web, kind)).send(digest("One", "Two"), NOW) == Sent()
    (request,) = web.requests
    message = message_of(request)
    assert "NATO spending" in message
    assert message.count("https://example.org/") == 2
    assert "One" in message
    assert "Morning brief: 2 stories" in request.body.decode() + str(parse_qs(request.body.decode()))


@pytest.fixture(scope="module")
def hundreds() -> Rendered:
    return rendered([found(n, "Ж" * 150) for n in range(300)], most=300)


@pytest.mark.parametrize("kind", ADDRESSES)
def test_a_digest_of_hundreds_of_stories_is_one_message_that_counts_the_rest(
    web: WebServer, hundreds: Rendered, kind: str
) -> None:
    answering(web, ACCEPTED)
    assert channel(at(web, kind)).send(parcel(rendered=hundreds), NOW) == Sent()
    (request,) = web.requests
    shown = message_of(request).count("https://example.org/")
    assert shown > 0
    assert (f"… and {300 - shown} more" in message_of(request)) is (shown < 300)


@pytest.mark.parametrize("kind", ADDRESSES)
def test_a_title_from_elsewhere_pings_nobody_and_is_no_link(web: WebServer, kind: str) -> None:
    answering(web, ACCEPTED)
    assert channel(at(web, kind)).send(digest(NASTY, NASTY + "2"), NOW) == Sent()
    message = message_of(web.requests[0])
    for acting in ("@channel", "<!here", "http://evil", "<b> *x*"):
        assert acting not in message.replace("<b>NATO", "")


def test_each_service_is_written_in_its_own_markup(web: WebServer) -> None:
    answering(web, ACCEPTED)
    for kind in ("json", "form", "rocket.chat"):
        channel(at(web, kind)).send(digest("5 * 5", "Two"), NOW)
    text, hypertext, markdown = (message_of(request) for request in web.requests)
    assert "• 5 * 5 — wire, https://example.org/0" in text
    assert '• <a href="https://example.org/0">5 * 5</a> — wire' in hypertext
    assert r"• [5 \* 5](https://example.org/0) — wire" in markdown


def test_a_notice_to_the_operators_is_a_message_as_well(web: WebServer) -> None:
    answering(web, ACCEPTED)
    what = parcel(rendered=notice("The feed wire is gone.", "The disk is full."))
    assert channel(at(web, "ntfy")).send(what, NOW) == Sent()
    assert message_of(web.requests[0]).splitlines() == ["• The feed wire is gone.", "• The disk is full."]


@pytest.mark.parametrize(
    ("kind", "status"),
    thinned(product(ADDRESSES, (301, 400, 401, 403, 404, 410, 413, 429, 500, 503)), 3),
)
def test_every_refusal_is_told_with_its_status_and_without_the_address(
    web: WebServer, kind: str, status: int
) -> None:
    elsewhere = {"Location": web.url("/elsewhere")}
    answering(
        web, lambda request: Answer(f"no {request.path}".encode() + request.body[:90], status, elsewhere)
    )
    outcome = channel(at(web, kind)).send(digest(), NOW)
    assert isinstance(outcome, Refused if status in (410, 413) else Retry), outcome
    assert "did not take it" in outcome.reason
    assert str(status) in outcome.reason
    assert "tok3nword" not in outcome.reason
    assert len(outcome.reason) < 500
    assert len(web.requests) == 1


@pytest.mark.parametrize("kind", ADDRESSES)
def test_a_receiver_that_is_not_there_is_tried_again_and_told(kind: str) -> None:
    outcome = channel(ADDRESSES[kind].replace("HOST", "127.0.0.1:9")).send(digest(), NOW)
    assert isinstance(outcome, Retry)
    assert "refuses connections" in outcome.reason
    assert "tok3nword" not in outcome.reason


DRIPPING = Answer(b"x" * 1000, 200, drip=0.02)


def test_a_receiver_that_answers_a_byte_at_a_time_is_left_after_the_time(web: WebServer) -> None:
    answering(web, DRIPPING)
    sending = channel(at(web, "json"), timeouts=Timeouts(wait=5, whole=0.5))
    before = time.monotonic()
    outcome = sending.send(digest(), NOW)
    assert time.monotonic() - before < 5
    assert isinstance(outcome, Retry)
    assert "took more than 0.5 s in all; the message may have arrived" in outcome.reason


def test_a_receiver_that_hangs_does_not_collect_threads(web: WebServer) -> None:
    answering(web, DRIPPING)
    sending = channel(at(web, "json"), timeouts=Timeouts(wait=5, whole=0.3))
    outcomes = [sending.send(digest(), NOW) for _ in range(6)]
    assert "still holds 4 earlier attempts" in str(outcomes[-1])
    assert len(web.requests) == 4


def test_a_message_that_arrives_after_its_time_is_not_sent_again(web: WebServer) -> None:
    answering(web, Answer(b"x" * 30, 200, drip=0.03))
    sending = channel(at(web, "json"), timeouts=Timeouts(wait=5, whole=0.4))
    assert isinstance(sending.send(digest(), NOW), Retry)
    wait_for(lambda: sending.send(digest(), NOW) == Sent(), "the late success")
    assert len(web.requests) < 4


def test_of_several_addresses_only_those_that_did_not_take_it_are_asked_again(web: WebServer) -> None:
    states = {"/one": 200, "/two": 500}
    answering(web, lambda request: Answer(b"", states[request.path]))
    host = web.url("").removeprefix("http://").rstrip("/")
    sending = channel(f"json://{host}/one", f"json://{host}/two")
    assert isinstance(sending.send(digest(), NOW), Retry)
    states["/two"] = 200
    assert sending.send(digest(), NOW) == Sent()
    assert [request.path for request in web.requests] == ["/one", "/two", "/two"]


@pytest.mark.parametrize(
    ("outcomes", "together"),
    [
        ([Sent(), Sent()], Sent()),
        ([Sent(), Refused("gone")], Sent("gone")),
        ([Sent(), Retry("down")], Retry("down")),
        ([Refused("gone"), Retry("down")], Retry("down; gone")),
        ([Refused("gone"), Refused("gone")], Refused("gone")),
    ],
)
def test_an_outcome_stands_for_all_addresses(outcomes: list[SendOutcome], together: SendOutcome) -> None:
    assert settled(outcomes) == together


def test_the_address_may_be_kept_elsewhere_and_is_read_at_each_sending(
    web: WebServer, tmp_path: Path
) -> None:
    answering(web, ACCEPTED)
    kept = tmp_path / "chat"
    sending = channel({"file": str(kept)})
    missing = sending.send(digest(), NOW)
    assert isinstance(missing, Retry)
    assert "cannot be read" in missing.reason
    kept.write_text("slakc://hunter2")
    assert sending.send(digest(), NOW) == Retry(
        "'slakc' is no kind of chat that is known here; did you mean 'slack'?"
    )
    kept.write_text(at(web, "json") + "\n")
    assert sending.send(digest(), NOW) == Sent()


def test_no_log_and_no_text_of_it_shows_the_address(
    web: WebServer, capfd: pytest.CaptureFixture[str]
) -> None:
    answering(web, Answer(b"no", 500))
    log = io.StringIO()
    handler = logging.StreamHandler(log)
    logging.getLogger().addHandler(handler)
    try:
        options = ChatOptions.model_validate(at(web, "ntfy"))
        ChatChannel(options, TIMEOUTS).send(digest(), NOW)
    finally:
        logging.getLogger().removeHandler(handler)
    shown = log.getvalue() + "".join(capfd.readouterr()) + repr(options) + str(options)
    assert "tok3nword" not in shown


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("slack", "must be an address such as slack://…; the kinds there are: https://github.com/caronc"),
        ("slakc://hunter2/hunter2", "'slakc' is no kind of chat that is known here; did you mean 'slack'?"),
        ("zzzzqq://hunter2", "the kinds there are: https://github.com/caronc/apprise/wiki"),
        ("slack://hunter2", "what follows slack:// is no address of that kind; how they are made: https://"),
        ("", "an empty secret keeps nothing secret"),
    ],
)
def test_an_address_that_is_none_is_told_without_it(address: str, words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        ChatOptions.model_validate(address)
    assert words in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_check_tells_such_an_address_at_its_place(desk: DeskFiles) -> None:
    chats = (
        "  team: {concurrency: 1, chat: 'slakc://hunter2/x'}\n  more:\n    chat:\n      - slack://hunter2\n"
    )
    desk.write({}, SETTINGS.replace("channels:\n", f"channels:\n{chats}"))
    checked = desk.run("check")
    assert checked.status == 2
    said = checked.err + checked.out
    assert "watchdesk.yaml:6:32: 'slakc' is no kind of chat that is known here; did you mean 'slack'?" in said
    assert "watchdesk.yaml:9:7: what follows slack:// is no address of that kind" in said
    assert "hunter2" not in said


@pytest.mark.parametrize("given", [[], None, {"addres": "x"}, {"vault": "x"}, 5])
def test_options_that_are_none_are_told(given: object) -> None:
    with pytest.raises(ValidationError):
        ChatOptions.model_validate(given)


def test_addresses_of_the_services_people_name_are_taken() -> None:
    taken = ChatOptions.model_validate(
        [
            "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#desk",
            "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",
            "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js",
            "tgram://123456789:abcdefg_hijklmnop/12315544",
            "workflows://host/workflow/signature",
            "matrixs://user:password@matrix.example.org/#room",
            "ntfy://topic",
        ]
    )
    assert len(taken.address) == 7


def test_the_kind_builds_a_channel_from_its_options(web: WebServer, tmp_path: Path) -> None:
    answering(web, ACCEPTED)
    options = ChatOptions.model_validate({"address": at(web, "json")})
    built = KIND.build(options, ChannelContext("team", tmp_path))
    assert built.send(parcel(rendered=Rendered("The subject", "", "", "{}")), NOW) == Sent()
    assert message_of(web.requests[0]) == "The subject"
