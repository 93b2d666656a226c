"""Texts that follow a pattern: codes as regions write them. Each is a type of its own."""

import re
from typing import Any, ClassVar, Self

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from kvitt_contracts.types.birth_numbers import possible_births
from kvitt_contracts.types.check_digits import gln_holds

_UUID_FORM = re.compile(r"\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b")

_NUMBER_FORM = re.compile(
    r"(?=((?:[0-9]{2})?[0-9]{2}(?:0[0-9]|1[0-2])"
    r"(?:0[1-9]|[12][0-9]|3[01]|[678][0-9]|9[01])[-+]?[0-9]{4}))"
)

_GTIN_DIGITS = 14

_PARTED = re.compile(r"(?<=[0-9]{6})[\s_.\u2010-\u2015]{1,3}(?=[0-9]{4}(?![0-9]))")


def looks_like_personal_number(text: str) -> bool:
    """True when `text` contains a personal or coordination number: 10 or 12 digits, hyphen or none.

    The date and the check digit must be right, and UUIDs are passed over: their digits are chance.
    """
    without_ids = _UUID_FORM.sub(" ", text)
    return any(_is_number(found[1]) for found in _NUMBER_FORM.finditer(without_ids))


def names_a_person(text: str) -> bool:
    """True when what somebody writes freely has a personal number in it, however its date and its
    last four digits are parted: by a hyphen, a dash, a blank, a dot or a low line.
    """
    return looks_like_personal_number(_PARTED.sub("-", text))


def _is_number(digits: str) -> bool:
    bare = re.sub("[-+]", "", digits)
    centuries = ("",) if len(bare) == 12 else ("18", "19", "20")
    return any(possible_births(century + bare) for century in centuries)


class HoldsPersonalNumber(ValueError):
    """A text that must be opaque contains what looks like a personal number; repeats no digit."""


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
    pattern = r"^[0-9]{2}([0-9]{2}([0-9]{2})?)?$"


class UserId(Code):
    """Internal id of a user as the region writes it (`k082lno`). Never a name."""

    __slots__ = ()
    pattern = r"^[a-z0-9][a-z0-9._-]{1,39}$"


class RegionPersonId(Code):
    """A region's own opaque id of a person.

    A text that contains what looks like a personal number is refused.
    """

    __slots__ = ()
    pattern = r"^[A-Za-z0-9][A-Za-z0-9._-]{3,39}$"
    may_hold_digits = False


class OrderNumber(Code):
    """Two digits of the ISO year, two of the week, at least four running (ORD-2): `26470001`."""

    __slots__ = ()
    pattern = r"^[0-9]{8,9}$"


class Reference(Code):
    """What a region's own system calls an order, a transfer, a delivery. Opaque to Kvitt."""

    __slots__ = ()
    pattern = r"^[A-Za-z0-9][A-Za-z0-9._/-]{1,59}$"
    may_hold_digits = False


class Word(Code):
    """One of a set that grows: a kind, an outcome, a cause.

    A reader passes over, or treats as the general case, a word that it does not know: a closed set
    would need a new version of its message for each new member.
    """

    __slots__ = ()
    pattern = r"^[a-z][a-z_]{1,39}$"


class ReasonCode(Code):
    """Why something was refused, dropped or voided: `OUT_OF_ASSORTMENT`. Never a sentence."""

    __slots__ = ()
    pattern = r"^[A-Z][A-Z0-9_]{1,59}$"


class SupplierId(Code):
    """Supplier (leverantör) as the region's register calls it (REF-13)."""

    __slots__ = ()
    pattern = r"^[0-9A-Za-z][0-9A-Za-z_-]{0,29}$"
    may_hold_digits = False


class ProductArea(Code):
    """Product area (produktområde) of the region, such as `horsel` (REF-11)."""

    __slots__ = ()
    pattern = r"^[a-z0-9][a-z0-9_-]{0,29}$"


class GroupName(Code):
    """A group of articles as the region writes it: a fee group, a replacement group."""

    __slots__ = ()
    pattern = r"^[a-z0-9_]{1,30}$"


class SupplierArticleNumber(Code):
    """What the supplier calls an article. One that looks like a personal number is refused."""

    __slots__ = ()
    pattern = r"^[0-9A-Za-z][0-9A-Za-z ./_-]{0,39}$"
    may_hold_digits = False


class Gtin(Code):
    """GTIN of an article: 8, 12, 13 or 14 digits with a right check digit, kept as 14 of them.

    One whose digits are a personal number is refused.
    """

    __slots__ = ()
    pattern = r"^([0-9]{8}|[0-9]{12,14})$"
    may_hold_digits = False

    def __new__(cls, value: str) -> Self:
        digits = value.lstrip("0")
        if not re.fullmatch(cls.pattern, value, re.ASCII) or not digits:
            raise ValueError("INV-2: a GTIN has 8, 12, 13 or 14 digits")
        if not gln_holds(value):
            raise ValueError("INV-2: the GTIN's last digit is not its check digit: read it again")
        if len(digits) in (10, 12) and looks_like_personal_number(digits):
            raise HoldsPersonalNumber("a GTIN must not be a personal number")
        return str.__new__(cls, value.zfill(_GTIN_DIGITS))


class OrganisationNumber(Code):
    """Organisation number of a legal person, `232100-0222`.

    The third digit is at least 2, so it is never a personal number: a sole trader's is one, and has
    no place here.
    """

    __slots__ = ()
    pattern = r"^[0-9]{2}[2-9][0-9]{3}-[0-9]{4}$"


class VatNumber(Code):
    """VAT number of a Swedish legal person: `SE232100022201`."""

    __slots__ = ()
    pattern = r"^SE[0-9]{2}[2-9][0-9]{7}01$"


class SupplierInvoiceNumber(Code):
    """What a supplier calls an invoice."""

    __slots__ = ()
    pattern = r"^[0-9A-Za-z][0-9A-Za-z./_-]{0,29}$"


class OcrNumber(Code):
    """The reference by which a payment finds its invoice; the last digit checks the others."""

    __slots__ = ()
    pattern = r"^[0-9]{2,25}$"


class Account(Code):
    """An account of the region's ledger."""

    __slots__ = ()
    pattern = r"^[0-9]{3,10}$"
