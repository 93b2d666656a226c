"""Ends a supervisor's processes when the supervisor is gone, for whatever reason. Standard library
only: run by path.

Reads lines `+<pid> <signal>` and `-<pid>` on stdin. When stdin ends, every process still listed
gets its signal, then SIGKILL unless it exits within the grace period.
"""

import contextlib
import os
import signal
import sys
import time

_GRACE_SECONDS = 20.0
_PAUSE_SECONDS = 0.05


def main() -> None:
    """Run until stdin ends, then end the processes that are left."""
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    kept: dict[int, int] = {}
    for line in sys.stdin:
        if line.startswith("+"):
            pid, number = line[1:].split()
            kept[int(pid)] = int(number)
        elif line.startswith("-"):
            kept.pop(int(line[1:]), None)
    _end(kept)


def _end(kept: dict[int, int]) -> None:
    for pid, number in kept.items():
        _send(pid, number)
    limit = time.monotonic() + _GRACE_SECONDS
    while time.monotonic() < limit and any(_send(pid, 0) for pid in kept):
        time.sleep(_PAUSE_SECONDS)
    for pid in kept:
        _send(pid, signal.SIGKILL)


def _send(pid: int, number: int) -> bool:
    """Signal the process's whole group, which it leads; answers False when there is none."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)
        return True
    return False


if __name__ == "__main__":
    main()
