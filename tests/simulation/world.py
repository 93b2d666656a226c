"""Virtual time: tasks of processes that wait, are woken, frozen and killed. Knows nothing of
databases, brokers or machines.
"""

import heapq
from collections.abc import Callable, Generator
from itertools import count
from typing import Any

from tests.simulation.chance import Chance

Steps = Generator[float, None, Any]
"""What a task does: each yield is an await, with the seconds after which it goes on by itself."""


class Process:
    """Something that is killed or frozen as a whole."""

    __slots__ = ("frozen_until", "is_alive", "name", "tasks")

    def __init__(self, name: str) -> None:
        self.name = name
        self.is_alive = True
        self.frozen_until = 0.0
        self.tasks: list[Task] = []


class Task:
    """One line of work. `process` None: the network's, which nobody kills."""

    __slots__ = ("is_over", "process", "steps", "turn")

    def __init__(self, process: Process | None, steps: Steps) -> None:
        self.process = process
        self.steps = steps
        self.turn = 0
        self.is_over = False


class World:
    """The clock, what waits for it, and what was noted of the run."""

    def __init__(self, chance: Chance, *, trace: bool = False) -> None:
        self.chance = chance
        self.now = 0.0
        self.steps = 0
        self.crashes = 0
        self.is_healed = False
        self.kill_probability = 0.0
        self.on_killed: Callable[[Process], None] = lambda process: None
        self.trace: list[str] | None = [] if trace else None
        self._waiting: list[tuple[float, int, Task, int]] = []
        self._number = count()
        self.current: Task | None = None

    def note(self, what: str) -> None:
        """Write something into the story of the run, where one is wanted."""
        if self.trace is not None:
            self.trace.append(f"{self.steps:>5} {self.now:9.4f}  {what}")

    def spawn(self, process: Process | None, steps: Steps, *, after: float = 0.0) -> Task:
        """A new line of work."""
        task = Task(process, steps)
        if process is not None:
            process.tasks.append(task)
        self._push(task, after)
        return task

    def wake(self, task: Task | None) -> None:
        """Let a waiting task go on now."""
        if task is not None and task is not self.current and not task.is_over:
            task.turn += 1
            self._push(task, 0.0)

    def kill(self, process: Process) -> None:
        """End a process where it stands; what it has sent is still under way."""
        if not process.is_alive:
            return
        process.is_alive = False
        self.crashes += 1
        self.note(f"{process.name} is killed")
        self.end(process)
        self.on_killed(process)

    def end(self, process: Process) -> None:
        """No task of the process goes on."""
        process.is_alive = False
        for task in process.tasks:
            task.is_over = True

    def run(self, *, until: float, steps: int) -> None:
        """Go on to a moment, or for so many steps."""
        waiting, last = self._waiting, self.steps + steps
        while waiting and waiting[0][0] <= until and self.steps < last:
            at, _, task, turn = heapq.heappop(waiting)
            if task.is_over or task.turn != turn:
                continue
            process = task.process
            self.now = at
            if process is not None:
                if process.frozen_until > at:
                    heapq.heappush(waiting, (process.frozen_until, next(self._number), task, turn))
                    continue
                if self.kill_probability and self.chance.happens(self.kill_probability):
                    self.kill(process)
                    continue
            self.steps += 1
            task.turn += 1
            self.current = task
            try:
                delay = next(task.steps)
            except StopIteration:
                task.is_over = True
            else:
                if not task.is_over:
                    self._push(task, delay)
            self.current = None

    def delay(self) -> float:
        """How long a message is under way: mostly about a millisecond, now and then far longer."""
        drawn = self.chance.draw()
        return 0.0005 + drawn * 0.003 + (0.3 * (drawn - 0.97) / 0.03 if drawn > 0.97 else 0.0)

    def _push(self, task: Task, after: float) -> None:
        heapq.heappush(self._waiting, (self.now + after, next(self._number), task, task.turn))
