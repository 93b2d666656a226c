"""Of part `pickups`: how long a pickup of fifty devices takes until it is registered, by HTTP and
by a region's message, while the platform does nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from time import time

import psycopg
from kvitt.story.files import Outgoing
from kvitt.story.month import morning_of

from tests.bench.load import REGION, recipient_of
from tests.bench.machine import tell
from tests.bench.report import Table
from tests.bench.steps import COLUMNS, committed, is_in, row, until
from tests.bench.system import World

DEVICES = 50
_WARM_UP = 3
_GOAL_MS = 300
_BY, _SERVICE_POINT = "f120", "40020"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A pickup by its reference; when it was sent (Unix time), and when HTTP had answered."""

    reference: str
    at: float
    answered: float | None = None


async def measure(world: World, *, samples: int) -> Table:
    """One pickup after the other, each until it is registered. Raises RuntimeError where one is
    not.
    """
    count = samples + _WARM_UP
    loans = [world.business.loans_to_one(DEVICES) for _ in range(2 * count)]
    await world.settle([loan for several in loans for loan in several])
    await world.barrier.move_clock(morning_of(world.business.files.cut_over + timedelta(days=1)))
    await world.rest()
    tell(f"{samples} pickups of {DEVICES} devices by HTTP, and as many by messages")
    with world.connect("orders") as orders:
        orders.autocommit = True
        asked = [await _ask(world, one, orders) for one in loans[:count]]
        published = [await _publish(world, one, orders) for one in loans[count:]]
        await world.rest()
        steps = committed(orders, "pickups", [one.reference for one in (*asked, *published)])

    def between(one: Sent) -> float:
        registered = steps[one.reference, "orders.pickup.registered.v1"]
        return registered - steps[one.reference, "orders.pickup.requested.v1"]

    def since(one: Sent) -> float:
        return steps[one.reference, "orders.pickup.registered.v1"] - one.at

    asked, published = asked[_WARM_UP:], published[_WARM_UP:]
    answers = [one.answered - one.at for one in asked if one.answered is not None]
    return Table(
        f"A pickup of {DEVICES} devices on an otherwise idle platform, {samples} of them, one "
        f"after the other, telemetry on (goal: p99 ≤ {_GOAL_MS} ms until it is registered)",
        COLUMNS,
        [
            row("request by HTTP", "registered", [between(one) for one in asked]),
            row("user's `POST`", "registered", [since(one) for one in asked]),
            row("user's `POST`", "an answer that says so (`Prefer: wait=2`)", answers),
            row("request by a message", "registered", [between(one) for one in published]),
            row("region's publish", "**registered**", [since(one) for one in published]),
        ],
        "Between commits, as PostgreSQL notes them (`track_commit_timestamp`): PickupRequested and "
        "PickupRegistered in orders; inventory claims every device in between.",
    )


async def _ask(world: World, loans: Sequence[Outgoing], orders: psycopg.Connection) -> Sent:
    pickup = world.business.pickup(*loans, by=_BY, service_point=_SERVICE_POINT)
    reference = pickup.key.decode()
    body = {
        "recipient": {"kind": "patient", "person": _person(orders, loans[0])},
        "service_point": _SERVICE_POINT,
        "cause": "not_needed",
        "devices": [loan.key.decode() for loan in loans],
        "delivery": {"to": {"kind": "recipient"}, "order_phone": "090-785 00 00"},
        "reference": reference,
    }
    token = world.system.tokens.issue(_BY, region=REGION)
    headers = {"Prefer": "wait=2", "Idempotency-Key": reference}
    begun = time()
    answer = await world.services.request(
        "POST", "orders", "/pickups", token=token, headers=headers, json=body
    )
    answered = time()
    if answer.status_code >= 300 or answer.json()["status"] != "registered":
        raise RuntimeError(f"{reference} answers {answer.status_code}: {answer.text[:200]}")
    return Sent(reference=reference, at=begun, answered=answered)


async def _publish(world: World, loans: Sequence[Outgoing], orders: psycopg.Connection) -> Sent:
    pickup = world.business.pickup(*loans, by=_BY, service_point=_SERVICE_POINT)
    begun = time()
    await world.publish([pickup])
    await until(is_in(orders, "pickups", pickup, "registered"))
    return Sent(reference=pickup.key.decode(), at=begun)


def _person(orders: psycopg.Connection, loan: Outgoing) -> str:
    query = "SELECT person::text FROM person_ids WHERE region = %s AND region_person_id = %s"
    found = orders.execute(query, [REGION, recipient_of(loan)["person"]]).fetchone()
    if found is None:
        raise RuntimeError(f"orders does not know who has {loan.key.decode()}")
    return str(found[0])
