"""Starts a server again when it has died, after a pause that grows. A service does the same for
itself, in supervisor.py, since its start is another.
"""

import threading
import time
from collections.abc import Callable

from kvitt.local.problems import LocalProblem
from kvitt.local.server import Server

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
_STEADY_SECONDS = 60.0
_LOOK_EVERY_SECONDS = 0.1


class Pauses:
    """How long to wait before the next start: twice as long each time, at most `longest`; short
    again once a process has lived for a minute.
    """

    def __init__(self, longest: float = LONGEST_PAUSE_SECONDS) -> None:
        self.longest = longest
        self._next = FIRST_PAUSE_SECONDS

    def after(self, lived: float) -> float:
        """The pause after a process that lived so many seconds."""
        if lived > _STEADY_SECONDS:
            self._next = FIRST_PAUSE_SECONDS
        pause = min(self._next, self.longest)
        self._next = min(2 * self._next, self.longest)
        return pause


# decision 0210: the supervisor keeps its servers running
class ServerKeeper:
    """Keeps one server running until it leaves.

    `note(name, what)` is called with what it found, and with None when the server answers again.
    """

    def __init__(self, server: Server, note: Callable[[str, str | None], None]) -> None:
        self._server = server
        self._note = note
        self._pauses = Pauses()
        self._leaving = threading.Event()
        self._thread = threading.Thread(target=self._keep, name=f"keep-{server.name}")

    def start(self) -> None:
        """Begin to watch a server that runs."""
        self._thread.start()

    def leave(self) -> None:
        """From now on it may end; nothing is started any more."""
        self._leaving.set()

    def join(self) -> None:
        """Wait until nothing is under way here; the server has been ended before."""
        self._thread.join()

    def _keep(self) -> None:
        began = time.monotonic()
        while not self._leaving.wait(_LOOK_EVERY_SECONDS):
            if self._server.has_died:
                self._revive(lived=time.monotonic() - began)
                began = time.monotonic()

    def _revive(self, *, lived: float) -> None:
        child = self._server.child
        what = child.ending if child else "does not run"
        while not self._leaving.is_set():
            pause = self._pauses.after(lived)
            self._note(self._server.name, f"{what}, starts again in {pause:g} s")
            if self._leaving.wait(pause):
                return
            began = time.monotonic()
            self._note(self._server.name, f"{what}, is being started again")
            try:
                self._server.revive()
            except LocalProblem as problem:
                what, lived = problem.what.rstrip("."), time.monotonic() - began
                continue
            self._note(self._server.name, None)
            return
