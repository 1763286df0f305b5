"""Events: what the service finds and sends is told while it happens, and nothing of it is lost."""

import json
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from typing import Any

import requests

from support.desk import SETTINGS, DeskFiles, item, rss, wait_for
from support.web import WebServer
from watchdesk.demo.servers import free_port
from watchdesk.web.events.reading import Event, Place, place_in
from watchdesk.web.events.watcher import MOST_QUEUED, MOST_STREAMS, Stream

Told = tuple[str, str | None, Any]
"""Its kind, its id and its data."""


@contextmanager
def following(address: str, last: str | None = None) -> Iterator[Iterator[Told]]:
    headers: Mapping[str, str] = {"Last-Event-ID": last} if last else {}
    with closing(admitted(address, headers)) as answer:
        assert answer.status_code == 200, answer.text
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        yield told(answer)


def admitted(address: str, headers: Mapping[str, str]) -> requests.Response:
    """The first answer that is no refusal: that others have left is noticed a moment later."""
    end = time.monotonic() + 60
    while (answer := requests.get(address, headers=headers, stream=True, timeout=60)).status_code == 503:
        answer.close()
        assert time.monotonic() < end, "there was no place"
        time.sleep(0.1)
    return answer


def told(answer: requests.Response) -> Iterator[Told]:
    """The events, as the standard has them read."""
    fields: dict[str, str] = {}
    for line in answer.iter_lines(1, decode_unicode=True):
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif "data" in fields:
            yield fields["event"], fields.get("id"), json.loads(fields["data"])
            fields = {}


def feed(web: WebServer, *numbers: int) -> None:
    web.serve("/feed", rss(*(item(str(one), f"NATO defence spending {one}") for one in numbers)))


def test_what_is_found_and_sent_is_told_and_told_again_to_who_comes_back(
    desk: DeskFiles, web: WebServer
) -> None:
    port = free_port()
    address = f"http://127.0.0.1:{port}/api/v1/events"
    feed(web, 1)
    desk.write({"wire": web.url("/feed")}, f"{SETTINGS}web: {{listen: '127.0.0.1:{port}'}}\n")
    with desk.service() as service:
        wait_for(lambda: has_sent(port, 1), "the first article")
        with following(address) as events:
            kind, begins, data = next(events)
            assert (kind, data) == ("begin", {"resumed": False, "cut": False})
            feed(web, 1, 2)
            kind, found, data = next(events)
            assert (kind, data["rule"], data["article"]["title"]) == (
                "match",
                "nato-spending",
                "NATO defence spending 2",
            )
            kind, _, data = next(events)
            assert (kind, data["channel"], data["state"]) == ("delivery", "shelf", "sent")
        feed(web, 1, 2, 3)
        wait_for(lambda: has_sent(port, 3), "the third article")
        with following(address, begins) as events:
            again = [next(events) for _ in range(5)]
            assert again[0][2] == {"resumed": True, "cut": False}
            titles = [data["article"]["title"] for kind, _, data in again if kind == "match"]
            assert titles == ["NATO defence spending 2", "NATO defence spending 3"]
            assert again[1][1] == found
        with following(address, "made up") as events:
            assert next(events)[2] == {"resumed": False, "cut": True}
        too_many_are_refused(address)
        with following(address) as events:
            next(events)
            service.send_signal(signal.SIGTERM)
            assert list(events) == []
            assert service.wait() == 0


def has_sent(port: int, articles: int) -> bool:
    try:
        found = requests.get(f"http://127.0.0.1:{port}/api/v1/deliveries?state=sent", timeout=60).json()
    except requests.ConnectionError:
        return False
    return len(found["deliveries"]) >= articles


def too_many_are_refused(address: str) -> None:
    with ExitStack() as many:
        readers = [many.enter_context(following(address)) for _ in range(MOST_STREAMS)]
        assert {next(events)[0] for events in readers} == {"begin"}  # a reader that is let go of leaves
        refused = requests.get(address, stream=True, timeout=60)
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "30")
        assert refused.json()["detail"] == "Too many read the events now."


def test_who_takes_nothing_is_cut_off_and_nothing_more_is_kept_for_them() -> None:
    stream, place = Stream(), Place(7, 9)
    for number in range(MOST_QUEUED + 100):
        assert stream.ended.is_set() is (number > MOST_QUEUED)
        stream.give(Event("match", str(number), {}, place))
    assert stream.queue.qsize() == MOST_QUEUED


def test_an_id_is_read_as_it_is_written_and_no_other() -> None:
    assert place_in(str(Place(12, 34))) == Place(12, 34)
    for made_up in (None, "", "1", "1.", ".1", "-1.1", "1.1.1", "\u0663.1", "1." + "9" * 18):
        assert place_in(made_up) is None
