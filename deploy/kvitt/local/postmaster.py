"""The lock that a PostgreSQL server leaves in its data directory when it dies. Starts nothing."""

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from kvitt.local.problems import LocalProblem

_LOCK = "postmaster.pid"
_SECONDS = 10.0  # the processes of a dead server end by themselves
_PAUSE_SECONDS = 0.05


# decision 0210: a lock without a process in the directory is nobody's
def remove_lock_left_behind(data: Path, *, timeout: float = _SECONDS) -> None:
    """Remove the lock of a server that is dead, also where its number is a zombie's or another
    program's, which PostgreSQL itself takes for alive.

    Waits until the dead server's own processes have ended. Raises LocalProblem that names them
    when they have not after `timeout` seconds.
    """
    lock = data / _LOCK
    if not lock.exists():
        return
    limit = time.monotonic() + timeout
    while (left := list(_living_in(data))) and time.monotonic() < limit:
        time.sleep(_PAUSE_SECONDS)
    if left:
        named = ", ".join(f"pid {process.pid}" for process in left)
        raise LocalProblem(
            f"Processes of an earlier PostgreSQL still use {data}: {named}.",
            remedy="Look at them with ps; kvitt down ends those that Kvitt knows of.",
        )
    lock.unlink(missing_ok=True)


def _living_in(data: Path) -> Iterator[psutil.Process]:
    """Processes that work in the directory, as every process of a PostgreSQL server does."""
    here = str(data.resolve())
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            if process.status() != psutil.STATUS_ZOMBIE and process.cwd() == here:
                yield process
