"""What the model stores of a region. Values alone; the modules beside it change them."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from datetime import date

from kvitt_contracts.policy import RegionPolicy
from kvitt_contracts.regions import (
    ArticleStated,
    CareUnitStated,
    CustomerStated,
    PayerStated,
    ResponsiblesStated,
    StoreStated,
    SupplierStated,
    UserStated,
)

from examples.generator.model.counted import Reconditioning, Refill, SentBack, Stocktaking
from examples.generator.model.trade import (
    Basket,
    Charge,
    Document,
    HomeRegionCase,
    Owed,
    Purchase,
    RegionSale,
    SupplierInvoice,
    Takeover,
)

Holder = tuple[str, str]
"""Kind (patient, care_unit, store) and the region's own name of it."""


class No(Exception):
    """A refusal, with the reason's code and the rule's id."""

    def __init__(self, reason: str, rule: str) -> None:
        super().__init__(f"{rule} {reason}")
        self.reason = reason
        self.rule = rule


class Waits(Exception):
    """A fact names something that is not known yet."""


@dataclass(slots=True, kw_only=True)
class Person:
    """A person by the region's id; `joined_to` is the id that stays when two are one."""

    born: date
    active: bool
    has_address: bool
    has_phone: bool
    joined_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """From a day on: öre without VAT, a month for rent, a unit for sale."""

    valid_from: date
    net_ore: int
    vat_percent: int


@dataclass(slots=True)
class Balance:
    """What a store has of an article."""

    available: int = 0
    reserved: int = 0
    in_reconditioning: int = 0

    @property
    def is_something(self) -> bool:
        """True where the store has any of it, in whatever state."""
        return bool(self.available or self.reserved or self.in_reconditioning)


@dataclass(frozen=True, slots=True, kw_only=True)
class Custody:
    """Who has a device and who pays, from a day on; on loan how, as the article was when the loan
    began.
    """

    since: date
    holder: Holder
    payer: str | None = None
    charging: str | None = None
    customer: str | None = None
    prescriber: str | None = None


@dataclass(slots=True, kw_only=True)
class Device:
    """A marked device with every custody that was ever emitted, and its present claim.

    `claim`: kind (transfer, lock, dispatch, pickup, …) and the reference of the transfer, the order
    or the pickup. `meant_for`: the patient whose alone it is to be given.
    """

    number: str
    article: str
    said: list[Custody]
    claim: tuple[str, str] | None = None
    status: str = "in_use"
    meant_for: str | None = None

    @property
    def now(self) -> Custody:
        """The custody that was emitted last."""
        return self.said[-1]

    @property
    def store(self) -> str | None:
        """The store that it is in."""
        kind, name = self.now.holder
        return name if kind == "store" else None

    def on(self, day: date) -> Custody | None:
        """The custody of a day: the latest that had begun; of one day, what was emitted last."""
        begun = [one for one in self.said if one.since <= day]
        return max(enumerate(begun), key=lambda one: (one[1].since, one[0]))[1] if begun else None


@dataclass(slots=True, kw_only=True)
class OrderLine:
    """An order line with what has become of it. `fee_ore` is the patient fee of one unit, which
    may be charged when 90 days have passed; `instead_of` the article that was asked for first.
    """

    article: str
    quantity: int
    payer: str
    device: str | None = None
    instead_of: str | None = None
    fee_ore: int | None = None
    is_paid_later: bool = False
    reserved: int = 0
    missing: int = 0
    delivered: int = 0
    is_direct: bool = False


@dataclass(slots=True, kw_only=True)
class Shipment:
    """Goods on their way: line number, quantity, devices."""

    arrives_on: date
    lines: list[tuple[int, int, tuple[str, ...]]]


