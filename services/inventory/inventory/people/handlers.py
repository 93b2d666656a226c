"""Projections of users, and of persons: their references, whether they are active or protected,
and merges.
"""

from kvitt_chassis.handlers import Handlers
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.orders import (
    BlockLifted,
    BlockOpened,
    BlockOpeningEnded,
    BlockRegistered,
    ConsentEnded,
    ConsentGiven,
    ConsentWithdrawn,
    PersonInactivated,
    PersonProtectionChanged,
    PersonReactivated,
    PersonRegistered,
    PersonsMerged,
    UserRegistered,
)

from inventory.people.models import (
    AliasRow,
    BlockOpeningRow,
    BlockRow,
    ConsentRow,
    PersonRow,
    UserRow,
)

messages = Handlers()

messages.project(PersonRegistered, PersonRow)
messages.project(UserRegistered, UserRow)
messages.project(BlockRegistered, BlockRow, stands=True)
messages.amend(BlockLifted, BlockRow, stands=False)
messages.project(BlockOpened, BlockOpeningRow, user_id=lambda event: event.by, is_over=False)
messages.amend(BlockOpeningEnded, BlockOpeningRow, is_over=True)
messages.project(ConsentGiven, ConsentRow, holds=True)
messages.amend(ConsentWithdrawn, ConsentRow, holds=False)
messages.amend(ConsentEnded, ConsentRow, holds=False)


@messages.on(
    PersonInactivated,
    PersonReactivated,
    reads=lambda event, _: [(PersonRow.person, event.person)],
)
async def on_person_inactivated(
    event: PersonInactivated | PersonReactivated, tx: Transaction
) -> None:
    """Store whether the person is active; orders has registered them by an event before."""
    person = await tx.search(PersonRow, PersonRow.person, event.person)
    if person is not None:
        person.active = isinstance(event, PersonReactivated)


@messages.on(PersonProtectionChanged, reads=lambda event, _: [(PersonRow.person, event.person)])
async def on_person_protection_changed(event: PersonProtectionChanged, tx: Transaction) -> None:
    """Store whether the person's identity is protected (REF-9)."""
    person = await tx.search(PersonRow, PersonRow.person, event.person)
    if person is not None:
        person.is_protected = event.is_protected


@messages.on(
    PersonsMerged,
    reads=lambda event, _: [(PersonRow, event.region_person_id), (AliasRow, event.person)],
)
async def on_persons_merged(event: PersonsMerged, tx: Transaction) -> None:
    """Store that one reference replaces another. Two rows: the person's, and the alias."""
    person = await tx.look_up(PersonRow, event.region_person_id)
    if person is None:
        known_by = event.region_person_id
        tx.put(
            PersonRow(region=tx.region, region_person_id=known_by, person=event.person, active=True)
        )
    else:
        person.person = event.person
    alias = await tx.look_up(AliasRow, event.person)
    if alias is None:
        tx.put(AliasRow(region=tx.region, person=event.person, into=event.into))
    else:
        alias.into = event.into
