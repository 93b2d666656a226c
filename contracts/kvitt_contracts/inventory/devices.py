"""Topic `inventory.devices` (key: the device's id): marked devices and who has them."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from kvitt_contracts.envelope import Event
from kvitt_contracts.types import (
    ArticleNumber,
    Charging,
    CustomerId,
    DeviceId,
    DeviceNumber,
    FaultReportId,
    Holder,
    Money,
    OrderId,
    OrderLineId,
    Payer,
    PayerId,
    PersonRef,
    PickupId,
    RegionCode,
    ReturnId,
    SaleId,
    ServicePointId,
    StocktakingId,
    StoreId,
    SupplierArticleNumber,
    SupplierId,
    TransferId,
    UserId,
    Value,
    Word,
    WorkOrderId,
)


class Origin(Value):
    """Where a device came from that another region sold when its patient moved in (INV-12).

    Until it is withdrawn to `person`, only a withdrawal to that person may take it. The main
    responsible of `service_point`, whose store it is in, is told and is its contact (BMB-14).
    """

    from_region: RegionCode
    supplier_id: SupplierId | None = None
    supplier_article_number: SupplierArticleNumber | None = None
    service_point: ServicePointId | None = None
    approver: UserId
    person: PersonRef


class DeviceRegistered(Event, type="inventory.device.registered.v1"):
    """A marked device is registered, in the store that it is in (INV-5).

    `owner`: `region` or `patient`. `origin` where it was bought from another region (INV-12).
    """

    device_id: DeviceId
    device_number: DeviceNumber
    serial_number: str | None = None
    article_number: ArticleNumber
    store: StoreId
    registered_on: date
    owner: Annotated[Word, Field(exclude_if=lambda owner: owner == "region")] = Word("region")
    origin: Origin | None = None
    bought_on: date | None = None
    value: Money | None = None


ChangeNumber = Annotated[int, Field(ge=1)]
"""The region's own running number of a change of custody, from 1 without gaps, in the order of
their commits. `DayClosed` counts by it; a change that was emitted before there were numbers has
none.
"""


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

    It is a change of custody with its `number`; `charging` is how this loan is charged until it
    ends, whatever becomes of the article. `owner`: `region` or `patient`. `bought_on` and `value`:
    when and for what it was bought as new, where that is known (INV-5).
    """

    device_id: DeviceId
    device_number: DeviceNumber
    serial_number: str | None = None
    article_number: ArticleNumber
    custody: Custody
    number: ChangeNumber | None = None
    charging: Charging | None = None
    owner: Annotated[Word, Field(exclude_if=lambda owner: owner == "region")] = Word("region")
    bought_on: date | None = None
    value: Money | None = None


class CustodyCause(Value):
    """What changed custody: an order line, a transfer, or a return (neither).

    A return that is joined with others has `return_id`; the last fields name what else it was.
    `damage`: it was `stolen` or `lost`, or what was is `found` (INV-15).
    """

    order_id: OrderId | None = None
    line_id: OrderLineId | None = None
    transfer_id: TransferId | None = None
    return_id: ReturnId | None = None
    pickup_id: PickupId | None = None
    stocktaking_id: StocktakingId | None = None
    work_order_id: WorkOrderId | None = None
    fault_report_id: FaultReportId | None = None
    sale_id: SaleId | None = None
    replenishment_id: OrderId | None = None
    damage: Word | None = None


class CustodyChanged(Event, type="inventory.device.custody-changed.v1"):
    """The only fact of effect: from `custody.since` on, the device has this holder, payer and
    prescriber (BIL-1).

    `charging` is given where a loan begins: how it is charged until it ends, whatever becomes of
    the article.
    """

    device_id: DeviceId
    article_number: ArticleNumber
    custody: Custody
    before: Custody
    cause: CustodyCause
    number: ChangeNumber | None = None
    charging: Charging | None = None


class DeviceStatusChanged(Event, type="inventory.device.status-changed.v1"):
    """The device is `in_use`, `investigated`, `lost`, `scrapped`, `sold` or `returned_to_supplier`
    from a day on (INV-7, INV-8, INV-10, BIL-7).

    It has a holder in any status: an investigated or lost one the investigation store, the others
    the last store; nobody pays for it there. `payer_id` and `value` where somebody is charged
    (BIL-8); `in_use` after that lets the charge be cancelled. `cause` is the noun of what has
    `cause_id`.
    """

    device_id: DeviceId
    kind: Word
    since_on: date
    cause: Word
    cause_id: UUID | None = None
    payer_id: PayerId | None = None
    value: Money | None = None


class DeviceRenumbered(Event, type="inventory.device.renumbered.v1"):
    """The device bears another number, confirmed explicitly; its id stays (INV-6).

    The old number still finds it and is never given to another device. `work_order_id` where a
    repair replaced the unit (ACT-4).
    """

    device_id: DeviceId
    device_number: DeviceNumber
    before: DeviceNumber
    work_order_id: WorkOrderId | None = None
    by: UserId


class DeviceCardChanged(Event, type="inventory.device.card-changed.v1"):
    """The device's card has changed (INV-5, INV-6): a given field is its value from now on.

    Maintenance was done on `maintained_on` and is due next on `maintenance_due_on`, unknown where
    that is not given with it. The SIP number is stored by inventory alone: it is a telephone
    number, of whoever has the device. `work_order_id`: the maintenance that was finished (ACT-8).
    """

    device_id: DeviceId
    serial_number: str | None = None
    has_sip_number: bool | None = None
    maintained_on: date | None = None
    maintenance_due_on: date | None = None
    work_order_id: WorkOrderId | None = None
    by: UserId | None = None
    asked_by: UserId | None = None


class DeviceReturnAwaited(Event, type="inventory.device.return-awaited.v1"):
    """A device of an article that is to be returned at once has stood in a unit's own store for the
    policy's days since it came back, and no pickup has it: the unit is reminded (PCK-7). Emitted
    again each such time until it has left.

    `service_points`: whose store it is; `since_on`: the day on which it came there.
    """

    device_id: DeviceId
    store: StoreId
    service_points: tuple[ServicePointId, ...] = ()
    since_on: date


class DeviceDamageRecorded(Event, type="inventory.device.damage-recorded.v1"):
    """The device was `stolen`, `lost` or `damaged` on a day, and what was decided (INV-15):
    `outcome` is `undecided`, `unit_pays`, `patient_pays` or `nobody_pays`, or `withdrawn`: it did
    not happen. The note is stored by inventory alone.

    There is one record of a kind and a day; emitted again, it is all that holds of it from now on.
    `payer` and `amount` where somebody pays (BIL-8). What was stolen or lost is `lost` from that
    day besides, and leaves its holder; `in_use` after that: it is found, and nobody pays.
    """

    device_id: DeviceId
    kind: Word
    happened_on: date
    outcome: Word
    payer: Payer | None = None
    amount: Money | None = None
    has_note: bool = False
    by: UserId


DeviceEvent = (
    DeviceRegistered
    | DeviceStatedOnLoan
    | CustodyChanged
    | DeviceStatusChanged
    | DeviceRenumbered
    | DeviceCardChanged
    | DeviceReturnAwaited
    | DeviceDamageRecorded
)
"""Every event of a device."""


# -- reserved ------------------------------------------------------------------------------------


class DeviceReminderDue(Event, type="inventory.device.reminder-due.v1"):
    """A device bought over has been in the store for 30 days without being withdrawn to its
    patient: the service point is notified (INV-12).
    """

    device_id: DeviceId
    store: StoreId
    waits_for: Word


ComingDeviceEvent = DeviceReminderDue
"""Reserved events of a device."""
