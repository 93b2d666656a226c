"""The tables of chained logs, and which logs a service has. Links and stones are added, never
changed: a log's own rows say nothing of their chain, so that nothing of them is ever written anew.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text

from kvitt_chassis.evidence.chain import Link, Stone

DDL: tuple[str, ...] = (
    """
    CREATE TABLE log_links (
        chain text NOT NULL,
        position bigint NOT NULL,
        row_key text NOT NULL,
        row_at timestamptz NOT NULL,
        key_id text NOT NULL,
        mac bytea NOT NULL,
        PRIMARY KEY (chain, position),
        CONSTRAINT uq_one_link_per_row UNIQUE (chain, row_key)
    )
    """,
    """
    CREATE TABLE log_stones (
        chain text NOT NULL,
        from_position bigint NOT NULL,
        to_position bigint NOT NULL,
        first_at timestamptz NOT NULL,
        last_at timestamptz NOT NULL,
        last_mac bytea NOT NULL,
        key_id text NOT NULL,
        mac bytea NOT NULL,
        laid_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        PRIMARY KEY (chain, from_position)
    )
    """,
    "CREATE INDEX ix_audit_at ON audit (at, id)",
    "REVOKE ALL ON log_links, log_stones FROM {api}",
    "REVOKE UPDATE, DELETE, TRUNCATE ON log_links, log_stones FROM {worker}",
)

Ecs = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""A row of a log by the field names of the Elastic Common Schema."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """A table whose rows are added, never changed, and chained: each region's by itself where
    `by_region`. `key` is its key's column, besides the region, of the type `key_type`; it has a
    column `at` of real time, with an index. A column that is added later is null where it is not
    said: what is null is not hashed. `is_thinned`: it has a function that removes what is old
    (`thinning`).
    """

    table: str
    key: str
    key_type: str
    by_region: bool = False
    is_thinned: bool = False
    ecs: Ecs

    def chain(self, region: str | None) -> str:
        """The name of a region's chain, or of the log's only one."""
        return f"{self.table}/{region}" if self.by_region else self.table

    @property
    def scope(self) -> str:
        """The condition on a row of a chain's region."""
        return "t.region = :region" if self.by_region else "CAST(:region AS text) IS NULL"


def _audited(row: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "user": {"id": row["who"]},
        "event": {"action": row["what"], "category": ["configuration"]},
    }


AUDIT = Log(table="audit", key="id", key_type="bigint", ecs=_audited)
"""What operators did by hand: every service has it."""


def unsealed(log: Log) -> Any:
    """Rows of a chain that are not linked, oldest first: begun after `since`."""
    return text(
        f"""
        SELECT t.{log.key}::text AS row_key, {_CONTENT} AS content, t.at
        FROM {log.table} AS t
        WHERE {log.scope} AND t.at > :since AND NOT EXISTS (
            SELECT FROM log_links AS l
            WHERE l.chain = :chain AND l.row_key = t.{log.key}::text)
        ORDER BY t.at, t.{log.key} LIMIT :limit
        """  # names of tables and columns are the code's
    )


def never_sealed(log: Log) -> Any:
    """The first row of a chain that is older than `until` and not linked."""
    return text(
        f"""
        SELECT t.{log.key}::text AS row_key
        FROM {log.table} AS t
        WHERE {log.scope} AND t.at < :until AND NOT EXISTS (
            SELECT FROM log_links AS l
            WHERE l.chain = :chain AND l.row_key = t.{log.key}::text)
        ORDER BY t.at, t.{log.key} LIMIT 1
        """  # names of tables and columns are the code's
    )


