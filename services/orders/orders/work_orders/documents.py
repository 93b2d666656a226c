"""A work order's slip: what goes along with a device to its supplier."""

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.orders import Delivery, OneOffAddress
from kvitt_contracts.types import UserId
from kvitt_documents.rendering import print_document
from kvitt_documents.slips import Fact, SlipDevice, WorkOrderSlip

from orders.articles.models import ArticleRow
from orders.contacts.models import UserContactRow
from orders.customer_orders.models import OrderRow
from orders.devices.queries import called
from orders.people.domain import Purpose
from orders.people.keys.opening import opened_if_any
from orders.people.queries import current_reference
from orders.people.writes import log_accesses
from orders.slips.documents import address_lines, device_on_slip, unit_in_words
from orders.units.models import CustomerRow
from orders.units.queries import customer_key
from orders.work_orders import domain
from orders.work_orders.models import WorkOrderDetailsRow, WorkOrderRow
from orders.work_orders.story import KINDS


async def print_slip(row: WorkOrderRow, tx: Transaction, *, user: UserId) -> bytes:
    """The slip of a work order as PDF (ACT-2): who asked and is reached how, which devices, what is
    wrong, where they go back. It names no patient; what is wrong is said of one, so that is logged.

    Raises WorkOrderRefused (ACT-2): it is an application, or voided.
    """
    domain.must_be_printable(row.state())
    kept = await opened_if_any(await tx.look_up(WorkOrderDetailsRow, row.id), tx)
    given = (kept.delivery if kept is not None else None) or Delivery()
    unit = await tx.get(CustomerRow, customer_key(row.customer_id, tx))
    await _log_look(row, user, tx)
    slip = WorkOrderSlip(
        work_order_number=row.work_order_number,
        issued_on=tx.today,
        order=await _order(row, tx),
        requester=await _requester(row, unit, given, tx),
        devices=await _devices(row, tx),
        fault=(kept.description if kept is not None else None) or "",
        return_to=_return_to(unit, given),
        comment=given.information or "",
    )
    return await print_document(slip)


async def _order(row: WorkOrderRow, tx: Transaction) -> tuple[Fact, ...]:
    service = ""
    if row.service_article is not None:
        article = await tx.look_up(ArticleRow, row.service_article)
        service = f"{row.service_article} {article.name if article else ''}".strip()
    return (
        ("Slag", KINDS[row.kind].capitalize()),
        ("Registrerad", row.registered_on.isoformat()),
        ("Tjänsteprodukt", service),
    )


async def _requester(
    row: WorkOrderRow, unit: CustomerRow, given: Delivery, tx: Transaction
) -> tuple[Fact, ...]:
    contact = await tx.look_up(UserContactRow, row.requester)
    phones = (contact.phone, contact.mobile) if contact else ()
    return (
        ("Namn", contact.name if contact else row.requester),
        ("Telefon", "\n".join(dict.fromkeys(filter(None, (given.order_phone, *phones))))),
        ("E-post", (contact.email if contact else None) or ""),
        ("Kontaktperson", given.contact_person or ""),
        ("Enhet", unit_in_words(unit)),
        ("Adress", address_lines(unit.address)),
    )


async def _devices(row: WorkOrderRow, tx: Transaction) -> tuple[SlipDevice, ...]:
    """The device; where there is none, what the order, or its line, is for."""
    if row.device_id is not None:
        return (device_on_slip((await called([row.device_id], tx)).get(row.device_id)),)
    if row.order_id is None:
        return ()
    order = await tx.get(OrderRow, row.order_id)
    lines = [one for one in order.lines if row.line_id in (None, one.line_id)]
    found = await tx.look_up_all(ArticleRow, {one.article_number for one in lines})
    names = {article.article_number: article.name for article in found}
    return tuple(
        SlipDevice(
            number=one.device_number or "",
            article=f"{one.article_number} {names.get(one.article_number, '')}".strip(),
        )
        for one in lines
    )


def _return_to(unit: CustomerRow, given: Delivery) -> tuple[Fact, ...]:
    """Where the supplier sends the device: the unit, or an address of its own. Never a patient's
    home, which the supplier need not know (REF-9).
    """
    own = given.to.address if isinstance(given.to, OneOffAddress) else None
    return (("Enhet", unit_in_words(unit)), ("Adress", address_lines(own or unit.address)))


async def _log_look(row: WorkOrderRow, user: UserId, tx: Transaction) -> None:
    person = row.recipient_person
    if person is not None:
        log_accesses(tx, user, Purpose.DELIVERY, [await current_reference(person, tx)])
