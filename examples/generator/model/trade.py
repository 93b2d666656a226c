"""What the model stores of baskets, and of what is bought of suppliers. Values alone."""

from dataclasses import dataclass
from datetime import date

from kvitt_contracts.policy_parts import Amount


@dataclass(slots=True, kw_only=True)
class BasketLine:
    """A line of a basket with how it ended: delivered, put_back, of a fee also not_due. `fee_of`:
    the number of the line that a fee is of; `fee` is pinned when that is delivered.
    """

    article: str
    quantity: int
    device: str | None = None
    fee_of: int | None = None
    fee: Amount | None = None
    outcome: str | None = None
    recipient: str | None = None
    payer: str | None = None
    ended_on: date | None = None


@dataclass(slots=True, kw_only=True)
class Basket:
    """What a unit lends for some days. `payer`: who pays where no other is named."""

    store: str
    prescriber: str
    service_point: str
    payer: str
    lent_until: date
    lines: list[BasketLine]
    status: str = "open"
    is_overdue: bool = False

    @property
    def lent(self) -> list[BasketLine]:
        """The goods that are lent still."""
        return [one for one in self.lines if one.fee_of is None and one.outcome is None]


@dataclass(slots=True, kw_only=True)
class PurchaseLine:
    """A line that was purchased. `owed`: how many were received that no invoice was cleared for;
    one costs `price_ore`.
    """

    article: str
    expected_on: date
    received_on: date | None = None
    owed: int = 0
    price_ore: int = 0


@dataclass(slots=True, kw_only=True)
class Purchase:
    """A purchase order with the lines of its order that it buys, by their numbers."""

    number: str
    order: str
    lines: dict[int, PurchaseLine]
    status: str = "created"
    sent_on: date | None = None


@dataclass(slots=True, kw_only=True)
class SupplierInvoice:
    """What a supplier wants for a purchase order, by its number. `lines`: article, quantity and the
    price of one in öre.
    """

    purchase: str
    due_on: date
    net_ore: int
    vat_ore: int
    lines: list[tuple[str, int, int]]
    status: str = "held"
