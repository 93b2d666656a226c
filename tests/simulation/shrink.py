"""Makes a failing run shorter and quieter: fewer troubled steps, then less and less of what chance
decided, as long as the same invariant breaks.
"""

from dataclasses import replace

from tests.simulation.run import Run, run

TRIES = 400


def shrink(failed: Run, *, tries: int = TRIES) -> Run:
    """The smallest run found that breaks the invariant that `failed` breaks, with its story."""
    search = _Search(failed, tries)
    search.cut_steps()
    width = len(search.best.tape) // 2
    while width and search.tries:
        search.quieten(width)
        width //= 2
    best = search.best
    return run(best.seed, troubled_steps=best.troubled_steps, tape=best.tape, trace=True)


class _Search:
    def __init__(self, failed: Run, tries: int) -> None:
        assert failed.violation is not None
        self.best = failed
        self.tries = tries
        self._invariant = failed.violation.invariant

    def cut_steps(self) -> None:
        """Heal as early as it still breaks."""
        least, most = 0, self.best.troubled_steps
        while most - least > 1 and self.tries:
            middle = (least + most) // 2
            if self._breaks(self.best.tape, middle):
                most = middle
            else:
                least = middle

    def quieten(self, width: int) -> None:
        """Let nothing happen, so many decisions at a time, from the last to the first."""
        for end in range(len(self.best.tape), 0, -width):
            begin = max(0, end - width)
            tape = self.best.tape
            if any(tape[begin:end]) and self.tries:
                self._breaks(
                    [*tape[:begin], *[0.0] * (min(end, len(tape)) - begin), *tape[end:]],
                    self.best.troubled_steps,
                )

    def _breaks(self, tape: list[float], troubled_steps: int) -> bool:
        self.tries -= 1
        tried = run(self.best.seed, troubled_steps=troubled_steps, tape=tape)
        if tried.violation is None or tried.violation.invariant != self._invariant:
            return False
        drawn = tried.tape
        while drawn and not drawn[-1]:
            drawn.pop()
        self.best = replace(tried, tape=drawn)
        return True
