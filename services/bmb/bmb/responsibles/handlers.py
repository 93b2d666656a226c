"""Handlers of who answers for a service point: set it, take what a region states, and see who has
left. Load, apply the rule, record.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from kvitt_chassis.handlers import Handlers, RowKey, Timer
from kvitt_chassis.projections import inserts_or_updates
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.copying import same_fields
from kvitt_contracts.orders import UserRegistered
from kvitt_contracts.refusals import Refused
from kvitt_contracts.regions import ResponsiblesStated
from kvitt_contracts.types import CustomerId, ServicePointId, UserId

from bmb.register import queries
from bmb.register.domain import User
from bmb.register.models import CustomerRow, UserRow
from bmb.responsibles import domain
from bmb.responsibles.commands import SetResponsibles
from bmb.responsibles.domain import Named, Reason, responsibles_id
from bmb.responsibles.models import ResponsiblesRow

messages = Handlers()

LOOK_AGAIN: Final = Timer("responsibles_look_again", ResponsiblesRow, set_ahead=True)

_write_user = inserts_or_updates(
    UserRegistered, UserRow, key=lambda event, _: event.user_id, columns={}
)


def _row_of(message: SetResponsibles | ResponsiblesStated, tx: Transaction) -> Iterable[RowKey]:
    yield ResponsiblesRow, responsibles_id(tx.region, message.service_point)


def _read(message: SetResponsibles | ResponsiblesStated, tx: Transaction) -> Iterable[RowKey]:
    yield CustomerRow, message.service_point
    for user in (message.main, message.stand_in, *message.substitutes):
        yield UserRow, user
    if isinstance(message, SetResponsibles):
        yield UserRow, message.by
        yield UserRow, message.asked_by


@messages.command(SetResponsibles, loads=_row_of, reads=_read)
async def set_responsibles(command: SetResponsibles, tx: Transaction) -> None:
    """Say who answers for a service point, all of it at once: there is no moment without a main
    (BMB-9, BMB-10).

    Refused: UNKNOWN_CUSTOMER, NOT_A_SERVICE_POINT (BMB-9), UNKNOWN_USER (REF-3), NOT_RESPONSIBLE
    (BMB-9), ASKED_BY_MISSING (REF-12), TWICE_RESPONSIBLE, NOT_AT_SERVICE_POINT (BMB-9),
    ABSENCE_INCOMPLETE (BMB-10), ABSENCE_ENDS_FIRST (DAY-5).
    """
    known = await _known(command.service_point, tx)
    domain.refuse_to_set(
        known,
        command.service_point,
        by=await queries.user(tx, command.by),
        asked_by=command.asked_by,
    )
    if command.asked_by is not None:
        await queries.user(tx, command.asked_by, field="asked_by")
    await _name(command, known, tx, by=command.by, asked_by=command.asked_by)


@messages.on(ResponsiblesStated, loads=_row_of, reads=_read)
async def on_responsibles_stated(fact: ResponsiblesStated, tx: Transaction) -> None:
    """Take who answers for a service point as the region states it; it waits until all of them are
    known (BMB-9, BMB-10).

    Refused: SUBJECT_DIFFERS (contract), NOT_A_SERVICE_POINT, TWICE_RESPONSIBLE,
    NOT_AT_SERVICE_POINT (BMB-9), ABSENCE_INCOMPLETE (BMB-10), ABSENCE_ENDS_FIRST (DAY-5).
    """
    if tx.subject != fact.service_point:
        raise Refused(
            "SUBJECT_DIFFERS",
            rule="contract",
            field="ce_subject",
            way_on="Sätt ce_subject till samma id som i innehållet och skicka på nytt.",
        )
    await _name(fact, await _known(fact.service_point, tx), tx)


def _places_left(event: UserRegistered, tx: Transaction) -> Iterable[RowKey]:
    for place in _left(tx.fetched(UserRow, event.user_id), event):
        yield ResponsiblesRow, responsibles_id(tx.region, place)


@messages.on(
    UserRegistered,
    loads=lambda event, tx: [(UserRow, event.user_id), *_places_left(event, tx)],
)
async def on_user_registered(event: UserRegistered, tx: Transaction) -> None:
    """Store a user as orders emits them; who has left a service point has no part in answering for
    it any more (BMB-9). Where nobody is named yet it is looked again afterwards: somebody may just
    be naming them.
    """
    left = _left(await tx.find(UserRow, event.user_id), event)
    await _write_user(event, tx)
    for place in sorted(left):
        key = responsibles_id(tx.region, place)
        row = await tx.find(ResponsiblesRow, key)
        if row is not None:
            tx.record(row, *domain.leave(row.state(), event.user_id))
        else:
            tx.schedule(LOOK_AGAIN, key=key, due=tx.now)


# decision 0340: who names and who leaves both look again, and the later of them sees the other
@messages.timer(LOOK_AGAIN)
async def look_again(row: ResponsiblesRow, due: datetime, tx: Transaction) -> None:
    """Let those who left while they were named have no part (BMB-9). The row is locked, so that a
    user who leaves from here on waits for it.
    """
    named = domain.who_is_named(row.state())
    for user in await tx.look_up_all(UserRow, named):
        if not domain.may_answer(user.facts(), row.service_point):
            tx.record(row, *domain.leave(row.state(), user.user_id))


def _left(before: UserRow | None, event: UserRegistered) -> frozenset[ServicePointId]:
    """The service points that a user may not answer for any more."""
    if before is None:
        return frozenset()
    now = User(
        id=event.user_id,
        roles=frozenset(event.roles),
        service_points=frozenset(event.service_points),
        default_service_point=event.default_service_point,
        active=event.active,
    )
    return frozenset(one for one in before.service_points if not domain.may_answer(now, one))


async def _known(service_point: ServicePointId, tx: Transaction) -> domain.Responsibles | None:
    customer = await tx.get(CustomerRow, CustomerId(service_point), rule="BMB-9")
    if not customer.is_service_point:
        raise Refused(
            Reason.NOT_A_SERVICE_POINT,
            rule="BMB-9",
            field="service_point",
            way_on="Ange ett tjänsteställe: bara där kvitteras byten.",
        )
    row = await tx.find(ResponsiblesRow, responsibles_id(tx.region, service_point))
    return row.state() if row is not None else None


async def _name(
    message: SetResponsibles | ResponsiblesStated,
    known: domain.Responsibles | None,
    tx: Transaction,
    *,
    by: UserId | None = None,
    asked_by: UserId | None = None,
) -> None:
    place = message.service_point
    key: UUID = responsibles_id(tx.region, place)
    events = domain.name(
        known,
        Named(**same_fields(message, Named)),
        service_point=place,
        users=await _users(message, tx),
        by=by,
        asked_by=asked_by,
    )
    if events:
        tx.record_at(ResponsiblesRow, key, *events)
        tx.schedule(LOOK_AGAIN, key=key, due=tx.now)


async def _users(
    message: SetResponsibles | ResponsiblesStated, tx: Transaction
) -> Mapping[UserId, User]:
    named = [("main", message.main), ("stand_in", message.stand_in)]
    named += [("substitutes", one) for one in message.substitutes]
    return {one: await queries.user(tx, one, field=field) for field, one in named if one}
