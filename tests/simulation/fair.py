"""What is watched of one batch: nobody who is well waits for one who is ill, and the turns of the
ill ones end.
"""

from collections.abc import Sequence

from kvitt_chassis.consuming.machine import (
    Action,
    Apply,
    Failed,
    Failure,
    Input,
    Partition,
    RecordPosition,
)

from tests.simulation.record import Violation

MOST_TURNS = 3
"""What one batch gives to all that are ill."""


class Fair:
    """One batch of one process. `failing` are the partitions in which anything has failed since the
    process was assigned them: what is not among them is well.
    """

    def __init__(self, places: Sequence[RecordPosition], failing: set[Partition]) -> None:
        self.is_over = False  # the batch is given back: nothing further of it is expected
        self._places = places
        self._failing = failing
        self._ill: set[Partition] = set()  # certainly, since this batch
        self._left = set(range(len(places)))
        self._turns = 0

    def begins(self, action: Action) -> None:
        """A transaction begins. Raises Violation where it is not its turn."""
        if not isinstance(action, Apply) or action.after or self.is_over:
            return
        hand = {self._places[index].partition for index in action.indexes}
        well = {self._places[index].partition for index in self._left} - self._failing
        if well and hand <= self._failing:
            raise Violation("turns", f"{sorted(well)} wait for {sorted(hand)}")
        self._turns += hand <= self._ill
        if self._turns > MOST_TURNS:
            raise Violation("turns", f"{sorted(hand)} have {self._turns} turns of one batch")

    def ended(self, action: Action, happened: Input) -> None:
        """The transaction is committed, or failed."""
        indexes = action.indexes if isinstance(action, Apply) else ()
        if not isinstance(happened, Failed):
            self._left -= set(indexes)
            return
        hand = {self._places[index].partition for index in indexes}
        if happened.index is not None:
            hand &= {self._places[happened.index].partition}
        self._failing |= hand
        is_certain = happened.index is not None or len(indexes) == 1
        if len(hand) == 1 and is_certain and happened.failure is not Failure.LOCK_TROUBLE:
            self._ill |= hand
