"""What slips share: how devices, addresses, units and words are shown on them."""

from collections.abc import Mapping
from datetime import date

from fastapi import Response
from kvitt_contracts.types import Address, Word
from kvitt_documents.slips import SlipDevice

from orders.devices.queries import Called
from orders.units.models import CustomerRow


def as_pdf(content: bytes, *, name: str) -> Response:
    """The answer that shows a slip, which nothing on the way keeps: an address stands on it."""
    return Response(
        content,
        media_type="application/pdf",
        headers={
            "Content-Disposition": f'inline; filename="{name}.pdf"',
            "Cache-Control": "no-store",
        },
    )


def address_lines(address: Address | None) -> str:
    """An address as it stands on an envelope; nothing where there is none."""
    if address is None:
        return ""
    code = address.postal_code
    return f"{address.street}\n{code[:3]} {code[3:]} {address.city}"


def unit_in_words(unit: CustomerRow) -> str:
    """A unit by its code and its name."""
    return f"{unit.customer_id} {unit.name}"


def device_on_slip(one: Called | None) -> SlipDevice:
    """A device as slips name it; one that orders has not read of is told as unknown."""
    if one is None:
        return SlipDevice(number="okänt", article="Se märkningen på hjälpmedlet")
    return SlipDevice(number=one.device_number, article=f"{one.article_number} {one.name}".strip())


def in_words(word: Word, known: Mapping[str, str]) -> str:
    """A region's word as people read it."""
    return known.get(word, word.replace("_", " ").capitalize())


def between(first: date | None, last: date | None) -> str:
    """From which day to which, as far as they are known."""
    match first, last:
        case None, None:
            return ""
        case None, _:
            return f"senast {last}"
        case _, None:
            return f"tidigast {first}"
        case _:
            return f"{first} till {last}"
