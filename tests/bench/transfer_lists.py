"""Of part `transfers`: how long the lists of transfers take with years of them behind: the rows of
the month that was lived through, copied into earlier months.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

import psycopg
from psycopg import sql

from tests.bench.load import REGION
from tests.bench.machine import percentile, tell
from tests.bench.report import Table
from tests.bench.system import World
from tests.bench.transfer_month import Unit, units_of

BEHIND = 200_000
_GOAL_MS = 50
_OPEN = 20
"""Left unanswered for each unit, so that there is something to take over."""

_COPIED = {
    "id": "gen_random_uuid()",
    "reference": "reference || '-' || month",
    # as in the regions where what nobody answers is void: so the longest lists there are
    "status": "CASE WHEN status = 'completed' AND mod(row_number() OVER (), 10) = 0 "
    "THEN 'voided' ELSE status END",
    "current_recipient": "jsonb_set(current_recipient, '{person}', "
    "to_jsonb(md5(current_recipient ->> 'person' || month || mod(hashtext(id::text), 40))::uuid))",
    "transfer_date": "transfer_date - 31 * month",
    "effective_on": "effective_on - 31 * month",
    "requested_at": "requested_at - interval '31 days' * month",
    "deadline": "deadline - interval '31 days' * month",
}
"""What differs from the row that is copied. Each person has about as many transfers as in a region
of that size; their references are nobody's.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A list, by whom it is asked for, how long it is, seconds of each answer."""

    path: str
    by: str
    total: str
    seconds: Sequence[float]


async def measure(world: World, *, behind: int, samples: int) -> Table:
    """Raises RuntimeError for a list that is not answered."""
    unit = next(one for one in units_of(world) if one.service_point == "40004")
    await _leave_open(world, unit)
    rows = _fill(world, behind)
    found = [
        await _ask(world, path, by=by, samples=samples) for path, by in _questions(world, unit)
    ]
    return Table(
        f"Lists with {rows:,} transfers behind, {samples} answers each, one after the other, "
        f"telemetry on (goal: p99 ≤ {_GOAL_MS} ms)",
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
        "Fifty lines, in the client's eyes. Behind: the month's own rows, copied into months "
        "before it with other persons, a tenth of what was carried out made void, as where no "
        "answer voids; *lines* are counted to 10,000. A person's and a device's are chosen by "
        "chance.",
    )


async def _leave_open(world: World, unit: Unit) -> None:
    make = world.business
    sender = next(one for one in units_of(world) if one.service_point != unit.service_point)
    loans = [make.loan(prescriber=sender.prescriber) for _ in range(_OPEN)]
    await world.settle(loans)
    await world.settle(
        [make.transfer(one, sender=sender.prescriber, to=unit.prescriber) for one in loans]
    )


def _fill(world: World, behind: int) -> int:
    """Copy the rows until there are so many; answers how many there are."""
    with world.connect("bmb") as connection:
        connection.autocommit = True
        ended = _number(connection, "SELECT count(*) FROM transfers WHERE status <> 'sent'")
        tell(f"{ended:,} transfers become {behind:,}")
        connection.execute(
            _copying(connection), {"months": -(-behind // ended), "rows": behind - ended}
        )
        connection.execute("VACUUM ANALYZE transfers, transfer_subjects")
        return _number(connection, "SELECT count(*) FROM transfers")


def _copying(connection: psycopg.Connection) -> sql.Composed:
    query = """
        SELECT column_name FROM information_schema.columns
        WHERE table_schema = 'public' AND table_name = 'transfers'
    """
    names = [name for (name,) in connection.execute(query)]
    return sql.SQL(
        "INSERT INTO transfers ({}) SELECT {} FROM transfers, generate_series(1, %(months)s) month "
        "WHERE status <> 'sent' LIMIT %(rows)s"
    ).format(
        sql.SQL(", ").join(map(sql.Identifier, names)),
        sql.SQL(", ").join(sql.SQL(_COPIED.get(name, name)) for name in names),
    )


def _questions(world: World, unit: Unit) -> list[tuple[str, str]]:
    """Every list that there is, and each way to narrow and sort it, for who may ask."""
    with world.connect("bmb") as connection:
        query = "SELECT current_recipient ->> 'person', sender FROM transfers ORDER BY random()"
        person, sender = connection.execute(query + " LIMIT 1").fetchone() or ("", "")
        device = connection.execute("SELECT max(device_number) FROM devices").fetchone() or ("",)
    narrowed = [
        "/transfers?status=completed",
        f"/transfers?incoming={unit.service_point}",
        f"/transfers?outgoing={unit.service_point}&status=voided",
        f"/transfers?sender={sender}",
        f"/transfers?person={person}",
        f"/transfers?device={device[0]}",
        *(f"/transfers?sort={one}" for one in ("-transfer_date", "deadline", "sender", "status")),
    ]
    own = ["", ":to-take-over", ":unanswered", ":rejected", ":unanswered?sort=transfer_date"]
    return [
        *((f"/transfers{one}", unit.prescriber) for one in own),
        *((one, unit.prescriber) for one in narrowed),
        *((one, "kundtjanst1") for one in ("/transfers", "/transfers:locked", *narrowed)),
    ]


async def _ask(world: World, path: str, *, by: str, samples: int) -> Asked:
    token = world.system.tokens.issue(by, region=REGION)
    tell(f"{by} asks for {path}")
    seconds, said = [], {}
    for _ in range(samples + 1):
        begun = monotonic()
        answer = await world.services.request("GET", "bmb", path, token=token)
        seconds.append(monotonic() - begun)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answers {answer.status_code}: {answer.text[:200]}")
        said = answer.json()
    return Asked(path=path, by=by, total=_told(said), seconds=seconds[1:])


def _told(said: dict[str, Any]) -> str:
    return f"{said['total']:,}" + ("" if said["total_is_exact"] else "+")


def _number(connection: psycopg.Connection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0
