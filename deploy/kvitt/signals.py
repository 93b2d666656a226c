"""How a command ends by a signal, and what it does when nobody reads on."""

import contextlib
import os
import signal
import socket
import sys
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
def while_it_is_read() -> Iterator[None]:
    """Inside, what is written to standard output is left out from where its reader (`| head`) has
    ended: the command goes on behind, with its own exit code.
    """
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        # Python would write the rest of its buffer at the end, and complain.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


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
