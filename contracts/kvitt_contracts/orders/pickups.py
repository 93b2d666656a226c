"""Topic `orders.pickups`, one aggregate kind: the pickup order (PCK-1 to PCK-3).

Each line has a number within the order, from 1, and ends once; with none open the pickup is closed,
or voided where all were.
"""

from datetime import date
from typing import Annotated, Self

from pydantic import Field, model_validator

from kvitt_contracts.day_bounds import PlannedOn
from kvitt_contracts.envelope import Command, Event
from kvitt_contracts.orders.customer_orders import AddressKind
from kvitt_contracts.types import (
    CustomerId,
    DeviceId,
    DeviceNumber,
    Flag,
    LineNumber,
    Money,
    NamedRecipient,
    OrderNumber,
    PayerId,
    PickupId,
    PolicyVersion,
    Recipient,
    Reference,
    RefusedDevice,
    ServicePointId,
    UserId,
    Value,
    Word,
)


class PickupLine(Value):
    """What is to be fetched: a marked device. `return_at_once`: its article is one that the central
    store is to have back at once (PCK-7).
    """

    number: LineNumber
    device_id: DeviceId
    return_at_once: Flag = False


class PickupRequested(Event, type="orders.pickup.requested.v1"):
    """A unit, or a patient or relative by customer service, wants devices fetched (PCK-1, PCK-3).

    Inventory answers ClaimGranted or ClaimRefused, all or none; after 24 hours without it is
    refused. `ordered_by`: `unit`, `patient`, `relative`; of the last two the main responsible is
    notified, with the window `earliest_on` to `latest_on`. `cause`: one of the region's reasons, or
    its product area's; `return_cause`: what caused the return, from a list of its own (PCK-4).
    """

    pickup_id: PickupId
    pickup_number: OrderNumber
    reference: Reference | None = None
    recipient: Recipient
    service_point: ServicePointId
    customer_id: CustomerId
    ordered_by: Word
    cause: Word
    return_cause: Word | None = None
    address_kind: AddressKind
    earliest_on: date | None = None
    latest_on: date | None = None
    lines: Annotated[tuple[PickupLine, ...], Field(min_length=1)]
    has_text: bool = False
    policy: PolicyVersion
    by: UserId


class PickupRegistered(Event, type="orders.pickup.registered.v1"):
    """Every device is claimed for the pickup: it is open until each line has ended (PCK-2)."""

    pickup_id: PickupId


class PickupRefused(Event, type="orders.pickup.refused.v1"):
    """Nothing is fetched: these devices could not be claimed; none where there was no answer."""

    pickup_id: PickupId
    refused: tuple[RefusedDevice, ...] = ()


class PickupOverdue(Event, type="orders.pickup.overdue.v1"):
    """The window, or the policy's days, have passed with lines open. The pickup stays open."""

    pickup_id: PickupId


class PickupReturnAwaited(Event, type="orders.pickup.return-awaited.v1"):
    """The policy's days for what is to be returned at once have passed, and these devices are not
    back: the unit is reminded (PCK-7). Emitted again each such time until they are.

    `since_on`: the day on which the pickup was requested.
    """

    pickup_id: PickupId
    devices: Annotated[tuple[DeviceId, ...], Field(min_length=1)]
    since_on: date


class PickupMadeUrgent(Event, type="orders.pickup.made-urgent.v1"):
    """The unit wants it at once; the urgent fee is pinned, charged at closing (PCK-3, BIL-8).

    No fee where the region's price list says none.
    """

    pickup_id: PickupId
    fee: Money | None = None
    payer_id: PayerId
    by: UserId


class PickupVoidRequested(Event, type="orders.pickup.void-requested.v1"):
    """The unit takes lines back; inventory releases what is still claimed (PCK-3).

    `devices` are those of the lines with these `numbers`.
    """

    pickup_id: PickupId
    numbers: Annotated[tuple[LineNumber, ...], Field(min_length=1)]
    devices: Annotated[tuple[DeviceId, ...], Field(min_length=1)]
    by: UserId


class PickupLineEnded(Event, type="orders.pickup.line-ended.v1"):
    """A line is over: `fetched` (it came back), `voided`, `lost`, `scrapped` (PCK-2)."""

    pickup_id: PickupId
    number: LineNumber
    outcome: Word


class PickupReported(Event, type="orders.pickup.reported.v1"):
    """The technician has been there: the main responsible is notified (PCK-3).

    Ends no line: the goods do, when they are back.
    """

    pickup_id: PickupId
    technician: UserId
    not_found: tuple[LineNumber, ...] = ()


class PickupClosed(Event, type="orders.pickup.closed.v1"):
    """No line is left. An urgent `fee` is charged to `payer_id` where anything was fetched, or a
    technician has reported (BIL-8).
    """

    pickup_id: PickupId
    fee: Money | None = None
    payer_id: PayerId | None = None


PickupEvent = (
    PickupRequested
    | PickupRegistered
    | PickupRefused
    | PickupOverdue
    | PickupReturnAwaited
    | PickupMadeUrgent
    | PickupVoidRequested
    | PickupLineEnded
    | PickupReported
    | PickupClosed
)
"""Every event of a pickup order."""


# -- commands ------------------------------------------------------------------------------------


class RequestPickup(Command, type="orders.pickup.request.v1"):
    """Have devices fetched from a recipient (PCK-1).

    Subject: the region's own reference, which names the pickup. Address, phone, instructions and
    text are given over HTTP only: a pickup by this way goes to the address that is known.
    """

    recipient: NamedRecipient
    service_point: ServicePointId
    ordered_by: Word = Word("unit")
    cause: Word
    return_cause: Word | None = None
    address_kind: AddressKind = AddressKind.RECIPIENT
    earliest_on: PlannedOn | None = None
    latest_on: PlannedOn | None = None
    devices: Annotated[tuple[DeviceNumber, ...], Field(min_length=1, max_length=100)]
    by: UserId

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.earliest_on and self.latest_on and self.latest_on < self.earliest_on:
            raise ValueError("DAY-5: sista dagen för hämtning kan inte ligga före den första")
        return self


class MakePickupUrgent(Command, type="orders.pickup.make-urgent.v1"):
    """Fetch at once, for the urgent fee (PCK-3, BIL-8)."""

    payer_id: PayerId | None = None
    by: UserId


class VoidPickup(Command, type="orders.pickup.void.v1"):
    """Take back the whole pickup, or the lines with these numbers (PCK-3)."""

    numbers: Annotated[tuple[LineNumber, ...], Field(max_length=100)] = ()
    by: UserId


class ReportPickup(Command, type="orders.pickup.report.v1"):
    """The technician reports that it was done, and which lines were not found (PCK-3)."""

    technician: UserId
    not_found: Annotated[tuple[LineNumber, ...], Field(max_length=100)] = ()
