"""Topic `billing.region-sales`, one aggregate kind: the sale of devices to the region that their
patient moves to (BIL-7).
"""

from datetime import date
from typing import Annotated

from pydantic import Field

from kvitt_contracts.day_bounds import HappenedOn, PlannedOn
from kvitt_contracts.envelope import Command, Event
from kvitt_contracts.types import (
    DeviceId,
    DeviceNumber,
    Money,
    NamedRecipient,
    PayerId,
    ReasonCode,
    Recipient,
    Reference,
    RefusedDevice,
    SaleId,
    ServicePointId,
    UserId,
    Value,
    Word,
)


class RegionSaleRequested(Event, type="billing.region-sale.requested.v1"):
    """A unit wants devices sold to the region that `payer_id` is.

    Inventory answers ClaimGranted or ClaimRefused, all or none; after 24 hours without it is
    refused.
    """

    sale_id: SaleId
    reference: Reference | None = None
    payer_id: PayerId
    recipient: Recipient
    service_point: ServicePointId
    devices: Annotated[tuple[DeviceId, ...], Field(min_length=1)]
    by: UserId


class RegionSaleRefused(Event, type="billing.region-sale.refused.v1"):
    """Nothing is sold: these devices could not be claimed; none where there was no answer."""

    sale_id: SaleId
    refused: tuple[RefusedDevice, ...] = ()


class PricedDevice(Value):
    """A device and its asking price."""

    device_id: DeviceId
    price: Money


class RegionSaleProposed(Event, type="billing.region-sale.proposed.v1"):
    """Customer service has named the price of each device to the other region, which answers by a
    day. Proposed anew where a device was dropped, or at other prices.
    """

    sale_id: SaleId
    lines: Annotated[tuple[PricedDevice, ...], Field(min_length=1)]
    answer_by_on: date
    by: UserId
    asked_by: UserId | None = None


class RegionSaleReminderDue(Event, type="billing.region-sale.reminder-due.v1"):
    """Something was not done in time; nothing changes. `waits_for`: `answer` of the other region by
    its day, `return` of a device 30 days after it said no.
    """

    sale_id: SaleId
    service_point: ServicePointId
    waits_for: Word


class RegionSaleApproved(Event, type="billing.region-sale.approved.v1"):
    """The other region buys: inventory marks the devices sold, custody ends, and each that was is
    charged at the price that was proposed last.
    """

    sale_id: SaleId
    devices: Annotated[tuple[DeviceId, ...], Field(min_length=1)]
    sold_on: date
    by: UserId


class RegionSaleNotApproved(Event, type="billing.region-sale.not-approved.v1"):
    """The other region does not buy: the devices are free, and to be returned (BIL-7)."""

    sale_id: SaleId
    by: UserId


class RegionSaleLineDropped(Event, type="billing.region-sale.line-dropped.v1"):
    """A device came back or was lost before it was sold, or came back by a day before it was, told
    late: what was charged for it is cancelled.
    """

    sale_id: SaleId
    device_id: DeviceId
    reason: ReasonCode


RegionSaleEvent = (
    RegionSaleRequested
    | RegionSaleRefused
    | RegionSaleProposed
    | RegionSaleReminderDue
    | RegionSaleApproved
    | RegionSaleNotApproved
    | RegionSaleLineDropped
)
"""Every event of a sale to another region."""


# -- commands ------------------------------------------------------------------------------------


class RequestRegionSale(Command, type="billing.region-sale.request.v1"):
    """Have devices of a patient who moves sold to their region (BIL-7).

    Subject: the region's own reference, which names the sale.
    """

    payer_id: PayerId
    recipient: NamedRecipient
    service_point: ServicePointId
    devices: Annotated[tuple[DeviceNumber, ...], Field(min_length=1, max_length=100)]
    by: UserId


class NamedPrice(Value):
    """A device by its number and its asking price."""

    device_number: DeviceNumber
    price: Money


class ProposeRegionSale(Command, type="billing.region-sale.propose.v1"):
    """Customer service names the prices (BIL-7)."""

    lines: Annotated[tuple[NamedPrice, ...], Field(min_length=1, max_length=100)]
    answer_by_on: PlannedOn
    by: UserId
    asked_by: UserId


class ApproveRegionSale(Command, type="billing.region-sale.approve.v1"):
    """The other region buys (BIL-7)."""

    sold_on: HappenedOn
    by: UserId


class DisapproveRegionSale(Command, type="billing.region-sale.disapprove.v1"):
    """The other region does not buy (BIL-7)."""

    by: UserId
