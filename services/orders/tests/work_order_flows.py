"""Work orders of every kind, to each of their ends: what test_emitted_shapes proves."""

from itertools import product
from typing import Any
from uuid import uuid4

from kvitt_contracts.orders import PlanWorkOrder, StartWorkOrder, VoidWorkOrder
from kvitt_contracts.types import (
    ArticleNumber,
    DeviceNumber,
    ReasonCode,
    UserId,
    WorkOrderId,
)
from kvitt_testkit.world import World, stockholm

from contracts.tests.builders.inventory import (
    a_custody,
    a_custody_changed_by_order,
    an_article_listed,
)
from contracts.tests.builders.story import (
    SENDER,
    SERVICE,
    a_care_unit,
    line_id,
    order_id,
    work_order_id,
)
from services.orders.tests.builders import a_line, an_order_command
from services.orders.tests.pickups import DEVICES
from services.orders.tests.work_orders import (
    a_unit_with_work,
    a_work_order_in_words,
    an_application,
    decided,
    finished,
    noted,
    registered,
    renumbered,
    with_service,
)

OUTSIDE = "30990"
"""An article outside the assortment."""


async def work_orders_to_their_ends(world: World) -> None:
    """Work on devices and for orders, of patients and units, by a name of the region's own or none,
    with a service or not: planned, begun, ended in each way, voided, late; and applications.
    """
    await a_unit_with_work(world)
    await work_of_every_kind(world)
    by = UserId(SERVICE)
    for reference in ("A-1", "A-2"):
        await registered(world, reference=reference)
    planned: dict[str, Any] = {"planned_on": "2026-03-09", "by": by}
    await world.handle(PlanWorkOrder.model_validate(planned), subject="A-1")
    planned["technician"] = by
    await world.handle(PlanWorkOrder.model_validate(planned), subject="A-1")
    await world.handle(StartWorkOrder(technician=by), subject="A-1")
    await noted(world)
    await finished(world, action="Smord.")
    voided = VoidWorkOrder(reason=ReasonCode("NOT_NEEDED"), by=UserId(SENDER))
    await world.handle(voided, subject="A-2")
    warranty = a_work_order_in_words("warranty_repair", **with_service())
    await registered(world, warranty, "G-1")
    await finished(world, "replaced", reference="G-1", by=SENDER)
    await renumbered(world, "G-1")
    await applications(world)
    await world.advance(stockholm("2026-05-04 08:00"))


async def work_of_every_kind(world: World) -> None:
    """Each thing that work is done on, with and without a service and a name."""
    of_unit = a_custody_changed_by_order(DEVICES[1], to=a_custody(a_care_unit()))
    await world.handle(of_unit)
    await world.handle(an_order_command(), subject="WORK")
    await world.handle(an_order_command(recipient=a_care_unit()), subject="WORK-U")
    things: list[dict[str, Any]] = [
        {"device_number": DeviceNumber(DEVICES[0])},
        {"device_number": DeviceNumber(DEVICES[1]), "recipient": a_care_unit()},
    ]
    for order, whose in (("WORK", {}), ("WORK-U", {"recipient": a_care_unit()})):
        named = {"device_number": None, "order_id": order_id(order), **whose}
        things += [named, {**named, "line_id": line_id(order)}]
    for number, (thing, extra, is_named) in enumerate(
        product(things, ({}, with_service()), (True, False))
    ):
        command = a_work_order_in_words("adjustment", **thing, **extra)
        reference = f"W-{number}" if is_named else None
        target = work_order_id(reference) if reference else uuid4()
        await world.command(command, target=target, subject=reference)


async def applications(world: World) -> None:
    """One is approved and ordered by, one refused, and one waits too long; one has no name."""
    await world.handle(an_article_listed(OUTSIDE, marked=False, in_assortment=False))
    for reference in ("N-1", "N-2", "N-3"):
        await registered(world, an_application(), reference)
    await world.command(an_application(), target=uuid4())
    await decided(world, reference="N-1", article=OUTSIDE, reason="Behovet är styrkt.")
    await decided(world, "refused", reference="N-2", reason="Finns i sortimentet.")
    line = a_line(OUTSIDE, application=WorkOrderId(work_order_id("N-1")))
    await world.handle(an_order_command(line), subject="BY-APPLICATION")
    await world.command(an_order_command(line), target=uuid4())
    assert line.article_number == ArticleNumber(OUTSIDE)
