"""Processor time of the parts of a program, whose threads may be at work on the same part at once."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from threading import Lock
from types import ModuleType
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Clock:
    """Adds up the program's processor time while at least one thread is at work on a part."""

    def __init__(self) -> None:
        self.seconds = self._began_s = 0.0
        self._at_work = 0
        self._lock = Lock()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Count what is done inside."""
        with self._lock:
            if not self._at_work:
                self._began_s = time.process_time()
            self._at_work += 1
        try:
            yield
        finally:
            with self._lock:
                self._at_work -= 1
                if not self._at_work:
                    self.seconds += time.process_time() - self._began_s

    def around(self, function: Callable[P, T]) -> Callable[P, T]:
        """The function, with its time counted."""

        @wraps(function)
        def counted(*args: P.args, **more: P.kwargs) -> T:
            with self.running():
                return function(*args, **more)

        return counted


def clocked(parts: Mapping[str, tuple[ModuleType, str]]) -> dict[str, Clock]:
    """Put a clock around functions, each named by the module that calls it and its name there, for the rest of the program."""
    clocks = {part: Clock() for part in parts}
    for part, (module, name) in parts.items():
        setattr(module, name, clocks[part].around(getattr(module, name)))
    return clocks
