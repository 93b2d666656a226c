"""A batch that nobody here handles moves marks and positions and does nothing else: it is one call
of a function of the database, which is its own transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from asyncpg.exceptions import UniqueViolationError

from kvitt_chassis.consuming.incoming import Incoming
from kvitt_chassis.consuming.parking import TopicKey
from kvitt_chassis.consuming.positions import Reached, next_offsets
from kvitt_chassis.consuming.verdicts import REMEMBERED_IDS
from kvitt_chassis.database import Database
from kvitt_chassis.driver import fetch_alone
from kvitt_chassis.failpoints import failpoint

_WANTED = """
    marks JOIN unnest(topics, keys, befores) AS wanted (topic, key, seq) USING (topic, key, seq)
    WHERE key_digest(marks.topic, marks.key) = key_digest(wanted.topic, wanted.key)
    """
FUNCTION = f"""
    CREATE OR REPLACE FUNCTION pass_over(
        topics text[], keys text[], befores bigint[], passed_ids text[],
        at_topics text[], at_partitions integer[], offsets bigint[], reached bigint[])
    RETURNS boolean LANGUAGE plpgsql AS $$
    #variable_conflict use_column
    DECLARE
        known bigint;
        fresh bigint;
        begun bigint;
    BEGIN
        PERFORM FROM {_WANTED} ORDER BY topic, key FOR NO KEY UPDATE OF marks;
        GET DIAGNOSTICS known = ROW_COUNT;
        SELECT count(*) INTO fresh FROM unnest(topics, keys, befores) AS wanted (topic, key, seq)
        WHERE seq = 0 AND NOT EXISTS (
            SELECT FROM marks
            WHERE key_digest(marks.topic, marks.key) = key_digest(wanted.topic, wanted.key));
        IF known + fresh < cardinality(keys)
            OR EXISTS (SELECT FROM parked_keys JOIN unnest(topics, keys) AS wanted (topic, key)
                       USING (topic, key))
            OR EXISTS (SELECT FROM unnest(at_topics, at_partitions, reached)
                           AS before (topic, partition, known)
                       LEFT JOIN positions USING (topic, partition)
                       WHERE coalesce(next_offset, 0) < before.known)
        THEN
            RETURN false;
        END IF;
        UPDATE marks SET
            seq = passed.seq + cardinality(passed.ids::uuid[]),
            event_ids = (marks.event_ids || passed.ids::uuid[])[
                greatest(1, cardinality(marks.event_ids || passed.ids::uuid[])
                    - {REMEMBERED_IDS - 1}):],
            moved_at = clock_timestamp()
        FROM unnest(topics, keys, befores, passed_ids) AS passed (topic, key, seq, ids)
        WHERE key_digest(marks.topic, marks.key) = key_digest(passed.topic, passed.key)
            AND marks.topic = passed.topic AND marks.key = passed.key;
        IF fresh > 0 THEN
            INSERT INTO marks (topic, key, seq, event_ids)
            SELECT topic, key, cardinality(ids::uuid[]), (ids::uuid[])[
                greatest(1, cardinality(ids::uuid[]) - {REMEMBERED_IDS - 1}):]
            FROM unnest(topics, keys, befores, passed_ids) AS passed (topic, key, seq, ids)
            WHERE seq = 0 AND NOT EXISTS (
                SELECT FROM marks
                WHERE key_digest(marks.topic, marks.key) = key_digest(passed.topic, passed.key))
            ORDER BY topic, key;
            GET DIAGNOSTICS begun = ROW_COUNT;
            IF begun < fresh THEN  -- a rival has begun one since they were counted
                RAISE unique_violation;
            END IF;
        END IF;
        INSERT INTO positions (topic, partition, next_offset)
        SELECT * FROM unnest(at_topics, at_partitions, offsets) ORDER BY 1, 2
        ON CONFLICT (topic, partition)
            DO UPDATE SET next_offset = greatest(positions.next_offset, excluded.next_offset);
        RETURN true;
    END
    $$
    """
"""True: the marks of these keys, each of which stood at `befores`, were moved by as many numbers as
there are `passed_ids`, and the positions advanced. False: something is otherwise, and nothing was
written. It fails by a unique key where another process begins a fresh key meanwhile.
"""


@dataclass(slots=True)
class Passage:
    """The numbers of one key that are passed over: those after `before`, with their ids."""

    before: int
    event_ids: list[UUID] = field(default_factory=list)


def passages(arrived: Sequence[Incoming]) -> dict[TopicKey, Passage] | None:
    """What is passed over, by key, of messages none of which is for anybody here and whose numbers
    follow each other; None where one is otherwise: it is to be judged. Pure.
    """
    found: dict[TopicKey, Passage] = {}
    for one in arrived:
        envelope = one.envelope
        if (
            one.route is not None
            or one.is_inbound
            or one.unreadable is not None
            or one.refused is not None
            or envelope is None
            or envelope.sequence is None
        ):
            return None
        passage = found.setdefault((one.topic, one.key), Passage(envelope.sequence - 1))
        if envelope.sequence != passage.before + len(passage.event_ids) + 1:
            return None
        passage.event_ids.append(envelope.id)
    return found


# decision 0290: a batch that only moves marks is one call
async def pass_over(database: Database, arrived: Sequence[Incoming], reached: Reached) -> bool:
    """Pass over messages that nobody here handles, in one round trip. False: nothing was written;
    they are to be settled as others are. Raises lock trouble.
    """
    found = passages(arrived)
    if not found:
        return False
    at = sorted(found)
    after = next_offsets(arrived)
    places = sorted(after)
    failpoint("inbox.before_marks")
    try:
        ((passed,),) = await fetch_alone(
            database.engine,
            "SELECT pass_over($1, $2, $3, $4, $5, $6, $7, $8)",
            [topic for topic, _ in at],
            [key for _, key in at],
            [found[place].before for place in at],
            ["{" + ",".join(map(str, found[place].event_ids)) + "}" for place in at],
            [one.topic for one in places],
            [one.partition for one in places],
            [after[one] for one in places],
            [reached.get(one, 0) for one in places],
        )
    except UniqueViolationError:
        return False
    if passed:
        failpoint("unit.after_commit")
    return bool(passed)
