"""What stands on a store's balance report."""

from dataclasses import dataclass
from datetime import date

from kvitt_documents.rendering import Data

TEMPLATE = "balance-report-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceLine:
    """An article in the store: available, reserved, on its way there; when its shelf was last
    counted, None where it never was.
    """

    article_number: str
    name: str
    available: int
    reserved: int
    incoming: int
    counted_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceReport:
    """A store's balances on a day, in Swedish (INV-11)."""

    store: str
    issued_on: date
    lines: tuple[BalanceLine, ...]
    template: str = TEMPLATE

    def data(self) -> Data:
        """What the template shows."""
        return {
            "title": f"Saldorapport {self.store}",
            "issued_on": self.issued_on.isoformat(),
            "facts": [
                ["Förråd", self.store],
                ["Dag", self.issued_on.isoformat()],
                ["Artiklar", str(len(self.lines))],
            ],
            "lines": [_row(line) for line in self.lines],
        }


def _row(line: BalanceLine) -> list[str]:
    numbers = (line.available, line.reserved, line.incoming)
    counted = line.counted_on.isoformat() if line.counted_on else "aldrig"
    return [line.article_number, line.name, *(str(number) for number in numbers), counted]
