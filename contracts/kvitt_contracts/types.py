"""Value types of the language between services. No IO, no clock; nothing here knows a service."""

import hashlib
import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal, NewType, Self
from uuid import UUID, uuid5

from personnummer.personnummer import Personnummer, PersonnummerException
from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, field_validator
from pydantic_core import CoreSchema, core_schema

# ids are derived from what a region calls a thing, so that a repeated message names the same thing
NAMESPACE = UUID("6f1c3c5e-5a0b-4d53-9c1e-2b6a0d2d7f10")

OrderId = NewType("OrderId", UUID)
OrderLineId = NewType("OrderLineId", UUID)
TransferId = NewType("TransferId", UUID)
DeviceId = NewType("DeviceId", UUID)
InvoiceId = NewType("InvoiceId", UUID)
ChargeId = NewType("ChargeId", UUID)
MessageId = NewType("MessageId", UUID)
PersonRef = NewType("PersonRef", UUID)
"""A random reference to a person, minted by orders, unique within its region.

Says nothing about the person.
"""


# decision 0102: ids come from the region's own references
def identify(region: str, noun: str, reference: str) -> UUID:
    """The immutable id of what `region` calls `reference`: the same words give the same id."""
    return uuid5(NAMESPACE, f"{region}/{noun}/{reference}")


_UUID_FORM = re.compile(r"\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b")
_NUMBER_FORM = re.compile(
    r"(?=((?:\d{2})?\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]|6[1-9]|[78]\d|9[01])[-+]?\d{4}))"
)


def looks_like_personal_number(text: str) -> bool:
    """True when `text` holds a personal or coordination number: 10 or 12 digits, hyphen or none.

    The date and the check digit must be right, and UUIDs are passed over: their digits are chance.
    """
    without_ids = _UUID_FORM.sub(" ", text)
    return any(_is_number(found[1]) for found in _NUMBER_FORM.finditer(without_ids))


def _is_number(digits: str) -> bool:
    try:
        Personnummer(digits)
    except (PersonnummerException, ValueError):
        return False
    return True


class HoldsPersonalNumber(ValueError):
    """A text that must be opaque holds what looks like a personal number; repeats no digit."""


class Code(str):
    """A text that follows a pattern.

    Subclasses are distinct types; a wrong text raises ValueError.
    """

    __slots__ = ()
    pattern: ClassVar[str] = r"^\S{1,40}$"
    may_hold_digits: ClassVar[bool] = True

    def __new__(cls, value: str) -> Self:
        if not re.fullmatch(cls.pattern, value):
            raise ValueError(f"{cls.__name__} must match {cls.pattern}")
        if not cls.may_hold_digits and looks_like_personal_number(value):
            raise HoldsPersonalNumber(f"{cls.__name__} must not hold a personal number")
        return super().__new__(cls, value)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(
            cls if not cls.may_hold_digits else lambda text: str.__new__(cls, text),
            core_schema.str_schema(pattern=cls.pattern),
            serialization=core_schema.plain_serializer_function_ser_schema(
                str, return_schema=core_schema.str_schema()
            ),
        )


class RegionCode(Code):
    """The county letter or letters of a region, in lower case: `ac`, `bd`, `w`, `m`."""

    __slots__ = ()
    pattern = r"^[a-z]{1,2}$"


class UnitCode(Code):
    """A code of an organisational unit as its region writes it (length by policy: `id_format`)."""

    __slots__ = ()
    pattern = r"^[0-9A-Z]{2,10}$"


class CustomerId(UnitCode):
    """Customer (kund): a workplace as ordering and delivery party."""

    __slots__ = ()


class ServicePointId(CustomerId):
    """Service point (tjänsteställe): a user's workplace; every service point is a customer."""

    __slots__ = ()


class PayerId(UnitCode):
    """Payer (betalare)."""

    __slots__ = ()


class CareUnitId(UnitCode):
    """Care unit (vårdenhet), a possible recipient of a device."""

    __slots__ = ()


class StoreId(Code):
    """Store (förråd, lager): `500`, `402`."""

    __slots__ = ()
    pattern = r"^[0-9A-Z]{1,10}$"


class ArticleNumber(Code):
    """Article number (artikelnummer) of the region's catalogue."""

    __slots__ = ()
    pattern = r"^[0-9A-Z-]{1,20}$"


class DeviceNumber(Code):
    """Device number (individnummer): the mark on one device.

    It can change; `DeviceId` never does.
    """

    __slots__ = ()
    pattern = r"^[0-9A-Za-z-]{1,30}$"


class IsoCode(Code):
    """ISO 9999 class on 2, 4 or 6 digits: `12`, `1222`, `122203`."""

    __slots__ = ()
    pattern = r"^\d{2}(\d{2}(\d{2})?)?$"


class UserId(Code):
    """Internal id of a user as the region writes it (`k082lno`). Never a name."""

    __slots__ = ()
    pattern = r"^[a-z0-9][a-z0-9._-]{1,39}$"


class RegionPersonId(Code):
    """A region's own opaque id of a person.

    A text that holds what looks like a personal number is refused.
    """

    __slots__ = ()
    pattern = r"^[A-Za-z0-9][A-Za-z0-9._-]{3,39}$"
    may_hold_digits = False


class OrderNumber(Code):
    """Two digits of the ISO year, two of the week, at least four running (ORD-2): `26470001`."""

    __slots__ = ()
    pattern = r"^\d{8,9}$"


class Reference(Code):
    """What a region's own system calls an order, a transfer, a delivery. Opaque to Kvitt."""

    __slots__ = ()
    pattern = r"^[A-Za-z0-9][A-Za-z0-9._/-]{1,59}$"
    may_hold_digits = False


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

# decision 0021: what outsiders write is bounded in the contract
TEXT = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f]*$"
"""Pattern of free text: no control characters but tab and line ends (PostgreSQL stores no NUL)."""

Quantity = Annotated[int, Field(strict=True, ge=1, le=10_000)]
VatPercent = Literal[0, 6, 12, 25]


class Value(BaseModel):
    """A value inside messages: frozen, equal by content; readers pass over unknown fields."""

    model_config = ConfigDict(frozen=True, extra="ignore")


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
    """A store that holds a device."""

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
    postal_code: Annotated[str, Field(pattern=r"^\d{5}$")]
    city: Annotated[str, Field(min_length=1, max_length=60, pattern=TEXT)]

    @field_validator("postal_code", mode="before")
    @classmethod
    def _without_space(cls, value: object) -> object:
        return value.replace(" ", "") if isinstance(value, str) else value


def content_hash(text: str) -> str:
    """The first 16 hex digits of the SHA-256 of `text`: enough to tell two versions of a policy
    apart.
    """
    return hashlib.sha256(text.encode()).hexdigest()[:16]
