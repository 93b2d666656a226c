"""What stands on an invoice or a credit note."""

from dataclasses import dataclass
from datetime import date

from kvitt_documents.amounts import kronor, percent
from kvitt_documents.rendering import Data

TEMPLATE = "invoice-2"
"""The template of what is issued now. Those before it stay, for what was issued with them."""
_NUMBERS_A_ROW = 10
"""So many numbers of corrected invoices stand in a row: a longer text would be cut."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceLine:
    """One line of the specification. `net_ore`: without VAT; days are Stockholm's, the last one
    included.
    """

    kind: str
    article: str
    device: str = ""
    from_day: date | None = None
    to_day: date | None = None
    quantity: int
    net_ore: int
    vat_percent: int

    def cells(self) -> list[str]:
        """What stands in the table, from left to right."""
        return [
            self.kind,
            self.article,
            self.device,
            "" if self.from_day is None else f"{self.from_day} till {self.to_day}",
            str(self.quantity),
            kronor(self.net_ore),
            percent(self.vat_percent),
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """One line of the sums, in öre."""

    name: str
    ore: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceDocument:
    """An invoice or a credit note, in Swedish (BIL-9). `title`: what it is, with its number;
    `payer`: who pays; the last of the `sums` is what is to be paid, at the latest on `due_on` with
    the reference `ocr`; `corrects`: the numbers of the invoices that a credit note takes back from;
    `facts`: what else it says of who issued it, who pays and how, each with its name. What is not
    said is left out.
    """

    title: str
    issued_on: date
    month: str
    payer: str
    lines: tuple[InvoiceLine, ...]
    sums: tuple[Sum, ...]
    due_on: date | None = None
    ocr: str | None = None
    corrects: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    template: str = TEMPLATE

    def data(self) -> Data:
        """What the template shows."""
        return {
            "title": self.title,
            "issued_on": self.issued_on.isoformat(),
            "month": self.month,
            "payer": self.payer,
            "payment": [[name, value] for name, value in self._payment() if value is not None],
            "lines": [line.cells() for line in self.lines],
            "sums": [[one.name, kronor(one.ore)] for one in self.sums],
        }

    def _payment(self) -> tuple[tuple[str, str | None], ...]:
        due_on = None if self.due_on is None else self.due_on.isoformat()
        rows = range(0, len(self.corrects), _NUMBERS_A_ROW)
        corrected = [
            ("Krediterar faktura", ", ".join(self.corrects[first : first + _NUMBERS_A_ROW]))
            for first in rows
        ]
        paid = ("Sista betalningsdag", due_on), ("OCR-nummer", self.ocr)
        return *paid, *corrected, *self.facts
