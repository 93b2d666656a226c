"""Look-ups of work orders: what one names, and whose it is."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final
from uuid import UUID

from kvitt_chassis.handlers import RowKey
from kvitt_chassis.http import RegionReader
from kvitt_chassis.transaction import Transaction
from kvitt_chassis.web.protection import ScopeOfPersons
from kvitt_contracts.orders import Delivery, PlaceOrder, RegisterWorkOrder
from kvitt_contracts.types import (
    CareUnitRecipient,
    CustomerId,
    DeviceNumber,
    OrderId,
    OrderLineId,
    PatientRecipient,
    PersonRef,
    Recipient,
    Reference,
    UserId,
    Word,
    WorkOrderId,
    identify,
)
from sqlalchemy import ColumnElement, select, true

from orders.articles.domain import Article
from orders.articles.models import ArticleRow
from orders.blocks.queries import WISHES
from orders.care.numbers import care_device_numbered, rows_of_number
from orders.care.queries import reach_to
from orders.customer_orders.domain import Status as OrderStatus
from orders.customer_orders.domain import line_id
from orders.customer_orders.models import OrderRow
from orders.message_subject import subject_as
from orders.numbers.domain import Series
from orders.numbers.writes import next_number
from orders.parties.queries import rows_of_recipient
from orders.people.domain import must_be_active
from orders.people.models import PersonDetailsRow, PersonRow
from orders.people.queries import (
    current_person,
    current_reference,
    details_named,
    is_of_person,
    is_of_protected,
)
from orders.units.domain import Customer, User
from orders.units.models import CareUnitRow, CustomerRow, PayerRow, UserRow
from orders.units.queries import (
    care_unit_key,
    customer_key,
    payer_key,
    place_named,
    user_key,
    user_named,
)
from orders.work_orders.commands import RegisterWorkOrderInWords
from orders.work_orders.domain import OPEN, Kind, WorkOrder
from orders.work_orders.models import WorkOrderRow
from orders.work_orders.reasons import Reason, refusal
from orders.work_orders.registering import domain as registering

Registered = RegisterWorkOrder | RegisterWorkOrderInWords


def _is_of_protected() -> ColumnElement[bool]:
    return is_of_protected(WorkOrderRow.recipient_person)


_WISHES: Final = WISHES.of(
    WorkOrderRow.recipient_person,
    units=[WorkOrderRow.service_point],
    is_under_way=lambda: WorkOrderRow.status.in_(OPEN),
)

SCOPE: Final = ScopeOfPersons(
    WorkOrderRow.region,
    service_points=[WorkOrderRow.service_point],
    users=[WorkOrderRow.requester, WorkOrderRow.by, WorkOrderRow.technician],
    protected=_is_of_protected,
    wishes=_WISHES,
)
"""Whose a work order is: its service point's, colleagues' included (ACT-7), and theirs who asked
for it, registered it or do it.
"""

OF_THE_RECIPIENT: Final = ScopeOfPersons(
    WorkOrderRow.region,
    also=lambda caller: true(),
    protected=_is_of_protected,
    wishes=_WISHES,
)
"""All of one recipient's, for who has a part in their care (ACT-7): that is looked at before."""


async def is_theirs(ref: PersonRef, reader: RegionReader) -> bool:
    """True where somebody of a unit has a part in the person's care, or has opened them: then all
    that is done for that person is shown to them (ACT-7). False of who reads all of the region.
    """
    if reader.grant.is_region_wide:
        return False
    return bool(await reader.several(PersonRow, [ref], scope=reach_to(ref)))


async def seen(work_order_id: UUID, reader: RegionReader, *, rule: str) -> WorkOrderRow:
    """The row, where the caller may see it: theirs, or one of a recipient of theirs (ACT-7).

    Raises NotFound by the rule.
    """
    known = await reader.look_up(WorkOrderRow, work_order_id)
    person = known.recipient_person if known is not None else None
    is_of_theirs = person is not None and await is_theirs(person, reader)
    scope = OF_THE_RECIPIENT if is_of_theirs else SCOPE
    return await reader.get(WorkOrderRow, work_order_id, scope=scope, rule=rule)


