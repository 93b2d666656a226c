"""Parts of a region's policy for what is to come (domain §8). A part that is not given is off.

Each default means what was done before there was such a key, so no old pin changes
(decisions 0022 and 0174).
"""

from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from kvitt_contracts.types import (
    TEXT,
    Account,
    Address,
    Endpoint,
    Money,
    OrganisationNumber,
    PayerId,
    ProductArea,
    RegionCode,
    ServicePointId,
    VatNumber,
    VatPercent,
    Word,
)

SupplySource = Literal["central", "own_store", "direct"]
"""Where the lines of a product area may come from (REF-11)."""

Line = Annotated[str, Field(min_length=1, max_length=200, pattern=TEXT)]


def _is_no_credit(amount: Money) -> Money:
    if amount.net_ore < 0:
        raise ValueError("net_ore must be 0 or more: a negative amount would credit who is to pay")
    return amount


Amount = Annotated[Money, AfterValidator(_is_no_credit)]
"""What something costs, or is worth, by a region's policy."""


class Part(BaseModel):
    """A part of a policy: an unknown key in it is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class SupplyException(Part):
    """A unit with supply sources of its own in a product area (REF-11)."""

    service_point: ServicePointId
    sources: Annotated[tuple[SupplySource, ...], Field(min_length=1)]


class ProductAreaPolicy(Part):
    """A product area: its supply sources, units that differ, and its only pickup reasons (REF-11,
    PCK-4); no reasons: those of `pickup.reasons`. `checklist` is printed on its slips.
    `professions`: who prescribes its articles (REF-15); none: those of the region.
    """

    code: ProductArea
    sources: Annotated[tuple[SupplySource, ...], Field(min_length=1)]
    exceptions: tuple[SupplyException, ...] = ()
    pickup_reasons: tuple[Word, ...] = ()
    checklist: tuple[Line, ...] = ()
    professions: tuple[Word, ...] = ()


class HandoutPolicy(Part):
    """The terms that a loan agreement and a proof of ownership say, a paragraph each (ORD-17)."""

    loan_terms: tuple[Line, ...] = (
        "Hjälpmedlen är lånade och ska lämnas tillbaka när de inte längre behövs.",
        "De används som förskrivaren har visat, och får inte ändras, lånas ut eller säljas.",
        "Fel, skada och förlust anmäls genast till enheten.",
    )
    ownership_terms: tuple[Line, ...] = (
        "Hjälpmedlen är mottagarens egna från och med den dag då de lämnades ut.",
    )


class PickupPolicy(Part):
    """Pickup orders: reasons to choose from (PCK-1), what may have caused the return (PCK-4), the
    earliest and latest day after a relative's order (PCK-3), after how many days customer service
    is notified of an open one, and whoever keeps what is to be returned at once (PCK-7).

    Where an urgent pickup costs anything, the price is in the price list (`urgent_pickup`).
    """

    reasons: Annotated[tuple[Word, ...], Field(min_length=1)] = (
        Word("not_needed"),
        Word("deceased"),
        Word("replaced"),
        Word("broken"),
        Word("too_bulky"),
    )
    return_causes: Annotated[tuple[Word, ...], Field(min_length=1)] = (
        Word("does_not_work"),
        Word("ordered_wrong"),
        Word("deceased"),
        Word("changed_mind"),
        Word("other"),
    )
    window_days: tuple[Annotated[int, Field(ge=0)], Annotated[int, Field(ge=0)]] = (4, 14)
    overdue_days: Annotated[int, Field(ge=1, le=365)] = 14
    return_at_once_days: Annotated[int, Field(ge=1, le=365)] = 3

    @model_validator(mode="after")
    def _window_opens_before_it_closes(self) -> Self:
        if self.window_days[0] > self.window_days[1]:
            raise ValueError("PCK-3: the window ends before it begins")
        return self


class StocktakingPolicy(Part):
    """The month in which stores are counted, and how early the units are notified (INV-10)."""

    month: Annotated[int, Field(ge=1, le=12)] = 11
    notice_days: Annotated[int, Field(ge=1, le=120)] = 30


class HomeRegionPolicy(Part):
    """Payers of the register that represent other regions and the state, and when they are invoiced
    without a finished fitting (BIL-5, BIL-11).
    """

    payers: dict[RegionCode, PayerId]
    state_payer: PayerId | None = None
    invoice_after_months: Annotated[int, Field(ge=1, le=24)] = 6


class SupplierInvoicePolicy(Part):
    """How far an invoice may differ, and when the unit is notified of a held one (BIL-6)."""

    tolerance_ore: Annotated[int, Field(ge=0)] = 0
    remind_days: Annotated[int, Field(ge=1, le=120)] = 14


class Seller(Part):
    """The issuer of the invoices, as Peppol requires it (BIL-9)."""

    name: Line
    organisation_number: OrganisationNumber
    vat_number: VatNumber
    address: Address
    endpoint: Endpoint
    bankgiro: Annotated[str, Field(pattern=r"^[0-9]{3,4}-[0-9]{4}$")]


RECEIVABLE: Final = Word("receivable")
ACCRUED: Final = Word("accrued")
PAYABLE: Final = Word("payable")
PURCHASES: Final = Word("purchases")
VAT_INPUT: Final = Word("vat_input")
PURCHASE_ACCOUNTS: Final = (PAYABLE, PURCHASES, VAT_INPUT)
"""What suppliers' invoices are entered on (BIL-6): all of them, or none."""
REVENUE_OTHER: Final = Word("revenue_other")
REVENUE: Final = "revenue_"
"""A kind's own account of revenue is called by it: `revenue_rent`, `revenue_sale`."""
VAT_ACCOUNTS: Final[Mapping[VatPercent, Word]] = {
    25: Word("vat_standard"),
    12: Word("vat_reduced"),
    6: Word("vat_low"),
}
"""What the account of the outgoing VAT of each rate is called."""
NEEDED_ACCOUNTS: Final = (RECEIVABLE, ACCRUED, *VAT_ACCOUNTS.values(), REVENUE_OTHER)


