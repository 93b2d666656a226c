"""What stands on a purchase order, which goes to its supplier. No patient is named on it."""

from dataclasses import dataclass
from datetime import date

from kvitt_documents.amounts import kronor
from kvitt_documents.rendering import Data
from kvitt_documents.slips import Fact, shown_facts

PURCHASE_ORDER_TEMPLATE = "purchase-order-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseOrderLine:
    """A line of a purchase order; `price` for one unit in öre without VAT, where it was agreed;
    `theirs` is what the supplier calls the article.
    """

    number: int
    article: str
    theirs: str
    quantity: int
    price: int | None = None
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseOrderDocument:
    """A purchase order, in Swedish (ORD-11). `goes_along`: one of a service is sent with the device
    to its supplier.
    """

    purchase_order_number: str
    issued_on: date
    order: tuple[Fact, ...]
    supplier: tuple[Fact, ...]
    lines: tuple[PurchaseOrderLine, ...]
    deliver_to: tuple[Fact, ...]
    goes_along: bool = False
    template: str = PURCHASE_ORDER_TEMPLATE

    def data(self) -> Data:
        """What the template shows."""
        return {
            "title": f"Inköpsorder {self.purchase_order_number}",
            "issued_on": self.issued_on.isoformat(),
            "number": self.purchase_order_number,
            "order": shown_facts(self.order),
            "supplier": shown_facts(self.supplier),
            "lines": [_row(line) for line in self.lines],
            "comments": shown_facts((f"Rad {line.number}", line.comment) for line in self.lines),
            "deliver_to": shown_facts(self.deliver_to),
            "goes_along": self.goes_along,
        }


def _row(line: PurchaseOrderLine) -> list[str]:
    price = kronor(line.price) if line.price is not None else ""
    return [str(line.number), line.article, line.theirs, str(line.quantity), price]
