"""Which persons somebody may look at. Reads only.

Who may read an order, a device or a transfer may see whom it is about.
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from kvitt_chassis.access import Caller
from kvitt_chassis.http import Scope
from kvitt_chassis.transaction import Transaction
from kvitt_chassis.web.protection import ScopeOfPersons
from kvitt_contracts.types import DeviceId, PersonRef, RegionCode, TransferId
from sqlalchemy import ColumnElement, Select, and_, or_, select, true

from orders.blocks.queries import WISHES
from orders.care.models import CareDeviceRow, CareTransferRow
from orders.customer_orders.api import SCOPE as ORDERS_SCOPE
from orders.customer_orders.domain import Status
from orders.customer_orders.models import OrderRow
from orders.people.domain import OF_AN_ORDER, Purpose
from orders.people.models import PersonRow
from orders.people.queries import (
    is_of_protected,
    is_open_to,
    protected_references,
    same_persons,
    was_opened_by,
)
from orders.units.models import CustomerRow

Person = ColumnElement[PersonRef]
"""What a criterion is about: a reference of the person, a column of what encloses the criterion. It
says what it correlates to: by itself a select correlates to the next enclosing one alone.
"""

_HAS_NO_EFFECT = (Status.VOIDED, Status.DECLINED)


def reach_to(person: PersonRef) -> Scope:
    """The scope of one reference: it is within the reach of who has a part in the person's care, or
    has opened them.
    """
    return Scope(
        PersonRow.region,
        also=lambda caller: PersonRow.id.in_(_given_to(caller, [person])),
    )


async def given(
    refs: Sequence[PersonRef], purpose: Purpose, caller: Caller, tx: Transaction
) -> frozenset[PersonRef]:
    """Those of some references whose persons somebody may look at for a purpose (REF-19)."""
    query = _served(refs, caller) if purpose in OF_AN_ORDER else _given_to(caller, refs)
    return frozenset(PersonRef(ref) for ref in await tx.session.scalars(query))


# decision 0277: who reads a thing sees whom it is about; a draft gives nobody a part
def _given_to(caller: Caller, refs: Sequence[PersonRef]) -> Select[PersonRef]:
    same, region = same_persons(refs, caller.region), caller.region
    person: Person = same.c.id
    orders = _orders_for(person, region).where(ORDERS_SCOPE.of_units(caller))
    devices = _devices_of(person, region).where(_is_my_device(caller))
    transfers = _transfers_about(person, region).where(_is_my_transfer(caller))
    is_given = (
        orders.exists(),
        devices.exists(),
        transfers.exists(),
        is_open_to(caller.user_id, person, region),
        person.in_(select(WISHES.consented(caller).c.person)),
    )
    return select(same.c.asked).where(or_(*is_given))


def _orders_for(person: Person, region: RegionCode) -> Select[UUID]:
    of_the_person = OrderRow.recipient_person == person
    query = select(OrderRow.id).where(OrderRow.region == region, of_the_person)
    return query.correlate_except(OrderRow)


def _devices_of(person: Person, region: RegionCode) -> Select[DeviceId]:
    of_the_person = CareDeviceRow.person == person
    query = select(CareDeviceRow.device_id).where(CareDeviceRow.region == region, of_the_person)
    return query.correlate_except(CareDeviceRow)


def _transfers_about(person: Person, region: RegionCode) -> Select[TransferId]:
    """Transfers from the person, and those to them by a sender who knew them: who writes the id of
    a stranger on a transfer has no part by that, and gives none.
    """
    row, order, device = CareTransferRow, OrderRow, CareDeviceRow
    orders = _orders_for(person, region).where(
        or_(order.service_point == row.sending_service_point, order.prescriber == row.sender)
    )
    devices = _devices_of(person, region).where(
        or_(device.customer_id == row.sending_service_point, device.prescriber == row.sender)
    )
    knew = or_(orders.exists(), devices.exists(), was_opened_by(row.sender, person, region))
    about = or_(row.current_person == person, and_(row.new_person == person, knew))
    query = select(row.transfer_id).where(row.region == region, row.is_sent, about)
    return query.correlate_except(row)


def _is_my_device(caller: Caller) -> ColumnElement[bool]:
    row = CareDeviceRow
    payers = select(CustomerRow.payer_id).where(
        CustomerRow.region == caller.region, CustomerRow.customer_id.in_(caller.service_points)
    )
    return or_(
        row.customer_id.in_(caller.service_points),
        and_(row.customer_id.is_(None), row.payer_id.in_(payers)),
        row.prescriber == caller.user_id,
    )


def _is_my_transfer(caller: Caller) -> ColumnElement[bool]:
    row, points, me = CareTransferRow, caller.service_points, caller.user_id
    sends = or_(row.sending_service_point.in_(points), row.sender == me)
    receives = or_(row.receiving_service_point.in_(points), row.new_prescriber == me)
    return or_(sends, and_(receives, ~row.came_to_nothing))


def _served(refs: Sequence[PersonRef], caller: Caller) -> Select[PersonRef]:
    """Whom an order stands for; of who is protected, only with a part in the care besides, unless
    it is the region's system that asks. Who has a part sees who is not protected, order or none.
    """
    same, region = same_persons(refs, caller.region), caller.region
    orders = _orders_for(same.c.id, region).where(OrderRow.status.not_in(_HAS_NO_EFFECT))
    stands = orders.exists()
    served = select(same.c.asked)
    if caller.is_region_system:
        return served.where(stands)
    has_part = same.c.asked.in_(_given_to(caller, refs))
    is_protected = same.c.id.in_(protected_references())
    return served.where(or_(and_(stands, has_part), and_(or_(stands, has_part), ~is_protected)))


def _device_of_protected() -> ColumnElement[bool]:
    return is_of_protected(CareDeviceRow.person)


def _transfer_of_protected() -> ColumnElement[bool]:
    row = CareTransferRow
    return or_(is_of_protected(row.current_person), is_of_protected(row.new_person))


def _is_their_transfer(caller: Caller) -> ColumnElement[bool]:
    return and_(CareTransferRow.is_sent, _is_my_transfer(caller))


DEVICES: Final = ScopeOfPersons(
    CareDeviceRow.region,
    also=_is_my_device,
    protected=_device_of_protected,
    wishes=WISHES.of(CareDeviceRow.person, units=[CareDeviceRow.customer_id], is_under_way=true),
)
"""Whose a device on loan is: its customer's, its payer's and its prescriber's."""

TRANSFERS: Final = ScopeOfPersons(
    CareTransferRow.region,
    also=_is_their_transfer,
    protected=_transfer_of_protected,
    wishes=WISHES.of(
        CareTransferRow.current_person,
        CareTransferRow.new_person,
        units=[CareTransferRow.sending_service_point, CareTransferRow.receiving_service_point],
        is_under_way=lambda: ~CareTransferRow.came_to_nothing,
    ),
)
"""Whose a sent transfer is: its sender's, its receiver's and their units'."""
