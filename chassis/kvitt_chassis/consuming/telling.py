"""Tells senders of quarantined messages, and of those that wait behind them: events in the same
transaction as the note that they were told. When is decided in parking.py, what in outcomes.py.
"""

from typing import Any

from sqlalchemy import text

from kvitt_chassis.consuming.incoming import Incoming, Reader
from kvitt_chassis.consuming.marks import lock_marks
from kvitt_chassis.consuming.outcomes import WAITS, Outcome, why_quarantined
from kvitt_chassis.consuming.refusals import load_answers, record_settled
from kvitt_chassis.consuming.verdicts import Cause
from kvitt_chassis.database import Database
from kvitt_chassis.sealing import Sealer
from kvitt_chassis.unit_of_work import UnitOfWork

PAGE = 200
"""At most so many keys, and so many messages, in one transaction."""


class Telling:
    """Tells a region what of its messages is quarantined or waits behind what is. Several processes
    may do so: each message is told of once.
    """

    def __init__(self, *, database: Database, reader: Reader, sealer: Sealer) -> None:
        self._database = database
        self._reader = reader
        self._sealer = sealer

    async def tell(self) -> bool:
        """Tell of one page, in one transaction. True when there may be more. Raises lock
        trouble.
        """
        async with self._database.reading() as session:
            found = await session.execute(_UNTOLD, {"limit": PAGE})
            places = {(topic, key) for topic, key in found.all()}
        if not places:
            return False
        async with self._database.unit() as unit:
            await lock_marks(unit.session, places)
            at = {"topic": [topic for topic, _ in places], "key": [key for _, key in places]}
            rows = (await unit.session.execute(_MESSAGES, {**at, "limit": PAGE})).all()
            read = [(row, self._reader.read(self._sealer.unseal(row.sealed))) for row in rows]
            # an event of another service has no sender that could be told
            told = [(row, incoming) for row, incoming in read if incoming.is_inbound]
            await load_answers(unit, *(incoming for row, incoming in told if row.told))
            for row, incoming in told:
                _record(unit, row, incoming)
            noted = {"id": [row.id for row in rows], "told": [_note_of(row) for row in rows]}
            await unit.session.execute(_NOTE, noted)
            is_whole = len(rows) < PAGE
            if is_whole:
                await unit.session.execute(_TOLD, at)
        return not is_whole or len(places) == PAGE


def _record(unit: UnitOfWork, row: Any, incoming: Incoming) -> None:
    reason = why_quarantined(Cause(row.cause), row.field) if row.is_head else WAITS
    record_settled(unit, incoming, _outcome(row), reason)


def _outcome(row: Any) -> Outcome:
    return Outcome.QUARANTINED if row.is_head else Outcome.WAITING


def _note_of(row: Any) -> str:
    """What was told of a message, so that it is not told again until that has changed."""
    return f"{row.cause} {row.field or ''}" if row.is_head else Outcome.WAITING.value


_UNTOLD = text(
    """
    SELECT topic, key FROM parked_keys WHERE untold AND state = 'quarantined'
    ORDER BY id LIMIT :limit
    """
)
_MESSAGES = text(
    """
    SELECT m.id, m.sealed, m.told, m.is_head, k.cause, k.field
    FROM unnest(CAST(:topic AS text[]), CAST(:key AS text[])) AS wanted (topic, key)
    JOIN parked_keys k USING (topic, key)
    CROSS JOIN LATERAL (
        SELECT id, sealed, told FROM parked_messages first
        WHERE first.topic = k.topic AND first.key = k.key ORDER BY seq NULLS FIRST, id LIMIT 1
    ) head
    CROSS JOIN LATERAL (
        SELECT head.id, head.sealed, head.told, true AS is_head
        UNION ALL
        (SELECT id, sealed, told, false FROM parked_messages behind
         WHERE behind.topic = k.topic AND behind.key = k.key
           AND behind.told IS NULL AND behind.id <> head.id
         ORDER BY id LIMIT :limit)
    ) m
    WHERE k.state = 'quarantined'
      AND (m.told IS NULL OR m.is_head AND m.told <> k.cause || ' ' || coalesce(k.field, ''))
    ORDER BY k.id, m.is_head DESC, m.id LIMIT :limit
    """
)
_NOTE = text(
    """
    UPDATE parked_messages m SET told = noted.told
    FROM unnest(CAST(:id AS bigint[]), CAST(:told AS text[])) AS noted (id, told)
    WHERE m.id = noted.id
    """
)
_TOLD = text(
    """
    UPDATE parked_keys k SET untold = false
    FROM unnest(CAST(:topic AS text[]), CAST(:key AS text[])) AS wanted (topic, key)
    WHERE k.topic = wanted.topic AND k.key = wanted.key
    """
)
