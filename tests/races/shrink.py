"""Makes a failing run shorter and quieter: fewer steps, then less and less of what chance drew, as
long as the same invariant breaks. Many tries are one lot.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from tests.races.lot import Wanted, explore
from tests.races.run import Run
from tests.races.system import System
from tests.simulation.chance import Tape

_TRIES_AT_ONCE: Final = 24
LOTS: Final = 40


async def shrink(system: System, failed: Run, *, lots: int = LOTS) -> Run:
    """The smallest run found within so many lots of tries that breaks what `failed` breaks first,
    with its story.
    """
    search = _Search(system, failed, lots)
    await search.shorten()
    width = max(1, len(search.best.tape or ()) // 2)
    while width and search.lots:
        if not await search.take_first(list(search.quieter(width))):
            width //= 2
    (told,) = await explore(system, [search.best], is_told=True)
    return told


class _Search:
    def __init__(self, system: System, failed: Run, lots: int) -> None:
        self._system = system
        self._invariant = failed.violations[0].invariant
        self.best = Wanted(seed=failed.seed, steps=failed.steps, tape=failed.tape)
        self.lots = lots

    def breaks(self, run: Run) -> bool:
        """True where a run breaks what is looked for."""
        return any(one.invariant == self._invariant for one in run.violations)

    async def shorten(self) -> None:
        """End the trouble as early as it still breaks."""
        steps = range(self.best.steps)
        await self.take_first([replace(self.best, steps=number) for number in steps])

    def quieter(self, width: int) -> Iterator[Wanted]:
        """The same with nothing in the place of so many decisions, from the last to the first."""
        tape = self.best.tape or []
        for end in range(len(tape), 0, -width):
            begin = max(0, end - width)
            if any(tape[begin:end]):
                quiet: Tape = [*tape[:begin], *[0.0] * (end - begin), *tape[end:]]
                yield replace(self.best, tape=quiet)

    async def take_first(self, tried: Sequence[Wanted]) -> bool:
        """Take the first that still breaks the same. False: none does."""
        for at in range(0, len(tried), _TRIES_AT_ONCE):
            if not self.lots:
                return False
            self.lots -= 1
            named = [
                replace(one, name=f"t{number}")
                for number, one in enumerate(tried[at : at + _TRIES_AT_ONCE])
            ]
            for wanted, run in zip(named, await explore(self._system, named), strict=True):
                if self.breaks(run):
                    # under its name: that gives its devices and transfers their ids, and ids
                    # decide in which order what is due at the same moment is done
                    self.best = replace(wanted, tape=_without_end(run.tape))
                    return True
        return False


def _without_end(tape: Tape) -> Tape:
    """A tape gives 0 when it has come to its end."""
    drawn = list(tape)
    while drawn and not drawn[-1]:
        drawn.pop()
    return drawn
