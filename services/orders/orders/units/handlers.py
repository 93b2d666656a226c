"""What the regions state of units and users. A fact restated unchanged records nothing."""

from kvitt_chassis.handlers import Handlers
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.orders import SetDefaultServicePoint, SetDefaultSupply
from kvitt_contracts.regions import CareUnitStated, CustomerStated, PayerStated, UserStated

from orders.message_subject import subject_must_be
from orders.units import domain
from orders.units.access.writes import await_inactivity, note_active
from orders.units.defaults import domain as defaults
from orders.units.models import CareUnitRow, CustomerRow, PayerRow, UserRow
from orders.units.queries import care_unit_key, customer_key, payer_key, user_key, user_named

messages = Handlers()


@messages.on(PayerStated, loads=lambda fact, tx: [(PayerRow, payer_key(fact.payer_id, tx))])
async def on_payer_stated(fact: PayerStated, tx: Transaction) -> None:
    """Register or correct a payer.

    Refused: SUBJECT_DIFFERS, WRONG_LENGTH (contract).
    """
    subject_must_be(fact.payer_id, tx.subject)
    key = payer_key(fact.payer_id, tx)
    row = await tx.find(PayerRow, key)
    known = row.state() if row else None
    events = domain.register_payer(fact, known=known, policy=tx.policy)
    tx.record_at(PayerRow, key, *events)


@messages.on(
    CustomerStated,
    loads=lambda fact, tx: [(CustomerRow, customer_key(fact.customer_id, tx))],
    reads=lambda fact, tx: [(PayerRow, payer_key(fact.payer_id, tx))],
)
async def on_customer_stated(fact: CustomerStated, tx: Transaction) -> None:
    """Register or correct a customer; it waits until its payer is known (REF-4).

    Refused: SUBJECT_DIFFERS, WRONG_LENGTH (contract), PRIVATE_CLINIC_HOLDS_NO_STOCK (REF-7).
    """
    subject_must_be(fact.customer_id, tx.subject)
    key = customer_key(fact.customer_id, tx)
    row = await tx.find(CustomerRow, key)
    known = row.state() if row else None
    events = domain.register_customer(fact, known=known, policy=tx.policy)
    await tx.get(PayerRow, payer_key(fact.payer_id, tx))
    row = tx.record_at(CustomerRow, key, *events)
    row.address = fact.address


@messages.on(
    CareUnitStated,
    loads=lambda fact, tx: [(CareUnitRow, care_unit_key(fact.unit, tx))],
    reads=lambda fact, tx: [(CustomerRow, customer_key(fact.customer_id, tx))],
)
async def on_care_unit_stated(fact: CareUnitStated, tx: Transaction) -> None:
    """Register or correct a care unit; it waits until its customer is known.

    Refused: SUBJECT_DIFFERS, WRONG_LENGTH (contract).
    """
    subject_must_be(fact.unit, tx.subject)
    key = care_unit_key(fact.unit, tx)
    row = await tx.find(CareUnitRow, key)
    known = row.state() if row else None
    events = domain.register_care_unit(fact, known=known, policy=tx.policy)
    await tx.get(CustomerRow, customer_key(fact.customer_id, tx))
    tx.record_at(CareUnitRow, key, *events)


@messages.on(
    UserStated,
    loads=lambda fact, tx: [(UserRow, user_key(fact.user_id, tx))],
    reads=lambda fact, tx: [(CustomerRow, customer_key(one, tx)) for one in fact.service_points],
)
async def on_user_stated(fact: UserStated, tx: Transaction) -> None:
    """Register or correct a user; it waits until every service point is known (REF-3).

    Refused: SUBJECT_DIFFERS (contract), DEFAULT_NOT_AMONG_SERVICE_POINTS, NOT_A_SERVICE_POINT
    (REF-3), UNKNOWN_PRODUCT_AREA (REF-11), UNKNOWN_DUTY (REF-18).
    """
    subject_must_be(fact.user_id, tx.subject)
    key = user_key(fact.user_id, tx)
    row = await tx.find(UserRow, key)
    known = row.state() if row else None
    was_active = row is not None and row.active
    places = [await tx.get(CustomerRow, customer_key(one, tx)) for one in fact.service_points]
    events = domain.register_user(
        fact,
        known=known,
        service_points=tuple(row.state() for row in places),
        policy=tx.policy,
    )
    row = tx.record_at(UserRow, key, *events)
    if not was_active or row.last_active_on is None:  # none: stored by an earlier release
        note_active(row, tx, on=tx.today)  # REF-5: access is not older than the right to act
    await_inactivity(row, tx)


@messages.command(SetDefaultSupply, of=UserRow, rule="REF-10")
async def set_default_supply(row: UserRow, command: SetDefaultSupply, tx: Transaction) -> None:
    """A user chooses the source that is proposed (REF-10).

    Refused: UNKNOWN_USER, NOT_THE_USER, UNKNOWN_SUPPLY (REF-10); SUBJECT_DIFFERS (contract).
    """
    subject_must_be(command.user_id, tx.subject)
    chosen = command.default_supply
    tx.record(row, *defaults.set_supply(row.state(), default_supply=chosen, by=command.by))


@messages.command(
    SetDefaultServicePoint,
    of=UserRow,
    rule="REF-12",
    reads=lambda command, tx: [(UserRow, user_key(command.asked_by, tx))],
)
async def set_default_service_point(
    row: UserRow, command: SetDefaultServicePoint, tx: Transaction
) -> None:
    """Customer service chooses a user's default service point (REF-12).

    Refused: UNKNOWN_USER (REF-12, REF-3), DEFAULT_NOT_AMONG_SERVICE_POINTS (REF-3);
    SUBJECT_DIFFERS (contract).
    """
    subject_must_be(command.user_id, tx.subject)
    await user_named(command.asked_by, tx, field="asked_by")
    changed = defaults.set_service_point(
        row.state(),
        service_point=command.service_point,
        by=command.by,
        asked_by=command.asked_by,
    )
    tx.record(row, *changed)
