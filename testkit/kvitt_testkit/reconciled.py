"""A service's checks in a test without Kafka: what the other services have said is given, and the
service's marks stand where it has been read to.
"""

from collections import Counter
from collections.abc import AsyncIterator, Sequence

from kvitt_chassis import driver
from kvitt_chassis.consuming.replaying import Said
from kvitt_chassis.operating.checks import Snapshot
from kvitt_chassis.operating.row_comparison import Difference
from kvitt_contracts.envelope import Event
from kvitt_contracts.topics import Topic
from sqlalchemy import text

from kvitt_testkit.world import REGION, World


class SaidBefore:
    """Topics with what was said: each event with its key's next number, in this order."""

    def __init__(self, *events: Event, key: str = "", region: str = REGION) -> None:
        counted: Counter[str] = Counter()
        self.lines: list[Said] = []
        for event in events:
            of = str(getattr(event, key))
            counted[of] += 1
            self.lines.append(
                Said(of, counted[of], region, event.wire_type, event.model_dump_json())
            )

    async def said(self, topic: Topic) -> AsyncIterator[Said]:
        """Every event that was said."""
        for line in self.lines:
            yield line


async def found_by(
    world: World, name: str, topic: Topic | None = None, said: SaidBefore | None = None
) -> list[Difference]:
    """What a check of the service finds, which has read everything that was said on a topic."""
    heard = said or SaidBefore()
    if topic is not None:
        await mark_as_read(world, topic, heard.lines)
    (check,) = [one for one in world.service.checks if one.name == name]
    begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
    async with driver.transaction(world.worker.engine, begin, end="ROLLBACK") as session:
        return await check.find(Snapshot(session, heard))


async def mark_as_read(world: World, topic: Topic, lines: Sequence[Said]) -> None:
    """Let the service's marks say that it has applied these."""
    marks = {line.key: line.seq for line in lines}
    async with world.worker.unit() as unit:
        await unit.session.execute(text("DELETE FROM marks WHERE topic = :topic"), _of(topic))
        for key, seq in marks.items():
            row = {**_of(topic), "key": key, "seq": seq}
            await unit.session.execute(_MARK, row)


async def plant(world: World, statement: str, **values: object) -> None:
    """Change rows by hand, as no handler does."""
    async with world.worker.unit() as unit:
        changed = await unit.session.execute(text(statement), values)
        assert getattr(changed, "rowcount", 0) > 0, "nothing was planted"


def _of(topic: Topic) -> dict[str, object]:
    return {"topic": topic.name}


_MARK = text("INSERT INTO marks (topic, key, seq) VALUES (:topic, :key, :seq)")
