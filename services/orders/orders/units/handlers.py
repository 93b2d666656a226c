"""What the regions say of units and users. A fact restated unchanged records nothing."""

from typing import Any, TypeVar
from uuid import UUID

from kvitt_chassis.handlers import Handlers
from kvitt_chassis.models import Aggregate
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.envelope import Event
from kvitt_contracts.regions import CareUnitStated, CustomerStated, PayerStated, UserStated
from kvitt_contracts.types import CareUnitId, CustomerId, PayerId, UserId, identify

from orders.message_subject import subject_must_be
from orders.units import domain
from orders.units.models import CareUnitRow, CustomerRow, PayerRow, UserRow

messages = Handlers()

A = TypeVar("A", bound=Aggregate[Any])


@messages.on(PayerStated, loads=lambda fact, tx: [(PayerRow, payer_key(fact.payer_id, tx))])
async def on_payer_stated(fact: PayerStated, tx: Transaction) -> None:
    """Register or correct a payer."""
    subject_must_be(fact.payer_id, tx.subject)
    event = domain.register_payer(fact, policy=tx.policy)
    await _state(PayerRow, payer_key(fact.payer_id, tx), event, tx)


@messages.on(
    CustomerStated,
    loads=lambda fact, tx: [(CustomerRow, customer_key(fact.customer_id, tx))],
    reads=lambda fact, tx: [(PayerRow, payer_key(fact.payer_id, tx))],
)
async def on_customer_stated(fact: CustomerStated, tx: Transaction) -> None:
    """Register or correct a customer; it waits until its payer is known (REF-4)."""
    subject_must_be(fact.customer_id, tx.subject)
    event = domain.register_customer(fact, policy=tx.policy)
    await tx.get(PayerRow, payer_key(fact.payer_id, tx))
    row = await _state(CustomerRow, customer_key(fact.customer_id, tx), event, tx)
    row.address = fact.address


@messages.on(
    CareUnitStated,
    loads=lambda fact, tx: [(CareUnitRow, care_unit_key(fact.unit, tx))],
    reads=lambda fact, tx: [(CustomerRow, customer_key(fact.customer_id, tx))],
)
async def on_care_unit_stated(fact: CareUnitStated, tx: Transaction) -> None:
    """Register or correct a care unit; it waits until its customer is known."""
    subject_must_be(fact.unit, tx.subject)
    event = domain.register_care_unit(fact, policy=tx.policy)
    await tx.get(CustomerRow, customer_key(fact.customer_id, tx))
    await _state(CareUnitRow, care_unit_key(fact.unit, tx), event, tx)


@messages.on(
    UserStated,
    loads=lambda fact, tx: [(UserRow, user_key(fact.user_id, tx))],
    reads=lambda fact, tx: [(CustomerRow, customer_key(one, tx)) for one in fact.service_points],
)
async def on_user_stated(fact: UserStated, tx: Transaction) -> None:
    """Register or correct a user; it waits until every service point is known (REF-3)."""
    subject_must_be(fact.user_id, tx.subject)
    places = [await tx.get(CustomerRow, customer_key(one, tx)) for one in fact.service_points]
    event = domain.register_user(fact, service_points=tuple(row.state() for row in places))
    await _state(UserRow, user_key(fact.user_id, tx), event, tx)


def payer_key(payer: PayerId, tx: Transaction) -> UUID:
    """The id of what the region calls this payer."""
    return identify(tx.region, "payer", payer)


def customer_key(customer: CustomerId, tx: Transaction) -> UUID:
    """The id of what the region calls this customer."""
    return identify(tx.region, "customer", customer)


def care_unit_key(unit: CareUnitId, tx: Transaction) -> UUID:
    """The id of what the region calls this care unit."""
    return identify(tx.region, "care-unit", unit)


def user_key(user: UserId, tx: Transaction) -> UUID:
    """The id of what the region calls this user."""
    return identify(tx.region, "user", user)


async def _state(row_type: type[A], key: UUID, event: Event, tx: Transaction) -> A:
    row = await tx.find(row_type, key)
    if row is None:
        return tx.start(row_type, key, event)
    if row.state() != row_type.evolve(row.state(), event):
        tx.record(row, event)
    return row
