"""CPU time by step: functions of the program are wrapped where they stand, and each counts its own part."""

import functools
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import Any


class Stopwatch:
    """Seconds of CPU time that each step took by itself, without the steps that it called."""

    def __init__(self, steps: Mapping[str, tuple[str, ...]]) -> None:
        """`steps`: by name, the functions that are the step: `package.module:function`."""
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._steps = steps
        self._stack = threading.local()

    @contextmanager
    def running(self) -> Iterator[None]:
        """While it counts."""
        undo: list[tuple[Any, str, Any]] = []
        for step, functions in self._steps.items():
            for function in functions:
                holder, name = _found(function)
                real = vars(holder)[name]
                for other in _holders(holder, name, real):
                    undo.append((other, name, real))
                    setattr(other, name, self._counted(step, real))
        try:
            yield
        finally:
            for holder, name, real in undo:
                setattr(holder, name, real)

    def _counted(self, step: str, real: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(real)
        def counted(*args: Any, **more: Any) -> Any:
            outer = getattr(self._stack, "inner", 0.0)
            self._stack.inner, began = 0.0, time.thread_time()
            try:
                return real(*args, **more)
            finally:
                took = time.thread_time() - began
                self.seconds[step] += took - self._stack.inner
                self._stack.inner = outer + took

        return counted


def _found(function: str) -> tuple[Any, str]:
    module, _, name = function.partition(":")
    *holders, last = name.split(".")
    return functools.reduce(getattr, holders, import_module(module)), last


def _holders(holder: Any, name: str, real: Any) -> Iterator[Any]:
    """Whatever has the function under its name: its own module, and those that have imported it."""
    yield holder
    for module in list(sys.modules.values()):
        is_ours = getattr(module, "__name__", "").startswith("watchdesk")
        if is_ours and module is not holder and vars(module).get(name) is real:
            yield module