@dataclass(slots=True, kw_only=True)
class Order:
    """An order, a withdrawal or a replenishment, whose recipient is the store that it fills up."""

    reference: str
    own_store: bool
    store: str
    recipient: Holder
    prescriber: str
    requester: str
    service_point: str
    placed_on: date
    lines: list[OrderLine]
    status: str = "registered"
    picking: bool = False
    delivered_on: date | None = None
    shipments: list[Shipment] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Transfer:
    """A transfer. `left`: the devices that have neither changed custody by it nor dropped out;
    `rejected`: those of them that its receiver did not accept.
    """

    reference: str
    status: str
    sender: str
    sending: str
    receiving: str
    proposed_customer: str
    proposed_payer: str
    transfer_date: date
    left: list[str]
    at: Holder
    new_holder: Holder | None
    new_prescriber: str | None
    attested: bool
    sent_by: str | None = None
    deadline_on: date | None = None
    customer: str | None = None
    payer: str | None = None
    effective_on: date | None = None
    rejected: list[str] = field(default_factory=list)

    @property
    def ends_at_patient_from_patient(self) -> bool:
        """BMB-11: from one patient to another."""
        return (
            self.at[0] == "patient"
            and self.new_holder is not None
            and (self.new_holder[0] == "patient")
        )


@dataclass(slots=True, kw_only=True)
class PickupLine:
    """A device to be fetched, and how that ended: fetched, voided."""

    device: str
    outcome: str | None = None


@dataclass(slots=True, kw_only=True)
class Pickup:
    """A pickup. `refused`: the devices that hindered it, each with the reason."""

    reference: str
    service_point: str
    ordered_by: str
    by: str
    requested_on: date
    earliest_on: date | None
    latest_on: date | None
    lines: list[PickupLine]
    status: str = "registered"
    is_overdue: bool = False
    is_urgent: bool = False
    urgent_fee: Price | None = None
    technician: str | None = None
    not_found: list[int] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class FaultReport:
    """A fault report. `refused`: why whoever was named last could not prescribe it; `assessed`: how
    the device may be used, by side.
    """

    reference: str
    device: str
    service_point: str
    status: str = "waiting"
    escalates_on: date = date.max
    is_escalated: bool = False
    prescriber: str | None = None
    forwarded_to: str | None = None
    refused: str | None = None
    assessed: dict[str, str] = field(default_factory=dict)
    outcome: str | None = None


@dataclass(slots=True, kw_only=True)
class WorkOrder:
    """A work order. `awaits_number`: its device was replaced, and bears its old number still. Of an
    application, `recipient` is whom it is for, and `article` what was approved.
    """

    reference: str
    kind: str
    device: str | None
    service: str | None
    payer: str
    service_point: str
    requester: str
    late_on: date
    status: str = "assigned"
    planned_on: date | None = None
    technician: str | None = None
    outcome: str | None = None
    finished_on: date | None = None
    quantity: int | None = None
    awaits_number: bool = False
    is_renumbered: bool = False
    is_late: bool = False
    recipient: Holder | None = None
    article: str | None = None


@dataclass(slots=True, kw_only=True)
class Case:
    """A case. `about`: a kind and what the region calls the thing."""

    reference: str
    kind: str
    about: tuple[str, str]
    service_point: str
    asked_by: str
    reminded_on: date
    status: str = "waiting"
    is_reminded: bool = False
    outcome: str | None = None
    answered_by: str | None = None


@dataclass(slots=True, kw_only=True)
class Delayed:
    """A device's fee that waits until it is due: deferred, raised, cancelled."""

    fee: Charge
    due_on: date
    until_on: date | None = None
    status: str = "deferred"

    def charged(self) -> Charge:
        """The fee as it is owed, of the day on which it is due."""
        return replace(self.fee, day=self.due_on)


