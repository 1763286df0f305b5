"""CPU time of a poll of the running service, whole and by step; README.md beside it says what and how."""

import argparse
import logging
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path

import figures
import processes
import requests
import structlog
from figures import Figure
from matching.lexicon import Lexicon
from matching.newswire import newswire
from matching.rulebook import write_rules
from matching.texts import read_texts
from polling.contestants.own import SETTINGS
from polling.press import Press
from polling.prose import SHOWN, ProseFeed, usable
from polling.stopwatch import Stopwatch

from watchdesk import app, articles, sources
from watchdesk.configuration import read_configuration
from watchdesk.plan import Plan
from watchdesk.polling.report import PollReport
from watchdesk.service.poll_workers.files_reader import FilesReader
from watchdesk.service.poll_workers.generations import Generations
from watchdesk.service.poll_workers.slots import Slots
from watchdesk.service.poll_workers.workers import PollWorkers
from watchdesk.service.polling import Group, Poller
from watchdesk.sources import hosts_by_clock
from watchdesk.store import open_store

RULES = 100
TURNS = {"304": 0, "2 of 20 new": 2, "20 new": SHOWN}
"""By name, how many entries each feed has published since it was polled last."""
GATES = {"304": 2.2, "2 of 20 new": 30.0, "20 new": 80.0}
"""By turn: at most so many bare exchanges, which depend on the machine as polls do."""
_BARE = "a bare requests exchange"
_EXCHANGES = 20
"""So many for each poll of a turn: one takes little."""
_LEFT = "threads, schedule, garbage, the rest"
_STEPS = {
    "request and answer": ("watchdesk.polling.poll:ask",),
    "state before and after": (
        "watchdesk.service.write_behind:WriteBehind.states",
        "watchdesk.service.write_behind:WriteBehind.keep",
        "watchdesk.polling.poll:_state_after",
    ),
    "XML -> entries": ("watchdesk.sources.feeds.feed:parse",),
    "keys of entries": ("watchdesk.articles.identity:identify",),
    "known or new": ("watchdesk.polling.recognising:recognise",),
    "entry -> article": ("watchdesk.articles.normalise:normalise_all",),
    "  HTML -> lines": ("watchdesk.articles.normalise:body_lines",),
    "  language": ("watchdesk.articles.language:language_of",),
    "furniture": (
        "watchdesk.polling.source_furniture:SourceFurniture.taken_out_of",
        "watchdesk.polling.source_furniture:SourceFurniture.learn",
    ),
    "  of recent articles": (
        "watchdesk.store.articles:ArticleRows.recent_lines",
        "watchdesk.store.articles:ArticleRows.recent_articles",
    ),
    "rules": ("watchdesk.rules.ruleset:RuleSet.answers",),
    "story keys and features": (
        "watchdesk.stories.keys:story_keys",
        "watchdesk.stories.features:features_of",
    ),
    "keys asked of the store": ("watchdesk.store.ingest:IngestRows.known",),
    "written": ("watchdesk.store.ingest:IngestRows.ingest",),
    "  put into stories": ("watchdesk.store.story_writing:put_into_stories",),
}


