"""What a service declares for its reconciliation: two records of the same thing, and how they are
compared. Reads only; when it is done and what is told of it stands in reconciling.py.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from kvitt_contracts.envelope import Event, Message
from kvitt_contracts.topics import Topic
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase

from kvitt_chassis.consuming.replaying import Said, Topics
from kvitt_chassis.operating.row_comparison import Difference, differences, read_event


class Heard(NamedTuple):
    """An event of another service that this one has applied."""

    region: str
    key: str
    event: Event


class Snapshot:
    """Everything that a check may read: the service's database at one moment, and what it had heard
    by then.
    """

    def __init__(self, session: AsyncSession, topics: Topics) -> None:
        self.session = session
        self._topics = topics

    # decision 0327: what another service says is cut where this one's marks stand
    async def heard(self, topic: Topic, *types: type[Message]) -> AsyncIterator[Heard]:
        """The events of these types that the service had applied at its snapshot, each once and in
        its key's order, read anew from the topic: what is under way is no difference.
        """
        found = await self.session.execute(_MARKS, {"topic": topic.name})
        marks: dict[str, int] = {row.key: row.seq for row in found}
        wanted = {kind.wire_type for kind in types}
        read: dict[str, int] = {}
        async for said in self._topics.said(topic):
            if not read.get(said.key, 0) < said.seq <= marks.get(said.key, 0):
                continue
            read[said.key] = said.seq
            if said.type in wanted:
                yield Heard(said.region, said.key, read_event(said.type, said.payload))

    # decision 0533: what a service has said itself outlives a restore of its database
    async def said(self, topic: Topic, *types: type[Message]) -> AsyncIterator[Said]:
        """The events of these types that this service itself had said before its snapshot, as they
        stand on its own topic: also those that its database has lost by a restore.
        """
        begun = (await self.session.execute(_BEGUN)).scalar_one()
        wanted = {kind.wire_type for kind in types}
        async for said in self._topics.said(topic):
            if said.type in wanted and (said.at is None or said.at < begun):
                yield said


Find = Callable[[Snapshot], Awaitable[list[Difference]]]
"""Finds every difference. Writes nothing, and repeats no value in what it finds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A comparison of two records of the same thing. `what` says which, in one line."""

    name: str
    what: str
    find: Find


def rows_with_events(base: type[DeclarativeBase]) -> Check:
    """The check that every service has: each aggregate's row is the fold of its events."""

    async def find(snapshot: Snapshot) -> list[Difference]:
        return await differences(snapshot.session, base)

    return Check(name="rows", what="each aggregate's row and its events replayed", find=find)


_BEGUN: Any = text("SELECT now()")
_MARKS: Any = text("SELECT key, seq FROM marks WHERE topic = :topic")
