"""What a mutant is: data. Which ones there are stands in the lists, how one is tried in trial."""

from dataclasses import dataclass
from typing import Final

CHASSIS: Final = "chassis/kvitt_chassis"


@dataclass(frozen=True, slots=True)
class Swap:
    """In `file` (from the root of the tree), the text `old`, which stands there exactly once,
    becomes `new`.
    """

    file: str
    old: str
    new: str


# decision 0140: mutants are a list of our own
@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A mechanism that is taken out.

    `name` is how it is chosen; `takes_out` the mechanism in one sentence; `caught_by` the narrowest
    tests that should turn red, as pytest's node ids. `seconds` is how long they may take. A run
    that takes longer has caught the mutant only where `hangs` says that hanging is what it causes.
    """

    name: str
    takes_out: str
    swaps: tuple[Swap, ...]
    caught_by: tuple[str, ...]
    seconds: float = 60.0
    hangs: bool = False


def mutant(
    name: str,
    takes_out: str,
    file: str,
    old: str,
    new: str,
    *caught_by: str,
    more: tuple[Swap, ...] = (),
    seconds: float = 60.0,
    hangs: bool = False,
) -> Mutant:
    """A mutant with one swap, as most are; `more` are further ones."""
    return Mutant(
        name=name,
        takes_out=takes_out,
        swaps=(Swap(file, old, new), *more),
        caught_by=caught_by,
        seconds=seconds,
        hangs=hangs,
    )
