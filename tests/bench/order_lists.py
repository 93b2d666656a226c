"""Of part `orders`: the search with a million orders behind, and what a recipient's page asks for,
of somebody with two hundred devices: how long each takes.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from time import monotonic

import psycopg
from orders.numbers.domain import week_of

from tests.bench.listing import Asked, Behind, Question, ask_all, fill, table_of
from tests.bench.load import REGION
from tests.bench.machine import percentile, tell
from tests.bench.report import Table
from tests.bench.system import World
from tests.bench.transfer_month import Unit, units_of

BEHIND = 1_000_000
DEVICES = 200
_YEARS = 5
_STAFF = "kundtjanst1"
_SERVICE_POINT = "40004"
_PAGE_MS = 60

# two thirds of a unit's are given to nine other units: it keeps what a large unit has of a region's
_ELSEWHERE = "mod(turn, 3) > 0"
_OTHER = "(1 + mod(turn / 3, 9))"
_PERSON = (
    "CASE WHEN mod(turn, 50) = 0 THEN recipient_person "
    "ELSE md5(recipient_person::text || turn || mod(hashtext(id::text), 40))::uuid END"
)


def _given_away(column: str, other: str) -> str:
    return f"CASE WHEN {_ELSEWHERE} THEN {other} ELSE {column} END"


_CHANGED = {
    "id": "gen_random_uuid()",
    # ORD-2: its week first; older ones have lower numbers, of nine digits, so nobody else has them
    "order_number": "to_char(placed_on - days, 'IYIW')"
    " || lpad(mod(row_number() OVER (), 100000)::text, 5, '0')",
    "is_urgent": "mod(turn, 100) = 0",
    "reference": "NULL",
    "service_point": _given_away("service_point", f"(service_point::int + 1000 * {_OTHER})::text"),
    "prescriber": _given_away("prescriber", f"prescriber || {_OTHER}"),
    "requester": _given_away("requester", f"requester || {_OTHER}"),
    "recipient": f"jsonb_set(recipient, '{{person}}', to_jsonb({_PERSON}))",
    "recipient_person": _PERSON,
    "placed_on": "placed_on - days",
    "planned_dispatch_on": "planned_dispatch_on - days",
    "delivered_on": "delivered_on - days",
}


def fill_up(world: World, *, share: int) -> int:
    """Copy what is delivered to patients into the years before; answers how many orders there are
    then.
    """
    with world.connect("orders") as connection:
        connection.autocommit = True
        return fill(
            connection,
            Behind(
                table="orders",
                rows=BEHIND // share,
                ended="status = 'delivered' AND recipient_person IS NOT NULL",
                days=f"1 + turn * {365 * _YEARS} / turns",
                changed=_CHANGED,
            ),
        )


async def measure(world: World, *, behind: int, samples: int) -> Table:
    """The search, by each filter and sort. Raises RuntimeError for one that is not answered."""
    unit = next(one for one in units_of(world) if one.service_point == _SERVICE_POINT)
    found = await ask_all(world, "orders", _questions(world, unit), samples=samples)
    shown = [replace(one, path=_shortened(one.path)) for one in found]
    return table_of(
        f"The search for orders (ORD-15) with {behind:,} behind",
        shown,
        samples=samples,
        note="Behind: what units have ordered by messages and got, copied into five years before "
        "with other persons and numbers; two thirds of each unit's are given to nine others. "
        "*lines* are counted to 10,000. A person and an article are chosen by chance.",
    )


async def recipient(world: World, person: str, *, by: str, samples: int) -> Table:
    """What the portal's page of a recipient asks for at once, in a client's eyes."""
    questions: list[tuple[str, str]] = [
        ("inventory", f"/devices?person={person}&limit=50"),
        ("inventory", f"/devices:returned?person={person}&limit=1"),
        ("orders", f"/orders?recipient={person}&limit=1"),
        ("orders", f"/pickups?recipient={person}&limit=1"),
        ("orders", f"/work-orders?recipient={person}&limit=1"),
        ("bmb", f"/transfers?person={person}&limit=1"),
    ]
    each: list[Asked] = []
    for service, path in questions:
        each += await ask_all(world, service, [(path, by)], samples=samples)
    together = await _together(world, questions, by=by, samples=samples)
    rows = [(f"`{one.path.split('?')[0]}`", one.total, one.seconds) for one in each]
    return Table(
        f"The page of a recipient with {DEVICES} devices, {samples} times, one after the other, "
        f"telemetry on (goal: ≤ {_PAGE_MS} ms)",
        ["asked", "lines", "p50 ms", "p99 ms", "max ms"],
        [
            [name, lines, *(f"{1000 * percentile(took, share):.1f}" for share in (0.5, 0.99, 1))]
            for name, lines, took in (*rows, ("**all at once**", "", together))
        ],
        "What `GET /mottagare/{person}` of the portal asks three services for, asked for at once "
        "by who prescribes the devices: fifty lines of one tab, and how many the others have.",
    )


async def _together(
    world: World, questions: Sequence[tuple[str, str]], *, by: str, samples: int
) -> list[float]:
    token = world.system.tokens.issue(by, region=REGION)
    tell(f"{by} asks for all of it at once")
    seconds = []
    for _ in range(samples + 1):
        begun = monotonic()
        answers = await asyncio.gather(
            *(world.services.request("GET", one, path, token=token) for one, path in questions)
        )
        seconds.append(monotonic() - begun)
        if any(answer.status_code != 200 for answer in answers):
            raise RuntimeError(f"answers {[answer.status_code for answer in answers]}")
    return seconds[1:]


def _shortened(path: str) -> str:
    name, _, given = path.partition("=")
    return f"{name}=…" if len(given) == 36 else path  # a person's reference


def _questions(world: World, unit: Unit) -> list[Question]:
    month = world.business.files.cut_over - timedelta(days=365)
    with world.connect("orders") as connection:
        filters = _filters(connection, unit, month)
    sorts = (
        "order_number",
        "-reference",
        "placed_on",
        "-status",
        "supply",
        "service_point",
        "prescriber",
        "-requester",
        "planned_dispatch_on",
        "-delivered_on",
        "to_store",
        "is_urgent",
    )
    lists = ["/orders", "/orders:awaited", *filters, *(f"/orders?sort={one}" for one in sorts)]
    return [
        *((one, unit.prescriber) for one in lists),
        *((one, _STAFF) for one in (*lists, f"/orders?service_point={unit.service_point}")),
    ]


def _filters(connection: psycopg.Connection, unit: Unit, month: date) -> list[str]:
    person = _one(
        connection,
        "SELECT recipient_person::text FROM orders WHERE service_point = %s"
        " AND recipient_person IN (SELECT id FROM persons) ORDER BY md5(id::text) LIMIT 1",
        unit,
    )
    article = _one(
        connection,
        "SELECT lines -> 0 ->> 'article_number' FROM orders WHERE service_point = %s"
        " ORDER BY md5(id::text) LIMIT 1",
        unit,
    )
    years_before = month - timedelta(days=3 * 365)
    return [
        f"/orders?placed_from={month}&placed_to={month + timedelta(days=30)}",
        f"/orders?placed_from={years_before}&placed_to={years_before + timedelta(days=90)}",
        "/orders?status=registered",
        "/orders?status=delivered",
        "/orders?status=voided",
        "/orders?supply=central",
        "/orders?order_type=order",
        "/orders?order_type=withdrawal",
        f"/orders?order_number={week_of(month)}",
        "/orders?is_urgent=true",
        f"/orders?prescriber={unit.prescriber}",
        f"/orders?requester={unit.prescriber}",
        "/orders?mine=true",
        f"/orders?recipient={person}",
        f"/orders?article_number={article}",
    ]


def _one(connection: psycopg.Connection, query: str, unit: Unit) -> str:
    found = connection.execute(query, [unit.service_point]).fetchone()
    if found is None:
        raise RuntimeError(f"{unit.service_point} has no orders")
    return str(found[0])
