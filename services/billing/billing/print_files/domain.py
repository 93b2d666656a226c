"""The rules of the print file: what its list says, and when it may be fetched (BIL-9r). Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import InvoiceId, Payer

MOST_DOCUMENTS: Final = 10_000
"""A print file has so many at most; what is left is the next one's."""


class Whose(StrEnum):
    """Those of units, or of patients: never of both, since a patient's are somebody else's work."""

    UNITS = "units"
    PATIENTS = "patients"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A document that is to be printed; `is_made`: its bytes are there."""

    id: InvoiceId
    number: str
    payer: Payer
    is_credit: bool
    issued_on: date
    due_on: date | None
    gross_ore: int
    is_made: bool

    @property
    def file(self) -> str:
        """What it is called in the file: by its number, which tells nothing of whose it is."""
        return f"{self.number}.pdf"

    def listed(self) -> tuple[object, ...]:
        """Its row in the list: a patient by the reference that the document has."""
        return (
            self.number,
            self.payer.payer_id if self.payer.kind == "unit" else self.payer.person,
            "credit_note" if self.is_credit else "invoice",
            self.gross_ore,
            None if self.is_credit else self.due_on,
            self.file,
        )


COLUMNS: Final = ("number", "payer", "kind", "gross_ore", "due_on", "file")
"""Of the list."""


# decision 0444: a file is whole, or it is not there
def check(papers: Sequence[Paper], *, is_invoiced: bool) -> None:
    """A print file is fetched when its month is invoiced and each of its documents is made, so that
    nobody prints a part of it.

    Raises Refused (BIL-9): RUN_NOT_FINISHED, NOT_MADE_YET.
    """
    if not is_invoiced:
        raise Refused(
            "RUN_NOT_FINISHED",
            rule="BIL-9",
            field="month",
            way_on="Månaden är inte fakturerad än. Hämta filen när dess fakturering är klar.",
        )
    missing = [one.number for one in papers if not one.is_made]
    if missing:
        raise Refused(
            "NOT_MADE_YET",
            rule="BIL-9",
            field="month",
            way_on=f"{len(missing)} av {len(papers)} dokument görs just nu, det första är"
            f" {missing[0]}. Hämta filen igen om en stund. Är det kvar efter en timme, be driften"
            " se varför det inte kan göras.",
            missing=len(missing),
            first=missing[0],
        )
