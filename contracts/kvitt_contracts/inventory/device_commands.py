"""The commands of a device. Subject of each: the device number, unless another is named."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from kvitt_contracts.day_bounds import BeganOn, HappenedOn, PlannedOn
from kvitt_contracts.envelope import Command
from kvitt_contracts.types import (
    TEXT,
    ArticleNumber,
    DeviceNumber,
    LineNumber,
    Money,
    PayerId,
    Quantity,
    Reference,
    RegionCode,
    RegionPersonId,
    ServicePointId,
    StoreId,
    SupplierArticleNumber,
    SupplierId,
    UserId,
    Value,
    Word,
)


class ReturnedLine(Value):
    """Some of an unmarked line, by the region's reference of its order."""

    order: Reference
    line: LineNumber
    quantity: Quantity


class RegisterReturn(Command, type="inventory.return.register.v1"):
    """Take devices and unmarked goods back from a recipient into a store (INV-7).

    `leaves_region`: the patient moves away, and by the region's policy some of the unmarked goods
    are scrapped instead of put into the store. Subject: the region's own reference of the return.
    """

    store: StoreId
    devices: Annotated[tuple[DeviceNumber, ...], Field(max_length=100)] = ()
    lines: Annotated[tuple[ReturnedLine, ...], Field(max_length=100)] = ()
    returned_on: HappenedOn
    leaves_region: bool = False
    by: UserId

    @model_validator(mode="after")
    def _returns_something(self) -> Self:
        if not self.devices and not self.lines:
            raise ValueError("INV-7: en retur har minst ett hjälpmedel eller en rad")
        return self


class TakeOverDevice(Command, type="inventory.device.take-over.v1"):
    """Customer service registers a device that another region sold with a patient (INV-12).

    It is put into `store`, that `service_point` has, and is that patient's alone to be given.
    `bought_on` tells its age, `value` what it was bought for, `approver` who decided that it be.
    """

    device_number: DeviceNumber
    serial_number: Annotated[str, Field(max_length=40, pattern=TEXT)] | None = None
    article_number: ArticleNumber
    store: StoreId
    service_point: ServicePointId
    person: RegionPersonId
    from_region: RegionCode
    supplier_id: SupplierId
    supplier_article_number: SupplierArticleNumber
    approver: UserId
    bought_on: BeganOn
    value: Money
    by: UserId
    asked_by: UserId


class RenumberDevice(Command, type="inventory.device.renumber.v1"):
    """Give a device another number (INV-6). `is_confirmed`: that this is the device is attested.

    Subject: the number that it has now. `work_order` is the repair's reference (ACT-4).
    """

    device_number: DeviceNumber
    new_number: DeviceNumber
    is_confirmed: bool
    work_order: Reference | None = None
    by: UserId


class SetDeviceCard(Command, type="inventory.device.set-card.v1"):
    """Set fields of the card; a serial number only by customer service, which says who asked
    (INV-5, INV-6, REF-12). What is not given stands, but for the next day of maintenance: that
    follows from `maintained_on`, and is unknown where it is not given with it.

    A SIP number is given over HTTP only.
    """

    device_number: DeviceNumber
    serial_number: Annotated[str, Field(max_length=40, pattern=TEXT)] | None = None
    maintained_on: BeganOn | None = None
    maintenance_due_on: PlannedOn | None = None
    by: UserId
    asked_by: UserId | None = None


class ReportDamage(Command, type="inventory.device.report-damage.v1"):
    """Record that a device was `stolen`, `lost` or `damaged` (INV-15). What was stolen or lost
    leaves its holder: nobody pays its rent from the day on.

    Customer service may decide at once, as by `DecideDamage`; who else reports decides nothing. A
    note: over HTTP only.
    """

    device_number: DeviceNumber
    kind: Word
    happened_on: HappenedOn
    outcome: Word = Word("undecided")
    payer_id: PayerId | None = None
    amount: Money | None = None
    by: UserId


class DecideDamage(Command, type="inventory.device.decide-damage.v1"):
    """Customer service decides who pays for what was recorded, or decides it anew (INV-15, BIL-8):
    `unit_pays` to `payer_id`, `patient_pays`, `nobody_pays`, or `withdrawn`: it did not happen.

    `kind` and `happened_on` name the record; `amount` is without VAT, where somebody pays.
    """

    device_number: DeviceNumber
    kind: Word
    happened_on: HappenedOn
    outcome: Word
    payer_id: PayerId | None = None
    amount: Money | None = None
    by: UserId


class FindDevice(Command, type="inventory.device.find.v1"):
    """Put a device that was missing back into a store (INV-10, REF-12)."""

    device_number: DeviceNumber
    store: StoreId
    found_on: HappenedOn
    by: UserId
    asked_by: UserId


class ScrapDevice(Command, type="inventory.device.scrap.v1"):
    """Scrap a device that is in a store (INV-7): nobody can be given it from then on."""

    device_number: DeviceNumber
    scrapped_on: HappenedOn
    by: UserId
