"""What a process still has to do: all of it, or one region's share. Nothing is changed."""

from kvitt_contracts.types import RegionCode
from pydantic import BaseModel
from sqlalchemy import text

from kvitt_chassis.consuming import parking
from kvitt_chassis.consuming.consumers import Consumers
from kvitt_chassis.database import Database
from kvitt_chassis.relaying import outbox


class Idle(BaseModel):
    """What a process still has to do, and the last number of its log.

    All zero but `quarantined` on every service, in two looks with the same `recorded`: nothing
    moves by itself any more, until business time does. A consumer that does not read yet counts as
    one with something in hand.
    """

    recorded: int
    lag: int
    unsent: int
    parked_waiting: int
    quarantined: int
    untold: int
    due_timers: int
    in_hand: int


async def idle_of(
    consumers: Consumers, database: Database, region: RegionCode | None = None
) -> Idle:
    """What is left to do; with a `region`, of that region's own topics, events, keys and timers.
    `database` has the worker's role. Raises KafkaError.
    """
    # The lag before the log's last number, and that before what is unsent: then two looks that say
    # the same cannot have missed an effect between them.
    lag = await consumers.lag(region=region)
    rests = consumers.is_ready() and consumers.idle()
    async with database.reading() as session:
        last = await session.scalar(_LAST, {"region": region})
        sent = await outbox.status(session, region=region)
        parked = await parking.count_parked(session, region=region)
        due = await session.scalar(_DUE, {"region": region})
    return Idle(
        recorded=int(last or 0),
        lag=lag,
        unsent=sent.unsent,
        parked_waiting=parked.waiting_keys,
        quarantined=parked.quarantined_keys,
        untold=parked.untold,
        due_timers=int(due or 0),
        in_hand=int(not rests),
    )


_LAST = text("SELECT max(id) FROM events WHERE CAST(:region AS text) IS NULL OR region = :region")
_DUE = text(
    """
    SELECT count(*) FROM timers WHERE due <= clock_timestamp() + (SELECT "offset" FROM clock)
      AND (CAST(:region AS text) IS NULL OR region = :region)
    """
)
