"""What tests on real PostgreSQL do with work orders, and what they read of them."""

from typing import Any
from uuid import UUID

from kvitt_contracts.orders import Delivery, RegisterWorkOrder
from kvitt_contracts.types import (
    ArticleNumber,
    DeviceNumber,
    NamedPatient,
    PatientRecipient,
    Quantity,
    RegionPersonId,
    Role,
    ServicePointId,
    UserId,
    Word,
)
from kvitt_testkit.world import World
from orders.work_orders.applications.domain import Application
from orders.work_orders.commands import (
    DecideApplicationInWords,
    FinishWorkOrderInWords,
    NoteWorkOrder,
    RegisterWorkOrderInWords,
)
from orders.work_orders.models import WorkOrderRow

from contracts.tests.builders.inventory import (
    a_custody,
    a_custody_changed_by_order,
    a_device_renumbered,
    an_article_listed,
)
from contracts.tests.builders.regions import (
    CHILD,
    a_customer_stated,
    a_person_stated,
    a_user_stated,
)
from contracts.tests.builders.story import (
    FITTING,
    OUTSIDER,
    RECEIVING,
    ROLLATOR,
    SENDER,
    SENDING,
    SERVICE,
    work_order_id,
)
from services.orders.tests.builders import an_identity
from services.orders.tests.pickups import DEVICES, devices_on_loan
from services.orders.tests.worlds import ref_of, refused

STAFF: dict[str, Any] = {"user": SERVICE, "roles": [Role.CUSTOMER_SERVICE]}
"""A technician: `world.http(**STAFF)`."""
AT_HOME = {"to": {"kind": "recipient"}, "order_phone": "090-785 00 00"}
CHILDS_DEVICE = "170200"
COMPLETE: dict[str, Any] = {
    "supplier": "Hörtech AB",
    "supplier_article_number": "HT-77",
    "supplier_article_name": "Streamer X",
    "is_ce_marked": True,
    "need": "Hör inte läraren.",
    "tried": "Streamer ur sortimentet.",
    "attests_responsibility": True,
}
"""An application that lacks nothing."""


async def a_unit_with_work(world: World) -> None:
    """A patient with two devices on loan, a child with one, a service that one orders, customer
    service, and somebody of another unit.
    """
    await devices_on_loan(world)
    adult = PatientRecipient(person=await ref_of(world))
    for device in DEVICES:
        await world.handle(a_custody_changed_by_order(device, to=a_custody(adult)))
    await world.handle(a_person_stated(an_identity(CHILD)), subject="ac-child")
    child = a_person_stated(an_identity(CHILD), version=2, phone="070-222 33 44")
    await world.handle(child, subject="ac-child")
    holder = PatientRecipient(person=await ref_of(world, "ac-child"))
    lent = a_custody_changed_by_order(CHILDS_DEVICE, to=a_custody(holder))
    await world.handle(lent)
    await world.handle(an_article_listed(FITTING, type="service", marked=False))
    await world.handle(an_article_listed(ROLLATOR))
    await world.handle(a_customer_stated(RECEIVING, store=None), subject=RECEIVING)
    await world.handle(a_user_stated(OUTSIDER, RECEIVING), subject=OUTSIDER)


def a_work_order(kind: str = "maintenance", **changes: Any) -> RegisterWorkOrder:
    """A region's message that work be done on a patient's device."""
    return RegisterWorkOrder(**_values(kind) | changes)


def a_work_order_in_words(kind: str = "maintenance", **changes: Any) -> RegisterWorkOrderInWords:
    """The same over HTTP, with an address, a phone and a text."""
    said = {"description": "Bromsen tar inte.", "delivery": Delivery.model_validate(AT_HOME)}
    return RegisterWorkOrderInWords(**_values(kind) | said | {"by": UserId(SENDER)} | changes)


def an_application(**changes: Any) -> RegisterWorkOrderInWords:
    """An application that is complete but for the changes."""
    form = Application.model_validate(COMPLETE | changes)
    return a_work_order_in_words(
        "application", device_number=None, delivery=None, description=None, application=form
    )


def for_a_child(**changes: Any) -> dict[str, Any]:
    """The child, and what it has at home."""
    return {
        "recipient": NamedPatient(person=RegionPersonId("ac-child")),
        "device_number": DeviceNumber(CHILDS_DEVICE),
        **changes,
    }


def with_service() -> dict[str, Any]:
    """The service that is ordered."""
    return {"service_article": ArticleNumber(FITTING)}


def _values(kind: str) -> dict[str, Any]:
    return {
        "kind": Word(kind),
        "recipient": NamedPatient(person=RegionPersonId("ac-person-1")),
        "service_point": ServicePointId(SENDING),
        "requester": UserId(SENDER),
        "device_number": DeviceNumber(DEVICES[0]),
    }


async def registered(
    world: World, command: RegisterWorkOrderInWords | None = None, reference: str = "A-1"
) -> UUID:
    """A work order that is registered over HTTP; answers its id."""
    target = work_order_id(reference)
    await world.command(command or a_work_order_in_words(), target=target, subject=reference)
    return target


async def noted(world: World, text: str = "Reservdel beställd.", reference: str = "A-1") -> None:
    """A technician writes a note."""
    note = NoteWorkOrder(text=text, by=UserId(SERVICE))
    await world.command(note, target=work_order_id(reference))


async def finished(
    world: World,
    outcome: str = "done",
    *,
    reference: str = "A-1",
    action: str | None = None,
    quantity: Quantity = 1,
    by: str = SERVICE,
) -> None:
    """The work is ended over HTTP."""
    command = FinishWorkOrderInWords(
        outcome=Word(outcome), action=action, quantity=quantity, by=UserId(by)
    )
    await world.command(command, target=work_order_id(reference))


async def decided(
    world: World,
    outcome: str = "approved",
    *,
    reference: str = "A-1",
    article: str | None = None,
    reason: str | None = None,
) -> None:
    """An application is decided over HTTP."""
    command = DecideApplicationInWords(
        outcome=Word(outcome),
        article_number=ArticleNumber(article) if article else None,
        reason=reason,
        by=UserId(SERVICE),
    )
    await world.command(command, target=work_order_id(reference))


async def renumbered(world: World, reference: str = "A-1") -> None:
    """The device that was replaced has got its number."""
    await world.handle(a_device_renumbered(work_order_id=work_order_id(reference)))


async def work(world: World, reference: str = "A-1") -> WorkOrderRow:
    """The work order that was registered by a reference."""
    return await world.row(WorkOrderRow, work_order_id(reference))


async def refusal(world: World, message: Any, subject: str = "A-1") -> tuple[str, str, str | None]:
    """Reason, rule and field of a message about a work order that is refused."""
    return await refused(world, message, subject)
