"""Direct deliveries, where the region's policy of the days after the month has a purchasing store:
a bed that is rented and covers that are sold come from their supplier for one patient; for another
a pillow comes from the central store and a cover later than was said. The supplier bills what was
received, what was not received yet, and more than that.

The bed and the cover are in nothing else. The purchase orders are their week's first, so their
numbers are known.
"""

from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import Final

from kvitt_contracts.billing import SupplierInvoiceLine
from kvitt_contracts.envelope import Command
from kvitt_contracts.orders import (
    CreatePurchaseOrder,
    DelayPurchaseOrder,
    Delivery,
    LineToOrder,
    PlaceOrder,
    ReceivedLine,
    ReportReceipt,
    SendPurchaseOrder,
    UnitAddress,
)
from kvitt_contracts.policy import RegionPolicy
from kvitt_contracts.regions import (
    ArticlePriceStated,
    ArticleStated,
    StoreStated,
    SupplierInvoiceStated,
    SupplierStated,
)
from kvitt_contracts.types import (
    ArticleNumber,
    ArticleType,
    Charging,
    IsoCode,
    LineNumber,
    MarkedDevice,
    Money,
    OrderNumber,
    OrganisationNumber,
    Reference,
    StoreId,
    SupplierId,
    SupplierInvoiceNumber,
    Word,
)

from examples.generator.fetching import STAFF
from examples.generator.month import Month, june
from examples.generator.ordering import dispatch, line_of, patient
from examples.generator.own_devices import AT, numbered, reachable
from examples.generator.responsibles import service_point_at, team

BED: Final = ArticleNumber("39951-01")
COVER: Final = ArticleNumber("39952-01")
SUPPLIER: Final = SupplierId("L7501")
_NAME: Final = "Exempelsängar AB"
_FIRST: Final = 49981
_PATIENT: Final = 30
_PURCHASED: Final = {1: OrderNumber("26230001"), 2: OrderNumber("26230002")}
_COST: Final = {BED: 640_000, COVER: 30_000}


def is_in(policy: RegionPolicy) -> bool:
    """True where goods come direct: the policy has a purchasing store (ORD-21)."""
    return policy.stores.purchasing is not None


def plan_direct_deliveries(month: Month) -> None:
    """Ordered, purchased, sent, received, and billed; one of them late."""
    month.keep(numbered(month.profile, _FIRST, 1))
    name, (by, *_) = month.profile.sends_order, team(month.units, AT)
    first, second = f"{name}-DIREKT-1", f"{name}-DIREKT-2"
    buys, buys_late = f"{name}-INKOP-1", f"{name}-INKOP-2"
    month.plan(june(2), partial(_state, month))
    bed, covers = line_of(BED), line_of(COVER, 2)
    month.plan(june(3), partial(_order, month, first, _PATIENT, (bed, covers)))
    mixed = (line_of(_in_central(month)), line_of(COVER))
    month.plan(june(3), partial(_order, month, second, _PATIENT + 1, mixed))
    month.plan(june(4), partial(dispatch, month, second, [1]))
    _plan(month, 4, buys, _purchase(month, first, 1, 2))
    _plan(month, 5, buys_late, _purchase(month, second, 2))
    _plan(month, 5, buys, SendPurchaseOrder(how=Word("phone"), sent_on=june(5), by=by))
    _plan(month, 8, buys_late, SendPurchaseOrder(how=Word("phone"), sent_on=june(8), by=by))
    month.plan(june(8), partial(_bill, month, "F-1002", 2, {COVER: 1}))
    delay = DelayPurchaseOrder(lines=(LineNumber(2),), expected_on=june(11), by=STAFF, asked_by=by)
    _plan(month, 9, buys_late, delay)
    month.plan(june(9), partial(_receive, month, f"{name}-INLEVERANS-1", 1, {1: BED, 2: COVER}))
    month.plan(june(10), partial(_bill, month, "F-1001", 1, {BED: 1, COVER: 2}))
    month.plan(june(11), partial(_receive, month, f"{name}-INLEVERANS-2", 2, {2: COVER}))
    month.plan(june(11), partial(_bill, month, "F-1003", 1, {COVER: 1}))


