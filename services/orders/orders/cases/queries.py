"""Look-ups of cases: who asks from where, what a case is about, and whose it is."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

from kvitt_chassis.access import Caller, Grant
from kvitt_chassis.handlers import RowKey
from kvitt_chassis.http import Scope
from kvitt_chassis.row_keys import key_column
from kvitt_chassis.transaction import Transaction
from kvitt_chassis.web.protection import ScopeOfPersons
from kvitt_chassis.web.wishes import Concerning
from kvitt_contracts.access import acts_of
from kvitt_contracts.access.asked import grantees_of
from kvitt_contracts.orders import AskCase, NamedThing
from kvitt_contracts.types import (
    CustomerId,
    DeviceId,
    DeviceNumber,
    PersonRef,
    RegionPersonId,
    Thing,
    Word,
    identify,
)
from sqlalchemy import ColumnElement, any_, false, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from orders.blocks.queries import WISHES
from orders.care.models import CareDeviceRow, CareTransferRow
from orders.care.numbers import care_device_numbered, rows_of_number
from orders.care.queries import DEVICES, TRANSFERS, reach_to
from orders.cases.commands import AskCaseInWords
from orders.cases.domain import About, Kind, Status
from orders.cases.models import CaseRow
from orders.cases.reasons import Reason, refusal
from orders.customer_orders.api import SCOPE as ORDERS
from orders.customer_orders.models import OrderRow
from orders.people.models import PersonIdRow, PersonRow
from orders.people.queries import is_of_person, same_persons
from orders.pickups.models import PickupRow
from orders.pickups.queries import SCOPE as PICKUPS
from orders.units.domain import User
from orders.units.models import CustomerRow, UserRow
from orders.units.queries import customer_key, user_key
from orders.work_orders.models import WorkOrderRow
from orders.work_orders.queries import SCOPE as WORK_ORDERS

Asked = AskCase | AskCaseInWords

# decision 0371: who answers a case sees it, whomever it concerns
SCOPE: Final = ScopeOfPersons(
    CaseRow.region,
    service_points=[CaseRow.service_point],
    users=[CaseRow.asked_by],
    protected=false,
    wishes=WISHES.of(
        Concerning(one=lambda ref: _concerns(ref), some=lambda refs: _concerns_some(refs)),
        units=[CaseRow.service_point],
        is_under_way=lambda: CaseRow.status == Status.WAITING,
    ),
)
"""Whose a case is: its service point's, colleagues' included, and theirs who asked."""

(_ASK,) = (act for act in acts_of("orders") if act.name == "orders.case.ask")


_ABOUT_PERSONS: Final[Mapping[Any, Sequence[Any]]] = {
    OrderRow.id: [OrderRow.recipient_person],
    PickupRow.id: [PickupRow.recipient_person],
    WorkOrderRow.id: [WorkOrderRow.recipient_person],
    CareDeviceRow.device_id: [CareDeviceRow.person],
    CareTransferRow.transfer_id: [CareTransferRow.current_person, CareTransferRow.new_person],
}
"""Whom the things are about that a case can be about."""


def _concerns(ref: ColumnElement[PersonRef]) -> ColumnElement[bool]:
    """A case is about a person, or about something of theirs."""
    return or_(
        CaseRow.about_id == ref,
        *(
            select(key)
            .where(key == CaseRow.about_id, or_(*(column == ref for column in persons)))
            .correlate_except(key.class_)
            .exists()
            for key, persons in _ABOUT_PERSONS.items()
        ),
    )


def _concerns_some(refs: ColumnElement[Any]) -> ColumnElement[bool]:
    """A case is about one of some persons, or about something of theirs: found from them."""
    theirs = (
        select(key)
        .where(or_(*(column == any_(refs) for column in persons)))
        .correlate_except(key.class_)
        .scalar_subquery()
        for key, persons in _ABOUT_PERSONS.items()
    )
    about = CaseRow.about_id
    things = (about == any_(func.array(ids, type_=ARRAY(about.type))) for ids in theirs)
    return or_(about == any_(refs), *things)


class _Source(NamedTuple):
    """Rows that a case can be about. `noun`: what the region's reference names."""

    row: type[Any]
    noun: str
    scope: Scope


# decision 0370: one line for each kind of thing that a case can be about
_SOURCES: Final[Mapping[About, _Source]] = {
    About.ORDER: _Source(OrderRow, "order", ORDERS),
    About.PICKUP: _Source(PickupRow, "pickup", PICKUPS),
    About.WORK_ORDER: _Source(WorkOrderRow, "work-order", WORK_ORDERS),
    About.DEVICE: _Source(CareDeviceRow, "device", DEVICES),
    About.TRANSFER: _Source(CareTransferRow, "transfer", TRANSFERS),
}


def rows_of_ask(command: Asked, tx: Transaction) -> Iterable[RowKey]:
    """Names the rows that asking reads."""
    yield UserRow, user_key(command.by, tx)
    yield CustomerRow, customer_key(CustomerId(command.service_point), tx)
    for number in command.devices if isinstance(command, AskCaseInWords) else ():
        yield from rows_of_number(number, tx)


