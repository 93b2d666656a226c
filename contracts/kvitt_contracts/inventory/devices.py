"""Topic `inventory.devices` (key: the device's id): marked devices and who has them."""

from datetime import date

from kvitt_contracts.envelope import Event
from kvitt_contracts.types import (
    ArticleNumber,
    CustomerId,
    DeviceId,
    DeviceNumber,
    Holder,
    OrderId,
    OrderLineId,
    PayerId,
    StoreId,
    TransferId,
    UserId,
    Value,
)


class DeviceRegistered(Event, type="inventory.device.registered.v1"):
    """A marked device is known, and in which store it stands (INV-5)."""

    device_id: DeviceId
    device_number: DeviceNumber
    serial_number: str | None = None
    article_number: ArticleNumber
    store: StoreId
    registered_on: date


class Custody(Value):
    """Who has a device, who pays and who prescribed it, from which Stockholm day.

    In a store nobody pays.
    """

    holder: Holder
    payer_id: PayerId | None = None
    customer_id: CustomerId | None = None
    prescriber: UserId | None = None
    since: date


class DeviceStatedOnLoan(Event, type="inventory.device.stated-on-loan.v1"):
    """Old stock: the device was on loan when Kvitt took over; the payer pays from `custody.since`
    (cut-over day).
    """

    device_id: DeviceId
    device_number: DeviceNumber
    serial_number: str | None = None
    article_number: ArticleNumber
    custody: Custody


class CustodyCause(Value):
    """What changed custody: an order line, a transfer, or a return (neither)."""

    order_id: OrderId | None = None
    line_id: OrderLineId | None = None
    transfer_id: TransferId | None = None


class CustodyChanged(Event, type="inventory.device.custody-changed.v1"):
    """The only fact of effect: from `custody.since` on, the device has this holder, payer and
    prescriber (BIL-1).
    """

    device_id: DeviceId
    article_number: ArticleNumber
    custody: Custody
    before: Custody
    cause: CustodyCause


DeviceEvent = DeviceRegistered | DeviceStatedOnLoan | CustodyChanged
"""Every event of a device."""
