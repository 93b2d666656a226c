"""Handlers of users' access: applied for, granted, refused; activity, and its end (REF-5)."""

from collections.abc import Iterable
from datetime import datetime

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.calendar import start_of_day
from kvitt_contracts.orders import ApplyForAccess, GrantAccess, RefuseAccess, SignIn
from kvitt_contracts.regions import UserActivityStated

from orders.message_subject import subject_must_be
from orders.units.access import domain
from orders.units.access.queries import heads_of
from orders.units.access.writes import INACTIVE, await_inactivity, note_active
from orders.units.models import CustomerRow, UserRow
from orders.units.queries import customer_key, place_named, user_key, user_named

messages = Handlers()


def _read_to_apply(command: ApplyForAccess, tx: Transaction) -> Iterable[RowKey]:
    yield UserRow, user_key(command.by, tx)
    if command.asked_by is not None:
        yield UserRow, user_key(command.asked_by, tx)
    if command.service_point is not None:
        yield CustomerRow, customer_key(command.service_point, tx)


@messages.command(
    ApplyForAccess,
    loads=lambda command, tx: [(UserRow, user_key(command.user_id, tx))],
    reads=_read_to_apply,
)
async def apply_for_access(command: ApplyForAccess, tx: Transaction) -> None:
    """The head of a unit applies for a user's access (REF-5).

    Refused: NOT_THEIR_HEAD, ASKED_BY_MISSING, STATED_INACTIVE, ROLE_NOT_GIVEN,
    SERVICE_POINT_MISSING (REF-5), UNKNOWN_USER, UNKNOWN_CUSTOMER, NOT_A_SERVICE_POINT,
    NOT_CONNECTED_TO_SERVICE_POINT (REF-3), SUBJECT_DIFFERS (contract).
    """
    subject_must_be(command.user_id, tx.subject)
    key = user_key(command.user_id, tx)
    row = await tx.find(UserRow, key)
    by = await user_named(command.by, tx, field="by")
    asked = command.asked_by
    asked_by = await user_named(asked, tx, field="asked_by") if asked is not None else None
    if row is not None:
        tx.record(row, *domain.apply(row.state(), by=by, asked_by=asked_by))
        return
    point = command.service_point
    applied = domain.apply_anew(
        command.user_id,
        roles=command.roles,
        place=await place_named(point, tx) if point is not None else None,
        by=by,
        asked_by=asked_by,
    )
    tx.start(UserRow, key, *applied)


def _who_asked(command: GrantAccess | RefuseAccess, tx: Transaction) -> Iterable[RowKey]:
    yield UserRow, user_key(command.asked_by, tx)


@messages.command(GrantAccess, of=UserRow, rule="REF-5", reads=_who_asked)
async def grant_access(row: UserRow, command: GrantAccess, tx: Transaction) -> None:
    """Customer service grants what was applied for: it counts from today (REF-5).

    Refused: UNKNOWN_USER (REF-5, REF-3), NOT_APPLIED_FOR, STATED_INACTIVE (REF-5), SUBJECT_DIFFERS
    (contract).
    """
    subject_must_be(command.user_id, tx.subject)
    asked_by = (await user_named(command.asked_by, tx, field="asked_by")).user_id
    heads = await heads_of(row, tx)
    events = domain.grant(row.state(), by=command.by, asked_by=asked_by, heads=heads)
    if not events:
        return
    tx.record(row, *events)
    note_active(row, tx, on=tx.today)
    await_inactivity(row, tx)


@messages.command(RefuseAccess, of=UserRow, rule="REF-5", reads=_who_asked)
async def refuse_access(row: UserRow, command: RefuseAccess, tx: Transaction) -> None:
    """Customer service refuses what was applied for (REF-5).

    Refused: UNKNOWN_USER (REF-5, REF-3), NOT_APPLIED_FOR (REF-5), SUBJECT_DIFFERS (contract).
    """
    subject_must_be(command.user_id, tx.subject)
    asked_by = (await user_named(command.asked_by, tx, field="asked_by")).user_id
    heads = await heads_of(row, tx)
    tx.record(row, *domain.refuse(row.state(), by=command.by, asked_by=asked_by, heads=heads))


@messages.command(SignIn, of=UserRow, rule="REF-5")
async def sign_in(row: UserRow, command: SignIn, tx: Transaction) -> None:
    """A user signs in: access does not lapse for long (REF-5).

    Refused: UNKNOWN_USER, NOT_THE_USER (REF-5), SUBJECT_DIFFERS (contract).
    """
    subject_must_be(command.user_id, tx.subject)
    domain.must_be_self(row.state(), by=command.by)
    note_active(row, tx, on=tx.today)


@messages.on(UserActivityStated, of=UserRow, key=lambda fact, tx: user_key(fact.user_id, tx))
async def on_user_activity_stated(row: UserRow, fact: UserActivityStated, tx: Transaction) -> None:
    """A user was active in a system of the region's own (REF-5); it waits until they are known.

    Refused: SUBJECT_DIFFERS (contract).
    """
    subject_must_be(fact.user_id, tx.subject)
    note_active(row, tx, on=fact.signed_in_on)


@messages.timer(INACTIVE)
async def look(row: UserRow, due: datetime, tx: Transaction) -> None:
    """Tell that access will lapse, or let it lapse; nothing of who was active meanwhile (REF-5)."""
    looked = domain.look(
        row.state(),
        last_active_on=row.last_active_on or tx.today,
        lapses_on=row.lapses_on,
        today=tx.today,
        policy=tx.policy,
        heads=await heads_of(row, tx),
    )
    tx.record(row, *looked.events)
    row.lapses_on = looked.lapses_on
    if looked.again_on is not None:
        tx.schedule(INACTIVE, key=row.id, due=start_of_day(looked.again_on))