def _state(month: Month) -> None:
    """The store, the supplier, and what it delivers."""
    store = StoreStated(
        version=1, store=StoreId(_store(month)), name="Inköpsförråd", kind="purchasing"
    )
    month.send("inventory", store.store, store)
    supplier = SupplierStated(
        version=1,
        supplier_id=SUPPLIER,
        name=_NAME,
        organisation_number=OrganisationNumber("559999-0008"),
    )
    month.send("orders", SUPPLIER, supplier)
    for fact in _catalogue():
        month.send("inventory", fact.article_number, fact)


def _catalogue() -> Iterator[ArticleStated | ArticlePriceStated]:
    """The articles that the central store does not keep, and their prices."""
    for number, name, kind, iso, charging, net in (
        (BED, "Vårdsäng, bred", ArticleType.MAIN_DEVICE, "181210", Charging.RENT, 21_000),
        (COVER, "Madrasskydd, brett", ArticleType.ACCESSORY, "181218", Charging.SALE, 39_500),
    ):
        yield ArticleStated(
            version=1,
            article_number=number,
            name=name,
            iso_code=IsoCode(iso),
            type=kind,
            marked=number == BED,
            in_assortment=True,
            charging=charging,
            supplier=_NAME,
            supplier_id=SUPPLIER,
            is_kept_in_central=False,
            lead_time_days=3,
        )
        yield ArticlePriceStated(
            version=1,
            article_number=number,
            valid_from=date(2026, 1, 1),
            net_ore=net,
            vat_percent=25,
        )


def _order(month: Month, name: str, at: int, lines: tuple[LineToOrder, ...]) -> None:
    by, *_ = team(month.units, AT)
    order = PlaceOrder(
        recipient=patient(reachable(month.model.world.people)[at]),
        prescriber=by,
        service_point=service_point_at(month.units, AT),
        lines=lines,
        delivery=Delivery(to=UnitAddress()),
    )
    month.send("orders", name, order)


def _purchase(month: Month, order: str, *lines: int) -> CreatePurchaseOrder:
    by, *_ = team(month.units, AT)
    return CreatePurchaseOrder(
        order=Reference(order),
        supplier_id=SUPPLIER,
        lines=tuple(LineNumber(one) for one in lines),
        by=by,
    )


def _receive(month: Month, name: str, purchase: int, came: dict[int, ArticleNumber]) -> None:
    """All that was ordered of some lines has come."""
    by, *_ = team(month.units, AT)
    (number,) = numbered(month.profile, _FIRST, 1)
    bed = MarkedDevice(device_number=number, serial_number=f"SN-{number}")
    receipt = ReportReceipt(
        number_kind="purchase_order",
        number=_PURCHASED[purchase],
        received_on=month.today,
        lines=tuple(
            ReceivedLine(
                line=LineNumber(line),
                quantity=2 if purchase == 1 and article == COVER else 1,
                price=Money(net_ore=_COST[article]),
                devices=(bed,) if article == BED else (),
            )
            for line, article in came.items()
        ),
        by=by,
    )
    month.send("orders", name, receipt)


def _bill(month: Month, number: str, purchase: int, billed: dict[ArticleNumber, int]) -> None:
    """What the supplier wants to be paid, at the prices of the delivery notes."""
    net = sum(_COST[article] * quantity for article, quantity in billed.items())
    invoice = SupplierInvoiceStated(
        version=1,
        supplier_id=SUPPLIER,
        number=SupplierInvoiceNumber(number),
        purchase_order_number=_PURCHASED[purchase],
        net_ore=net,
        vat_ore=net // 4,
        due_on=date(2026, 7, 10),
        lines=tuple(
            SupplierInvoiceLine(
                article_number=article, quantity=quantity, price=Money(net_ore=_COST[article])
            )
            for article, quantity in billed.items()
        ),
    )
    month.send("billing", f"{month.profile.sends_order}-{number}", invoice)


def _plan(month: Month, day: int, name: str, command: Command) -> None:
    month.plan(june(day), partial(month.send, "orders", name, command))


def _in_central(month: Month) -> str:
    """An unmarked article that the central store keeps."""
    return next(
        one.article.article_number
        for one in month.listed
        if one.kind.stock and not one.kind.marked and one.kind.charging == "sale"
    )


def _store(month: Month) -> str:
    return str(month.model.policy.stores.purchasing)
