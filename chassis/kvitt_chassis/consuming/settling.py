"""The verdicts on one transaction's messages: foreseen for all at once, so that their rows can be
fetched together, and judged anew after a message that did not go as foreseen. Pure.
"""

from collections.abc import Sequence

from kvitt_chassis.consuming.incoming import Incoming
from kvitt_chassis.consuming.marks import Batch
from kvitt_chassis.consuming.verdicts import Verdict


class Settling:
    """The messages of one transaction, settled one after the other.

    `verdicts` are those that were foreseen, and of the messages that are settled those that came
    true; `batch` is what is to be written once all are settled.
    """

    def __init__(self, arrived: Sequence[Incoming], batch: Batch) -> None:
        self._arrived = arrived
        self._before: Batch | None = batch.copy()  # None: something did not go as foreseen
        self.batch = batch
        self.verdicts = [batch.settle(incoming) for incoming in arrived]

    def begin(self, index: int) -> Verdict:
        """The verdict on the message that is next. Each is begun and ended, in order."""
        if self._before is None:
            self.verdicts[index] = self.batch.judge(self._arrived[index])
        return self.verdicts[index]

    def end(self, index: int, verdict: Verdict) -> None:
        """The message has ended so, as it was begun or otherwise."""
        if self._before is not None:
            if verdict is self.verdicts[index]:
                return
            self.batch, self._before = self._before, None
            for earlier in range(index):
                self.batch.note(self._arrived[earlier], self.verdicts[earlier])
        self.verdicts[index] = verdict
        self.batch.note(self._arrived[index], verdict)
