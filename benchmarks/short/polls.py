"""Polls as the service makes them, beside bare exchanges of requests: nothing new, and some entries new."""

import json
import random
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import requests
from matching.lexicon import Lexicon
from matching.rulebook import write_rules
from matching.texts import Text
from polling.contestants.own import SETTINGS
from polling.press import Press
from polling.prose import ProseFeed

from short.turns import Pair
from watchdesk import app, articles, sources
from watchdesk.configuration import read_configuration
from watchdesk.polling.report import PollReport
from watchdesk.service.polling import Group, Poller
from watchdesk.store import open_store

_FEEDS, _TEXTS = 3, 96
_NEW = 4
"""Entries that each feed publishes before a poll that is to find some."""
_OWN = Path(__file__).resolve().parent.parent / "rules"


def pairs() -> Iterator[Pair]:
    """All in this process; what the poll workers cost beside, poll_cost.py measures."""
    articles.prepare()
    texts = _prose()
    parts = [texts[number * _TEXTS : (number + 1) * _TEXTS] for number in range(_FEEDS)]
    press = Press([ProseFeed(number, part, _now()) for number, part in enumerate(parts)])
    with press.running(), _desk(press.urls, write_rules("narrow", 100, Lexicon(texts), 1).yaml) as poll:
        poll()

        def unchanged() -> None:
            for _ in range(10):
                poll()

        yield Pair("a poll without news, a requests exchange", 0.2, unchanged, lambda: _bare(press.urls, 10))

        def some_new() -> None:
            press.publish(_NEW)
            poll()

        name = f"a poll with {_NEW} of 20 entries new, ten requests exchanges"
        yield Pair(name, 0.1, some_new, lambda: _bare(press.urls, 10))


def _prose() -> list[Text]:
    """Articles of our own writing, three in one, so that each has the length of an ordinary one."""
    lines = [line for path in sorted(_OWN.glob("*.jsonl")) for line in path.read_text("utf-8").splitlines()]
    read = [json.loads(line) for line in lines]
    rng = random.Random(1)
    chosen = (rng.sample(read, 3) for _ in range(_FEEDS * _TEXTS))
    return [Text(three[0]["title"], "\n\n".join(one["text"] for one in three)) for three in chosen]


@contextmanager
def _desk(urls: Sequence[str], rules: str) -> Iterator[Callable[[], None]]:
    """What polls all feeds once, and sees that each was."""
    with tempfile.TemporaryDirectory(prefix="ratios-") as name:
        folder = Path(name)
        (folder / "rules").mkdir()
        (folder / "watchdesk.yaml").write_text(SETTINGS)
        (folder / "rules" / "desk.yaml").write_text(rules)
        lines = "".join(f"  paper-{number}: {{feed: '{url}'}}\n" for number, url in enumerate(urls))
        (folder / "sources.yaml").write_text(f"sources:\n{lines}")
        configuration = read_configuration(folder)
        plan = app.build_plan(configuration, folder)
        groups = sources.by_request(plan.settings.sources.values())
        reports: list[PollReport] = []
        with closing(open_store(configuration.settings.storage, folder)) as store:
            store.know_digests(list(plan.settings.digests), _now())

            def done(_: Group, found: Sequence[PollReport]) -> None:
                reports.extend(found)

            poller = Poller(store, _now, random.Random(1), done)

            def poll() -> None:
                reports.clear()
                poller.enqueue(plan, groups)
                poller.wait_until_done()
                assert len(reports) == len(urls) and not any(report.error for report in reports), reports

            yield poll


def _bare(urls: Sequence[str], times: int) -> None:
    """As many answers of 304 of each feed, on one connection."""
    with requests.Session() as session:
        tag = session.get(urls[0]).headers["etag"]
        for _ in range(times * len(urls)):
            assert session.get(urls[0], headers={"If-None-Match": tag}).status_code == 304


def _now() -> datetime:
    return datetime.now(UTC)
