"""What tests do with receipts of direct deliveries, in all the ways that end differently."""

from kvitt_contracts.orders import OrderPlaced, ReceivedLine, ReportReceipt
from kvitt_contracts.types import (
    DeviceNumber,
    LineNumber,
    MarkedDevice,
    Money,
    OrderNumber,
    ReceiptId,
    UserId,
)
from kvitt_testkit.world import World
from orders.receipts.domain import Status
from orders.receipts.models import ReceiptRow

from contracts.tests.builders.purchases import (
    RAMP,
    SUPPLIER,
    WALKER,
    a_direct_article,
    a_supplier_stated,
)
from contracts.tests.builders.receipts import a_line_stocked, a_receipt_refused
from contracts.tests.builders.regions import a_person_stated
from contracts.tests.builders.reservations import a_line_delivered
from contracts.tests.builders.story import DAY, SENDER, a_care_unit
from services.orders.tests.purchases import a_purchase, an_order_of, order


async def what_is_received(world: World) -> None:
    """Direct deliveries for a patient and a care unit that are delivered, one that the stores
    refuse, and one that is put into a store, for its patient has died.
    """
    await world.handle(a_supplier_stated(), subject=SUPPLIER)
    await world.handle(a_direct_article(WALKER))
    await world.handle(a_direct_article(RAMP, marked=False))
    for reference, recipient in (
        ("GOT", None),
        ("UNIT", a_care_unit()),
        ("TAKEN", None),
        ("DIED", None),
    ):
        named = {} if recipient is None else {"recipient": recipient}
        command = an_order_of(WALKER, RAMP, **named)
        await world.handle(command, subject=reference)
        await world.handle(a_purchase(1, 2, order=reference), subject=f"I-{reference}")
    for reference in ("GOT", "UNIT", "TAKEN"):
        await _reported(world, reference)
    for reference in ("GOT", "UNIT"):
        device = a_line_delivered(
            reference, article=WALKER, on=str(DAY), devices=(reference,), unit_price=129_000
        )
        goods = a_line_delivered(reference, line=2, article=RAMP, on=str(DAY), unit_price=129_000)
        await world.handle_all(device, goods)
    await world.handle(a_receipt_refused("TAKEN"))
    await world.handle(a_person_stated(version=90, deceased=True), subject="ac-person-1")
    await _reported(world, "DIED")
    await world.handle_all(
        a_line_stocked("DIED", "DIED", article=WALKER, on=str(DAY)),
        a_line_stocked("DIED", line=2, article=RAMP, on=str(DAY)),
    )
    await world.handle(a_person_stated(version=91), subject="ac-person-1")


def a_receipt_row(receipt_id: ReceiptId, order: OrderPlaced) -> ReceiptRow:
    """A receipt of an order that the stores have not answered, as its row."""
    return ReceiptRow(
        region="ac",
        receipt_id=receipt_id,
        reference=None,
        status=Status.REPORTED,
        order_id=order.order_id,
        order_number=order.order_number,
        service_point=order.service_point,
        recipient_person=None,
        received_on=DAY,
        by=order.prescriber,
        lines=(),
        refused=(),
    )


async def a_report_of(
    world: World, reference: str, device: str, *, price: int = 129_000
) -> ReportReceipt:
    """A report that the marked and the unmarked line of an order have come, at one price."""
    marked = MarkedDevice(device_number=DeviceNumber(device), serial_number=f"SN-{device}")
    each = Money(net_ore=price)
    return ReportReceipt(
        number_kind="order",
        number=OrderNumber((await order(world, reference)).order_number),
        received_on=DAY,
        lines=(
            ReceivedLine(line=LineNumber(1), quantity=1, price=each, devices=(marked,)),
            ReceivedLine(line=LineNumber(2), quantity=1, price=each),
        ),
        by=UserId(SENDER),
    )


async def _reported(world: World, reference: str) -> None:
    report = await a_report_of(world, reference, reference)
    await world.handle(report, subject=f"{reference}-K-1")
