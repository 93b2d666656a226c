"""What has come of a region's messages, whichever way they came: an effect, a duplicate, a refusal,
or an entry in quarantine; and the region is told which.
"""

import time
from collections.abc import Iterable
from uuid import UUID

from tests.attack.setting import Attack


class Ends:
    """The messages that were let in, by who reads them, and how they have ended."""

    def __init__(self, on: Attack, readers: Iterable[str]) -> None:
        self._on = on
        self._by_id: dict[str, set[str]] = {one: set() for one in readers}
        self._nameless = dict.fromkeys(self._by_id, 0)
        self._before = {reader: self._quarantined(reader) for reader in self._by_id}

    def expect(self, reader: str, message: str | None) -> None:
        """A message is on its way to this service. `message`: the id by which it is answered, none
        where it has none.
        """
        if message is None:
            self._nameless[reader] += 1
        else:
            self._by_id[reader].add(message)

    def are_come(self) -> bool:
        """True when each message has come to its end."""
        return all(self._unsettled(reader) <= 0 for reader in self._by_id)

    def judge(self, seconds: float) -> None:
        """Within so many seconds each has come to its end, and each that is settled has its answer
        for the region.
        """
        limit = time.monotonic() + seconds
        while not self.are_come() and time.monotonic() < limit:
            time.sleep(0.2)
        for reader, ids in self._by_id.items():
            self._on.count("records with an id", len(ids))
            self._on.count("records without", self._nameless[reader])
            if (missing := self._unsettled(reader)) > 0:
                of = len(ids) + self._nameless[reader]
                self._on.find(f"{reader} has no answer to every record", missing=missing, of=of)
            if untold := found(self._on, reader, _SEEN, ids) - found(self._on, reader, _TOLD, ids):
                one = min(untold)
                self._on.find(f"{reader} has settled what it tells nobody", n=len(untold), one=one)

    def _unsettled(self, reader: str) -> int:
        """How many messages have come to no end. One whose attributes cannot be read may rest in
        quarantine without the id that it bears.
        """
        settled = len(kept(self._on, reader, self._by_id[reader]))
        nameless = self._quarantined(reader) - self._before[reader]
        return len(self._by_id[reader]) + self._nameless[reader] - settled - nameless

    def _quarantined(self, reader: str) -> int:
        """Records in quarantine that say no id."""
        with self._on.world.database(reader) as database:
            (number,) = database.execute(_NAMELESS).fetchone() or (0,)
        return int(number)


def kept(on: Attack, reader: str, ids: Iterable[str]) -> set[str]:
    """Those of the messages of which a service has kept something: seen, or parked."""
    return found(on, reader, _KEPT, ids)


def found(on: Attack, reader: str, statement: str, ids: Iterable[str]) -> set[str]:
    """The ids that a statement finds among these in a service's database."""
    with on.world.database(reader) as database:
        rows = database.execute(statement, {"ids": [UUID(one) for one in ids]})
        return {str(one) for (one,) in rows}


_SEEN = "SELECT id FROM inbound_seen WHERE id = ANY (%(ids)s)"
_KEPT = f"{_SEEN} UNION SELECT event_id FROM parked_messages WHERE event_id = ANY (%(ids)s)"
_TOLD = "SELECT message_id FROM refusals WHERE message_id = ANY (CAST(%(ids)s AS text[]))"
_NAMELESS = "SELECT count(*) FROM parked_messages WHERE event_id IS NULL"
