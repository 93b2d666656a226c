"""What tests of purchase orders do on real PostgreSQL: suppliers, direct orders, what they read."""

from datetime import date
from typing import Any

from kvitt_contracts.orders import (
    ChangePurchaseOrderLine,
    CreatePurchaseOrder,
    PlaceOrder,
    SendPurchaseOrder,
    VoidOrderLines,
)
from kvitt_contracts.types import (
    LineNumber,
    Money,
    ReasonCode,
    Reference,
    SupplierId,
    UserId,
    Word,
)
from kvitt_testkit.world import World
from orders.customer_orders.domain import Order
from orders.customer_orders.lines import LineState
from orders.customer_orders.models import OrderRow
from orders.purchase_orders.domain import PurchaseOrder
from orders.purchase_orders.models import PurchaseOrderRow

from contracts.tests.builders.inventory import an_article_listed
from contracts.tests.builders.purchases import (
    OTHER_SUPPLIER,
    RAMP,
    SUPPLIER,
    WALKER,
    a_direct_article,
    a_supplier_stated,
)
from contracts.tests.builders.story import CUSHION, SENDER, SERVICE, order_id, purchase_order_id
from services.orders.tests.builders import a_line, an_order_command, registry


async def what_can_be_bought(world: World) -> None:
    """The registry, two suppliers with an article each, and a central article."""
    await registry(world)
    await world.handle(a_supplier_stated(), subject=SUPPLIER)
    await world.handle(
        a_supplier_stated(OTHER_SUPPLIER, name="Stegvis AB", organisation_number=None),
        subject=OTHER_SUPPLIER,
    )
    await world.handle(a_direct_article(WALKER, lead_time_days=5))
    await world.handle(a_direct_article(RAMP, marked=False, supplier=OTHER_SUPPLIER))
    await world.handle(an_article_listed(CUSHION, marked=False))


def an_order_of(*articles: str, **others: Any) -> PlaceOrder:
    """A command to order one of each article."""
    return an_order_command(*(a_line(article) for article in articles or (WALKER,)), **others)


async def ordered(world: World, *articles: str, reference: str = "O-1", **others: Any) -> Order:
    """A placed order of one of each article, as it is now."""
    await world.handle(an_order_of(*articles, **others), subject=reference)
    return await order(world, reference)


async def order(world: World, reference: str = "O-1") -> Order:
    """The order as it is now."""
    return (await world.row(OrderRow, order_id(reference))).state()


async def states(world: World, reference: str = "O-1") -> list[LineState]:
    """Where the order's lines are."""
    return [line.state for line in (await order(world, reference)).lines]


def a_purchase(
    *lines: int,
    order: str = "O-1",
    supplier: str = SUPPLIER,
    by: str = SENDER,
    is_sent_by_kvitt: bool = False,
) -> CreatePurchaseOrder:
    """A command to buy lines of an order, the first one unless told."""
    return CreatePurchaseOrder(
        order=Reference(order),
        supplier_id=SupplierId(supplier),
        lines=tuple(LineNumber(one) for one in lines or (1,)),
        is_sent_by_kvitt=is_sent_by_kvitt,
        by=UserId(by),
    )


def sending(
    how: str = "printed", sent_on: date = date(2026, 3, 2), by: str = SENDER
) -> SendPurchaseOrder:
    """A command to note that the supplier has it."""
    return SendPurchaseOrder(how=Word(how), sent_on=sent_on, by=UserId(by))


async def purchase_order(world: World, reference: str = "I-1") -> PurchaseOrder:
    """The purchase order as it is now."""
    return (await world.row(PurchaseOrderRow, purchase_order_id(reference))).state()


def a_change(line: int, quantity: int, price: int | None = None) -> ChangePurchaseOrderLine:
    """A command to change a line."""
    return ChangePurchaseOrderLine(
        line=LineNumber(line),
        quantity=quantity,
        price=None if price is None else Money(net_ore=price),
        by=UserId(SERVICE),
        asked_by=UserId(SENDER),
    )


def a_void_of_line(line: int) -> VoidOrderLines:
    """A command of customer service to void a line that cannot be delivered."""
    return VoidOrderLines(
        lines=(LineNumber(line),),
        reason=ReasonCode("CANNOT_DELIVER"),
        is_supplier_told=True,
        by=UserId(SERVICE),
        asked_by=UserId(SENDER),
    )
