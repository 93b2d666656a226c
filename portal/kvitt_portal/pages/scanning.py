"""What was typed or scanned where a number of a device is asked for: inventory says which device it
names, and what it tells of goods that are to get a number. Every such field is taken here.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from kvitt_contracts.types import DeviceNumber

from kvitt_portal.forms import Form, said_of
from kvitt_portal.here import Visit
from kvitt_portal.pages.asking import items_of
from kvitt_portal.services import Part

LONGEST: Final = 300
"""As much as a code may say: a field that takes one is as long."""
NO_DEVICE: Final = "Inget hjälpmedel som du ser har den koden. Kontrollera den, eller skriv numret."
SEVERAL: Final = "Flera hjälpmedel har den koden: skriv individnumret på etiketten."
OTHER_ARTICLE: Final = "Koden är av en annan artikel. Kontrollera vad du har skannat."
_NO_NUMBER: Final = "Koden säger inget nummer: skanna den med serienumret, eller skriv numret."
_CODE: Final = re.compile(
    r"\((?:00|01|10|11|17|21|400)\)|\][A-Za-z][0-9A-Za-z]|01\d{14}.|https?://|.*\x1d", re.DOTALL
)
"""GTIN, lot, days, serial number and order stand in brackets; so do the first digits of telephones,
which are none of these.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """What a code tells of goods: of which articles, and the numbers that stand in it."""

    articles: tuple[str, ...] = ()
    number: str = ""
    serial: str = ""
    order: str = ""

    @property
    def device_number(self) -> str:
        """What the device is to be called: as it stands, or its serial number where that can be."""
        is_number = re.fullmatch(DeviceNumber.pattern, self.serial)
        return self.number or (self.serial if is_number else "")


def is_code(text: str) -> bool:
    """True for what only a scanner gives: a number as it stands is looked for as before."""
    return _CODE.match(text.strip(" \t")) is not None


async def find_scanned(here: Visit, code: str) -> Part:
    """The devices that a code names, among those that the user sees."""
    return await here.send("inventory", "POST", "/devices:find", {"code": code[:LONGEST]})


# decision 0502: every field that asks for a device takes what is scanned, by one of these
async def device_for(
    here: Visit, text: str, *, among: Callable[[dict[str, Any]], bool] | None = None
) -> dict[str, Any] | str:
    """The device that what was typed or scanned names; else what to say of it. Of several that have
    the code, the one that is `among` those that are asked about.
    """
    part = await find_scanned(here, text)
    if part.problem is not None:
        return said_of(part.problem)
    found = items_of(part)
    meant = [one for one in found if among is None or among(one)] or found
    return meant[0] if len(meant) == 1 else SEVERAL if meant else NO_DEVICE


async def number_for(here: Visit, text: str) -> tuple[str, str]:
    """The number of the device that was typed or scanned, and what is wrong with it. A number that
    names no device stays as it was typed: whoever is asked for it says what it is.
    """
    found = await device_for(here, text)
    if not isinstance(found, str):
        return str(found["device_number"]), ""
    return text, found if is_code(text) else ""


async def take_number(here: Visit, form: Form, field: str) -> None:
    """Let a field have the number of the device that was typed or scanned there."""
    if not form[field]:
        return
    number, wrong = await number_for(here, form[field])
    form.give(field, number)
    if wrong:
        form.add(field, wrong)


async def tick_scanned(
    here: Visit, form: Form, listed: Sequence[Mapping[str, Any]], *, otherwise: str
) -> Form:
    """The form with the listed device ticked that was scanned in the field `code`; it says why
    where that cannot be, and `otherwise` where the device is none of them.
    """
    numbers = {one["device_number"] for one in listed}
    found = await device_for(here, form["code"], among=lambda one: one["device_number"] in numbers)
    if isinstance(found, str):
        form.add("code", found)
    elif found["device_number"] not in numbers:
        form.add("code", otherwise)
    else:
        left = [one for one in form.sent() if one[0] not in ("code", "_key")]
        return Form([*left, ("device", found["device_number"])])
    return form


async def goods_for(here: Visit, code: str) -> Goods | str:
    """What a code tells of goods; else what to say of it."""
    part = await here.send("inventory", "POST", "/articles:find", {"code": code[:LONGEST]})
    if part.problem is not None:
        return said_of(part.problem)
    said = part.value
    return Goods(
        articles=tuple(one["article_number"] for one in said["items"]),
        number=said["number"] or "",
        serial=said["serial_number"] or "",
        order=said["order_number"] or "",
    )


async def take_new_number(
    here: Visit, form: Form, number: str = "", *, serial: str = "", article: str = "", of: str = ""
) -> None:
    """Let the fields of a device that is to get its numbers have what was scanned in one of them: a
    code's serial number is its number too, where that is asked for. `of`: its article, where that
    is known.
    """
    for field in (number, serial):
        if not field or not is_code(form[field]):
            continue
        said = await goods_for(here, form[field])
        if isinstance(said, str):
            form.add(field, said)
        elif of and said.articles and of not in said.articles:
            form.add(field, OTHER_ARTICLE)
        elif not (said.device_number if field == number else said.serial):
            form.add(field, _NO_NUMBER)
        else:
            form.give(field, said.device_number if field == number else said.serial)
            for other, value in ((serial, said.serial), (article, "".join(said.articles[:1]))):
                if other and value and not form[other]:
                    form.give(other, value)


async def take_order(here: Visit, form: Form, field: str) -> None:
    """Let a field that asks for an order have the number of the one that a code says."""
    if is_code(form[field]):
        said = await goods_for(here, form[field])
        if isinstance(said, str) or not said.order:
            form.add(field, said if isinstance(said, str) else "Koden säger ingen beställning.")
        form.give(field, "" if isinstance(said, str) else said.order)
