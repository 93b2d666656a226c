"""What stands on the slip that goes along with what is returned to its supplier."""

from dataclasses import dataclass
from datetime import date

from kvitt_documents.rendering import Data
from kvitt_documents.slips import Fact, paragraphs, shown_facts

TEMPLATE = "supplier-return-slip-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedGoods:
    """What goes back: our article, and the supplier's number of it, how many, which unit."""

    article: str
    supplier_article_number: str
    quantity: int
    device_number: str = ""
    serial_number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierReturnSlip:
    """A return to a supplier, in Swedish (INV-8): what goes back, from whom, why."""

    number: str
    issued_on: date
    supplier: tuple[Fact, ...]
    sender: tuple[Fact, ...]
    about: tuple[Fact, ...]
    goods: ReturnedGoods
    comment: str
    template: str = TEMPLATE

    def data(self) -> Data:
        """What the template shows."""
        goods = self.goods
        return {
            "title": f"Följesedel, retur till leverantör {self.number}",
            "issued_on": self.issued_on.isoformat(),
            "number": self.number,
            "supplier": shown_facts(self.supplier),
            "sender": shown_facts(self.sender),
            "about": shown_facts(self.about),
            "goods": [
                [
                    goods.article,
                    goods.supplier_article_number or "–",
                    goods.device_number or "–",
                    goods.serial_number or "–",
                    str(goods.quantity),
                ]
            ],
            "comment": paragraphs(self.comment),
        }
