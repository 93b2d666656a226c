"""Of part `orders`: what comes direct from a supplier is received: from the request to when the
devices are the patient's, and the order is delivered.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import cycle
from time import monotonic, time
from typing import Any

from kvitt.story.files import Outgoing
from kvitt.story.month import morning_of
from kvitt_contracts.types import RegionCode

from tests.bench.load import Business
from tests.bench.machine import percentile, tell
from tests.bench.report import Table
from tests.bench.system import World, running

LINES = 50
_REGION = RegionCode("m")  # what its central store does not keep comes direct (ORD-21)
_GOAL_MS = 500
_STATED = {f"region.{one}.stated.v1" for one in ("store", "supplier", "article", "article-price")}
_COMMITTED = """
    SELECT key, count(*), max(extract(epoch FROM pg_xact_commit_timestamp(xid::xid)))::float8
    FROM events WHERE type = %s AND key = ANY (%s) GROUP BY key
"""


@dataclass(frozen=True, slots=True)
class _Month:
    """What the region's month knows of direct deliveries: `day` is when the first is received."""

    day: date
    catalogue: Sequence[Outgoing]
    article: str
    order: Mapping[str, Any]
    purchase: Mapping[str, Any]
    price: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Received:
    """A receipt, as seconds since it was sent: to its answer, until the devices were the patient's,
    and until all lines of the order were delivered.
    """

    answered: float
    devices: float
    order: float


async def measure(*, samples: int) -> Table:
    """On a system of its own. Raises RuntimeError for a receipt of which not all is delivered."""
    async with running(_REGION) as world:
        month = _month(world.business)
        await world.barrier.move_clock(morning_of(month.day))
        for stage in world.business.cut_over:
            await world.settle([*stage.messages(region=_REGION)])
        await world.settle(month.catalogue)
        numbers = await _bought(world, month, orders=samples)
        took = await _receive(world, month, numbers)
    each = {
        "answered (202)": [one.answered for one in took],
        "**devices delivered**": [one.devices for one in took],
        "order delivered": [one.order for one in took],
    }
    return Table(
        f"A receipt of {LINES} lines direct from a supplier, a marked device each, {samples} one "
        f"after the other, telemetry on (goal: devices delivered, p99 ≤ {_GOAL_MS} ms)",
        ["from the request until", "p50 ms", "p99 ms", "max ms"],
        [
            [name, *(f"{1000 * percentile(found, share):.1f}" for share in (0.5, 0.99, 1))]
            for name, found in each.items()
        ],
        "`POST /receipts`, until inventory has committed the custody of all devices, and until "
        "orders has committed that the last line was delivered: each is told it by itself.",
    )


async def _bought(world: World, month: _Month, *, orders: int) -> dict[str, str]:
    """Orders for as many patients, bought of the supplier; answers their numbers by their ids."""
    business = world.business
    lines = [{"article_number": month.article, "quantity": 1}] * LINES
    people = cycle(_patients(business))
    placed = [
        business.message(
            "orders",
            f"B-DIR-{number:03}",
            "orders.order.place.v1",
            {**month.order, "lines": lines, "recipient": next(people)},
        )
        for number in range(orders)
    ]
    await world.settle(placed)
    rows = list(range(1, LINES + 1))
    await world.settle(
        [
            business.message(
                "orders",
                f"B-BUY-{number:03}",
                "orders.purchase-order.create.v1",
                {**month.purchase, "order": one.key.decode(), "lines": rows},
            )
            for number, one in enumerate(placed)
        ]
    )
    references = [one.key.decode() for one in placed]
    with world.connect("orders") as connection:
        found = connection.execute(
            "SELECT id::text, order_number FROM orders WHERE region = %s AND reference = ANY (%s)",
            [_REGION, references],
        ).fetchall()
    if len(found) != orders:
        raise RuntimeError(f"{len(found)} of {orders} orders were placed")
    return {str(order): str(number) for order, number in found}


async def _receive(world: World, month: _Month, numbers: Mapping[str, str]) -> list[_Received]:
    tell(f"{len(numbers)} receipts of {LINES} lines")
    by = str(month.order["prescriber"])
    token = world.system.tokens.issue(by, region=_REGION)
    sent: dict[str, tuple[float, float]] = {}
    for turn, (order, number) in enumerate(numbers.items()):
        body = {
            "number_kind": "order",
            "number": number,
            "received_on": month.day.isoformat(),
            "lines": [_line(turn, line, month) for line in range(1, LINES + 1)],
        }
        headers = {"Idempotency-Key": f"bench-{number}"}
        wall, begun = time(), monotonic()
        answer = await world.services.request(
            "POST", "orders", "/receipts", token=token, headers=headers, json=body
        )
        sent[order] = wall, monotonic() - begun
        if answer.status_code >= 300:
            raise RuntimeError(f"/receipts answers {answer.status_code}: {answer.text[:200]}")
        await world.rest()
    orders = [*sent]
    lines = _committed(world, "inventory", "inventory.reservation.line-delivered.v1", orders)
    ends = _committed(world, "orders", "orders.order.delivered.v1", orders)
    if any(lines.get(one, (0, 0))[0] != LINES or one not in ends for one in orders):
        raise RuntimeError("not all that was received is delivered")
    return [
        _Received(answered, lines[order][1] - wall, ends[order][1] - wall)
        for order, (wall, answered) in sent.items()
    ]


def _line(turn: int, line: int, month: _Month) -> dict[str, Any]:
    number = f"S7{turn:02}{line:02}"
    device = {"device_number": number, "serial_number": f"SN-{number}"}
    return {"line": line, "quantity": 1, "price": month.price, "devices": [device]}


# one transaction books a receipt: lines, devices and who has them
def _committed(
    world: World, service: str, event: str, orders: Sequence[str]
) -> dict[str, tuple[int, float]]:
    with world.connect(service) as connection:
        found = connection.execute(_COMMITTED, [event, [*orders]]).fetchall()
    return {str(key): (int(count), float(at)) for key, count, at in found}


def _month(business: Business) -> _Month:
    """Raises StopIteration where the month has none."""
    said = [
        (stage.day, dict(one.headers)["ce_type"].decode(), one)
        for stage in business.files.stages
        for one in stage.messages(region=_REGION)
    ]
    stated = next(day for day, kind, _ in said if kind == "region.supplier.stated.v1")
    purchase = next(one for _, kind, one in said if kind == "orders.purchase-order.create.v1")
    bought = json.loads(purchase.value)
    received = next((day, one) for day, kind, one in said if kind == "orders.receipt.report.v1")
    order = next(one for _, _, one in said if one.key.decode() == bought["order"])
    placed = json.loads(order.value)
    return _Month(
        day=received[0],
        catalogue=[one for day, kind, one in said if day == stated and kind in _STATED],
        article=placed["lines"][0]["article_number"],
        order=placed,
        purchase=bought,
        price=json.loads(received[1].value)["lines"][0]["price"],
    )


def _patients(business: Business) -> list[dict[str, str]]:
    stated = [one for one in business.registry() if b'"deceased":false' in one.value]
    return [
        {"kind": "patient", "person": one.key.decode()}
        for one in stated
        if b'"protected":false' in one.value and b'"active":true' in one.value
    ]
