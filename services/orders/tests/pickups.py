"""What tests on real PostgreSQL do with pickups, and what they read of them."""

from typing import Any
from uuid import UUID, uuid4

from kvitt_contracts.orders import Delivery, RequestPickup
from kvitt_contracts.types import (
    DeviceNumber,
    NamedPatient,
    RegionPersonId,
    ServicePointId,
    UserId,
    Word,
)
from kvitt_testkit.world import World
from orders.pickups.commands import RequestPickupInWords
from orders.pickups.models import PickupRow

from contracts.tests.builders.inventory import a_custody, a_custody_changed_by_order
from contracts.tests.builders.regions import a_person_stated, a_user_stated
from contracts.tests.builders.story import SENDER, SENDING, SERVICE, pickup_id
from services.orders.tests.builders import registry
from services.orders.tests.worlds import refused

DEVICES = ("170098", "170099")


async def devices_on_loan(world: World) -> None:
    """The registry, customer service, a patient who has a phone, and two devices on loan."""
    await registry(world)
    await world.handle(a_user_stated(SERVICE, roles=("customer_service",)), subject=SERVICE)
    stated = a_person_stated(version=2, phone="070-123 45 67")
    await world.handle(stated, subject="ac-person-1")
    for device in DEVICES:
        await world.handle(a_custody_changed_by_order(device, to=a_custody()))


def a_request(*devices: str, **changes: Any) -> RequestPickup:
    """A unit's message that a patient's devices be fetched."""
    return RequestPickup(**_values(devices) | changes)


def a_request_in_words(*devices: str, **changes: Any) -> RequestPickupInWords:
    """The same over HTTP, with a phone."""
    delivery = Delivery.model_validate({"to": {"kind": "recipient"}, "order_phone": "090-785 00"})
    return RequestPickupInWords(**_values(devices) | {"delivery": delivery} | changes)


def _values(devices: tuple[str, ...]) -> dict[str, Any]:
    return {
        "recipient": NamedPatient(person=RegionPersonId("ac-person-1")),
        "service_point": ServicePointId(SENDING),
        "ordered_by": Word("unit"),
        "cause": Word("not_needed"),
        "devices": tuple(DeviceNumber(one) for one in devices or DEVICES[:1]),
        "by": UserId(SENDER),
    }


async def requested_over_http(
    world: World, *devices: str, reference: str | None = None, **changes: Any
) -> UUID:
    """A pickup that is requested over HTTP; answers its id."""
    target = pickup_id(reference) if reference else uuid4()
    command = a_request_in_words(*devices, **changes)
    await world.command(command, target=target, subject=reference)
    return target


async def pickup(world: World, reference: str = "H-1") -> PickupRow:
    """The pickup that was requested by a reference."""
    return await world.row(PickupRow, pickup_id(reference))


async def refusal(world: World, message: Any, subject: str = "H-1") -> tuple[str, str, str | None]:
    """Reason, rule and field of a message about a pickup that is refused."""
    return await refused(world, message, subject)