def rows_of_registering(command: Registered, tx: Transaction) -> Iterable[RowKey]:
    """Names the rows that a registration reads."""
    for user in {command.requester, _by(command)}:
        yield UserRow, user_key(user, tx)
    yield CustomerRow, customer_key(CustomerId(command.service_point), tx)
    yield from rows_of_recipient(command.recipient, tx)
    if command.device_number is not None:
        yield from rows_of_number(command.device_number, tx)
    order = _order_id(command, tx)
    if order is not None:
        yield OrderRow, order
    if command.service_article is not None:
        yield ArticleRow, command.service_article
    if command.payer_id is not None:
        yield PayerRow, payer_key(command.payer_id, tx)


async def parties_of(command: Registered, tx: Transaction) -> tuple[User, User, Customer]:
    """Who asks, who registers it, and the service point. Raises Refused (REF-3): one is unknown."""
    return (
        await user_named(command.requester, tx, field="requester"),
        await user_named(_by(command), tx, field="by"),
        await place_named(command.service_point, tx),
    )


async def naming(tx: Transaction) -> registering.Naming:
    """The next number and the id of a new work order, with the reference where one was given.

    Raises Refused (INVALID_SUBJECT, contract): the subject is no reference.
    """
    work_order_id = WorkOrderId(tx.target("work-order"))
    is_named = work_order_id == identify(tx.region, "work-order", tx.subject)
    return registering.Naming(
        work_order_id=work_order_id,
        work_order_number=await next_number(Series.WORK_ORDER, tx),
        reference=subject_as(Reference, tx.subject) if is_named else None,
    )


async def wish_of(command: Registered, tx: Transaction) -> registering.Wish:
    """What is wanted, as far as the rules ask of it.

    Raises Refused: an unknown or inactive recipient (ACT-2, REF-1, REF-14), an unknown device or
    order or line (ACT-2), article (ACT-2) or payer (REF-4).
    """
    recipient, details = await _recipient(command, tx)
    in_words = command if isinstance(command, RegisterWorkOrderInWords) else None
    delivery = in_words.delivery if in_words else None
    given = delivery or Delivery()
    known = details.phone if details is not None else None
    goes_to_recipient = delivery is None or delivery.to.kind == "recipient"
    has_home = details is None or details.address is not None
    if command.payer_id is not None:
        await tx.get(PayerRow, payer_key(command.payer_id, tx), rule="REF-4", field="payer_id")
    return registering.Wish(
        kind=command.kind,
        recipient=recipient,
        born_on=details.born_on if details is not None else None,
        is_installing=False,  # said by `with_installations`, once the number is drawn
        device=await _device(command.device_number, tx),
        order=await _order(command, tx),
        service=await _service(command, tx),
        payer_id=command.payer_id,
        application=in_words.application if in_words else None,
        has_description=in_words is not None and in_words.description is not None,
        has_attachments=in_words is not None and bool(in_words.attachments),
        has_place=delivery is not None,
        has_address=has_home or not goes_to_recipient,
        has_phone=bool(given.order_phone or given.recipient_phone or known),
        is_in_words=in_words is not None,
        attests_cannot_dismantle=command.attests_cannot_dismantle,
        attests_outside_instructions=command.attests_outside_instructions,
    )


def _by(command: Registered) -> UserId:
    return command.by if isinstance(command, RegisterWorkOrderInWords) else command.requester


def _order_id(command: Registered, tx: Transaction) -> OrderId | None:
    if isinstance(command, RegisterWorkOrderInWords):
        return command.order_id
    return OrderId(identify(tx.region, "order", command.order)) if command.order else None


async def _recipient(
    command: Registered, tx: Transaction
) -> tuple[Recipient, PersonDetailsRow | None]:
    named = command.recipient
    if isinstance(named, CareUnitRecipient):
        key = care_unit_key(named.unit, tx)
        await tx.get(CareUnitRow, key, rule="ACT-2", field="recipient.unit")
        return named, None
    person = await current_person(named.person, tx, field="recipient.person")
    must_be_active(person.state())
    details = await details_named(person, tx)
    return PatientRecipient(person=PersonRef(person.id)), details


