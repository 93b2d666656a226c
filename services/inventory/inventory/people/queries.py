"""Look-ups of persons that other nouns use: the reference behind an alias or a region's own id."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from kvitt_chassis.access import Caller
from kvitt_chassis.handlers import RowKey
from kvitt_chassis.http import RegionReader
from kvitt_chassis.patients_wishes import wishes_heard
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import (
    CareUnitRecipient,
    Holder,
    NamedPatient,
    NamedRecipient,
    PatientRecipient,
    PersonRef,
    ProductArea,
    Recipient,
    RegionPersonId,
    StoreId,
)
from sqlalchemy import ColumnElement, Select, Text, cast, not_, select, type_coerce
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import InstrumentedAttribute

from inventory.people.models import (
    AliasRow,
    BlockOpeningRow,
    BlockRow,
    ConsentRow,
    PersonRow,
    UserRow,
)


def rows_of_holder(holder: Holder, tx: Transaction) -> Iterable[RowKey]:
    """The rows that `current_holder` reads, as far as they are known by now."""
    if not isinstance(holder, PatientRecipient):
        return
    yield AliasRow, holder.person
    alias = tx.fetched(AliasRow, holder.person)
    if alias is not None:
        yield AliasRow, alias.into


def rows_of_new_recipient(recipient: Recipient, tx: Transaction) -> Iterable[RowKey]:
    """The rows that `may_receive` reads, as far as they are known by now."""
    for row_key in rows_of_holder(recipient, tx):
        yield row_key
        yield PersonRow.person, row_key[1]


def rows_of_recipient(named: NamedRecipient, tx: Transaction) -> Iterable[RowKey]:
    """The rows that `recipient_named` reads, as far as they are known by now."""
    if not isinstance(named, NamedPatient):
        return
    yield PersonRow, named.person
    row = tx.fetched(PersonRow, named.person)
    if row is not None:
        yield from rows_of_holder(PatientRecipient(person=row.person), tx)


async def areas_of(reader: RegionReader) -> tuple[ProductArea, ...] | None:
    """The product areas of who reads; None where nothing limits them (REF-11)."""
    mine = select(UserRow.product_areas).where(UserRow.user_id == reader.caller.user_id)
    found = await reader.all(mine)
    return found[0] if found else None


def may_draw_from(caller: Caller, store: InstrumentedAttribute[StoreId]) -> ColumnElement[bool]:
    """The caller is connected to a row's store, or nothing limits them to certain ones (REF-11)."""
    connected = type_coerce(UserRow.stores, JSONB).has_key(store)
    limited = select(UserRow.user_id).where(
        UserRow.user_id == caller.user_id, UserRow.stores.is_not(None), not_(connected)
    )
    return not_(limited.exists())


async def region_person_id_of(reader: RegionReader, person: PersonRef) -> RegionPersonId:
    """What the region calls a person. Raises NotFound (404, INV-12): none has this reference."""
    query = select(PersonRow).where(PersonRow.person == person).limit(1)
    row: PersonRow = await reader.one(query, noun="person", rule="INV-12")
    return row.region_person_id


async def current_ref(tx: Transaction, person: PersonRef) -> PersonRef:
    """Returns the reference that a person has now, aliases followed."""
    seen = {person}
    while (alias := await tx.look_up(AliasRow, person)) is not None and alias.into not in seen:
        person = alias.into
        seen.add(person)
    return person


async def current_holder(tx: Transaction, holder: Holder) -> Holder:
    """Returns the same holder, a patient by the reference that they have now."""
    if isinstance(holder, PatientRecipient):
        return PatientRecipient(person=await current_ref(tx, holder.person))
    return holder


async def recipient_named(
    tx: Transaction, named: NamedRecipient
) -> PatientRecipient | CareUnitRecipient:
    """Returns the recipient that a region names. Unknown to orders so far: the message waits."""
    if isinstance(named, NamedPatient):
        row = await tx.get(PersonRow, named.person)
        return PatientRecipient(person=await current_ref(tx, row.person))
    return named


async def may_receive(tx: Transaction, recipient: Recipient) -> bool:
    """Whether anything new may be registered on a recipient: on a patient, while they are active
    (REF-14).
    """
    if not isinstance(recipient, PatientRecipient):
        return True
    person = await current_ref(tx, recipient.person)
    row = await tx.search(PersonRow, PersonRow.person, person)
    return row is None or row.active


async def references_of(reader: RegionReader, person: PersonRef) -> set[PersonRef]:
    """Every reference of the person: aliases of this one, what it is an alias of, and so on."""
    known = {person}
    while True:
        query = select(AliasRow).where(AliasRow.into.in_(known) | AliasRow.person.in_(known))
        found = {ref for alias in await reader.all(query) for ref in (alias.person, alias.into)}
        if found <= known:
            return known
        known |= found


WISHES: Final = wishes_heard(
    BlockRow, BlockOpeningRow, ConsentRow, aliases=select(AliasRow.person, AliasRow.into)
)
"""What patients have said of who sees what units have of them (REF-25, REF-26)."""


# decision 0282: a person is protected under every reference that stands for them
def protected_references() -> Select[str]:
    """Selects, as texts, the references of persons whose identity is protected, with every alias of
    them.
    """
    # of who is an alias the row says what was stated before: whom it stands for is protected or not
    known = select(PersonRow.person).where(
        PersonRow.is_protected, PersonRow.person.not_in(select(AliasRow.person))
    )
    protected = known.cte(recursive=True)  # unnamed: a statement may ask twice
    aliases = select(AliasRow.person).join(protected, AliasRow.into == protected.c.person)
    return select(cast(protected.union(aliases).c.person, Text))


async def protected_among(reader: RegionReader, holders: Iterable[Holder]) -> frozenset[PersonRef]:
    """Those of these holders, as references, whose identity is protected."""
    patients = {str(one.person) for one in holders if isinstance(one, PatientRecipient)}
    if not patients:
        return frozenset()
    protected = protected_references().subquery("protected")
    query = select(protected.c.person).where(protected.c.person.in_(patients))
    return frozenset(PersonRef(UUID(found)) for found in await reader.all(query))
