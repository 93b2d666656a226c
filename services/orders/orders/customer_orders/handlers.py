"""What we do about orders: commands, inventory's answers, and the reminder of a missing answer."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import uuid4

from kvitt_chassis.handlers import Handlers, RowKey, Timer
from kvitt_chassis.metrics import declare
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import (
    ArticleListed,
    LineDelivered,
    OrderGoodsDispatched,
    OrderPickingStarted,
    ReleaseRefused,
    ReservationDeclined,
    ReservationReleased,
    StockBackordered,
    StockReserved,
)
from kvitt_contracts.orders import (
    Delivery,
    OrderPlaced,
    PlaceOrder,
    RecipientAddress,
    RegisterWithdrawal,
    VoidOrder,
)
from kvitt_contracts.types import (
    ArticleNumber,
    CareUnitRecipient,
    NamedPatient,
    OrderId,
    OrderNumber,
    PersonRef,
    Reference,
)

from orders.customer_orders import domain, placing
from orders.customer_orders.models import ArticleRow, OrderDetailsRow, OrderRow
from orders.customer_orders.numbers import Series, next_number
from orders.customer_orders.reasons import OrderRefused, Reason
from orders.message_subject import subject_as
from orders.metrics import when_committed
from orders.people.domain import must_be_active
from orders.people.handlers import current_person, rows_of_person
from orders.people.models import PersonDetailsRow
from orders.units.handlers import care_unit_key, customer_key, payer_key, user_key
from orders.units.models import CareUnitRow, CustomerRow, PayerRow, UserRow

messages = Handlers()

UNANSWERED = Timer("order_unanswered", OrderRow)
ANSWER_WITHIN = timedelta(hours=24)
"""Business time in which inventory answers; then an alarm, each day anew."""

ORDERS_UNANSWERED = declare(
    "counter",
    "orders_unanswered_total",
    "Orders, withdrawals and voids that inventory had not answered within 24 hours.",
    "See inventory's lag and parked keys (kvitt parked); the answer ends the waiting by itself.",
    ("status",),
)
ORDERS_BY_STEP = declare(
    "counter",
    "orders_steps_total",
    "Orders by step: central or own_store when placed; delivered, declined, voided.",
    "None: a business counter.",
    ("region", "step"),
)


@messages.on(ArticleListed, reads=lambda event, _: [(ArticleRow, event.article_number)])
async def on_article_listed(event: ArticleListed, tx: Transaction) -> None:
    """Keep what ordering asks of an article."""
    row = await tx.look_up(ArticleRow, event.article_number)
    if row is None:
        row = ArticleRow(region=tx.region, article_number=event.article_number)
        tx.put(row)
    row.name = event.name
    row.type = event.type
    row.marked = event.marked
    row.in_assortment = event.in_assortment
    row.status = event.status
    row.fee_group = event.fee_group


def _written(command: PlaceOrder | RegisterWithdrawal, tx: Transaction) -> Iterable[RowKey]:
    yield OrderRow, tx.target("order")
    if isinstance(command, PlaceOrder) and placing.has_details(command.delivery):
        # Rows of the vault that an order of the batch may write are locked before the counter.
        for row_key in _recipient_rows(command.recipient, tx):
            if row_key[0] is PersonDetailsRow:
                yield row_key


def _read(command: PlaceOrder | RegisterWithdrawal, tx: Transaction) -> Iterable[RowKey]:
    yield CustomerRow, customer_key(command.service_point, tx)
    yield UserRow, user_key(command.prescriber, tx)
    yield UserRow, user_key(command.requester or command.prescriber, tx)
    for line in command.lines:
        yield ArticleRow, line.article_number
    for payer in (command.payer_id, *(line.payer_id for line in command.lines)):
        if payer is not None:
            yield PayerRow, payer_key(payer, tx)
    yield from _recipient_rows(command.recipient, tx)


def _recipient_rows(named: NamedPatient | CareUnitRecipient, tx: Transaction) -> Iterable[RowKey]:
    if isinstance(named, CareUnitRecipient):
        return [(CareUnitRow, care_unit_key(named.unit, tx))]
    return rows_of_person(named.person, tx)


@messages.command(PlaceOrder, loads=_written, reads=_read)
async def place_order(command: PlaceOrder, tx: Transaction) -> None:
    """Place an order from the central store (ORD-1)."""
    if tx.message is not None:  # it came over Kafka
        placing.must_carry_no_details(command.delivery)
    order_id = await _new_order(tx)
    parties = await _parties(command, tx)
    articles = await _articles_of(command, tx)
    await _keep_with_recipient(parties.recipient, command.delivery, tx)
    event = placing.place(
        command,
        naming=await _naming(order_id, tx),
        parties=parties,
        articles=articles,
        policy=tx.policy,
        today=tx.today,
    )
    _start(event, tx)
    _keep_details(order_id, command, command.delivery, tx)


async def preview(command: PlaceOrder, tx: Transaction) -> OrderPlaced:
    """What the order would be, with payers and fees (ORD-18). Records nothing; refuses alike."""
    return placing.place(
        command,
        naming=placing.Naming(
            order_id=OrderId(uuid4()), order_number=OrderNumber("00000000"), reference=None
        ),
        parties=await _parties(command, tx),
        articles=await _articles_of(command, tx),
        policy=tx.policy,
        today=tx.today,
    )


@messages.command(RegisterWithdrawal, loads=_written, reads=_read)
async def register_withdrawal(command: RegisterWithdrawal, tx: Transaction) -> None:
    """Prescribe from the own store; pending until inventory answers (ORD-7)."""
    order_id = await _new_order(tx)
    parties, articles = await _parties(command, tx), await _articles_of(command, tx)
    event = placing.withdraw(
        command,
        naming=await _naming(order_id, tx),
        parties=parties,
        articles=articles,
        policy=tx.policy,
        today=tx.today,
    )
    _start(event, tx)
    _keep_details(order_id, command, Delivery(), tx)


@messages.command(
    VoidOrder,
    loads=lambda _, tx: [(OrderRow, tx.target("order"))],
    reads=lambda command, tx: [(UserRow, user_key(command.by, tx))],
)
async def void_order(command: VoidOrder, tx: Transaction) -> None:
    """Ask to void a whole order (ORD-14); voided when inventory has let go of it."""
    row = await tx.lock(OrderRow, tx.target("order"), rule="ORD-14")
    by = await tx.get(UserRow, user_key(command.by, tx), rule="REF-3", field="by")
    event = domain.request_void(row.state(), by=by.state())
    if not isinstance(event, domain.AlreadyDone):
        tx.record(row, event)
        tx.schedule(UNANSWERED, key=row.id, due=tx.now + ANSWER_WITHIN)


@messages.on(StockReserved, loads=lambda event, _: [(OrderRow, event.order_id)])
async def on_stock_reserved(event: StockReserved, tx: Transaction) -> None:
    """Everything is set aside: tell when the order is expected to leave (ORD-4)."""
    await _plan(event.order_id, event.planned_dispatch_on, tx)


@messages.on(StockBackordered, loads=lambda event, _: [(OrderRow, event.order_id)])
async def on_stock_backordered(event: StockBackordered, tx: Transaction) -> None:
    """Something must come from a supplier first: tell when the order is to leave (ORD-4)."""
    await _plan(event.order_id, event.planned_dispatch_on, tx)


@messages.on(OrderPickingStarted, loads=lambda event, _: [(OrderRow, event.order_id)])
async def on_picking_started(event: OrderPickingStarted, tx: Transaction) -> None:
    """The right to void ends (ORD-14)."""
    await _begin_picking(event.order_id, tx)


@messages.on(OrderGoodsDispatched, loads=lambda event, _: [(OrderRow, event.order_id)])
async def on_goods_dispatched(event: OrderGoodsDispatched, tx: Transaction) -> None:
    """The right to void ends with the dispatch at the latest (ORD-14)."""
    await _begin_picking(event.order_id, tx)


@messages.on(LineDelivered, loads=lambda event, _: [(OrderRow, event.order_id)])
async def on_line_delivered(event: LineDelivered, tx: Transaction) -> None:
    """Count what was delivered; the last of it makes the order delivered."""
    row = await tx.lock(OrderRow, event.order_id)
    tx.record(
        row,
        *domain.deliver_line(
            row.state(), event.line_id, quantity=event.quantity, on=event.delivered_on
        ),
    )
    if row.status is domain.Status.DELIVERED:
        when_committed(tx, ORDERS_BY_STEP.labels("orders", tx.region, "delivered").inc)
    _forget_if_answered(row, tx)


@messages.on(ReservationDeclined, loads=lambda event, _: [(OrderRow, event.order_id)])
async def on_reservation_declined(event: ReservationDeclined, tx: Transaction) -> None:
    """The order has no effect (ORD-7, ORD-8)."""
    row = await tx.lock(OrderRow, event.order_id)
    tx.record(row, domain.decline(row.state(), reason=event.reason, rule=event.rule))
    when_committed(tx, ORDERS_BY_STEP.labels("orders", tx.region, "declined").inc)
    _forget_if_answered(row, tx)


@messages.on(ReservationReleased, loads=lambda event, _: [(OrderRow, event.order_id)])
async def on_reservation_released(event: ReservationReleased, tx: Transaction) -> None:
    """The order is voided (ORD-14)."""
    row = await tx.lock(OrderRow, event.order_id)
    voided = domain.void(row.state())
    if not isinstance(voided, domain.AlreadyDone):
        tx.record(row, voided)
        when_committed(tx, ORDERS_BY_STEP.labels("orders", tx.region, "voided").inc)
    _forget_if_answered(row, tx)


@messages.on(ReleaseRefused, loads=lambda event, _: [(OrderRow, event.order_id)])
async def on_release_refused(event: ReleaseRefused, tx: Transaction) -> None:
    """The order goes on (ORD-14)."""
    row = await tx.lock(OrderRow, event.order_id)
    tx.record(row, domain.refuse_void(row.state(), reason=event.reason))
    _forget_if_answered(row, tx)


# decision 0031: an order without inventory's answer raises an alarm and decides nothing
@messages.timer(UNANSWERED)
async def alarm_unanswered(row: OrderRow, due: datetime, tx: Transaction) -> None:
    """Inventory owes an answer. Only it knows the outcome, so nothing is decided here."""
    if row.state().is_waiting:
        when_committed(tx, ORDERS_UNANSWERED.labels("orders", row.status).inc)
        tx.schedule(UNANSWERED, key=row.id, due=due + ANSWER_WITHIN)


async def _plan(order: OrderId, on: date, tx: Transaction) -> None:
    row = await tx.lock(OrderRow, order)
    planned = domain.plan(row.state(), on=on)
    if not isinstance(planned, domain.AlreadyDone):
        tx.record(row, planned)
    _forget_if_answered(row, tx)


async def _begin_picking(order: OrderId, tx: Transaction) -> None:
    row = await tx.lock(OrderRow, order)
    begun = domain.begin_picking(row.state())
    if not isinstance(begun, domain.AlreadyDone):
        tx.record(row, begun)
    _forget_if_answered(row, tx)


# decision 0034: a second order under the same reference is refused
async def _new_order(tx: Transaction) -> OrderId:
    order_id = OrderId(tx.target("order"))
    existing = await tx.find(OrderRow, order_id)
    if existing is not None:
        raise OrderRefused(
            Reason.ALREADY_PLACED,
            rule="ORD-2",
            field="ce_subject",
            way_on="Referensen har redan en order. Välj en ny referens för en ny order.",
            order_number=existing.order_number,
        )
    return order_id


async def _naming(order_id: OrderId, tx: Transaction) -> placing.Naming:
    reference = None if tx.message is None else subject_as(Reference, tx.subject)
    return placing.Naming(
        order_id=order_id,
        order_number=await next_number(Series.ORDER, tx),
        reference=reference,
    )


async def _parties(command: PlaceOrder | RegisterWithdrawal, tx: Transaction) -> placing.Parties:
    place = await tx.get(
        CustomerRow, customer_key(command.service_point, tx), rule="REF-3", field="service_point"
    )
    prescriber = await tx.get(
        UserRow, user_key(command.prescriber, tx), rule="REF-3", field="prescriber"
    )
    requester = await tx.get(
        UserRow,
        user_key(command.requester or command.prescriber, tx),
        rule="REF-3",
        field="requester",
    )
    return placing.Parties(
        recipient=await _recipient(command.recipient, tx),
        prescriber=prescriber.state(),
        requester=requester.state(),
        service_point=place.state(),
    )


async def _recipient(
    named: NamedPatient | CareUnitRecipient, tx: Transaction
) -> placing.Patient | CareUnitRecipient:
    if isinstance(named, CareUnitRecipient):
        await tx.get(
            CareUnitRow, care_unit_key(named.unit, tx), rule="ORD-1", field="recipient.unit"
        )
        return named
    person = await current_person(named.person, tx, field="recipient.person")
    must_be_active(person.state())
    details = await tx.get(PersonDetailsRow, person.id, rule="REF-1", field="recipient.person")
    return placing.Patient(
        person=PersonRef(person.id),
        born_on=details.born_on,
        has_address=details.address is not None,
    )


async def _articles_of(
    command: PlaceOrder | RegisterWithdrawal, tx: Transaction
) -> dict[ArticleNumber, placing.Article]:
    found = {}
    for number, line in enumerate(command.lines):
        row = await tx.get(
            ArticleRow, line.article_number, rule="ORD-1", field=f"lines.{number}.article_number"
        )
        found[line.article_number] = row.article()
        if line.payer_id is not None:
            await tx.get(
                PayerRow,
                payer_key(line.payer_id, tx),
                rule="REF-4",
                field=f"lines.{number}.payer_id",
            )
    if command.payer_id is not None:
        await tx.get(PayerRow, payer_key(command.payer_id, tx), rule="REF-4", field="payer_id")
    return found


def _start(event: OrderPlaced, tx: Transaction) -> None:
    tx.start(OrderRow, event.order_id, event)
    tx.schedule(UNANSWERED, key=event.order_id, due=tx.now + ANSWER_WITHIN)
    when_committed(tx, ORDERS_BY_STEP.labels("orders", tx.region, event.supply).inc)


def _keep_details(
    order_id: OrderId,
    command: PlaceOrder | RegisterWithdrawal,
    delivery: Delivery,
    tx: Transaction,
) -> None:
    comments = {n: line.comment for n, line in enumerate(command.lines, 1) if line.comment}
    if comments or placing.has_details(delivery):
        tx.put(
            OrderDetailsRow(
                region=tx.region, order_id=order_id, delivery=delivery, comments=comments
            )
        )


async def _keep_with_recipient(
    recipient: placing.Patient | CareUnitRecipient, delivery: Delivery, tx: Transaction
) -> None:
    """REF-1: the recipient's phone, door code and instructions follow into later registrations."""
    if not isinstance(recipient, placing.Patient):
        return
    details = await tx.get(PersonDetailsRow, recipient.person)
    details.phone = delivery.recipient_phone or details.phone
    if isinstance(delivery.to, RecipientAddress):  # else they belong to another door
        details.door_code = delivery.door_code or details.door_code
        details.instructions = delivery.instructions or details.instructions


def _forget_if_answered(row: OrderRow, tx: Transaction) -> None:
    if not row.state().is_waiting:
        tx.cancel_timer(UNANSWERED, key=row.id)
