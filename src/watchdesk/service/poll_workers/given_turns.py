"""The turns at hosts that a worker's tasks have: asked for, waited for, given back with the task at last."""

import threading

from watchdesk.service.poll_tasks import PollTask
from watchdesk.service.poll_workers.crew_parts import Assigned, WorkerProcess
from watchdesk.service.poll_workers.messages import Answer, GiveBack, Refusal, TakeTurn
from watchdesk.sources import Hosts, NoTurn, host_of


class GivenTurns:
    """Of one seat. `changing`: held where tasks change hands."""

    def __init__(self, hosts: Hosts, changing: threading.Condition) -> None:
        self._hosts = hosts
        self._changing = changing

    def first(self, assigned: Assigned, task: PollTask) -> tuple[str, float] | None:
        """A turn at the host that is asked first, where there is one now: so nobody has to ask for it."""
        host = host_of(task.group[0].url)
        try:
            since = self._hosts.take_now(host, None)
        except NoTurn:
            return None  # it is told when it asks
        if since is None:
            return None
        assigned.turns[host, since] = None
        return host, since

    def give(self, process: WorkerProcess, asked: TakeTurn) -> None:
        """At once where that can be; else in a thread of its own, which waits for it."""
        assigned = process.assigned[asked.number]
        try:
            since = self._hosts.take_now(asked.host, asked.crawl_delay)
        except NoTurn as none:
            process.send(Refusal(asked.number, none))
            return
        if since is None:
            threading.Thread(
                target=self._wait, args=(process, assigned, asked), name="turn", daemon=True
            ).start()
            return
        assigned.turns[asked.host, since] = asked.crawl_delay
        process.send(Answer(asked.number, since))

    def take_back(self, process: WorkerProcess, given: GiveBack) -> None:
        """A turn that has ended."""
        process.assigned[given.number].turns.pop((given.host, given.since), None)
        self._hosts.give_back(given.host, given.since, given.crawl_delay)

    def take_back_all(self, assigned: Assigned) -> None:
        """Those of a task that has ended, or whose worker has."""
        for (host, since), crawl_delay in assigned.turns.items():
            self._hosts.give_back(host, since, crawl_delay)
        assigned.turns = {}

    def _wait(self, process: WorkerProcess, assigned: Assigned, asked: TakeTurn) -> None:
        try:
            since = self._hosts.take(asked.host, asked.patience, asked.crawl_delay)
        except NoTurn as none:
            process.send(Refusal(asked.number, none))
            return
        with self._changing:
            has_it = process.assigned.get(asked.number) is assigned
            if has_it:
                assigned.turns[asked.host, since] = asked.crawl_delay
        if has_it:
            process.send(Answer(asked.number, since))
        else:
            self._hosts.give_back(asked.host, since, asked.crawl_delay)
