"""The job engine, Procrastinate, which hands out shards to hosts: a job is "poll what is due in shard k".

A shard's `lock` keeps two jobs of it from running at a time, its `queueing_lock` two from waiting. What a
worker that died had begun is ended by whoever looks next, and handed out anew while something in it is due.
The engine only hands out: who may poll a shard is decided by `fleet_rows.FleetRows.take`.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Collection
from concurrent.futures import Future
from contextlib import suppress
from typing import TYPE_CHECKING

import procrastinate
from procrastinate import jobs
from procrastinate.connector import BaseConnector
from procrastinate.exceptions import ProcrastinateException
from procrastinate.manager import JobManager
from procrastinate.worker import Worker

from watchdesk.logger import get_logger
from watchdesk.store.fleet_store import SESSION, FleetStore

if TYPE_CHECKING:
    from psycopg import AsyncConnection

log = get_logger(__name__)

QUEUE = "shards"
TASK = "poll"
HEARTBEAT = 5.0
STALLED = 25
"""Seconds without a heartbeat after which a worker's jobs are handed out anew."""
LOOK = 3.0
"""Seconds between two looks for such jobs."""
AGAIN = 1.0
LONGEST = 10.0
"""Seconds before a worker that failed is started again; each further failure doubles it."""
ENDING = 10.0
"""Seconds that a stop gives to jobs that run."""
AT_ONCE = 4
"""Jobs at a time, for each poll that may be in flight: while a host of one shard rests, others are asked."""
MOST = 256

Begin = Callable[[int], "Future[None] | None"]


class Engine:
    """One thread with an event loop. `begin` takes a shard; what it answers with ends once that is polled."""

    def __init__(self, store: FleetStore, begin: Begin) -> None:
        self._store, self._begin = store, begin
        self._size = 1
        self._closing = False
        self._is_paused = False
        self._worker: Worker | None = None
        self._polled: set[int] = set()
        """Shards that are polled now."""
        self._thread = threading.Thread(target=self._run, name="engine of the fleet", daemon=True)
        self._defers = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())
        # They tell of every job, and of each connection that could not be had.
        for name in ("procrastinate", "psycopg.pool"):
            logging.getLogger(name).setLevel(logging.CRITICAL)

    def follow(self, concurrency: int) -> None:
        """Works on so many shards at a time as so many polls in flight need."""
        size = min(MOST, AT_ONCE * concurrency)
        if size != self._size:
            self._size = size
            self.renew()
        if not self._thread.is_alive() and not self._closing:
            self._thread.start()

    def pause(self) -> None:
        """Takes no job before `resume`: others are given them."""
        self._is_paused = True
        self.renew()

    def resume(self) -> None:
        """Goes on."""
        self._is_paused = False

    def stop(self) -> None:
        """Begins nothing more."""
        self._closing = True
        self.renew()

    def close(self) -> None:
        """Ends, and gives what runs a moment."""
        self.stop()
        if self._thread.is_alive():
            self._thread.join(ENDING)

    def hand_out(self) -> int:
        """Queues every shard with something due that nobody has; how many. Raises `StorageError`."""
        with self._store.database.write() as connection:
            shards = self._store.fleet.due_shards(connection)
            if shards:
                made = [_job(shard) for shard in shards]
                driver = connection.connection.driver_connection
                self._defers.job_manager.batch_defer_jobs(made, connection=driver)
        return len(shards)

    def _run(self) -> None:
        asyncio.run(self._work())

    async def _work(self) -> None:
        asyncio.get_running_loop().set_exception_handler(_unheard)
        wait = AGAIN
        while not self._closing:
            try:
                if not self._is_paused:
                    await self._work_until_stopped()
                wait = AGAIN
                await asyncio.sleep(AGAIN)
            except Exception as error:  # noqa: BLE001 - the server may be away for a while
                log.warning("shards cannot be had; it is tried again", why=_said(error), seconds=wait)
                await asyncio.sleep(wait)
                wait = min(2 * wait, LONGEST)

    async def _work_until_stopped(self) -> None:
        app = procrastinate.App(connector=_connector(self._store.address))
        app.job_manager = _Jobs(app.connector, self.renew)

        @app.task(name=TASK, queue=QUEUE)
        async def poll(shard: int) -> None:
            await self._poll(shard)

        async with app.open_async():
            over = asyncio.Event()
            worker = Worker(
                app=app,
                queues=[QUEUE],
                concurrency=self._size,
                fetch_job_polling_interval=2.0,
                abort_job_polling_interval=3600.0,
                shutdown_graceful_timeout=ENDING,
                delete_jobs=jobs.DeleteJobCondition.ALWAYS,
                install_signal_handlers=False,
                update_heartbeat_interval=HEARTBEAT,
                stalled_worker_timeout=STALLED,
            )
            self._worker = worker
            looking = asyncio.create_task(self._end_what_nobody_does(app, worker, over))
            try:
                if not (self._closing or self._is_paused):
                    await worker.run()  # type: ignore[no-untyped-call]  # it publishes few types
            finally:
                self._worker = None
                over.set()
                # Not by cancelling it: an error of the server that comes at the same time would hide that.
                await looking

    def renew(self) -> None:
        """Ends the worker; another one is started in its place, and what the database has as this one's is
        handed out anew.
        """
        if worker := self._worker:
            _stop(worker)

    async def _poll(self, shard: int) -> None:
        self._polled.add(shard)
        try:
            ended = await asyncio.to_thread(self._begin, shard)
            if ended is not None:
                await asyncio.wrap_future(ended)
        finally:
            self._polled.discard(shard)

    async def _end_what_nobody_does(
        self, app: procrastinate.App, worker: Worker, over: asyncio.Event
    ) -> None:
        """Ends the jobs of dead workers, and what a server that has lost its last seconds has as this one's.

        To retry one collides with one of its shard that waits (its #1543).
        """
        before: Collection[int] = ()
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(over.wait(), LOOK)
            if over.is_set():
                return
            with suppress(ProcrastinateException):  # the server is away, or another host was quicker
                manager = app.job_manager
                for job in await manager.get_stalled_jobs(queue=QUEUE, seconds_since_heartbeat=STALLED):
                    await _end(app, job)
                    log.info("a shard of a host that died is handed out anew", shard=job.task_kwargs["shard"])
                ours = await manager.list_jobs_async(queue=QUEUE, status="doing", worker_id=worker.worker_id)
                stray = {
                    job.id: job for job in ours if job.id and job.task_kwargs["shard"] not in self._polled
                }
                for name in stray.keys() & set(before):  # others are just being begun, or ended
                    await _end(app, stray[name])
                    log.info(
                        "a shard that nobody polls is handed out anew", shard=stray[name].task_kwargs["shard"]
                    )
                before = stray.keys()