async def with_installations(wish: registering.Wish, tx: Transaction) -> registering.Wish:
    """The wish, with whether an installation is open at the recipient; asked of another one alone.

    To be asked once its number is drawn: the counter is locked then, so what somebody registers at
    the same time is there, or waits. What the same batch registered is written first.
    """
    if wish.kind != Word(Kind.INSTALLATION):
        return wish
    await tx.session.flush()
    return replace(wish, is_installing=await is_installing_at(wish.recipient, tx))


async def is_installing_at(recipient: Recipient, tx: Transaction) -> bool:
    """True where an installation is open at the recipient, under any reference of a person."""
    theirs: ColumnElement[bool]
    if isinstance(recipient, PatientRecipient):
        theirs = is_of_person(WorkOrderRow.recipient_person, recipient.person, tx.region)
    else:
        theirs = WorkOrderRow.recipient_unit == recipient.unit
    query = select(WorkOrderRow.id).where(
        WorkOrderRow.region == tx.region,
        theirs,
        WorkOrderRow.kind == Kind.INSTALLATION,
        WorkOrderRow.status.in_(OPEN),
    )
    return (await tx.session.execute(query.limit(1))).first() is not None


async def _device(number: DeviceNumber | None, tx: Transaction) -> registering.Device | None:
    if number is None:
        return None
    row = await care_device_numbered(number, tx)
    if row is None:
        way_on = "Kontrollera individnumret: inget sådant hjälpmedel har lämnats ut."
        raise refusal(Reason.UNKNOWN_DEVICE, "ACT-2", "device_number", way_on)
    holder: Recipient | None = None
    if row.person is not None:
        holder = PatientRecipient(person=await current_reference(row.person, tx))
    elif row.unit is not None:
        holder = CareUnitRecipient(unit=row.unit)
    return registering.Device(id=row.device_id, holder=holder)


async def _order(command: Registered, tx: Transaction) -> registering.OrderedLine | None:
    order_id = _order_id(command, tx)
    if isinstance(command, RegisterWorkOrderInWords):
        field, has_line = "order_id", command.line_id is not None
    else:
        field, has_line = "order", command.line is not None
    if order_id is None:
        if has_line:
            way_on = "Raden hör till en order: ange vilken, eller ta bort raden."
            raise refusal(Reason.ORDER_MISSING, "ACT-1", field, way_on)
        return None
    row = await tx.get(OrderRow, order_id, rule="ACT-2", field=field)
    return registering.OrderedLine(
        order_id=order_id,
        line_id=_line(command, row),
        recipient=await _as_now(row.recipient, tx) if row.recipient is not None else None,
        is_over=row.status in {OrderStatus.VOIDED, OrderStatus.DECLINED},
    )


def _line(command: Registered, row: OrderRow) -> OrderLineId | None:
    if isinstance(command, RegisterWorkOrderInWords):
        wanted, field = command.line_id, "line_id"
    else:
        wanted = line_id(OrderId(row.id), command.line) if command.line else None
        field = "line"
    if wanted is not None and wanted not in {line.line_id for line in row.lines}:
        way_on = "Ordern har ingen sådan rad. Ange en rad ur ordern."
        raise refusal(Reason.UNKNOWN_LINE, "ACT-2", field, way_on)
    return wanted


async def _service(command: Registered, tx: Transaction) -> Article | None:
    if command.service_article is None:
        return None
    row = await tx.get(ArticleRow, command.service_article, rule="ACT-2", field="service_article")
    return row.article()


async def applications_of(command: PlaceOrder, tx: Transaction) -> dict[WorkOrderId, WorkOrder]:
    """The work orders that the lines of an order name as their applications, each with the
    recipient's reference as it is now; one that is not known is left out.
    """
    found = {}
    for named in {line.application for line in command.lines if line.application is not None}:
        row = await tx.look_up(WorkOrderRow, named)
        if row is not None:
            work = row.state()
            found[named] = replace(work, recipient=await _as_now(work.recipient, tx))
    return found


async def _as_now(recipient: Recipient, tx: Transaction) -> Recipient:
    if isinstance(recipient, PatientRecipient):
        return PatientRecipient(person=await current_reference(recipient.person, tx))
    return recipient
