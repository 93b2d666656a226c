"""What the model stores of baskets, of what another region pays, of what is bought of suppliers,
and of what is invoiced. Values alone.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

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
    """What a unit lends for some days. `payer`: who pays where no other is named; `is_told`: the
    prescriber has been told that it is overdue.
    """

    store: str
    prescriber: str
    service_point: str
    payer: str
    lent_until: date
    lines: list[BasketLine]
    status: str = "open"
    is_overdue: bool = False
    is_told: bool = False

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
    """What a supplier wants for a purchase order, by its number, or credits. `lines`: article,
    quantity and the price of one in öre.
    """

    purchase: str | None
    device: str | None
    is_credit: bool
    due_on: date
    net_ore: int
    vat_ore: int
    lines: list[tuple[str, int, int]]
    status: str = "held"


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """A sale or a fee at delivery, a service, an urgent pickup, postage. `payer`: a payer's id, or
    a patient's for a fee.
    """

    kind: str
    day: date
    payer: str
    article: str | None
    quantity: int
    net_ore: int
    vat_percent: int


@dataclass(slots=True, kw_only=True)
class HomeRegionCase:
    """An order that another region pays for: `waiting` is what was sold, and `devices` what was
    rented, until the fitting is reported finished.
    """

    payer: str
    approved_on: date | None = None
    commitment: str | None = None
    finished_on: date | None = None
    reported_on: date | None = None
    waiting: list[Charge] = field(default_factory=list)
    devices: list[str] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Takeover:
    """A device that was bought over from another region, whose invoice is awaited."""

    from_region: str
    article: str
    service_point: str
    bought_on: date
    value_ore: int
    is_invoiced: bool = False


@dataclass(slots=True, kw_only=True)
class RegionSale:
    """A sale to another region. `prices`: by device, in öre and with the rate of VAT, None until it
    is priced; `refused`: why, by the devices that could not be claimed.
    """

    payer: str
    service_point: str
    prices: dict[str, tuple[int, int] | None]
    status: str = "requested"
    answer_by_on: date | None = None
    sold_on: date | None = None
    refused: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """One day's rent: who pays, and the month's price in öre that it is a share of. `month`: that
    of the invoice that it stands on.
    """

    payer: str
    net_ore: int
    vat_percent: int
    month: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """An invoice of a month to a payer, or a credit note, with its lines."""

    payer: str
    month: str
    is_credit: bool
    lines: list[dict[str, Any]]
