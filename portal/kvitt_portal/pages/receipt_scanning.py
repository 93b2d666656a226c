"""Where what is scanned at a receipt is filled in: which awaited line, and which of its devices. It
fills in a form and registers nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from kvitt_portal.forms import Form
from kvitt_portal.here import Visit
from kvitt_portal.pages.scanning import Goods, goods_for, take_new_number

_NOT_AWAITED: Final = "Ingenting av den artikeln väntas på inköpsordern."
_UNKNOWN: Final = "Koden säger inte vilken rad det är. Skanna artikelns kod, eller skriv på raden."
_FULL: Final = "Alla individer på raden har redan nummer."
_TWICE: Final = "Den koden är redan skannad."
_NO_CODE: Final = (
    "Koden säger ingen artikel som finns här, och inget nummer. Skanna en annan kod på etiketten."
)


@dataclass(frozen=True, slots=True)
class _Place:
    """One of the devices of an awaited line, with its two fields."""

    line: str
    number: str
    serial: str

    @classmethod
    def of(cls, line: Mapping[str, Any], at: int) -> "_Place":
        """The place of a line's device, counted from one."""
        n = str(line["number"])
        return cls(n, f"device-{n}-{at}", f"serial-{n}-{at}")


# decision 0502: a receipt tells by the code what was scanned
async def take_scanned(here: Visit, form: Form, lines: Sequence[Mapping[str, Any]]) -> None:
    """Fill in what a code says, from the field `code`; what is wrong with it is said beside it."""
    said = await goods_for(here, form["code"])
    wrong = said if isinstance(said, str) else fill(form, lines, said)
    if wrong:
        form.add("code", wrong)
    else:
        form.give("code", "")


async def take_written(here: Visit, form: Form, line: Mapping[str, Any]) -> None:
    """Let the fields of a line's devices have what was scanned in themselves."""
    for place in _places([line]):
        await take_new_number(
            here, form, place.number, serial=place.serial, of=line["article_number"]
        )


def fill(form: Form, lines: Sequence[Mapping[str, Any]], said: Goods) -> str:
    """Fill in a code's numbers, and mark that its line has come; returns why that cannot be.

    A GS1 code gives the next of its article's devices its serial number, and its number, which may
    be the same. A number as it stands is that of the device whose serial number was scanned before,
    else of the next that has none. A code with an article alone marks its line.
    """
    open_lines = [one for one in lines if not one["is_receiving"]]
    meant = [one for one in open_lines if one["article_number"] in said.articles]
    if said.articles and not meant:
        return _NOT_AWAITED
    if not (said.serial or said.articles or said.number):
        return _NO_CODE
    if said.articles and not said.serial:
        return _mark(form, meant)
    marked = [one for one in meant or open_lines if one["is_marked"]]
    if said.serial and not meant and len(marked) > 1:
        return _UNKNOWN
    places = _places(marked)
    if _filled(form, places, said):
        return _TWICE
    return _serial(form, places, said) if said.serial else _number(form, places, said.number)


def _mark(form: Form, meant: Sequence[Mapping[str, Any]]) -> str:
    left = [one for one in meant if str(one["number"]) not in form.all("arrived")]
    if not left:
        return _TWICE
    _has_come(form, str(left[0]["number"]))
    return ""


def _serial(form: Form, places: Sequence[_Place], said: Goods) -> str:
    free = [one for one in places if not form[one.serial]]
    if not free:
        return _FULL if places else _UNKNOWN
    form.give(free[0].serial, said.serial)
    if not form[free[0].number]:
        form.give(free[0].number, said.device_number)
    _has_come(form, free[0].line)
    return ""


def _number(form: Form, places: Sequence[_Place], number: str) -> str:
    named_by_serial = [one for one in places if form[one.serial] and _is_its_serial(form, one)]
    free = [one for one in places if not form[one.number]]
    if named_by_serial:
        place = named_by_serial[-1]
    elif not free:
        return _FULL if places else _UNKNOWN
    elif len({one.line for one in free}) > 1 and not _begun(form, free):
        return _UNKNOWN
    else:
        place = (_begun(form, free) or free)[0]
    form.give(place.number, number)
    _has_come(form, place.line)
    return ""


def _begun(form: Form, free: Sequence[_Place]) -> list[_Place]:
    """Those of the lines that have come: what is scanned next is of them."""
    begun = [one for one in free if one.line in form.all("arrived")]
    return begun if len({one.line for one in begun}) == 1 else []


def _is_its_serial(form: Form, place: _Place) -> bool:
    return form[place.number] == form[place.serial]


def _filled(form: Form, places: Sequence[_Place], said: Goods) -> list[str]:
    fields = [one.serial if said.serial else one.number for one in places]
    wanted = said.serial or said.number
    return [one for one in fields if form[one] == wanted]


def _places(lines: Sequence[Mapping[str, Any]]) -> list[_Place]:
    return [
        _Place.of(line, at)
        for line in lines
        if line["is_marked"]
        for at in range(1, line["quantity"] + 1)
    ]


def _has_come(form: Form, line: str) -> None:
    come = form.all("arrived")
    form.give_all("arrived", [*come, *([line] if line not in come else [])])
