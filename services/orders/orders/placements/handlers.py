"""Handlers of the commands that place an order or register a withdrawal."""

from collections.abc import Iterable
from uuid import uuid4

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.orders import (
    Delivery,
    OrderPlaced,
    OrderPlacedV2,
    PlaceOrder,
    RegisterWithdrawal,
)
from kvitt_contracts.types import OrderId, OrderNumber

from orders.attachments.domain import About
from orders.attachments.models import AttachmentRow
from orders.attachments.writes import attach_all
from orders.customer_orders.models import OrderDetailsRow, OrderRow
from orders.customer_orders.writes import await_answer, count_step
from orders.order_drafts.commands import PlaceOrderOverHttp
from orders.order_drafts.models import OrderDraftRow
from orders.order_drafts.writes import use_up
from orders.parties.domain import Patient
from orders.parties.queries import parties_of
from orders.people.keys.opening import writable
from orders.people.writes import note_contact
from orders.placements import domain
from orders.placements.enclosures.domain import must_have_enclosed
from orders.placements.queries import articles_of, rows_to_read, rows_to_write, suppliers_of
from orders.placements.writes import naming_of, new_order
from orders.work_orders.queries import applications_of

messages = Handlers()


@messages.command(PlaceOrder, loads=rows_to_write, reads=rows_to_read)
async def place_order(command: PlaceOrder, tx: Transaction) -> None:
    """Place an order from the central store, or direct from suppliers (ORD-1, ORD-21).

    Refused: DELIVERY_DETAILS_OVER_HTTP_ONLY (ORD-3), INVALID_SUBJECT (contract), ALREADY_PLACED
    (ORD-2); an unknown name: UNKNOWN_CUSTOMER, UNKNOWN_USER (REF-3), UNKNOWN_PERSON_ID,
    UNKNOWN_PERSON_DETAIL (REF-1), UNKNOWN_CARE_UNIT, UNKNOWN_ARTICLE (ORD-1), UNKNOWN_PAYER
    (REF-4); the parties: NOT_A_PRESCRIBER, NOT_A_SERVICE_POINT, NOT_CONNECTED_TO_SERVICE_POINT,
    NOT_CONNECTED_TO_PRESCRIBER (REF-3), RECIPIENT_INACTIVE (REF-14), RECIPIENT_HAS_NO_ADDRESS
    (ORD-3); a line: ARTICLE_NOT_IN_ASSORTMENT (ORD-5), ARTICLE_NOT_APPROVED (ACT-5),
    NO_LONGER_PURCHASED, NOT_AN_EQUIVALENT (ORD-6), STORE_FOR_PATIENTS_ONLY (ORD-25),
    ONE_OF_A_MARKED_DEVICE, NOT_MARKED, DEVICE_NUMBER_ON_ORDER (ORD-8),
    NO_ACTIVE_SUPPLIER (ORD-21), ARTICLE_FOR_OWN_UNITS_ONLY, SOURCE_NOT_OF_ARTICLE (ORD-22),
    ARTICLE_OUTSIDE_PRODUCT_AREAS, SOURCE_NOT_OF_PRODUCT_AREA (REF-11); the cover:
    COVER_FOR_PATIENTS_ONLY, NO_PAYER_FOR_COVER, PAYER_BESIDE_COVER (BIL-5, BIL-11),
    COVER_BY_OWN_UNITS_ONLY (BIL-11); PROFESSION_MAY_NOT_PRESCRIBE (REF-15); ATTACHMENT_MISSING,
    ATTACHMENT_OVER_HTTP_ONLY (ORD-24); HOURS_MISSING, SEVERAL_OCCASIONS (ORD-11).
    """
    await _place(command, tx, is_enclosed=False)


async def _place(command: PlaceOrder, tx: Transaction, *, is_enclosed: bool) -> OrderId:
    if tx.message is not None:  # it came over Kafka
        domain.must_carry_no_details(command.delivery)
    order_id = await new_order(tx)
    parties, articles = await parties_of(command, tx), await articles_of(command, tx)
    is_message = tx.message is not None
    must_have_enclosed(command.lines, articles, is_enclosed=is_enclosed, is_message=is_message)
    if isinstance(parties.recipient, Patient):
        await note_contact(parties.recipient.person, command.delivery, tx)
    event = domain.place(
        command,
        naming=await naming_of(order_id, tx),
        parties=parties,
        articles=articles,
        applications=await applications_of(command, tx),
        suppliers=await suppliers_of(articles, tx),
        policy=tx.policy,
        today=tx.today,
    )
    await _start(event, command, command.delivery, tx)
    return order_id


