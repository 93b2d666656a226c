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

LONGEST: Final = 300
"""As long as a code may be: a web address with all that GS1 may say in it."""

_NUMBER: Final = re.compile(r"[0-9A-Za-z-]{1,30}")
_SYMBOLOGY: Final = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_GS1: Final = ("]C1", "]e0", "]d2", "]Q3", "]J1")
"""What a scanner says before a GS1 code, where it is set to tell what it has read."""
_BARE_GTIN: Final = re.compile(r"01\d{14}.")
_SEPARATOR: Final = "\x1d"
_SEPARATOR_DRAWN: Final = "\u241d"
_ENDS: Final = " \t\r\n\u00a0\ufeff" + _SEPARATOR


_One = TypeVar("_One")


class ScanRefused(Refused):
    """What was scanned names no device."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """What a code may be: the number of a device as it stands, or one device's serial number with
    its article's GTIN.
    """

    number: str | None = None
    serial: str | None = None
    gtin: str | None = None

    @property
    def numbers(self) -> frozenset[str]:
        """What a device's number or serial number may be: labels have capitals, keyboards not."""
        said = [one for one in (self.number, self.serial) if one is not None]
        return frozenset([*said, *(one.upper() for one in said)])


class Named(Protocol):
    """The article of a device, as far as a GTIN may name it."""

    @property
    def article_number(self) -> str:
        """The region's number of it."""

    @property
    def supplier_article_number(self) -> str | None:
        """Its supplier's number of it, which may be its GTIN."""


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


# decision 0495: one place says what a scanned code means, by biip
def look_at(code: str) -> Scanned | NoDevice:
    """What a code names as a scanner or a person gives it, or why that is no device (INV-5)."""
    text = code.strip(_ENDS).replace(_SEPARATOR_DRAWN, _SEPARATOR)
    elements = _elements(text)
    plain = text[3:] if _SYMBOLOGY.match(text) and not text.startswith(_GS1) else text
    number = plain if _NUMBER.fullmatch(plain) else None
    serial, gtin = elements.get("21"), elements.get("01")
    if number is None and serial is None:
        if gtin is not None:
            return NoDevice(reason="CODE_NAMES_AN_ARTICLE", way_on=_ARTICLES, gtin=gtin)
        return NoDevice(reason="UNREADABLE_CODE", way_on=_UNREADABLE)
    return Scanned(number=number, serial=serial, gtin=gtin)


def of_article(scanned: Scanned, article: Named) -> bool:
    """Whether a code's GTIN is an article's, by its own number or its supplier's."""
    if scanned.gtin is None:
        return False
    gtin = scanned.gtin.lstrip("0")
    said = (article.article_number, article.supplier_article_number or "")
    return any(one.lstrip("0") == gtin for one in said)


def narrowed(
    scanned: Scanned, found: Sequence[tuple[_One, str, Named]]
) -> Sequence[tuple[_One, str, Named]]:
    """Of the devices that a code may mean, each with its number and its article: the one that
    bears the number comes before those whose serial number it is; of several with one serial
    number, those of the code's GTIN where an article has that.
    """
    bearing = [one for one in found if one[1] in scanned.numbers]
    if len(bearing) == 1:
        return bearing
    of_gtin = [one for one in found if of_article(scanned, one[2])]
    return of_gtin or found


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