def linked(log: Log) -> Any:
    """A page of a chain's links after `after`, each with its row as it is now."""
    return text(
        f"""
        SELECT l.position, l.row_key, l.key_id, l.mac, l.row_at, {_CONTENT} AS content
        FROM log_links AS l
        LEFT JOIN {log.table} AS t ON {log.scope} AND t.{log.key} = CAST(l.row_key AS {log.key_type})
        WHERE l.chain = :chain AND l.position > :after ORDER BY l.position LIMIT :limit
        """  # noqa: E501  # names of tables and columns are the code's
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The end of a chain: how many rows it has had, and the hash of the last one."""

    position: int
    mac: bytes
    at: datetime | None


def link_of(row: Any) -> Link:
    """A row of `linked`."""
    return Link(
        position=row.position,
        row_key=row.row_key,
        content=row.content,
        key_id=row.key_id,
        mac=bytes(row.mac),
    )


def stone_of(row: Any) -> Stone:
    """A row of `log_stones`."""
    return Stone(
        from_position=row.from_position,
        to_position=row.to_position,
        first_at=row.first_at.isoformat(),
        last_at=row.last_at.isoformat(),
        last_mac=bytes(row.last_mac),
        key_id=row.key_id,
        mac=bytes(row.mac),
    )


def thinning(log: Log, *, years: int) -> tuple[str, ...]:
    """The statements that make the function by which the worker removes the oldest rows of a
    chain and lays a stone in their place; nothing that is younger than so many years, which no
    caller can shorten. `{worker}` stands for the role.
    """
    return (
        f"""
        CREATE OR REPLACE FUNCTION thin_{log.table}(
            of_chain text, of_region text, up_to bigint, sealed_by text, stone_mac bytea)
        RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        DECLARE
            done bigint;
            stretch record;
            removed bigint;
        BEGIN
            SELECT coalesce(max(to_position), 0) INTO done FROM log_stones WHERE chain = of_chain;
            SELECT count(*) AS rows, min(l.row_at) AS first_at, max(l.row_at) AS last_at
            INTO stretch FROM log_links AS l
            WHERE l.chain = of_chain AND l.position > done AND l.position <= up_to;
            IF stretch.rows = 0 OR stretch.rows <> up_to - done THEN
                RAISE EXCEPTION 'the stretch is not whole';
            END IF;
            IF of_chain <> '{log.table}/' || of_region OR stretch.last_at > now() - interval '{years} years'
                OR EXISTS (
                    SELECT FROM {log.table} AS t JOIN log_links AS l
                        ON t.{log.key} = CAST(l.row_key AS {log.key_type})
                    WHERE l.chain = of_chain AND l.position <= up_to AND t.region = of_region
                        AND t.at > now() - interval '{years} years') THEN
                RAISE EXCEPTION 'a log is kept for {years} years';
            END IF;
            INSERT INTO log_stones (
                chain, from_position, to_position, first_at, last_at, last_mac, key_id, mac)
            SELECT of_chain, done + 1, up_to, stretch.first_at, stretch.last_at, l.mac, sealed_by,
                stone_mac
            FROM log_links AS l WHERE l.chain = of_chain AND l.position = up_to;
            DELETE FROM {log.table} AS t USING log_links AS l
            WHERE l.chain = of_chain AND l.position <= up_to AND t.region = of_region
                AND t.{log.key} = CAST(l.row_key AS {log.key_type});
            GET DIAGNOSTICS removed = ROW_COUNT;
            DELETE FROM log_links WHERE chain = of_chain AND position <= up_to;
            RETURN removed;
        END $$
        """,  # noqa: E501  # names of tables and columns are the code's
        f"REVOKE ALL ON FUNCTION thin_{log.table} FROM PUBLIC",
        f"GRANT EXECUTE ON FUNCTION thin_{log.table} TO {{worker}}",
    )


# What is null is left out, so that a column of a later release changes no hash of an earlier row.
_CONTENT = "CAST(jsonb_strip_nulls(to_jsonb(t)) AS text)"
HEAD: Any = text(
    """
    (SELECT position, mac, row_at AS at FROM log_links WHERE chain = :chain
     ORDER BY position DESC LIMIT 1)
    UNION ALL
    (SELECT to_position, last_mac, last_at FROM log_stones WHERE chain = :chain
     ORDER BY from_position DESC LIMIT 1)
    ORDER BY position DESC LIMIT 1
    """
)
STONES: Any = text("SELECT * FROM log_stones WHERE chain = :chain ORDER BY from_position")
AT_POSITION: Any = text("SELECT mac FROM log_links WHERE chain = :chain AND position = :position")
ADD_LINKS: Any = text(
    """
    INSERT INTO log_links (chain, position, row_key, row_at, key_id, mac)
    SELECT :chain, * FROM unnest(
        CAST(:positions AS bigint[]), CAST(:row_keys AS text[]), CAST(:ats AS timestamptz[]),
        CAST(:key_ids AS text[]), CAST(:macs AS bytea[]))
    """
)
TURN: Any = text("SELECT pg_try_advisory_xact_lock(hashtextextended('kvitt.log/' || :chain, 0))")