def _can_be_entered_on(accounts: dict[Word, Account]) -> dict[Word, Account]:
    """The same accounts. Raises ValueError where anything could not be entered, or where what is
    accrued could not be told from the rest (BIL-10).
    """
    if not accounts:
        return accounts
    if missing := [key for key in NEEDED_ACCOUNTS if key not in accounts]:
        raise ValueError(f"BIL-10: {', '.join(missing)} must be among the accounts")
    of_purchases = [key for key in PURCHASE_ACCOUNTS if key in accounts]
    if of_purchases and len(of_purchases) < len(PURCHASE_ACCOUNTS):
        raise ValueError(f"BIL-6: {', '.join(PURCHASE_ACCOUNTS)} are given together or not at all")
    names = (*NEEDED_ACCOUNTS, *PURCHASE_ACCOUNTS)
    known = [key for key in accounts if key in names or key.startswith(REVENUE)]
    if len(known) < len(accounts):
        raise ValueError(f"BIL-10: an account is called {', '.join(names)} or {REVENUE} and a kind")
    if list(accounts.values()).count(accounts[ACCRUED]) > 1:
        raise ValueError("BIL-10: the account of what is accrued must be of nothing else")
    return accounts


class InvoicePolicy(Part):
    """Whether a person approves a run, days to pay, the seller, and the account of each kind of
    entry (BIL-9, BIL-10): none, and nothing is entered; else all of NEEDED_ACCOUNTS, and for
    suppliers' invoices (BIL-6) those of PURCHASE_ACCOUNTS.
    """

    approval: Literal["automatic", "person"] = "automatic"
    due_days: Annotated[int, Field(ge=1, le=90)] = 30
    seller: Seller | None = None
    accounts: Annotated[dict[Word, Account], AfterValidator(_can_be_entered_on)] = Field(
        default_factory=dict
    )


class ServicePrice(Part):
    """What one service costs: `urgent_pickup`, or another that the region names."""

    service: Word
    price: Amount


class PriceList(Part):
    """The prices of services from a day on."""

    valid_from_on: date
    prices: Annotated[tuple[ServicePrice, ...], Field(min_length=1)]


def in_order_of_day(lists: tuple[PriceList, ...]) -> tuple[PriceList, ...]:
    """The same lists. Raises ValueError where one is not later than the one before."""
    if any(later.valid_from_on <= first.valid_from_on for first, later in pairwise(lists)):
        raise ValueError("each price list must begin on a later day than the one before")
    return lists


class Link(Part):
    """A link to the region's own instructions, assortment or catalogue."""

    title: Line
    url: Annotated[str, Field(pattern=r"^https://\S{1,300}$")]