async def _end(app: procrastinate.App, job: jobs.Job) -> None:
    if job.id is not None:
        with suppress(ProcrastinateException):
            await app.job_manager.finish_job_by_id_async(job.id, jobs.Status.FAILED, delete_job=True)


class _Jobs(JobManager):
    """Calls `failed` when the end of a job could not be noted.

    For the engine it is being done as long as its worker lives, and nobody is given its shard meanwhile.
    """

    def __init__(self, connector: BaseConnector, failed: Callable[[], object]) -> None:
        super().__init__(connector)
        self._failed = failed

    async def finish_job(self, job: jobs.Job, status: jobs.Status, delete_job: bool) -> None:  # noqa: FBT001 - as it is called
        try:
            await super().finish_job(job, status, delete_job)
        except ProcrastinateException:
            self._failed()
            raise


def _job(shard: int) -> jobs.Job:
    name = f"shard {shard}"
    return jobs.Job(queue=QUEUE, lock=name, queueing_lock=name, task_name=TASK, task_kwargs={"shard": shard})


def _connector(address: str) -> procrastinate.PsycopgConnector:
    return procrastinate.PsycopgConnector(
        conninfo=address, min_size=1, max_size=4, timeout=10.0, configure=_prepare
    )


async def _prepare(connection: "AsyncConnection[object]") -> None:
    await connection.execute(SESSION)
    await connection.commit()


def _unheard(_loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    """Of a job whose end could not be noted, as while the server is away: it is ended later."""
    log.debug("a job of the engine failed", why=str(context.get("exception") or context.get("message")))


def _stop(worker: Worker) -> None:
    worker.stop()  # type: ignore[no-untyped-call]  # as above


def _said(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
