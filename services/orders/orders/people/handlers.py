"""What the regions say of persons. The one place where a number comes in over Kafka."""

from uuid import uuid4

from kvitt_chassis.handlers import Handlers
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.personnummer import Identity
from kvitt_contracts.regions import PersonsJoined, PersonStated
from kvitt_contracts.types import PersonRef, RegionCode, RegionPersonId
from sqlalchemy import select

from orders.people import domain
from orders.people.models import PersonDetailsRow, PersonIdRow, PersonRow
from orders.people.number_index import index_of
from orders.subjects import subject_as

messages = Handlers()


@messages.on(PersonStated)
async def on_person_stated(fact: PersonStated, tx: Transaction) -> None:
    """Register or correct a person; a number that another reference has makes the two one."""
    named = subject_as(RegionPersonId, tx.subject)
    active = fact.active and not fact.deceased
    row = await _called(named, tx)
    if row is None:
        # Random: a reference that could be derived would say something about the person.
        ref = PersonRef(uuid4())
        row = tx.start(PersonRow, ref, domain.register(ref, region_person_id=named, active=active))
        tx.put(PersonIdRow(region=tx.region, region_person_id=named, person=ref))
    elif row.region_person_id != named:
        await _must_state_same_number(row, fact, tx)
    holder = await _holding(fact.identity, tx)
    if holder is not None and holder.id != row.id:
        await _merge(row, into=holder, tx=tx)
        row = holder
    if event := domain.state_activity(row.state(), active=active):
        tx.record(row, event)
    await _keep_details(PersonRef(row.id), fact, tx)


@messages.on(PersonsJoined)
async def on_persons_joined(fact: PersonsJoined, tx: Transaction) -> None:
    """Two of the region's ids are one person: the subject's reference stays."""
    stays = await tx.get(PersonIdRow, subject_as(RegionPersonId, tx.subject))
    joined = await tx.get(PersonIdRow, fact.joined)
    row, into = await _lock_current(joined.person, tx), await _lock_current(stays.person, tx)
    if row.id != into.id:
        await _merge(row, into=into, tx=tx)


async def current_person(named: RegionPersonId, tx: Transaction, *, field: str) -> PersonRow:
    """The reference that a region's id stands for now, aliases followed, to read.

    Unknown: a command is refused (REF-1), a fact waits.
    """
    known = await tx.get(PersonIdRow, named, rule="REF-1", field=field)
    row = await tx.get(PersonRow, known.person)
    while row.merged_into is not None:
        row = await tx.get(PersonRow, row.merged_into)
    return row


async def _called(named: RegionPersonId, tx: Transaction) -> PersonRow | None:
    known = await tx.look_up(PersonIdRow, named)
    return None if known is None else await _lock_current(known.person, tx)


async def _must_state_same_number(row: PersonRow, fact: PersonStated, tx: Transaction) -> None:
    kept = await tx.look_up(PersonDetailsRow, row.id)
    if kept is not None:
        domain.must_state_same_number(row.state(), stated=fact.identity, kept=kept.identity)


async def _lock_current(ref: PersonRef, tx: Transaction) -> PersonRow:
    row = await tx.lock(PersonRow, ref)
    while row.merged_into is not None:
        row = await tx.lock(PersonRow, row.merged_into)
    return row


async def _holding(identity: Identity, tx: Transaction) -> PersonRow | None:
    ref = await find_by_number(identity, tx.region, tx)
    return None if ref is None else await _lock_current(ref, tx)


async def find_by_number(
    identity: Identity, region: RegionCode, tx: Transaction
) -> PersonRef | None:
    """The reference of whoever has the number, or None."""
    await tx.session.flush()  # an earlier message of the same batch may have stated the number
    return await tx.session.scalar(
        select(PersonDetailsRow.person).where(
            PersonDetailsRow.region == region,
            PersonDetailsRow.number_index == index_of(identity, region=region),
        )
    )


async def _merge(row: PersonRow, *, into: PersonRow, tx: Transaction) -> None:
    if event := domain.merge(row.state(), into=into.state()):
        tx.record(row, event)
        details = await tx.look_up(PersonDetailsRow, row.id)
        if details is not None:
            # The alias keeps no copy of who it was: what stands under `into` counts.
            await tx.session.delete(details)
            await tx.session.flush()


async def _keep_details(ref: PersonRef, fact: PersonStated, tx: Transaction) -> None:
    details = await tx.look_up(PersonDetailsRow, ref)
    if details is None:
        details = PersonDetailsRow(region=tx.region, person=ref)
        tx.put(details)
    details.number_index = index_of(fact.identity, region=tx.region)
    details.identity = fact.identity
    details.name = fact.name
    details.address = fact.address
    # REF-1: phone numbers are edited in Kvitt too; a registry without one does not erase it.
    details.phone = fact.phone or details.phone
    details.home_region = fact.home_region
    details.protected = fact.protected
    details.deceased = fact.deceased
