"""Every field that asks for a device's number takes what a scanner gives (INV-5n, decision 0502):
read from the templates and the pages, without a system.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

PORTAL = Path(__file__).parents[1] / "kvitt_portal"
TEMPLATES = PORTAL / "templates"
PAGES = PORTAL / "pages"
MACRO = re.compile(r"\bf\.(\w+)\((\w+), (\"[^\"]*\"(?: ~ [^,]+)?), (\"[^\n]*)")
ASKS = re.compile(r"individ(?:ens )?n(?:um)?m|serienummer|skanna", re.IGNORECASE)
TAKES = re.compile(
    r"\b(?:device_for|take_number|take_new_number|take_scanned|take_written|take_devices|take_order"
    r"|find_scanned|tick_scanned)\b"
)
SCANNED = {"scan", "scans"}
OTHERWISE = {
    "stocktaking/store.html": "inventory reads each code, and answers each: stocktaking:scan",
    "receipts/receive.html": "by receipt_scanning.py",
    "work_orders/acts.html": "a part of work_orders/work_order.html: work_order_acts.py",
    "baskets/new.html": "by own_store.py",
    "withdrawals/new.html": "by own_store.py",
    "devices/card.html": "shown by devices.py, sent to device_acts.py",
    "sending/new.html": "by transfer_form.py",
}
"""Templates whose page has its fields taken by another module, and by which."""


@dataclass(frozen=True)
class Asked:
    """A field of a template, with the macro that makes it and what it says."""

    template: str
    macro: str
    name: str
    said: str

    def __str__(self) -> str:
        return f"{self.template}: {self.name}"


def _one_line_each(text: str) -> str:
    return text.replace("{{ f.", "\n{{ f.")


def fields() -> list[Asked]:
    """Each field of each template that a macro of forms.html makes."""
    return [
        Asked(str(file.relative_to(TEMPLATES)), macro, name, said)
        for file in sorted(TEMPLATES.rglob("*.html"))
        for macro, _, name, said in MACRO.findall(_one_line_each(file.read_text(encoding="utf-8")))
    ]


def asks(one: Asked) -> bool:
    """True where a field asks somebody to scan or to write a device's number."""
    is_written = one.macro in {"text", "area", *SCANNED}
    return is_written and ASKS.search(one.said.partition("attrs=")[0]) is not None


FIELDS = [one for one in fields() if asks(one)]


@pytest.mark.rule("INV-5n")
@pytest.mark.parametrize("field", FIELDS, ids=str)
def test_a_field_that_asks_for_a_devices_number_takes_what_is_scanned(field: Asked) -> None:
    assert field.macro in SCANNED or field.name == '"codes"', field


@pytest.mark.rule("INV-5n")
@pytest.mark.parametrize("template", sorted({one.template for one in FIELDS}))
def test_what_is_scanned_in_a_page_is_taken_by_the_one_mechanism(template: str) -> None:
    shown_by = [
        file for file in PAGES.glob("*.py") if f'"{template}"' in file.read_text(encoding="utf-8")
    ]
    takes = [one for one in shown_by if TAKES.search(one.read_text(encoding="utf-8"))]

    assert takes or template in OTHERWISE, f"{template} is shown by {shown_by}, which takes no code"


def test_no_input_for_a_devices_number_is_made_by_hand() -> None:
    by_hand = [
        (str(file.relative_to(TEMPLATES)), tag)
        for file in sorted(TEMPLATES.rglob("*.html"))
        for tag in re.findall(r"<input\b[^>]*>", file.read_text(encoding="utf-8"))
        if re.search(r'name="(?:device|serial|device_number|new_number)', tag)
        and not re.search(r'type="(?:hidden|checkbox|radio)"', tag)
    ]

    assert by_hand == []


def test_the_pages_that_are_known_to_ask_are_among_those_that_are_read() -> None:
    assert {one.template for one in FIELDS} >= {
        *OTHERWISE,
        "devices/list.html",
        "devices/renumber.html",
        "pickups/new.html",
        "reconditioning/list.html",
        "returns/new.html",
        "supplier_invoices/new.html",
        "taking_over/new.html",
    }
