"""Writes a person's terms, in the transaction that writes what they are of."""

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import PersonRef
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from orders.people.domain import Details
from orders.people.models import PersonDetailsRow
from orders.people.number_index import person_keys
from orders.people.terms.domain import terms_of
from orders.people.terms.hashing import hash_of
from orders.people.terms.models import PersonTermRow


# decision 0518
async def keep_terms(row: PersonDetailsRow, tx: Transaction, *, before: Details | None) -> None:
    """Have the terms of a person be those of what is stored now (REF-2); `before`: of what was,
    None for who is new. Whoever calls has the person's row.
    """
    version, details = person_keys().current, row.details()
    terms = terms_of(details)
    if before is not None and row.terms_version == version and terms_of(before) == terms:
        return
    hashes = sorted(hash_of(term, region=tx.region) for term in terms)
    if before is not None:
        await _delete(row.person, tx, but=hashes)
    await tx.session.execute(
        insert(PersonTermRow)
        .values([{"region": tx.region, "term": one, "person": row.person} for one in hashes])
        .on_conflict_do_nothing()
    )
    row.terms_version = version


async def forget_terms(person: PersonRef, tx: Transaction) -> None:
    """Delete every term of a person, by whatever key: no search finds them any more."""
    await _delete(person, tx, but=[])


async def _delete(person: PersonRef, tx: Transaction, *, but: list[bytes]) -> None:
    tx.will_lock(PersonDetailsRow, person)
    await tx.session.execute(
        delete(PersonTermRow).where(
            PersonTermRow.region == tx.region,
            PersonTermRow.person == person,
            PersonTermRow.term.not_in(but),
        )
    )
