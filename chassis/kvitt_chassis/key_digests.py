"""The digest under which a topic's key stands in the index of marks, which grows with history: 16
bytes in place of two texts. The index, and how a database of an earlier release gets it.
"""

from typing import Any

from kvitt_chassis.index_building import build_index

# decision 0262: a mark stands in its index as a digest
FUNCTION = """
    CREATE OR REPLACE FUNCTION key_digest(topic text, key text) RETURNS uuid
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (left(md5(topic), 8) || left(md5(key), 24))::uuid
    """
"""32 bits of the topic, so that a topic's keys stand together, and 96 of the key: no two alike are
to be expected among 10^12.
"""
INDEX = "CREATE UNIQUE INDEX {concurrently} uq_marks_digest ON marks (key_digest(topic, key))"


def index_marks_by_digest(op: Any) -> None:
    """Give the marks of an earlier release their index by digest, where it is missing. `op` is
    Alembic's. Takes as long as the table is big, and locks out neither readers nor writers.
    """
    op.get_bind().exec_driver_sql(FUNCTION)
    build_index(op, "uq_marks_digest", INDEX.format(concurrently="CONCURRENTLY"))
