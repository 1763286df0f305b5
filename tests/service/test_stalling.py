"""One receiver that stalls, and the others, by the real service."""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from support.desk import DeskFiles, wait_for
from support.web import Answer, WebServer
from watchdesk.delivery import deliveries_for
from watchdesk.model import DeliveryState, Digest, Rendered
from watchdesk.store import open_store

SETTINGS = """\
polling: {private_addresses: allow}
channels:
  hook: {webhook: {url: "URL"}}
  shelf: {files: digests/}
digests:
  flash: {title: Flash, rules: all, at: once, to: [hook, shelf]}
"""


def put(state: Path, number: int, channel: str) -> None:
    now = datetime.now(UTC)
    digest = Digest("flash", "Flash", now, None, (), id=f"d{number}")
    with closing(open_store("sqlite", state)) as store:
        store.commit_digest(
            digest, Rendered("s", "h", "t", "{}"), deliveries_for(digest, [channel], now), [], None
        )


def test_a_receiver_that_stalls_holds_up_no_other_channel(desk: DeskFiles, web: WebServer) -> None:
    web.respond("/hook", Answer(delay=60))
    desk.write({}, SETTINGS.replace("URL", web.url("/hook")))
    desk.state.mkdir()
    for number in range(10):
        put(desk.state, number, "hook")
    with desk.service():
        wait_for(lambda: len(web.requests) == 2, "two deliveries in flight to the stalling receiver")
        put(desk.state, 10, "shelf")
        with closing(open_store("sqlite", desk.state)) as store:
            wait_for(lambda: store.deliveries(DeliveryState.SENT), "the other channel's delivery", 10)
            assert [one.channel for one in store.deliveries(DeliveryState.SENT)] == ["shelf"]
            assert len(store.deliveries(DeliveryState.WAITING)) == 8
        assert len(web.requests) == 2
