"""Ends an attack that does not end by itself, and with it whatever it has started."""

import faulthandler
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

from tests.telling import say


# decision 0534: an attack ends whatever happens
@contextmanager
def within(seconds: float, what: str, *, again: str) -> Iterator[None]:
    """Inside, there are so many seconds. Then every thread's place is told, and the process ends
    with exit code 1; its children end with it (decision 0011).
    """

    def end() -> None:
        faulthandler.dump_traceback(file=sys.stderr, all_threads=True)
        say(f"FOUND: {what} has not ended after {seconds:.0f} s\nagain: {again}")
        os._exit(1)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def end_in_order_by_signals() -> None:
    """SIGTERM leaves as Ctrl-C does: what was started is ended."""

    def leave(number: int, frame: FrameType | None) -> NoReturn:
        raise SystemExit(128 + number)

    signal.signal(signal.SIGTERM, leave)
