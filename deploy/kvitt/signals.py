"""How a command ends by a signal."""

import contextlib
import signal
import socket
from collections.abc import Callable, Iterator
from types import FrameType


@contextlib.contextmanager
def ended_by_signals() -> Iterator[None]:
    """Inside, SIGTERM and SIGHUP end the command as Ctrl-C does; a second one does not cut the
    ending short.
    """

    def interrupt(number: int, frame: FrameType | None) -> None:
        for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(one, signal.SIG_IGN)
        raise KeyboardInterrupt

    for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(one, interrupt)
    yield


def serve_until_ended(announce: Callable[[], None]) -> None:
    """Call `announce`, which tells that everything is ready, and wait for Ctrl-C.

    From the first word of `announce` Ctrl-C is an orderly end: this returns. Belongs inside
    `ended_by_signals`, in the main thread.
    """
    with contextlib.suppress(KeyboardInterrupt), _woken_by_signals() as woken:
        announce()
        while True:
            # Not signal.pause(): it would sleep over a signal that came just before it.
            woken.recv(1)


@contextlib.contextmanager
def _woken_by_signals() -> Iterator[socket.socket]:
    """Inside, each signal that has a handler writes a byte, which the socket reads."""
    woken, waking = socket.socketpair()
    with woken, waking:
        waking.setblocking(False)
        before = signal.set_wakeup_fd(waking.fileno())
        try:
            yield woken
        finally:
            signal.set_wakeup_fd(before)
