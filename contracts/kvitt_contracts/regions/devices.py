"""Marked devices: where they are, and that they came back."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from kvitt_contracts.day_bounds import BeganOn, HappenedOn
from kvitt_contracts.envelope import Fact
from kvitt_contracts.regions.fields import Version
from kvitt_contracts.types import (
    TEXT,
    ArticleNumber,
    CustomerId,
    DeviceNumber,
    Money,
    NamedRecipient,
    PayerId,
    ReasonCode,
    StoreId,
    UserId,
    Word,
)


class Owner(StrEnum):
    """Whose a device is (INV-5)."""

    REGION = "region"
    PATIENT = "patient"


class DeviceStated(Fact, type="region.device.stated.v1"):
    """Old stock: a marked device with where it is at the cut-over day, in a store or on loan.

    Subject: the device number.
    `version` counts statements of the device. `customer_id`: the unit whose payer pays for a loan,
    which acknowledges its transfers (BMB-4); not given, a service point of the payer does.
    `owner`: whose it is, the region's where nothing is said; `bought_on` and `value`: when and for
    what it was bought as new, where that is known (INV-5).
    """

    version_of = ()

    version: Version
    device_number: DeviceNumber
    serial_number: Annotated[str, Field(max_length=40, pattern=TEXT)] | None = None
    article_number: ArticleNumber
    store: StoreId | None = None
    recipient: NamedRecipient | None = None
    payer_id: PayerId | None = None
    customer_id: CustomerId | None = None
    prescriber: UserId | None = None
    stated_on: HappenedOn
    owner: Owner | None = None
    bought_on: BeganOn | None = None
    value: Money | None = None


class DeviceReturned(Fact, type="region.device.returned.v1"):
    """A device has come back into a store (INV-7).

    A physical fact: it wins over claims. Subject: the device number.
    `version` counts statements of the return on one day.
    """

    version_of = ("returned_on",)

    version: Version
    device_number: DeviceNumber
    store: StoreId
    returned_on: HappenedOn


class ReconditioningStated(Fact, type="region.reconditioning.stated.v1"):
    """How far the work on a returned device has come, or how it ended (INV-13).

    `stage`: `inspected`, `cleaned`, `repaired`, `approved`, `scrapped`. Subject: the device number.
    `reason` says why it is scrapped: `NOT_WORTH_REPAIR`, `DAMAGED`, `PARTS_MISSING`,
    `NOT_HYGIENIC`, `TOO_OLD`. `version` counts statements of one stage on one day.
    """

    version_of = ("stage", "done_on")

    version: Version
    device_number: DeviceNumber
    stage: Word
    done_on: HappenedOn
    technician: UserId
    reason: ReasonCode | None = None


class DeviceCondition(StrEnum):
    """What a region states of a device's condition (INV-15, INV-7)."""

    STOLEN = "stolen"
    LOST = "lost"
    FOUND = "found"
    DAMAGED = "damaged"
    SCRAPPED = "scrapped"


class DeviceConditionStated(Fact, type="region.device-condition.stated.v1"):
    """What has become of a device: it was stolen, lost, damaged or scrapped, or is found (INV-15).

    A physical fact: it wins over claims. Subject: the device number. `store`: where what is found
    stands, or what is scrapped, unless that is the store which has it already. `by`: who said so.
    `version` counts statements of one condition on one day.
    """

    version_of = ("condition", "since_on")

    version: Version
    device_number: DeviceNumber
    condition: DeviceCondition
    since_on: HappenedOn
    store: StoreId | None = None
    by: UserId
