"""What tests on real PostgreSQL do with orders, and what they read of them."""

from datetime import datetime
from typing import Any, Final
from uuid import uuid4

import httpx
import pytest
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import PersonRef, RegionCode, RegionPersonId, Role, UserId
from kvitt_testkit.world import REGION, World, stockholm
from orders.customer_orders.domain import Status
from orders.customer_orders.models import OrderRow
from orders.people.domain import Finding, Look
from orders.people.models import PersonAccessRow, PersonIdRow

from contracts.tests.builders.story import SENDER, order_id
from services.orders.tests.builders import an_order_command

MONDAY = stockholm("2026-03-02 08:00")
CLERK: Final[dict[str, Any]] = {"user": "s001kun", "roles": [Role.CUSTOMER_SERVICE]}
"""Customer service: `world.http(**CLERK)`."""


async def ref_of(world: World, named: str = "ac-person-1", *, region: str = REGION) -> PersonRef:
    """The reference that the region's id was given."""
    return (await world.row(PersonIdRow, RegionPersonId(named), region=region)).person


async def patient(world: World, named: str = "ac-person-1") -> str:
    """The same as text, for a body."""
    return str(await ref_of(world, named))


async def logged(
    world: World,
    look: Look,
    *,
    at: datetime,
    times: int = 1,
    user: str = SENDER,
    person: PersonRef | None = None,
) -> None:
    """Looks of a user that were logged before."""
    async with world.worker.unit(RegionCode(REGION)) as unit:
        unit.session.add_all(
            PersonAccessRow(
                region=REGION,
                access_id=uuid4(),
                at=at,
                user_id=UserId(user),
                look=look,
                purpose=Finding.NEW_PATIENT,
                person=person,
            )
            for _ in range(times)
        )


async def a_body(world: World, **others: Any) -> dict[str, Any]:
    """The body of an order for the registry's person."""
    return {
        "recipient": {"kind": "patient", "person": await patient(world)},
        "prescriber": "k082lno",
        "service_point": "40201",
        "lines": [{"article_number": "30457", "quantity": 1}],
        **others,
    }


async def placed_over_http(
    world: World, client: httpx.AsyncClient, **others: Any
) -> dict[str, Any]:
    """An order as the answer shows it."""
    answer = await client.post("/orders", json=await a_body(world, **others))
    assert answer.status_code == 201, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


async def place(world: World, reference: str = "ORD-A", **others: Any) -> None:
    """An order of the region under a reference."""
    await world.handle(an_order_command(**others), subject=reference)


async def status_of(world: World, reference: str = "ORD-A") -> Status:
    """Where the order is."""
    return (await world.row(OrderRow, order_id(reference))).status


async def refused(world: World, message: Any, subject: str) -> tuple[str, str, str | None]:
    """Reason, rule and field of a message that is refused."""
    with pytest.raises(Refused) as found:
        await world.handle(message, subject=subject)
    return found.value.reason, found.value.rule, found.value.field
