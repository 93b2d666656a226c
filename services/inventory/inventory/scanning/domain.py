"""What a scanned code says of a device: its number as it is, or a GS1 code's serial number and
GTIN. No clock, no database.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

import biip
from biip import ParseError, ParseResult
from biip.gs1_digital_link_uris import GS1DigitalLinkURI
from biip.gs1_element_strings import GS1ElementStrings
from biip.gs1_messages import GS1Message
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import Gtin

LONGEST: Final = 300
"""As long as a code may be: a web address with all that GS1 may say in it."""

_NUMBER: Final = re.compile(r"[0-9A-Za-z-]{1,30}")
_SYMBOLOGY: Final = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_GS1: Final = ("]C1", "]e0", "]d2", "]Q3", "]J1")
"""What a scanner says before a GS1 code, where it is set to tell what it has read."""
_BARE_GTIN: Final = re.compile(r"01\d{14}.")
_ORDER: Final = "400"
"""GS1's identifier of what the customer calls its purchase order."""
_SEPARATOR: Final = "\x1d"
_SEPARATOR_DRAWN: Final = "\u241d"
_ENDS: Final = " \t\r\n\u00a0\ufeff" + _SEPARATOR


_One = TypeVar("_One")


class ScanRefused(Refused):
    """What was scanned names no device."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """What a code may be: the number of a device as it stands, or one device's serial number with
    its article's GTIN; of goods that come, the number of their order.
    """

    number: str | None = None
    serial: str | None = None
    gtin: str | None = None
    order: str | None = None

    @property
    def numbers(self) -> frozenset[str]:
        """What a device's number or serial number may be: labels have capitals, keyboards not."""
        said = [one for one in (self.number, self.serial) if one is not None]
        return frozenset([*said, *(one.upper() for one in said)])

    @property
    def article_gtin(self) -> Gtin | None:
        """The GTIN that it says, also as a shop's barcode does: its digits alone."""
        return as_gtin(self.gtin or self.number or "")


class Named(Protocol):
    """The article of a device, as far as a GTIN may name it."""

    @property
    def article_number(self) -> str:
        """The region's number of it."""

    @property
    def supplier_article_number(self) -> str | None:
        """Its supplier's number of it, which may be its GTIN."""

    @property
    def gtin(self) -> str | None:
        """Its own GTIN, where the region has stated that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoDevice:
    """A code that names none: it has a GTIN and no serial number, or cannot be read."""

    reason: str
    way_on: str
    gtin: str | None = None


def read(code: str, *, field: str = "code") -> Scanned:
    """Read a code as a scanner or a person gives it.

    Raises ScanRefused: CODE_NAMES_AN_ARTICLE, where it has a GTIN and no serial number;
    UNREADABLE_CODE. Source: INV-5.
    """
    found = look_at(code)
    if isinstance(found, Scanned):
        return found
    said = {} if found.gtin is None else {"gtin": found.gtin}
    raise ScanRefused(found.reason, rule="INV-5", field=field, way_on=found.way_on, **said)


def look_at(code: str) -> Scanned | NoDevice:
    """What a code names as a scanner or a person gives it, or why that is no device (INV-5)."""
    said = _said_by(code)
    if said.number is None and said.serial is None:
        if said.gtin is not None:
            return NoDevice(reason="CODE_NAMES_AN_ARTICLE", way_on=_ARTICLES, gtin=said.gtin)
        return NoDevice(reason="UNREADABLE_CODE", way_on=_UNREADABLE)
    return said


def read_of_goods(code: str, *, field: str = "code") -> Scanned:
    """What a code says of goods: their article, a device's numbers, an order's number (INV-2).

    Raises ScanRefused: UNREADABLE_CODE.
    """
    said = _said_by(code)
    if said == Scanned():
        raise ScanRefused("UNREADABLE_CODE", rule="INV-5", field=field, way_on=_UNREADABLE)
    return said


# decision 0495: one place says what a scanned code means, by biip
def _said_by(code: str) -> Scanned:
    text = code.strip(_ENDS).replace(_SEPARATOR_DRAWN, _SEPARATOR)
    elements = _elements(text)
    plain = text[3:] if _SYMBOLOGY.match(text) and not text.startswith(_GS1) else text
    number = plain if _NUMBER.fullmatch(plain) else None
    serial, gtin = elements.get("21"), elements.get("01")
    return Scanned(number=number, serial=serial, gtin=gtin, order=elements.get(_ORDER))


def as_gtin(text: str) -> Gtin | None:
    """The GTIN that a text is, of 8, 12, 13 or 14 digits; none where it is no such."""
    try:
        return Gtin(text)
    except ValueError:
        return None


# decision 0501: an article's own GTIN decides; without one, what its numbers say
def is_of(article: Named, gtin: str | None) -> bool:
    """Whether a GTIN is an article's: its own, or where the region has stated none, its number or
    its supplier's number of it.
    """
    if gtin is None:
        return False
    if article.gtin is not None:
        return article.gtin == gtin
    said = (article.article_number, article.supplier_article_number or "")
    return any(one.lstrip("0") == gtin.lstrip("0") for one in said)


def narrowed(
    scanned: Scanned, found: Sequence[tuple[_One, str, Named]]
) -> Sequence[tuple[_One, str, Named]]:
    """Of the devices that a code may mean, each with its number and its article: those of the
    code's GTIN where an article has that, and none whose article has another. Of several the one
    that bears the number comes before those whose serial number it is.
    """
    gtin = scanned.gtin
    of_none_else = [one for one in found if gtin is None or one[2].gtin in (None, gtin)]
    meant = [one for one in of_none_else if is_of(one[2], gtin)] or of_none_else
    bearing = [one for one in meant if one[1] in scanned.numbers]
    return bearing if len(bearing) == 1 else meant


def _elements(text: str) -> dict[str, str]:
    """A GS1 code's element strings by their application identifiers; none where it is no such."""
    try:
        if text.startswith("("):
            return _by_identifier(GS1Message.parse_hri(text).element_strings)
        if "://" in text:
            return _by_identifier(GS1DigitalLinkURI.parse(text).element_strings)
        if text.startswith(_GS1) or _SEPARATOR in text or _BARE_GTIN.match(text):
            result: ParseResult = biip.parse(text)
            if result.gs1_message is not None:
                return _by_identifier(result.gs1_message.element_strings)
    except ParseError:
        return {}
    return {}


def _by_identifier(said: GS1ElementStrings) -> dict[str, str]:
    """None where a check digit is wrong, or two codes were read as one."""
    found = {one.ai.ai: one.value for one in said}
    is_wrong = any(one.gtin_error is not None for one in said)
    return {} if is_wrong or len(found) < len(said) else found


_ARTICLES = (
    "Koden är artikelns, och säger inte vilken individ det är: skanna koden med serienumret, eller "
    "individnumret på etiketten."
)
_UNREADABLE = (
    "Koden går inte att läsa som ett individnummer eller en GS1-kod med serienummer: skanna den "
    "igen, eller skriv numret på etiketten."
)
