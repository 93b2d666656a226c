"""The job that hashes what persons are found by: of who has no terms since an earlier release, and
of everybody where it was said that a region is re-keyed. Piece by piece, while searches go on.
"""

from typing import Final

from kvitt_chassis.database import Database
from kvitt_contracts.types import RegionCode

from orders.people.number_index import person_keys
from orders.people.terms.queries import next_region
from orders.people.terms.writes import hash_anew

AT_ONCE: Final = 100
_BETWEEN_SECONDS: Final = 0.05
_IDLE_SECONDS: Final = 10.0


class TermKeeper:
    """Hashes the persons of one service's database; several processes share the work.

    Raises ValueError and OSError for keys that cannot be used.
    """

    name = "person_terms"

    def __init__(self, database: Database) -> None:
        self._database = database
        self._clashing: dict[RegionCode, int] = {}
        self._idle: set[RegionCode] = set()
        person_keys()

    def remark(self) -> str | None:
        """What an operator should know, though the service goes on."""
        clashing = sum(self._clashing.values())
        if not clashing:
            return None
        return f"{clashing} persons have another's number: docs/runbooks/persons.md"

    async def work(self) -> float:
        """Hash the next persons of a region that has some. A region of whose persons nothing could
        be done lets the others go before it.
        """
        async with self._database.reading() as session:
            region = await next_region(session, but=self._idle)
        if region is None:
            self._clashing = {one: self._clashing[one] for one in self._idle}
            self._idle.clear()
            return _IDLE_SECONDS
        async with self._database.unit() as unit:
            tx = unit.begin(region=region)
            done, self._clashing[region] = await hash_anew(tx, at_most=AT_ONCE)
        if not done:
            self._idle.add(region)
        return _BETWEEN_SECONDS