def _order_with_its_own(command: PlaceOrderOverHttp, tx: Transaction) -> Iterable[RowKey]:
    yield from rows_to_write(command.order, tx)
    if command.draft is not None:
        yield OrderDraftRow, command.draft.draft_id
    for attachment_id in command.attachments:  # locked before the counter of numbers
        yield AttachmentRow, attachment_id


def _read_of_order(command: PlaceOrderOverHttp, tx: Transaction) -> Iterable[RowKey]:
    yield from rows_to_read(command.order, tx)


@messages.command(PlaceOrderOverHttp, loads=_order_with_its_own, reads=_read_of_order)
async def place_order_over_http(command: PlaceOrderOverHttp, tx: Transaction) -> None:
    """Place an order in one act with the end of the draft that it began as (ORD-1e), and with what
    is attached to it (ORD-24).

    Refused: as an order is; of a draft: UNKNOWN_ORDER_DRAFT, DRAFT_CHANGED,
    NOT_THE_DRAFTS_RECIPIENT (ORD-1); of a file: UNKNOWN_ATTACHMENT, ALREADY_ATTACHED, TOO_MANY
    (ORD-16).
    """
    if command.draft is not None:
        await use_up(command.draft, command.order.recipient, tx, files=command.attachments)
    order_id = await _place(command.order, tx, is_enclosed=bool(command.attachments))
    draft_id = command.draft.draft_id if command.draft is not None else None
    about = About(kind="order", id=order_id)
    person = (await tx.get(OrderRow, order_id)).recipient_person
    await attach_all(command.attachments, about, command.by, tx, person=person, draft_id=draft_id)


@messages.command(RegisterWithdrawal, loads=rows_to_write, reads=rows_to_read)
async def register_withdrawal(command: RegisterWithdrawal, tx: Transaction) -> None:
    """Prescribe from the own store; pending until inventory answers (ORD-7).

    Refused: as an order is, and PRIVATE_CLINIC_HOLDS_NO_STOCK (REF-7), STORE_NOT_OF_SERVICE_POINT
    (ORD-8), STORE_NOT_OF_USER (REF-11); a line: SERVICE_IS_NOT_STOCKED (ORD-7),
    CONTRIBUTION_IS_NEVER_STOCKED (INV-16), DEVICE_NUMBER_MISSING, DEVICE_NUMBER_TWICE (ORD-8).
    """
    order_id = await new_order(tx)
    parties, articles = await parties_of(command, tx), await articles_of(command, tx)
    event = domain.withdraw(
        command,
        naming=await naming_of(order_id, tx),
        parties=parties,
        articles=articles,
        policy=tx.policy,
        today=tx.today,
    )
    await _start(event, command, Delivery(), tx)


async def preview(
    command: PlaceOrder | RegisterWithdrawal, tx: Transaction
) -> OrderPlaced | OrderPlacedV2:
    """What an order or a withdrawal would be, with payers and fees (ORD-18). Records nothing;
    refuses alike.
    """
    naming = domain.Naming(
        order_id=OrderId(uuid4()), order_number=OrderNumber("00000000"), reference=None
    )
    parties, articles = await parties_of(command, tx), await articles_of(command, tx)
    if isinstance(command, RegisterWithdrawal):
        return domain.withdraw(
            command,
            naming=naming,
            parties=parties,
            articles=articles,
            policy=tx.policy,
            today=tx.today,
        )
    return domain.place(
        command,
        naming=naming,
        parties=parties,
        articles=articles,
        applications=await applications_of(command, tx),
        suppliers=await suppliers_of(articles, tx),
        policy=tx.policy,
        today=tx.today,
    )


async def _start(
    event: OrderPlaced | OrderPlacedV2,
    command: PlaceOrder | RegisterWithdrawal,
    delivery: Delivery,
    tx: Transaction,
) -> None:
    row = tx.start(OrderRow, event.order_id, event)
    if row.state().is_waiting:
        await_answer(event.order_id, tx)
    count_step(row.supply, tx)
    comments = {n: line.comment for n, line in enumerate(command.lines, 1) if line.comment}
    if comments or domain.has_details(delivery):
        details = OrderDetailsRow(region=tx.region, order_id=event.order_id)
        details.person = row.recipient_person
        await writable(details, tx)
        details.delivery, details.comments = delivery, comments
        tx.put(details)
