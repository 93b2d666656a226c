"""One server process of this machine: started, ended, and started again when it died unasked.
Which server it is stands in postgres.py and kafka.py.
"""

import threading
from abc import ABC, abstractmethod

from kvitt.local.processes import Child


class Server(ABC):
    """A server that may die. Its methods may be called from several threads."""

    name: str

    def __init__(self) -> None:
        self.child: Child | None = None
        self._is_wanted = False
        self._lock = threading.Lock()

    @property
    def has_died(self) -> bool:
        """True while it does not run though nobody ended it; waits for the process, so that no
        zombie keeps its number.
        """
        with self._lock:  # one that is just being started has not died
            return self._is_wanted and self.child is not None and not self.child.is_running()

    def start(self) -> None:
        """Start it unless it runs; returns when it answers.

        Raises LocalProblem when a port is taken, it may not run here, or it does not start.
        """
        with self._lock:
            self._is_wanted = True
            self._spawn_unless_running()
        self._await_answer()

    def revive(self) -> None:
        """Start it again when it has died; does nothing when somebody has ended it. Raises as
        `start` does.
        """
        with self._lock:
            if not self._is_wanted:
                return
            self._spawn_unless_running()
        self._await_answer()

    def stop(self) -> None:
        """End it in order; it is not revived."""
        child = self._unwanted()
        if child:
            child.stop()

    def kill(self) -> None:
        """SIGKILL; it is not revived. The next start recovers from its log."""
        child = self._unwanted()
        if child:
            child.kill()

    def _unwanted(self) -> Child | None:
        with self._lock:
            self._is_wanted = False
            return self.child

    def _spawn_unless_running(self) -> None:
        if self.child is not None:
            if self.child.is_running():
                return
            self.child.forget()
        self.child = self._spawn()

    @abstractmethod
    def _spawn(self) -> Child:
        """Start the process, its directory made first where there is none. Raises LocalProblem."""

    @abstractmethod
    def _await_answer(self) -> None:
        """Wait until it answers. Raises LocalProblem when it has ended or takes too long."""
