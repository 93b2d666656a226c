"""Writes a person's terms, in the transaction that writes what they are of."""

from collections.abc import Sequence

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import PersonRef
from sqlalchemy import and_, delete, select
from sqlalchemy.dialects.postgresql import insert

from orders.people.domain import Details
from orders.people.keys.opening import all_opened
from orders.people.models import PersonDetailsRow, PersonRow
from orders.people.number_index import index_of, person_keys
from orders.people.terms.domain import terms_of
from orders.people.terms.hashing import hash_of
from orders.people.terms.models import PersonTermRow
from orders.people.terms.queries import is_due


# decision 0518
async def keep_terms(row: PersonDetailsRow, tx: Transaction, *, before: Details | None) -> None:
    """Have the terms of a person be those of what is stored now (REF-2); `before`: of what was,
    None for who is new. Whoever calls has the person's row.
    """
    version, details = person_keys().current, row.details()
    terms = terms_of(details)
    if before is not None and row.terms_version == version and terms_of(before) == terms:
        return
    if before is not None:
        await _delete([row.person], tx)
    await _hash([row], tx)


async def forget_terms(person: PersonRef, tx: Transaction) -> None:
    """Delete every term of a person, by whatever key: no search finds them any more."""
    await _delete([person], tx)


# decision 0520
async def hash_anew(tx: Transaction, *, at_most: int) -> tuple[int, int]:
    """Hash what some of the region's persons are found by, by the current key: those who have
    nothing yet, and, where it is re-keyed, who have another key's. Answers of how many it is done,
    and of how many it cannot be: two of them have the same number.

    Whom a message is about just now is passed over, and comes later.
    """
    tx.will_lock(PersonRow)
    details = PersonDetailsRow
    due = (
        select(PersonRow.id)
        .join(details, and_(details.region == PersonRow.region, details.person == PersonRow.id))
        .where(PersonRow.region == tx.region, details.region == tx.region, is_due())
        .limit(at_most)
        .with_for_update(of=PersonRow, skip_locked=True)
    )
    refs = [PersonRef(ref) for ref in await tx.session.scalars(due)]
    found = await all_opened(await tx.find_all(details, refs), tx)
    taken = await _taken_by_others(found, tx)
    rows = [row for row in found if row.person not in taken]
    if rows:
        await _delete([row.person for row in rows], tx)
        await _hash(rows, tx)
    return len(rows), len(taken)


async def _taken_by_others(
    rows: Sequence[PersonDetailsRow], tx: Transaction
) -> frozenset[PersonRef]:
    """Those whose number another row has by the current key: two processes had different ones."""
    wanted = {index_of(row.identity, region=tx.region): row.person for row in rows}
    having = await tx.session.execute(
        select(PersonDetailsRow.number_index, PersonDetailsRow.person).where(
            PersonDetailsRow.region == tx.region, PersonDetailsRow.number_index.in_(wanted)
        )
    )
    taken = {wanted[index] for index, person in having if wanted[index] != person}
    twice = {row.person for row in rows} - set(wanted.values())
    return frozenset(taken | twice)


async def _hash(rows: Sequence[PersonDetailsRow], tx: Transaction) -> None:
    terms = [
        {"region": tx.region, "term": hash_of(term, region=tx.region), "person": row.person}
        for row in rows
        for term in sorted(terms_of(row.details()))
    ]
    await tx.session.execute(insert(PersonTermRow).on_conflict_do_nothing(), terms)
    for row in rows:
        row.number_index = index_of(row.identity, region=tx.region)
        row.terms_version = person_keys().current


async def _delete(persons: Sequence[PersonRef], tx: Transaction) -> None:
    tx.will_lock(PersonDetailsRow, persons[0] if len(persons) == 1 else None)
    await tx.session.execute(
        delete(PersonTermRow).where(
            PersonTermRow.region == tx.region, PersonTermRow.person.in_(persons)
        )
    )
