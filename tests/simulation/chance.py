"""Every decision of a simulated run: drawn from a seed, or read from a tape. What is decided by it
stands elsewhere.

0 is always the harmless answer (nothing fails, the shortest delay, the first choice), and a tape
that has come to its end gives 0: so a tape is made shorter and quieter by cutting and zeroing it.
"""

import random
from collections.abc import Callable, Sequence

Tape = list[float]


class Chance:
    """Numbers from 0 to 1, each written down."""

    def __init__(self, seed: int, tape: Sequence[float] | None = None) -> None:
        self.drawn: Tape = []
        self._next = random.Random(seed).random if tape is None else _reader(tape)
        self._note = self.drawn.append

    def draw(self) -> float:
        """A number from 0 up to 1."""
        drawn = self._next()
        self._note(drawn)
        return drawn

    def happens(self, probability: float) -> bool:
        """True with a probability; no number is drawn where it is 0."""
        return probability > 0 and self.draw() > 1 - probability

    def below(self, count: int) -> int:
        """A whole number from 0 up to `count`."""
        return int(self.draw() * count)

    def between(self, least: float, most: float) -> float:
        """Seconds, or any other size."""
        return least + self.draw() * (most - least)


def _reader(tape: Sequence[float]) -> Callable[[], float]:
    numbers = iter(tape)
    return lambda: next(numbers, 0.0)
