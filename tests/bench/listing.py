"""Lists with years behind them: rows copied into the time before them, and how long each list then
takes in a client's eyes. Knows no list by name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

import psycopg
from psycopg import sql

from tests.bench.load import REGION
from tests.bench.machine import percentile, tell
from tests.bench.report import Table
from tests.bench.system import World

GOAL_MS = 50

Question = tuple[str, str]
"""A list, narrowed and sorted, and who asks for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """Rows that stand behind a list: those of its table that are `ended`, copied until there are at
    least so many. `days` says how long before them the copies of a `turn` are, and `changed` what
    else differs, in SQL of the row, `turn`, `turns` and `days`.
    """

    table: str
    rows: int
    ended: str
    days: str
    changed: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A list, by whom it is asked for, how long it is, seconds of each answer."""

    path: str
    by: str
    total: str
    seconds: Sequence[float]


def fill(connection: psycopg.Connection, behind: Behind) -> int:
    """Copy the rows; answers how many the table has then. The connection is in autocommit."""
    query = f"SELECT count(*) FROM {behind.table} WHERE {behind.ended}"
    ended = number(connection, query)
    if not ended:
        raise RuntimeError(f"nothing of {behind.table} has ended")
    turns = -(-behind.rows // ended)
    tell(f"{ended:,} {behind.table}, {turns:,} times")
    connection.execute(_copying(connection, behind, turns))
    connection.execute(f"VACUUM ANALYZE {behind.table}")
    return number(connection, f"SELECT count(*) FROM {behind.table}")


async def ask_all(
    world: World, service: str, questions: Sequence[Question], *, samples: int
) -> list[Asked]:
    """Raises RuntimeError for a list that is not answered."""
    return [await _ask(world, service, path, by=by, samples=samples) for path, by in questions]


def table_of(title: str, found: Sequence[Asked], *, samples: int, note: str) -> Table:
    """A line for each list. `title` says what stands behind them."""
    return Table(
        f"{title}, {samples} answers each, one after the other, telemetry on (goal: p99 ≤ "
        f"{GOAL_MS} ms)",
        ["list", "asked by", "lines", "p50 ms", "p99 ms", "max ms"],
        [
            [
                f"`{one.path}`",
                one.by,
                one.total,
                *(f"{1000 * percentile(one.seconds, share):.1f}" for share in (0.5, 0.99, 1)),
            ]
            for one in found
        ],
        f"Fifty lines, in the client's eyes. {note}",
    )


def number(connection: psycopg.Connection, query: str) -> int:
    """The one number that a query answers."""
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0


def columns_of(connection: psycopg.Connection, table: str) -> list[str]:
    """The names of a table's columns, in their order."""
    query = """
        SELECT column_name FROM information_schema.columns
        WHERE table_schema = 'public' AND table_name = %s ORDER BY ordinal_position
    """
    return [name for (name,) in connection.execute(query, [table])]


def _copying(connection: psycopg.Connection, behind: Behind, turns: int) -> sql.Composed:
    names = columns_of(connection, behind.table)
    return sql.SQL(
        "INSERT INTO {table} ({names}) SELECT {values} FROM (SELECT {table}.*, turn, turns,"
        " {days} AS days FROM {table}, generate_series(1, {turns}) turn, (SELECT {turns} AS turns)"
        " WHERE {ended} ORDER BY turn DESC, id) AS copied"
    ).format(
        table=sql.Identifier(behind.table),
        names=sql.SQL(", ").join(map(sql.Identifier, names)),
        values=sql.SQL(", ").join(
            sql.SQL(behind.changed[name]) if name in behind.changed else sql.Identifier(name)
            for name in names
        ),
        turns=sql.Literal(turns),
        days=sql.SQL(behind.days),
        ended=sql.SQL(behind.ended),
    )


async def _ask(world: World, service: str, path: str, *, by: str, samples: int) -> Asked:
    token = world.system.tokens.issue(by, region=REGION)
    tell(f"{by} asks for {path}")
    seconds, said = [], {}
    for _ in range(samples + 1):
        begun = monotonic()
        answer = await world.services.request("GET", service, path, token=token)
        seconds.append(monotonic() - begun)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answers {answer.status_code}: {answer.text[:200]}")
        said = answer.json()
    return Asked(path=path, by=by, total=_told(said), seconds=seconds[1:])


def _told(said: Mapping[str, Any]) -> str:
    return f"{said['total']:,}" + ("" if said["total_is_exact"] else "+")
