"""Look-ups of pickups: the parties and devices that one names, and whose a pickup is."""

from collections.abc import Iterable
from typing import Final

from kvitt_chassis.access import Caller
from kvitt_chassis.handlers import RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_chassis.web.protection import ScopeOfPersons
from kvitt_contracts.orders import AddressKind, Delivery, RequestPickup
from kvitt_contracts.types import (
    CareUnitId,
    CareUnitRecipient,
    CustomerId,
    DeviceNumber,
    OrderNumber,
    PatientRecipient,
    PersonRef,
    PickupId,
    ProductArea,
    Recipient,
    Reference,
    identify,
)
from sqlalchemy import ColumnElement, false, not_, select

from orders.articles.models import ArticleRow
from orders.blocks.queries import WISHES
from orders.care.models import CareDeviceRow
from orders.care.numbers import care_device_numbered, device_key, rows_of_number
from orders.devices.models import DeviceRow
from orders.message_subject import subject_as
from orders.numbers.domain import Series
from orders.numbers.writes import next_number
from orders.people.queries import current_person, details_named, is_of_person, is_of_protected
from orders.pickups.commands import RequestPickupInWords
from orders.pickups.domain import OPEN
from orders.pickups.models import PickupRow
from orders.pickups.requesting import domain as requesting
from orders.units.models import CareUnitRow, CustomerRow, UserRow
from orders.units.queries import care_unit_key, customer_key, user_key

PICKUP: Final = "pickup"
"""What inventory calls a pickup among claimants."""

Requested = RequestPickup | RequestPickupInWords


SCOPE: Final = ScopeOfPersons(
    PickupRow.region,
    service_points=[PickupRow.service_point],
    users=[PickupRow.by],
    protected=lambda: is_of_protected(PickupRow.recipient_person),
    wishes=WISHES.of(
        PickupRow.recipient_person,
        units=[PickupRow.service_point],
        is_under_way=lambda: PickupRow.status.in_(OPEN),
    ),
)
"""Whose a pickup is: its service point's, colleagues' included (PCK-5), and who ordered it."""


async def also_open(row: PickupRow, tx: Transaction, *, by: Caller) -> tuple[OrderNumber, ...]:
    """The numbers of the recipient's other open pickups, under any reference (PCK-2)."""
    person, unit = row.recipient_person, row.recipient_unit
    return await open_at(person, unit, tx, by=by, besides=PickupId(row.id))


async def open_at(
    person: PersonRef | None,
    unit: CareUnitId | None,
    tx: Transaction,
    *,
    by: Caller,
    besides: PickupId | None = None,
) -> tuple[OrderNumber, ...]:
    """The numbers of the open pickups at a person, under any reference, or at a unit (PCK-2), but
    for those that a block hides from who asks (REF-25).
    """
    theirs: ColumnElement[bool] = PickupRow.recipient_unit == unit
    if person is not None:
        theirs = is_of_person(PickupRow.recipient_person, person, tx.region)
    query = (
        select(PickupRow.pickup_number)
        .where(PickupRow.region == tx.region, PickupRow.id.is_distinct_from(besides), theirs)
        .where(PickupRow.status.in_(OPEN), not_(_is_blocked_for(by)))
        .order_by(PickupRow.pickup_number)
    )
    return tuple(await tx.session.scalars(query))


def _is_blocked_for(caller: Caller) -> ColumnElement[bool]:
    if caller.is_region_system:
        return false()
    return SCOPE.hides(caller, serves=caller.may_for_all("orders.pickups.list"))


def rows_of_request(command: Requested, tx: Transaction) -> Iterable[RowKey]:
    """Names the rows that a request reads, besides those of its recipient."""
    yield UserRow, user_key(command.by, tx)
    yield CustomerRow, customer_key(CustomerId(command.service_point), tx)
    for number in command.devices:
        yield from rows_of_number(number, tx)
        key = device_key(number, tx)
        yield DeviceRow, key
        device = tx.fetched(DeviceRow, key) or tx.fetched(CareDeviceRow, key)
        if device is not None and device.article_number is not None:
            yield ArticleRow, device.article_number


async def naming(tx: Transaction) -> requesting.Naming:
    """The next number and the id of a new pickup, with the reference where the region gave one.

    Raises Refused (INVALID_SUBJECT, contract): the subject is no reference.
    """
    pickup_id = PickupId(tx.target("pickup"))
    is_named = pickup_id == identify(tx.region, "pickup", tx.subject)  # else over HTTP, by an id
    return requesting.Naming(
        pickup_id=pickup_id,
        pickup_number=await next_number(Series.PICKUP, tx),
        reference=subject_as(Reference, tx.subject) if is_named else None,
    )


async def wish_of(
    command: Requested, delivery: Delivery | None, tx: Transaction
) -> requesting.Wish:
    """What is to be fetched, and whether whoever fetches it can find and call somebody.

    Nobody is refused for being inactive: what somebody had is fetched when they have died. Raises
    Refused: an unknown recipient (PCK-1, REF-1).
    """
    recipient, address, phone = await _recipient(command, tx)
    kind = (
        command.address_kind if isinstance(command, RequestPickup) else _kind_of(command.delivery)
    )
    given = delivery or Delivery()
    has_text = bool(given.door_code or given.instructions or given.information)
    return requesting.Wish(
        recipient=recipient,
        ordered_by=command.ordered_by,
        cause=command.cause,
        return_cause=command.return_cause,
        address_kind=kind,
        earliest_on=command.earliest_on,
        latest_on=command.latest_on,
        devices=tuple([await _device(number, tx) for number in command.devices]),
        has_address=address or kind is not AddressKind.RECIPIENT,
        has_phone=bool(given.order_phone or given.recipient_phone or phone),
        has_text=has_text,
    )


def _kind_of(delivery: Delivery) -> AddressKind:
    return AddressKind(delivery.to.kind)


async def _recipient(command: Requested, tx: Transaction) -> tuple[Recipient, bool, bool]:
    """The recipient, and whether an address and a phone are known of them."""
    named = command.recipient
    if isinstance(named, CareUnitRecipient):
        key = care_unit_key(named.unit, tx)
        await tx.get(CareUnitRow, key, rule="PCK-1", field="recipient.unit")
        return named, True, False
    person = await current_person(named.person, tx, field="recipient.person")
    details = await details_named(person, tx)
    recipient = PatientRecipient(person=PersonRef(person.id))
    return recipient, details.address is not None, details.phone is not None


async def _device(number: DeviceNumber, tx: Transaction) -> requesting.Chosen | None:
    """A device as its article is: one that was ever on loan, or that only a store has had (PCK-7).
    Some loans began before orders read of what article they were.
    """
    lent = await care_device_numbered(number, tx)
    known = await tx.look_up(DeviceRow, lent.device_id if lent else device_key(number, tx))
    row = known or lent
    if row is None:
        return None
    article = await tx.look_up(ArticleRow, row.article_number) if row.article_number else None
    if article is None:
        return requesting.Chosen(row.device_id, None)
    return requesting.Chosen(row.device_id, article.product_area, article.return_at_once)


async def areas_of(
    numbers: Iterable[DeviceNumber], tx: Transaction
) -> frozenset[ProductArea | None]:
    """The product areas of those of these devices that are known; None of one without."""
    found = [await _device(number, tx) for number in numbers]
    return frozenset(one.area for one in found if one is not None)
