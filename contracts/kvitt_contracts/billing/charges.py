"""Topic `billing.charges`: deliveries, fees and services that are to be paid."""

from datetime import date
from enum import StrEnum
from typing import Final

from kvitt_contracts.day_bounds import PlannedOn
from kvitt_contracts.envelope import Command, Event
from kvitt_contracts.types import (
    ArticleNumber,
    ChargeId,
    DeviceId,
    DeviceNumber,
    Money,
    OrderId,
    OrderLineId,
    Payer,
    PickupId,
    PolicyVersion,
    Quantity,
    ReasonCode,
    SaleId,
    UserId,
    Value,
    Word,
    WorkOrderId,
)


class ChargeKind(StrEnum):
    """What is charged: a sale at delivery (BIL-2), a patient fee (BIL-3), rent by day (BIL-1)."""

    SALE = "sale"
    FEE = "fee"
    RENT = "rent"


CHARGED: Final = (
    *ChargeKind,
    "home_region",
    "service",
    "urgent_pickup",
    "postage",
    "region_sale",
    "lost_device",
    "damaged_device",
    "stolen_device",
    "missing_device",
)
"""Every kind of charge and of an invoice's line that there is now."""


class ChargeRaised(Event, type="billing.charge.raised.v1"):
    """A delivered line is to be paid: a sale by the line's payer, a fee by the patient, which may
    have been deferred until now (BIL-3).

    Rent is not a charge: it is counted by day.
    """

    charge_id: ChargeId
    kind: ChargeKind
    payer: Payer
    order_id: OrderId
    line_id: OrderLineId
    article_number: ArticleNumber
    quantity: Quantity
    amount: Money
    charged_on: date


class ChargeCause(Value):
    """What is charged for: an order's line, a pickup, a work order, a sale, a device."""

    order_id: OrderId | None = None
    line_id: OrderLineId | None = None
    device_id: DeviceId | None = None
    pickup_id: PickupId | None = None
    work_order_id: WorkOrderId | None = None
    sale_id: SaleId | None = None


class ChargeRaisedV2(Event, type="billing.charge.raised.v2"):
    """Something is to be paid: a `service` of a work order, an `urgent_pickup`, `postage`, what
    waited for a `home_region`'s fitting; later a sale, a fee, a lost or damaged device (BIL-2,
    BIL-3, BIL-5, BIL-7, BIL-8, BIL-12).

    What the first version can say is said by it. A negative amount is compensated. A kind that a
    reader does not know is paid like any other.
    """

    charge_id: ChargeId
    kind: Word
    payer: Payer
    cause: ChargeCause
    article_number: ArticleNumber | None = None
    quantity: Quantity
    amount: Money
    charged_on: date


class ChargeDeferred(Event, type="billing.charge.deferred.v1"):
    """Something will be charged later: a delayed `fee` (BIL-3), a `home_region` charge (BIL-5).

    Raised on the day on which it is due, unless it was cancelled or paused before; a `home_region`
    charge, the state's too, earlier where the fitting is finished (BIL-11). Either is of one unit;
    `received_on` is the day that its 90 days, or its months, follow on, `last_pause_on` the last
    day on which a fee's pause may be asked for, all by the `policy`.
    """

    charge_id: ChargeId
    kind: Word
    payer: Payer
    cause: ChargeCause
    article_number: ArticleNumber
    quantity: Quantity
    amount: Money
    devices: tuple[DeviceId, ...] = ()
    received_on: date | None = None
    due_on: date
    last_pause_on: date | None = None
    policy: PolicyVersion


class ChargePaused(Event, type="billing.charge.paused.v1"):
    """Customer service has put a deferred charge off until a day: it is due on the first working
    day of a month from then on, and may be put off again until `last_pause_on` (BIL-4).
    """

    charge_id: ChargeId
    until_on: date
    due_on: date
    last_pause_on: date
    by: UserId
    asked_by: UserId


class ChargeCancelled(Event, type="billing.charge.cancelled.v1"):
    """It is not to be paid, such as for a device that was returned before (BIL-4).

    A credit line follows where it was invoiced.
    """

    charge_id: ChargeId
    reason: ReasonCode
    by: UserId | None = None


ChargeEvent = ChargeRaised | ChargeRaisedV2 | ChargeDeferred | ChargePaused | ChargeCancelled
"""Every event of a charge."""


class PauseCharge(Command, type="billing.charge.pause.v1"):
    """Customer service puts off the fee that waits for a device (BIL-4, REF-12).

    It is due on the first working day of a month that is not before `until_on`. Subject: the device
    number.
    """

    device_number: DeviceNumber
    until_on: PlannedOn
    by: UserId
    asked_by: UserId
