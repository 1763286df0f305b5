"""Many sources that fail together, or one after the other: the operators hear of it in few notices."""

from support.desk import item, rss
from support.notices import causes, over
from support.timed import TimedDesk
from support.web import WebServer

SETTINGS = """\
polling: {first_poll: all, private_addresses: allow, timeout: 5s, every: 30m, per_host: 20}
channels: {shelf: {files: digests/}}
operators: {to: [shelf]}
"""


def test_a_broken_network_is_one_notice_and_its_end_another(timed: TimedDesk, web: WebServer) -> None:
    feeds = {f"paper-{n}": f"/{n}" for n in range(8)}
    timed.files.write({name: web.url(path) for name, path in feeds.items()}, settings=SETTINGS)
    timed.start()
    for path in feeds.values():
        web.serve(path, rss(item("1", "One")))
    timed.once()
    for path in feeds.values():
        web.serve(path, status=503, etag=None)
    for hours in (1, 1, 2, 4, 12, 24, 24):
        timed.after(hours=hours)
        timed.once()
    assert causes(timed.files) == [["failing-sources"]]
    for path in feeds.values():
        web.serve(path, rss(item("1", "One")))
    for _ in range(3):
        timed.after(hours=26)
        timed.once()
    assert over(timed.files) == [[], ["Most sources can be read again."]]


def test_what_is_told_of_sources_is_gathered_for_an_hour(timed: TimedDesk, web: WebServer) -> None:
    feeds = [f"paper-{n}" for n in range(12)]
    timed.files.write({name: web.url(f"/{name}") for name in feeds}, settings=SETTINGS)
    timed.start()
    for name in feeds[:4]:
        web.serve(f"/{name}", status=410)
        timed.after(minutes=5)
        timed.once()
    assert len(causes(timed.files)) == 1
    timed.after(minutes=61)
    timed.once()
    first, second = causes(timed.files)
    assert len(first) == 1
    assert len(second) == 3
