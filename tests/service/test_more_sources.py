"""The service waits for more sources, is killed with kill -9, and decides the same when it is back."""

import json
from typing import Any

import pytest

from support.desk import SETTINGS, DeskFiles, item, rss, wait_for
from support.postgresql import Cluster
from support.web import WebServer

RULES = "rules: {quakes: {query: earthquake OR quake OR tsunami}}\n"
ASKING = SETTINGS.replace("at: once", 'at: once, only: {sources: ">= 3"}, updates: hold')
TITLE = "Quake off Valparaiso shakes central Chile"
TEXT = "A strong earthquake of magnitude 6.8 struck off the Chilean port of Valparaiso before dawn."
AFTER = (
    "Chile lifts tsunami alert after earthquake",
    TEXT.replace("struck", "that struck") + " The navy said so.",
)


def course(desk: DeskFiles, number: int) -> Any:
    """What became of the article in the digest."""
    return desk.run("explain", "quakes", str(number), "--json").document["digests"][0]


def sent(desk: DeskFiles) -> list[Any]:
    """The documents of the digests that went out."""
    files = sorted((desk.state / "digests").glob("*.json"))
    return [json.loads(path.read_text()) for path in files]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_killed_between_waiting_and_deciding(
    kind: str, desk: DeskFiles, web: WebServer, request: pytest.FixtureRequest
) -> None:
    storage = "sqlite"
    if kind == "postgresql":
        cluster: Cluster = request.getfixturevalue("cluster")
        storage = cluster.begun_database()
    for name in "abcd":
        web.serve(f"/{name}", rss())
    web.serve("/a", rss(item("1", TITLE, TEXT)))
    web.serve("/b", rss(item("2", TITLE, TEXT)))
    feeds = {name: web.url(f"/{name}") for name in "abcd"}
    desk.write(feeds, f"storage: {json.dumps(storage)}\n{ASKING}", RULES)
    desk.run("once")  # so that there is a database to ask
    with desk.service():
        wait_for(lambda: (course(desk, 1)["sources"] or {}).get("found") == 2, "the second source")
        assert sent(desk) == []
    web.serve("/c", rss(item("3", *AFTER)))
    with desk.service():
        wait_for(lambda: len(sent(desk)) == 1, "the digest of three sources")
    (story,) = sent(desk)[0]["rules"][0]["stories"]
    assert story["source_count"] == 3
    assert {story["article"]["id"], *(one["id"] for one in story["also_in"])} == {1, 2, 3}
    web.serve("/d", rss(item("4", TITLE, TEXT)))
    with desk.service():
        wait_for(lambda: desk.run("explain", "quakes", "4", "--json").status == 0, "the fourth source")
        wait_for(lambda: course(desk, 4)["held_update"] is not None, "the update that is held")
    assert len(sent(desk)) == 1
