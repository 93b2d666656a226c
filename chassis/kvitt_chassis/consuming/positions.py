"""How far each partition is settled, stored in the same transaction as the effects: so a restored
database is noticed, and where to read again is known. Kafka's own offsets cannot tell: they
survive a loss of the effects.
"""

from collections.abc import Iterable, Mapping

from aiokafka import TopicPartition
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from kvitt_chassis.consuming.incoming import Incoming
from kvitt_chassis.driver import Part

DDL: tuple[str, ...] = (
    """
    CREATE TABLE positions (
        topic text NOT NULL,
        partition integer NOT NULL,
        next_offset bigint NOT NULL,
        PRIMARY KEY (topic, partition)
    ) WITH (fillfactor = 50)
    """,
    "REVOKE ALL ON positions FROM {api}",
)
"""`topic` is the broker's name. No position is ever lowered: what is read again is a duplicate by
its mark.
"""

Reached = Mapping[TopicPartition, int]
"""The next offset to read, by partition: everything before it is settled."""


# decision 0113: a restored reader reads again from what it knows
class DatabaseBehind(Exception):
    """The database lacks what this process has settled in it: it was restored to an
    earlier state.
    """


def advancing(settled: Iterable[Incoming], reached: Reached) -> tuple[Part, Part]:
    """What stores that these messages, each partition's in order, are settled in this transaction.

    `reached` is what was settled before them. The last part has a row for each partition of which
    the database lacks some of that: the transaction must be rolled back then (DatabaseBehind), or
    the loss would not be noticed any more.
    """
    after = next_offsets(settled)
    at = sorted(after)
    places = ([one.topic for one in at], [one.partition for one in at])
    return (
        Part(_ADVANCE, (*places, [after[one] for one in at])),
        Part(_BEHIND, (*places, [reached.get(one, 0) for one in at])),
    )


def next_offsets(settled: Iterable[Incoming]) -> dict[TopicPartition, int]:
    """The next offset of each partition after these messages, each partition's in order."""
    return {
        TopicPartition(one.topic, one.partition): one.offset + 1
        for one in (incoming.record for incoming in settled)
    }


async def begin(session: AsyncSession, begins: Reached) -> None:
    """Store where reading of these partitions begins, so that the loss of the row can be noticed
    later.
    """
    at = sorted(begins)
    await session.execute(
        _BEGIN,
        {
            "topic": [one.topic for one in at],
            "partition": [one.partition for one in at],
            "next_offset": [begins[one] for one in at],
        },
    )


async def read(session: AsyncSession) -> Reached:
    """The stored position of every partition that was ever read."""
    rows = await session.execute(text("SELECT topic, partition, next_offset FROM positions"))
    return {TopicPartition(topic, partition): offset for topic, partition, offset in rows.all()}


_BEGIN = text(
    """
    INSERT INTO positions (topic, partition, next_offset)
    SELECT * FROM unnest(CAST(:topic AS text[]), CAST(:partition AS integer[]),
        CAST(:next_offset AS bigint[]))
    ON CONFLICT (topic, partition)
    DO UPDATE SET next_offset = greatest(positions.next_offset, excluded.next_offset)
    """
)
_ADVANCE = """
    INSERT INTO positions (topic, partition, next_offset)
    SELECT * FROM unnest($1::text[], $2::integer[], $3::bigint[]) ORDER BY 1, 2
    ON CONFLICT (topic, partition)
    DO UPDATE SET next_offset = greatest(positions.next_offset, excluded.next_offset)
    """
_BEHIND = """
    SELECT FROM unnest($1::text[], $2::integer[], $3::bigint[]) AS known(topic, partition, reached)
    LEFT JOIN positions old USING (topic, partition)
    WHERE coalesce(old.next_offset, 0) < known.reached
    """
