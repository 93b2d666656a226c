"""What we note of persons: their references and their merging. Whether one is active is orders'."""

from collections.abc import Iterable

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.orders import PersonRegistered, PersonsMerged
from kvitt_contracts.types import (
    CareUnitRecipient,
    Holder,
    NamedPatient,
    NamedRecipient,
    PatientRecipient,
    PersonRef,
    RegionPersonId,
)

from inventory.people.models import AliasRow, PersonRow

messages = Handlers()


@messages.on(PersonRegistered, reads=lambda event, _: [(PersonRow, event.region_person_id)])
async def on_person_registered(event: PersonRegistered, tx: Transaction) -> None:
    """Note which reference the region's own id has."""
    await _name(tx, event.region_person_id, event.person)


@messages.on(
    PersonsMerged,
    reads=lambda event, _: [(PersonRow, event.region_person_id), (AliasRow, event.person)],
)
async def on_persons_merged(event: PersonsMerged, tx: Transaction) -> None:
    """Note that one reference stands for another from now on."""
    await _name(tx, event.region_person_id, event.person)
    alias = await tx.look_up(AliasRow, event.person)
    if alias is None:
        tx.put(AliasRow(region=tx.region, person=event.person, into=event.into))
    else:
        alias.into = event.into


def rows_of_holder(holder: Holder, tx: Transaction) -> Iterable[RowKey]:
    """What `current_holder` reads, as far as it is fetched by now."""
    if not isinstance(holder, PatientRecipient):
        return
    yield AliasRow, holder.person
    alias = tx.fetched(AliasRow, holder.person)
    if alias is not None:
        yield AliasRow, alias.into


def rows_of_recipient(named: NamedRecipient, tx: Transaction) -> Iterable[RowKey]:
    """What `recipient_named` reads, as far as it is fetched by now."""
    if not isinstance(named, NamedPatient):
        return
    yield PersonRow, named.person
    row = tx.fetched(PersonRow, named.person)
    if row is not None:
        yield from rows_of_holder(PatientRecipient(person=row.person), tx)


async def current_ref(tx: Transaction, person: PersonRef) -> PersonRef:
    """The reference that a person goes by now."""
    seen = {person}
    while (alias := await tx.look_up(AliasRow, person)) is not None and alias.into not in seen:
        person = alias.into
        seen.add(person)
    return person


async def current_holder(tx: Transaction, holder: Holder) -> Holder:
    """The same holder; a patient by the reference that they go by now."""
    if isinstance(holder, PatientRecipient):
        return PatientRecipient(person=await current_ref(tx, holder.person))
    return holder


async def recipient_named(
    tx: Transaction, named: NamedRecipient
) -> PatientRecipient | CareUnitRecipient:
    """Whom a region means. A person that orders has not told of yet: the message waits."""
    if isinstance(named, NamedPatient):
        row = await tx.get(PersonRow, named.person)
        return PatientRecipient(person=await current_ref(tx, row.person))
    return named


async def _name(tx: Transaction, region_person_id: RegionPersonId, person: PersonRef) -> None:
    row = await tx.look_up(PersonRow, region_person_id)
    if row is None:
        tx.put(PersonRow(region=tx.region, region_person_id=region_person_id, person=person))
    else:
        row.person = person
