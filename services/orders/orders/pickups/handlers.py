"""Handlers of pickups: requested, taken back, reported; and what inventory says of the devices."""

from collections.abc import Iterable
from datetime import datetime

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.orders import (
    AddressKind,
    Delivery,
    MakePickupUrgent,
    ReportPickup,
    RequestPickup,
    VoidPickup,
)

from orders.parties.queries import rows_of_recipient
from orders.people.keys.opening import writable
from orders.pickups import domain, queries
from orders.pickups.commands import ReportPickupFirst, RequestPickupInWords
from orders.pickups.models import PickupDetailsRow, PickupRow
from orders.pickups.requesting import domain as requesting
from orders.pickups.writes import (
    ANSWER,
    OVERDUE,
    RETURN_AWAITED,
    await_answer,
    make_urgent,
    remind,
)
from orders.units.models import CustomerRow, PayerRow, UserRow
from orders.units.queries import customer_key, payer_key, place_named, user_key, user_named

messages = Handlers()

Requested = RequestPickup | RequestPickupInWords


def _its_row(_: object, tx: Transaction) -> Iterable[RowKey]:
    return [(PickupRow, tx.target("pickup"))]


def _read_to_request(command: Requested, tx: Transaction) -> Iterable[RowKey]:
    yield from queries.rows_of_request(command, tx)
    yield from rows_of_recipient(command.recipient, tx)


@messages.command(RequestPickup, loads=_its_row, reads=_read_to_request)
async def request_pickup(command: RequestPickup, tx: Transaction) -> None:
    """Have devices fetched from a recipient (PCK-1); inventory answers.

    Refused: INVALID_SUBJECT (contract), ALREADY_REQUESTED, ADDRESS_OVER_HTTP_ONLY, UNKNOWN_CAUSE,
    UNKNOWN_DEVICE, DEVICE_TWICE, NO_ADDRESS, PHONE_MISSING, UNKNOWN_CARE_UNIT (PCK-1),
    UNKNOWN_RETURN_CAUSE, CAUSE_NOT_OF_PRODUCT_AREA, POSTED_BY_THE_UNIT (PCK-4), UNKNOWN_PERSON_ID,
    UNKNOWN_PERSON_DETAIL (REF-1), UNKNOWN_CUSTOMER, UNKNOWN_USER, NOT_A_SERVICE_POINT,
    NOT_CONNECTED_TO_SERVICE_POINT (REF-3), UNKNOWN_WORD, BY_CUSTOMER_SERVICE_ONLY, OUTSIDE_WINDOW
    (PCK-3), ENDS_BEFORE_IT_BEGINS, DAY_HAS_PASSED (DAY-5).
    """
    if command.address_kind is AddressKind.ONE_OFF:
        raise requesting.refuse_address_over_kafka()
    await _request(command, None, tx)


@messages.command(RequestPickupInWords, loads=_its_row, reads=_read_to_request)
async def request_pickup_in_words(command: RequestPickupInWords, tx: Transaction) -> None:
    """Have devices fetched, and say where, how and whom to call (PCK-1).

    Refused: INVALID_SUBJECT (contract), ALREADY_REQUESTED, UNKNOWN_CAUSE, UNKNOWN_DEVICE,
    DEVICE_TWICE, NO_ADDRESS, PHONE_MISSING, UNKNOWN_CARE_UNIT (PCK-1), UNKNOWN_RETURN_CAUSE,
    CAUSE_NOT_OF_PRODUCT_AREA, POSTED_BY_THE_UNIT (PCK-4), UNKNOWN_PERSON_ID, UNKNOWN_PERSON_DETAIL
    (REF-1), UNKNOWN_CUSTOMER, UNKNOWN_USER, NOT_A_SERVICE_POINT, NOT_CONNECTED_TO_SERVICE_POINT
    (REF-3), UNKNOWN_WORD, BY_CUSTOMER_SERVICE_ONLY, OUTSIDE_WINDOW (PCK-3), ENDS_BEFORE_IT_BEGINS,
    DAY_HAS_PASSED (DAY-5).
    """
    await _request(command, command.delivery, tx)


