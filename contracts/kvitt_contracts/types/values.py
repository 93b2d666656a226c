"""Values inside messages: amounts, holders, payers, addresses, closed sets."""

import hashlib
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from operator import not_
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, field_validator
from pydantic_core import CoreSchema

from kvitt_contracts.types.codes import (
    ArticleNumber,
    CareUnitId,
    DeviceNumber,
    PayerId,
    ReasonCode,
    RegionPersonId,
    StoreId,
    Word,
)
from kvitt_contracts.types.ids import DeviceId, OrderLineId, PersonRef
from kvitt_contracts.types.known import Known
from kvitt_contracts.types.strict import strict
from kvitt_contracts.types.texts import TEXT

Ore = Annotated[
    int,
    Field(
        strict=True,
        ge=-(10**13),
        le=10**13,
        description="An amount in öre. A decimal is refused.",
    ),
]

Day = Annotated[date, Field(ge=date(1900, 1, 1), le=date(2199, 12, 31))]
"""A Stockholm day that somebody outside has written: what lies beyond is a slip of the keys."""


Quantity = Annotated[int, Field(strict=True, ge=1, le=10_000)]

LineNumber = Annotated[int, Field(strict=True, ge=1, le=1000)]
"""A line within its order, pickup or basket, as it is numbered from 1."""

Flag = Annotated[bool, Field(exclude_if=not_)]
"""A field, False by default, that is written only when it is set: so an event of a type that gets
it later is written as before.
"""

VatPercent = Literal[0, 6, 12, 25]


class Value(BaseModel):
    """A value inside messages: frozen, equal by content; readers pass over unknown fields."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler, /
    ) -> CoreSchema:
        return strict(cls, handler(source))


class Money(Value):
    """An exact amount: `net_ore` in öre without VAT, and the VAT rate beside it (BIL-10)."""

    net_ore: Ore
    vat_percent: VatPercent = 25

    @property
    def vat_ore(self) -> int:
        """VAT in öre, half rounded away from zero: the one place where VAT is rounded."""
        vat = Decimal(self.net_ore) * self.vat_percent / 100
        return int(vat.quantize(Decimal(1), rounding=ROUND_HALF_UP))

    @property
    def gross_ore(self) -> int:
        """Net and VAT, in öre."""
        return self.net_ore + self.vat_ore


class PatientRecipient(Value):
    """A patient, by reference."""

    kind: Literal["patient"] = "patient"
    person: PersonRef


class CareUnitRecipient(Value):
    """A care unit as recipient."""

    kind: Literal["care_unit"] = "care_unit"
    unit: CareUnitId


class StoreHolder(Value):
    """A store that has a device."""

    kind: Literal["store"] = "store"
    store: StoreId


Recipient = Annotated[PatientRecipient | CareUnitRecipient, Field(discriminator="kind")]

Holder = Annotated[PatientRecipient | CareUnitRecipient | StoreHolder, Field(discriminator="kind")]


class NamedPatient(Value):
    """A patient as a region names one: by the region's own opaque id, never by a number."""

    kind: Literal["patient"] = "patient"
    person: RegionPersonId


NamedRecipient = Annotated[NamedPatient | CareUnitRecipient, Field(discriminator="kind")]


class UnitPayer(Value):
    """A unit pays."""

    kind: Literal["unit"] = "unit"
    payer_id: PayerId


class PatientPayer(Value):
    """The patient pays (fees)."""

    kind: Literal["patient"] = "patient"
    person: PersonRef


Payer = Annotated[UnitPayer | PatientPayer, Field(discriminator="kind")]


class Item(Value):
    """A line of an order with what it is and how many."""

    line_id: OrderLineId
    article_number: ArticleNumber
    quantity: Quantity


class Goods(Value):
    """A quantity of an article that belongs to no order."""

    article_number: ArticleNumber
    quantity: Quantity


class MarkedDevice(Value):
    """One marked device in a delivery."""

    device_number: DeviceNumber
    serial_number: Annotated[str, Field(max_length=40, pattern=TEXT)] | None = None


WHY_NOT_CLAIMED: Final = (
    "UNKNOWN_DEVICE",
    "IN_TRANSFER",
    "LOCKED",
    "IN_DISPATCH",
    "IN_INVESTIGATION",
    "IN_PICKUP",
    "IN_BASKET",
    "IN_SALE",
    "IN_RECONDITIONING",
    "MEANT_FOR_PATIENT",
    "NOT_AT_RECIPIENT",
    "NOT_IN_STORE",
    "RESERVED_FOR_ORDERS",
    "RETURNED_AT_ONCE",
    "SCRAPPED",
    "SOLD",
    "RETURNED_TO_SUPPLIER",
    "HAS_PRESCRIBER",
)
"""Why inventory does not let a device be claimed (BMB-12, ACT-6)."""


class RefusedDevice(Value):
    """Which device could not be claimed, and why."""

    device_id: DeviceId
    reason: Annotated[str, Known(*WHY_NOT_CLAIMED)]


class RefusedLine(Value):
    """Which line could not be taken, and why."""

    line_id: OrderLineId
    reason: ReasonCode


class Claimant(Value):
    """Who claims a device: a pickup, a sale, a fault report, by its id.

    A basket claims by its order, a transfer has its hold.
    """

    kind: Word
    id: UUID


class Thing(Value):
    """What a case, a message or a mail is about; `kind` is the noun of what has the id."""

    kind: Word
    id: UUID


class Endpoint(Value):
    """An electronic address in Peppol: `0007` and an organisation number, `0088` and a GLN."""

    scheme: Annotated[str, Field(pattern=r"^[0-9]{4}$")]
    id: Annotated[str, Field(pattern=r"^[0-9A-Za-z:_-]{4,50}$")]


class ArticleType(StrEnum):
    """Article type; a service is ordered too, never stocked or counted."""

    MAIN_DEVICE = "main_device"
    ACCESSORY = "accessory"
    SPARE_PART = "spare_part"
    SERVICE = "service"


class ArticleStatus(StrEnum):
    """Where an article is in its life; only active ones can be purchased (ORD-6)."""

    ACTIVE = "active"
    PHASE_OUT = "phase_out"
    DISCONTINUED = "discontinued"


class Charging(StrEnum):
    """How the region charges for an article: rent by day, or a sale at delivery."""

    RENT = "rent"
    SALE = "sale"


class Role(StrEnum):
    """What a user may do.

    `ops` operates Kvitt; `customer_service` is the device service's staff (REF-12).
    """

    PRESCRIBER = "prescriber"
    REQUESTER = "requester"
    CUSTOMER_SERVICE = "customer_service"
    REGION_SYSTEM = "region_system"
    OPS = "ops"


class PolicyVersion(Value):
    """Which version of the region's policy a decision is pinned to, with its content's hash."""

    version: Annotated[int, Field(ge=1)]
    content_hash: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]


class Address(Value):
    """A postal address in Sweden.

    Personal data when it is a person's: only in person facts and in the vault.
    """

    street: Annotated[str, Field(min_length=1, max_length=100, pattern=TEXT)]
    postal_code: Annotated[str, Field(pattern=r"^[0-9]{5}$")]
    city: Annotated[str, Field(min_length=1, max_length=60, pattern=TEXT)]

    @field_validator("postal_code", mode="before")
    @classmethod
    def _without_space(cls, value: object) -> object:
        return value.replace(" ", "") if isinstance(value, str) else value


def content_hash(text: str) -> str:
    """Returns the first 16 hex digits of the SHA-256 of `text`: enough to distinguish two versions
    of a policy.
    """
    return hashlib.sha256(text.encode()).hexdigest()[:16]