async def arisen_from(
    about: Thing | NamedThing | None, tx: Transaction, *, by: User
) -> Thing | None:
    """What a case is about, which must be something that the user may see (CAS-1). Of a kind that
    nothing is known of, as it was named: the rule refuses it.

    Raises CaseRefused (UNKNOWN_THING, CAS-1): there is no such thing, or it is out of reach.
    """
    if about is None:
        return None
    if about.kind not in {Word(one) for one in About}:
        return Thing(kind=about.kind, id=UUID(int=0))
    thing = await _id_of(about, tx)
    if thing is None or not await _is_there(About(about.kind), thing, tx, grant=_grant(by, tx)):
        field = "about.reference" if isinstance(about, NamedThing) else "about.id"
        way_on = "Kontrollera vad det gäller: något sådant finns inte bland det som du kan se."
        raise refusal(Reason.UNKNOWN_THING, "CAS-1", field, way_on)
    return Thing(kind=about.kind, id=thing)


async def concerned_by(about: Thing | None, tx: Transaction) -> PersonRef | None:
    """The person whom a case about something concerns: whose it is, or who had it last."""
    if about is None:
        return None
    row: Any = None
    match About(about.kind):
        case About.PERSON:
            return PersonRef(about.id)
        case About.DEVICE:
            row = await tx.look_up(CareDeviceRow, about.id)
            return None if row is None else row.person or row.returned_by
        case About.TRANSFER:
            row = await tx.look_up(CareTransferRow, about.id)
            return None if row is None else row.current_person or row.new_person
        case kind:
            row = await tx.look_up(_SOURCES[kind].row, about.id)
            return None if row is None else row.recipient_person


async def named_of(
    numbers: Sequence[DeviceNumber], about: Thing | None, tx: Transaction, *, by: User
) -> list[DeviceId | None]:
    """The devices with these numbers, None for one that the person whom a case is about does not
    have, or that the user does not see.
    """
    if about is None or about.kind != Word(About.PERSON):
        return [None for _ in numbers]
    rows = [await care_device_numbered(number, tx) for number in numbers]
    query = select(CareDeviceRow.device_id).where(
        CareDeviceRow.region == tx.region,
        CareDeviceRow.device_id.in_([row.device_id for row in rows if row is not None]),
        is_of_person(CareDeviceRow.person, PersonRef(about.id), tx.region),
        DEVICES.within(_grant(by, tx)),
    )
    theirs = set((await tx.session.scalars(query)).all()) if numbers else set()
    return [row.device_id if row and row.device_id in theirs else None for row in rows]


async def offered_of(about: Thing | None, tx: Transaction) -> set[DeviceId]:
    """What of a person's is offered to another region in a case that waits for an answer."""
    if about is None or about.kind != Word(About.PERSON):
        return set()
    query = select(CaseRow.devices).where(
        CaseRow.region == tx.region,
        CaseRow.status == Status.WAITING,
        CaseRow.kind == Word(Kind.PATIENT_MOVES),
        CaseRow.about_id.in_(select(same_persons([PersonRef(about.id)], tx.region).c.id)),
    )
    return {one for devices in await tx.session.scalars(query) for one in devices}


async def _id_of(about: Thing | NamedThing, tx: Transaction) -> UUID | None:
    if isinstance(about, Thing):
        return about.id
    if about.kind == Word(About.PERSON):
        try:
            named = RegionPersonId(about.reference)
        except ValueError:  # no person is called so
            return None
        known = await tx.look_up(PersonIdRow, named)
        return known.person if known is not None else None
    if about.kind == Word(About.DEVICE):
        try:
            number = DeviceNumber(about.reference)
        except ValueError:  # no device is numbered so
            return None
        device = await care_device_numbered(number, tx)
        return device.device_id if device is not None else None
    source = _SOURCES.get(About(about.kind))
    return identify(tx.region, source.noun, about.reference) if source is not None else None


async def _is_there(about: About, thing: UUID, tx: Transaction, *, grant: Grant) -> bool:
    if about is About.PERSON:
        row: type[Any] = PersonRow
        within = reach_to(PersonRef(thing)).of_units(grant.caller)
    elif about in _SOURCES:
        row = _SOURCES[about].row
        within = _SOURCES[about].scope.within(grant)
    else:
        return False
    key = key_column(row)
    query = select(key).where(row.region == tx.region, key == thing, within)
    return (await tx.session.execute(query)).first() is not None


def _grant(by: User, tx: Transaction) -> Grant:
    """What the table grants whoever asks, over whatever way."""
    caller = Caller(
        user_id=by.user_id,
        region=tx.region,
        grantees=grantees_of(by),
        service_points=frozenset(by.service_points),
    )
    reach = _ASK.reach_of(caller.grantees)
    assert reach is not None  # the chassis has asked the table
    return Grant(caller=caller, act=_ASK, reach=reach)
