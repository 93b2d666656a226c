"""Stories of what is bought, and of what becomes of it."""

from datetime import date
from itertools import product
from uuid import uuid4

from kvitt_contracts.orders import (
    ChangePurchaseOrderLine,
    DelayPurchaseOrder,
    PurchaseOrderCreated,
    ReportDeviation,
    SendPurchaseOrder,
    SetDefaultServicePoint,
    SetDefaultSupply,
    SetDelivery,
    SettleDeviation,
    VoidOrderLines,
)
from kvitt_contracts.types import (
    Money,
    OrderId,
    ReasonCode,
    ServicePointId,
    SupplierId,
    UserId,
    Word,
)
from kvitt_testkit.world import World
from orders.purchase_orders.commands import CreatePurchaseOrderInWords, LinePrice

from contracts.tests.builders.emails import an_email_sent
from contracts.tests.builders.purchases import (
    OTHER_SUPPLIER,
    RAMP,
    SUPPLIER,
    WALKER,
    a_direct_article,
    a_supplier_delay_stated,
    a_supplier_stated,
)
from contracts.tests.builders.regions import a_customer_stated, a_user_stated
from contracts.tests.builders.reservations import a_stock_reserved
from contracts.tests.builders.story import (
    CUSHION,
    SENDER,
    SERVICE,
    a_care_unit,
    order_id,
    purchase_order_id,
)
from services.orders.tests.builders import a_line, an_order_command
from services.orders.tests.emitted.orders import PATIENT
from services.orders.tests.purchases import a_purchase


async def what_is_bought(world: World) -> None:
    """Orders for patients and care units with direct lines, alone and beside central ones, and the
    purchase orders that they are bought by, under a name of the region's own and none.
    """
    await world.handle(a_supplier_stated(), subject=SUPPLIER)
    sole_trader = a_supplier_stated(OTHER_SUPPLIER, organisation_number=None)
    await world.handle(sole_trader, subject=OTHER_SUPPLIER)
    await world.handle(a_direct_article())
    for number, recipient in enumerate((PATIENT, a_care_unit())):
        order = an_order_command(a_line(WALKER), a_line(CUSHION), recipient=recipient)
        await world.handle(order, subject=f"BOUGHT-{number}")
        await world.command(order, target=uuid4())
    await world.handle(a_stock_reserved("BOUGHT-0"))
    await world.handle(a_purchase(1, order="BOUGHT-0"), subject="I-0")
    named = ("I-1", None)
    kinds = product(named, (None, UserId(SENDER)), (None, Money(net_ore=90_000)))
    for number, (reference, asked_by, price) in enumerate(kinds):
        placed = uuid4()
        await world.command(an_order_command(a_line(WALKER)), target=placed)
        bought = CreatePurchaseOrderInWords(
            order_id=OrderId(placed),
            supplier_id=SupplierId(SUPPLIER),
            prices=() if price is None else (LinePrice(line=1, price=price),),
            by=UserId(SENDER),
            asked_by=asked_by,
        )
        name = reference and f"{reference}-{number}"
        target = purchase_order_id(name) if name else uuid4()
        await world.command(bought, target=target, subject=name)


async def what_becomes_of_it(world: World) -> None:
    """A purchase order that is sent, late, changed, not as ordered, and voided in part."""
    staff, by = UserId(SERVICE), UserId(SENDER)
    await world.handle(a_user_stated(SERVICE, roles=("customer_service",)), subject=SERVICE)
    lines = tuple(a_line(RAMP, 3) for _ in range(3))
    await world.handle(a_direct_article(RAMP, marked=False))
    await world.handle(an_order_command(*lines), subject="BOUGHT-2")
    priced = CreatePurchaseOrderInWords(
        order_id=order_id("BOUGHT-2"),
        supplier_id=SupplierId(SUPPLIER),
        prices=(LinePrice(line=1, price=Money(net_ore=90_000)),),
        by=by,
    )
    await world.command(priced, target=purchase_order_id("I-2"), subject="I-2")
    sent = SendPurchaseOrder(how=Word("printed"), sent_on=date(2026, 3, 2), by=by)
    (order,) = [
        one
        for one in await world.events(PurchaseOrderCreated)
        if one.purchase_order_id == purchase_order_id("I-2")
    ]
    stated = a_supplier_delay_stated(order.purchase_order_number, lines=(2,))
    late = DelayPurchaseOrder(lines=(1,), expected_on=date(2026, 3, 17), by=staff, asked_by=by)
    odd = ReportDeviation(line=1, kind=Word("short"), by=by)
    settled = SettleDeviation(line=1, how=Word("kept"), by=staff, asked_by=by)
    for one in (sent, late, odd, settled):
        await world.handle(one, subject="I-2")
    await world.handle(stated, subject=order.purchase_order_number)
    await world.handle(an_order_command(a_line(RAMP)), subject="MAILED-1")
    by_mail = priced.model_copy(update={"order_id": order_id("MAILED-1"), "prices": ()})
    await world.command(by_mail, target=purchase_order_id("I-3"))
    await world.handle(an_email_sent("I-3"))
    for line, quantity in ((1, 2), (2, 2), (1, 0), (2, 0)):
        change = ChangePurchaseOrderLine(line=line, quantity=quantity, by=staff, asked_by=by)
        await world.handle(change, subject="I-2")
    other = ReportDeviation(line=3, kind=Word("short"), by=by)
    await world.handle(other, subject="I-2")
    for number, (asked_by, is_priced) in enumerate(product((by, None), (True, False))):
        reference = f"LESS-{number}"
        await world.handle(an_order_command(a_line(RAMP)), subject=reference)
        bought = priced.model_copy(
            update={
                "order_id": order_id(reference),
                "prices": priced.prices if is_priced else (),
            }
        )
        await world.command(bought, target=uuid4())
        void = VoidOrderLines(
            lines=(1,),
            reason=ReasonCode("CANNOT_DELIVER"),
            is_supplier_told=True,
            by=by if asked_by is None else staff,
            asked_by=asked_by,
        )
        await world.handle(void, subject=reference)
    await world.handle(an_order_command(a_line(RAMP)), subject="URGENT-1")
    urgent = SetDelivery(is_urgent=True, is_consolidated=False, by=staff, asked_by=by)
    await world.handle(urgent, subject="URGENT-1")
    await what_is_chosen_in_advance(world)


async def what_is_chosen_in_advance(world: World) -> None:
    """A user's default source, and another's default service point."""
    chooser, moved = UserId("k070val"), UserId("k071byt")
    points = ("40201", "61201")
    await world.handle(a_customer_stated(points[1], store=None), subject=points[1])
    for user in (chooser, moved):
        await world.handle(a_user_stated(user, *points), subject=user)
    supply = SetDefaultSupply(user_id=chooser, default_supply=Word("own_store"), by=chooser)
    await world.handle(supply, subject=chooser)
    point = SetDefaultServicePoint(
        user_id=moved,
        service_point=ServicePointId(points[1]),
        by=UserId(SERVICE),
        asked_by=moved,
    )
    await world.handle(point, subject=moved)
