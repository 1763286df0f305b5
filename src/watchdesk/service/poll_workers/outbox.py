"""What a worker tells the service: at once, or together with what other tasks have to tell.

Each message wakes a thread in the service. When many sources are unchanged, their polls end within the same
few milliseconds.
"""

import os
import threading
import time
import traceback
from multiprocessing.connection import Connection
from queue import SimpleQueue

from watchdesk.service.poll_workers.messages import FromWorker
from watchdesk.service.poll_workers.wire import send

GATHER = 0.005
"""Seconds for which a message may wait for others."""


class Outbox:
    """Safe to use from many threads. Nothing is raised when nobody listens any more: the worker ends then.

    It ends its process where a message cannot be put into bytes, for want of memory above all: the service
    does again what it was not told of, while tasks that wait here for answers would wait for ever.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._sending = threading.Lock()
        self._waiting: list[FromWorker] = []
        self._begun: SimpleQueue[None] = SimpleQueue()
        """Something waits, and nothing did before."""
        threading.Thread(target=self._keep, name="outbox", daemon=True).start()

    def send(self, *messages: FromWorker) -> None:
        """At once, after what waits."""
        with self._sending:
            self._waiting += messages
            self._send()

    def send_soon(self, *messages: FromWorker) -> None:
        """With the next message that is sent, or a little later."""
        with self._sending:
            if not self._waiting:
                self._begun.put(None)
            self._waiting += messages

    def _keep(self) -> None:
        while True:
            self._begun.get()
            time.sleep(GATHER)
            with self._sending:
                self._send()

    def _send(self) -> None:
        messages, self._waiting = self._waiting, []
        if not messages:
            return
        try:
            send(self._connection, tuple(messages))
        except OSError:
            pass  # nobody listens
        except BaseException:  # noqa: BLE001 - see the class
            traceback.print_exc()
            os._exit(1)