@dataclass(slots=True)
class World:
    """Everything that is known of one region. `today` is the Stockholm day, `first_day` the one
    from which it counts.
    """

    policy: RegionPolicy
    today: date
    first_day: date
    payers: dict[str, PayerStated] = field(default_factory=dict)
    customers: dict[str, CustomerStated] = field(default_factory=dict)
    care_units: dict[str, CareUnitStated] = field(default_factory=dict)
    users: dict[str, UserStated] = field(default_factory=dict)
    responsibles: dict[str, ResponsiblesStated] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    stores: dict[str, StoreStated] = field(default_factory=dict)
    articles: dict[str, ArticleStated] = field(default_factory=dict)
    prices: defaultdict[str, list[Price]] = field(default_factory=lambda: defaultdict(list))
    balances: defaultdict[tuple[str, str], Balance] = field(
        default_factory=lambda: defaultdict(Balance)
    )
    booked: dict[str, tuple[object, ...]] = field(default_factory=dict)
    levels: dict[tuple[str, str], int] = field(default_factory=dict)
    refills: defaultdict[str, list[Refill]] = field(default_factory=lambda: defaultdict(list))
    """What was proposed for each store, the latest last."""
    stocktakings: dict[str, Stocktaking] = field(default_factory=dict)
    """By their store."""
    reconditionings: dict[str, Reconditioning] = field(default_factory=dict)
    """The last one of each device."""
    sent_back: dict[str, SentBack] = field(default_factory=dict)
    """By the return's reference."""
    devices: dict[str, Device] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)
    baskets: dict[str, Basket] = field(default_factory=dict)
    suppliers: dict[str, SupplierStated] = field(default_factory=dict)
    purchases: dict[str, Purchase] = field(default_factory=dict)
    supplier_invoices: dict[str, SupplierInvoice] = field(default_factory=dict)
    """By supplier/number."""
    transfers: dict[str, Transfer] = field(default_factory=dict)
    pickups: dict[str, Pickup] = field(default_factory=dict)
    faults: dict[str, FaultReport] = field(default_factory=dict)
    works: dict[str, WorkOrder] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)
    takeovers: dict[str, Takeover] = field(default_factory=dict)
    """By the device's number when it was bought."""
    region_sales: dict[str, RegionSale] = field(default_factory=dict)
    home_region_cases: dict[str, HomeRegionCase] = field(default_factory=dict)
    """By the order's reference."""
    charges: list[Charge] = field(default_factory=list)
    invoiced: set[int] = field(default_factory=set)
    """The places of those of the charges that stand on an invoice."""
    rents: defaultdict[str, dict[date, Owed]] = field(default_factory=lambda: defaultdict(dict))
    """The days of each device that stand on an invoice."""
    documents: list[Document] = field(default_factory=list)
    documents_until: date | None = None
    """The last day that is invoiced."""
    ledger: Counter[tuple[date, str]] = field(default_factory=Counter)
    """What is entered, in öre by day and account, debit above 0."""
    asked: int = 0
    """So many of the charges have been asked about: whether they are entered when they are made."""
    entered: set[int] = field(default_factory=set)
    """The places of those of the charges that are entered."""
    open_from: date = date.min
    """The first day that is not of a closed month."""
    delayed: dict[str, Delayed] = field(default_factory=dict)
    """Fees that wait, by their device."""
    remind_on: dict[tuple[str, date], date] = field(default_factory=dict)
    """The day of the next reminder of what is awaited since a day, once there has been one."""
    reminders: Counter[str] = field(default_factory=Counter)
    """How many messages there are of each kind of reminder."""

    def current(self, person: str) -> str:
        """The id that a person goes by now."""
        while (joined := self.people[person].joined_to) is not None:
            person = joined
        return person

    def price(self, article: str, day: date) -> Price | None:
        """The price that counts on a day; a later word about the same day counts."""
        valid = [price for price in self.prices[article] if price.valid_from <= day]
        return max(valid, key=lambda price: price.valid_from) if valid else None

    def user(self, name: str, rule: str = "REF-3") -> UserStated:
        """A user that a command names."""
        if name not in self.users:
            raise No("UNKNOWN_USER", rule)
        return self.users[name]
