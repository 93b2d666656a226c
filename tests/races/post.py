"""What stands between the services in a run: each reader's lines of records, by topic and key, in
their order. What is handed over when, twice or after a failure is the run's choice; here is how.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from kvitt_chassis.consuming import parking
from kvitt_chassis.consuming.inbox import Applied
from kvitt_chassis.consuming.incoming import Incoming, Record
from kvitt_chassis.consuming.verdicts import PARKS, Cause
from kvitt_contracts.refusals import Refused

from tests.races.system import Running, Said, System

Place = tuple[str, str, str]
"""A reader, a topic and a key."""

_TOGETHER = 100
_ALL = 1_000


@dataclass(slots=True)
class Line:
    """The records of a key for one reader; those before `settled` are behind it."""

    records: list[Record] = field(default_factory=list)
    settled: int = 0

    @property
    def waits(self) -> bool:
        """True while there is something that was not handed over."""
        return self.settled < len(self.records)


class Post:
    """The lines of one run. Each has its own partition, so that nothing is shared with others'."""

    def __init__(self, system: System, *, partition: int) -> None:
        self._system = system
        self._partition = partition
        self.lines: dict[Place, Line] = {}
        self.parked: list[Place] = []

    @property
    def waiting(self) -> list[Place]:
        """Where something waits, in the order in which the lines were begun."""
        return [place for place, line in self.lines.items() if line.waits]

    @property
    def begun(self) -> list[Place]:
        """Where something was handed over already."""
        return [place for place, line in self.lines.items() if line.settled]

    def put(self, new: Sequence[Said]) -> None:
        """Take what services have said to those that read it."""
        for said in new:
            readers = self._system.readers.get(said.event.topic, ())
            if readers:
                record = self._system[said.service].record(said, partition=self._partition)
                for reader in readers:
                    self.put_record(reader, said.event.topic, said.event.key, record)

    def put_record(self, reader: str, topic: str, key: str, record: Record) -> None:
        """Take a record to one reader."""
        self.lines.setdefault((reader, topic, key), Line()).records.append(record)

    async def hand_over(
        self, places: Sequence[Place], *, most: int, again: int = 0, is_told: bool = True
    ) -> None:
        """Hand a reader what waits at these places of its, in one transaction: at most so many of
        each, and so many that it has had already before them. Unless `is_told`, nobody learns that
        it is done, and they come again.

        Raises Failed, and what no handler may raise.
        """
        running, taken = self._system[places[0][0]], {}
        for place in places:
            line = self.lines[place]
            taken[place] = line.records[max(0, line.settled - again) : line.settled + most]
        arrived = [running.reader.read(record) for records in taken.values() for record in records]
        applied = await _apply(running, arrived)
        if is_told:
            for place in places:
                line = self.lines[place]
                line.settled = min(line.settled + most, len(line.records))
        self._note_parked(running, applied)

    async def park(self, place: Place) -> None:
        """Park the first that waits at a place, as it is done with what has failed too often."""
        running, line = self._system[place[0]], self.lines[place]
        incoming = running.reader.read(line.records[line.settled])
        await running.inbox.park(incoming, Cause.FAULT, "it fails by chance")
        line.settled += 1
        await self._look_again(place)

    async def drain(self, place: Place) -> None:
        """Try a parked key's first message again. Raises as `hand_over` does."""
        running = self._system[place[0]]
        async with running.worker.reading() as session:
            (head,) = await parking.heads_of(session, [place[1:]])
        incoming = running.reader.read(running.sealer.unseal(head.sealed))
        await _apply(running, [incoming], head=head)
        await self._look_again(place)

    async def hand_over_all(self) -> None:
        """Hand over everything that waits, in order, and try what is parked."""
        while waiting := self.waiting:
            by_reader: dict[str, list[Place]] = defaultdict(list)
            for place in waiting:
                by_reader[place[0]].append(place)
            for reader in by_reader.values():
                for place in [one for one in reader if one[1].startswith("region.")]:
                    await self.hand_over([place], most=1)
                ours = [one for one in reader if not one[1].startswith("region.")]
                for at in range(0, len(ours), _TOGETHER):
                    await self.hand_over(ours[at : at + _TOGETHER], most=_ALL)
        for place in list(self.parked):
            await self.drain(place)

    def _note_parked(self, running: Running, applied: Applied) -> None:
        for incoming, verdict in applied.verdicts:
            place = (running.service.name, incoming.topic, incoming.key)
            if verdict in PARKS and place not in self.parked:
                self.parked.append(place)

    async def _look_again(self, place: Place) -> None:
        async with self._system[place[0]].worker.reading() as session:
            is_parked = await parking.head_of(session, place[1:]) is not None
        if is_parked and place not in self.parked:
            self.parked.append(place)
        elif not is_parked and place in self.parked:
            self.parked.remove(place)


async def _apply(
    running: Running, arrived: Sequence[Incoming], *, head: parking.Head | None = None
) -> Applied:
    """As the consumer does: what a region states and the rules refuse is answered."""
    try:
        return await running.inbox.apply(arrived, heads=[] if head is None else [head])
    except Refused as refused:
        if not all(one.is_inbound for one in arrived):
            raise RuntimeError(f"an event is refused: {refused.reason}") from refused
        (incoming,) = arrived
        return await running.inbox.refuse(incoming, refused, head=head)