def main() -> int:
    """Polls the same feeds, turn after turn: first as the service does, then with a watch at each step."""
    options = _options()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    articles.prepare()
    texts = read_texts(options.texts, 0) if options.texts else newswire(3_000, options.seed)
    texts = usable(texts, options.seed)
    needed = SHOWN + options.rounds * sum(TURNS.values()) + TURNS["2 of 20 new"] * 2
    count = min(options.feeds, len(texts) // needed)
    if count < options.feeds:
        print(f"{len(texts)} texts are enough for {count} feeds; each needs {needed}")
    parts = [texts[n * needed : (n + 1) * needed] for n in range(count)]
    rules = write_rules("narrow", RULES, Lexicon(texts[-400:]), options.seed).yaml
    whole = _Desk(parts, rules, options)
    with whole.running():
        totals = whole.measured(options.rounds)
    steps = _Desk(parts, rules, options)
    watch = Stopwatch(_STEPS)
    with steps.running():
        by_step = steps.by_step(watch, options.rounds)
    _print_steps(by_step)
    told = list(_told(totals))
    if options.json:
        data = "articles that were given" if options.texts else "made-up articles: dearer than real ones"
        figures.write(options.json, figures.Told(told, f"{count} feeds; {data}"), details=by_step)
    return _print_totals(totals, told, count)


def now() -> datetime:
    """The clock of the service."""
    return datetime.now(UTC)


class _Desk:
    """A desk of its own that follows a few feeds."""

    def __init__(self, parts: Sequence[Sequence[object]], rules: str, options: argparse.Namespace) -> None:
        now = datetime.now(UTC).replace(microsecond=0)
        self._press = Press([ProseFeed(number, part, now) for number, part in enumerate(parts)])
        self._rules, self._storage = rules, options.storage
        self._server = 0

    @contextmanager
    def running(self) -> Iterator[None]:
        """With its own server, folder and database."""
        with (
            self._press.running() as self._server,
            tempfile.TemporaryDirectory(prefix="poll-cost-") as folder,
        ):
            self._folder = Path(folder)
            self._write_configuration()
            self._configuration = read_configuration(self._folder)
            self._plan = app.build_plan(self._configuration, self._folder)
            self._groups = sources.by_request(self._plan.settings.sources.values())
            self._plan.rules.prepare()
            slots = Slots()
            reader = FilesReader(lambda: self._configuration, lambda _: None, self._folder, now, slots)
            generations = Generations(reader.begin())
            with (
                closing(generations),
                closing(open_store(self._configuration.settings.storage, self._folder)) as self._store,
            ):
                self._store.know_digests(list(self._plan.settings.digests), now())
                self._generations, self._slots = generations, slots
                yield

    def measured(self, rounds: int) -> dict[str, float]:
        """Milliseconds of CPU of all processes for a poll in each turn, and for a bare exchange."""
        hosts = hosts_by_clock(self._plan.settings.polling)
        with closing(PollWorkers(self._store, self._slots, hosts)) as workers:
            workers.follow(workers.hire(self._plan, self._generations.load().fork_server))
            return self._measured(self._poller(self._plan, workers=workers), rounds)

    def _measured(self, poll: Callable[[], None], rounds: int) -> dict[str, float]:
        taken: dict[str, list[float]] = {_BARE: []}
        poll()
        self._warm_up(poll)
        for _ in range(rounds):
            for turn, new in TURNS.items():
                self._press.publish(new)
                taken.setdefault(turn, []).append(self._cpu_of(poll))
            taken[_BARE].append(self._cpu_of(self._bare_exchanges) / _EXCHANGES)
        return {name: statistics.median(all_taken) for name, all_taken in taken.items()}

    def by_step(self, watch: Stopwatch, rounds: int) -> dict[str, dict[str, float]]:
        """By turn and step: milliseconds a poll, all read in this process."""
        poll = self._poller(self._plan, at_once=1)
        poll()
        self._warm_up(poll)
        found: dict[str, dict[str, float]] = {}
        for _ in range(rounds):
            for turn, new in TURNS.items():
                self._press.publish(new)
                watch.seconds.clear()
                before = time.process_time()
                with watch.running():
                    poll()
                whole = time.process_time() - before
                taken = {**watch.seconds, _LEFT: whole - sum(watch.seconds.values())}
                for step, seconds in taken.items():
                    mean = 1000 * seconds / len(self._groups) / rounds
                    found.setdefault(turn, {}).setdefault(step, 0.0)
                    found[turn][step] += mean
        return found

    def _warm_up(self, poll: Callable[[], None]) -> None:
        for _ in range(2):
            self._press.publish(TURNS["2 of 20 new"])
            poll()

    def _poller(
        self, plan: Plan, at_once: int | None = None, workers: PollWorkers | None = None
    ) -> Callable[[], None]:
        """What polls all feeds once, and sees that each was."""
        if at_once:
            polling = replace(plan.settings.polling, concurrency=at_once)
            plan = replace(plan, settings=replace(plan.settings, polling=polling))
        reports: list[PollReport] = []

        def done(_: Group, found: Sequence[PollReport]) -> None:
            reports.extend(found)

        poller = Poller(self._store, now, random.Random(1), done, workforce=workers)

        def poll() -> None:
            reports.clear()
            poller.enqueue(plan, self._groups)
            poller.wait_until_done()
            assert len(reports) == len(self._groups) and not any(report.error for report in reports), reports

        return poll

    def _bare_exchanges(self) -> None:
        """As many answers of 304 as there are feeds, on one connection."""
        url = self._press.urls[0]
        with requests.Session() as session:
            tag = session.get(url).headers["etag"]
            for _ in range(_EXCHANGES * len(self._groups)):
                assert session.get(url, headers={"If-None-Match": tag}).status_code == HTTPStatus.NOT_MODIFIED

    def _cpu_of(self, work: Callable[[], None]) -> float:
        before = processes.cpu_with_all_below(but=self._server)
        work()
        return 1000 * (processes.cpu_with_all_below(but=self._server) - before) / len(self._groups)

    def _write_configuration(self) -> None:
        (self._folder / "rules").mkdir()
        settings = f"storage: {self._storage}\n{SETTINGS}"
        (self._folder / "watchdesk.yaml").write_text(settings)
        (self._folder / "rules" / "desk.yaml").write_text(self._rules)
        lines = "".join(f"  paper-{n}: {{feed: '{url}'}}\n" for n, url in enumerate(self._press.urls))
        (self._folder / "sources.yaml").write_text(f"sources:\n{lines}")


def _print_steps(by_turn: dict[str, dict[str, float]]) -> None:
    """A line a step; a step's own part alone, without the steps below it."""
    print(f"{'CPU ms a poll, all in one process':40}" + "".join(f"{turn:>14}" for turn in by_turn))
    for step in (*_STEPS, _LEFT):
        print(f"{step:40}" + "".join(f"{taken.get(step, 0.0):14.2f}" for taken in by_turn.values()))
    print(f"{'together':40}" + "".join(f"{sum(taken.values()):14.2f}" for taken in by_turn.values()))


def _told(totals: dict[str, float]) -> Iterator[Figure]:
    bare = totals[_BARE]
    for turn, most in GATES.items():
        yield Figure(f"{turn}: CPU a poll", totals[turn], "ms", peers={_BARE: bare})
        yield Figure(f"{turn}: CPU in bare exchanges", totals[turn] / bare, most=most)


def _print_totals(totals: dict[str, float], told: Sequence[Figure], count: int) -> int:
    """1 when a gate does not hold."""
    print(f"\nall processes of the service, {count} feeds; {_BARE} takes {totals[_BARE]:.2f} ms")
    for turn in GATES:
        print(f"{turn:14}{totals[turn]:8.2f} ms")
    print("\n".join(figures.lines(told)))
    return int(not all(one.holds for one in told))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="CPU time of a poll, whole and by step")
    parser.add_argument("texts", type=Path, nargs="?", help="a folder of articles; without it, made-up ones")
    parser.add_argument("--feeds", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures")
    parser.add_argument("--storage", default="sqlite", help="or the address of an empty PostgreSQL database")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