async def _request(command: Requested, delivery: Delivery | None, tx: Transaction) -> None:
    if await tx.find(PickupRow, tx.target("pickup")) is not None:
        field = "reference" if tx.message is None else "ce_subject"
        raise requesting.refuse_used_reference(field=field)
    by = await user_named(command.by, tx, field="by")
    place = await place_named(command.service_point, tx)
    wish = await queries.wish_of(command, delivery, tx)
    event = requesting.request(
        wish,
        naming=await queries.naming(tx),
        by=by,
        place=place,
        policy=tx.policy,
        today=tx.today,
    )
    row = tx.start(PickupRow, event.pickup_id, event)
    row.requested_on = tx.today
    await_answer(row, tx)
    if delivery is not None:
        details = PickupDetailsRow(region=tx.region, pickup_id=event.pickup_id)
        details.person = row.recipient_person
        await writable(details, tx)
        details.delivery = delivery
        tx.put(details)


def _read_to_make_urgent(command: MakePickupUrgent, tx: Transaction) -> Iterable[RowKey]:
    yield UserRow, user_key(command.by, tx)
    if command.payer_id is not None:
        yield PayerRow, payer_key(command.payer_id, tx)
    row = tx.fetched(PickupRow, tx.target("pickup"))
    if row is not None:
        yield CustomerRow, customer_key(row.customer_id, tx)


@messages.command(MakePickupUrgent, of=PickupRow, rule="PCK-3", reads=_read_to_make_urgent)
async def make_pickup_urgent(row: PickupRow, command: MakePickupUrgent, tx: Transaction) -> None:
    """Have it fetched at once, for the urgent fee of the price list (PCK-3).

    Refused: UNKNOWN_PICKUP (PCK-3), UNKNOWN_USER, NOT_YOUR_PICKUP (REF-3), UNKNOWN_PAYER (REF-4),
    WAITING, ENDED (PCK-3).
    """
    by = await user_named(command.by, tx, field="by")
    await make_urgent(row, tx, by=by, payer=command.payer_id)


@messages.command(
    VoidPickup,
    of=PickupRow,
    rule="PCK-3",
    reads=lambda command, tx: [(UserRow, user_key(command.by, tx))],
)
async def void_pickup(row: PickupRow, command: VoidPickup, tx: Transaction) -> None:
    """Take back the whole pickup, or some of its lines; inventory answers (PCK-3).

    Refused: UNKNOWN_PICKUP (PCK-3), UNKNOWN_USER, NOT_YOUR_PICKUP (REF-3), WAITING, UNKNOWN_LINE,
    ENDED (PCK-3).
    """
    by = await user_named(command.by, tx, field="by")
    tx.record(row, *domain.request_void(row.state(), command.numbers, by=by))


@messages.command(ReportPickup, of=PickupRow, rule="PCK-3")
async def report_pickup(row: PickupRow, command: ReportPickup, tx: Transaction) -> None:
    """The technician has been there; the main responsible is told (PCK-3).

    Refused: UNKNOWN_PICKUP, UNKNOWN_LINE, ENDED (PCK-3).
    """
    reported = domain.report(row.state(), command.not_found, technician=command.technician)
    tx.record(row, *reported)


@messages.command(ReportPickupFirst, of=PickupRow, rule="PCK-3")
async def report_pickup_first(row: PickupRow, command: ReportPickupFirst, tx: Transaction) -> None:
    """The technician has been there, and nobody else has said so (PCK-3).

    Refused: UNKNOWN_PICKUP, UNKNOWN_LINE, ENDED, ALREADY_REPORTED (PCK-3).
    """
    domain.must_be_first_to_report(row.state(), command.technician)
    reported = domain.report(row.state(), command.not_found, technician=command.technician)
    tx.record(row, *reported)


@messages.timer(ANSWER)
async def give_up(row: PickupRow, due: datetime, tx: Transaction) -> None:
    """Inventory has not answered within a day: nothing is fetched; a late grant is let go."""
    tx.record(row, *domain.refuse(row.state()))
    row.due_on = None


@messages.timer(OVERDUE)
async def tell_overdue(row: PickupRow, due: datetime, tx: Transaction) -> None:
    """The last day has passed with devices left to fetch: customer service is told (PCK-2)."""
    tx.record(row, *domain.fall_due(row.state()))


@messages.timer(RETURN_AWAITED)
async def remind_of_return(row: PickupRow, due: datetime, tx: Transaction) -> None:
    """PCK-7: what is to be returned at once is not back: the unit is reminded, and again each such
    time until it is.
    """
    remind(row, tx)
