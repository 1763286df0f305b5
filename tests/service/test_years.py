"""What a service of years needs: a log in which every line tells something, and nothing that grows."""

import re
import time
from pathlib import Path

from support.desk import SETTINGS, DeskFiles, item, rss, wait_for
from support.web import WebServer

QUIET = {"same", "other"}
ROUNDS = 2
OFTEN = SETTINGS.replace("fastest: 1s", "fastest: 1s, slowest: 2s")


def family(process: int) -> list[int]:
    """The process and all below it."""
    found = [process]
    for one in found:
        for children in Path(f"/proc/{one}/task").glob("*/children"):
            found += [int(child) for child in children.read_text().split()]
    return found


def held(process: int) -> tuple[int, int]:
    """Descriptors and threads of the process and those below it: the fewest of several looks."""
    looks = []
    for _ in range(10):
        members = family(process)
        descriptors = sum(len(list(Path(f"/proc/{one}/fd").iterdir())) for one in members)
        threads = sum(len(list(Path(f"/proc/{one}/task").iterdir())) for one in members)
        looks.append((descriptors, threads))
        time.sleep(0.1)
    return min(descriptors for descriptors, _ in looks), min(threads for _, threads in looks)


def test_the_log_tells_only_what_is_new_and_descriptors_and_threads_stay(
    desk: DeskFiles, web: WebServer
) -> None:
    items = [item("0", "NATO and the spending target")]
    for name in ("same", "other", "live"):
        web.serve(f"/{name}", rss(*items))
    desk.write({name: web.url(f"/{name}") for name in ("same", "other", "live", "gone")}, OFTEN)
    log = desk.root / "service.log"
    log.touch()
    there = log.stat()
    with desk.service(JOURNAL_STREAM=f"{there.st_dev}:{there.st_ino}") as service:

        def story(number: int) -> None:
            items.append(item(str(number), f"NATO has a spending target, part {number}"))
            web.serve("/live", rss(*items))
            wait_for(lambda: desk.log.count("delivered") >= number + 1, f"digest {number}")

        def reload(number: int) -> None:
            rules = desk.config / "rules" / "desk.yaml"
            rules.write_text(f"{rules.read_text()}  extra-{number}: {{query: grain}}\n")
            wait_for(lambda: desk.log.count("configuration reloaded") >= number - 1, f"reload {number}")

        wait_for(lambda: "delivered" in desk.log, "the first digest")
        story(1)
        wait_for(lambda: sum(r.path == "/gone" for r in web.requests) >= 2, "a second poll of what is gone")
        before = held(service.pid)
        for number in range(2, ROUNDS + 2):
            reload(number)
            story(number)
        after = held(service.pid)
        web.serve("/gone", rss())
        wait_for(lambda: "the source can be read again" in desk.log, "a source that is well again")
    assert after[0] <= before[0] + 2, f"descriptors: {before[0]}, then {after[0]}"
    assert after[1] <= before[1], f"threads: {before[1]}, then {after[1]}"
    lines = desk.log.splitlines()
    assert [line for line in lines if not re.match(r"<[346]>[a-z]", line)] == []
    assert [line for line in lines if re.search(r"poll failed.*source=gone", line)] == [
        '<4>poll failed: source=gone status=404 why="there is nothing at this address; '
        'look for its new one (HTTP 404 Not Found)"'
    ]
    assert sum(any(f"source={name}" in line for name in QUIET) for line in lines) <= len(QUIET)
    assert "<6>the source can be read again: source=gone" in lines
