"""Finds whom terms lead to. Reads only; by equality alone, which row security lets indexes serve."""

from collections.abc import Sequence
from typing import Final

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import PersonRef
from sqlalchemy import ColumnElement, ScalarSelect, exists, func, select
from sqlalchemy.orm import aliased

from orders.people.terms.domain import Term
from orders.people.terms.hashing import hashes_of
from orders.people.terms.models import PersonTermRow

_RARE: Final = 1_000


async def persons_with(
    terms: Sequence[Term], tx: Transaction, *, at_most: int
) -> list[PersonRef] | None:
    """Who has all of these terms; None where they are more than `at_most`. The rarest term leads,
    and each of the others is met by its own part of the index.
    """
    asked = [hashes_of(term, region=tx.region) for term in dict.fromkeys(terms)]
    counted = await _count(asked, tx)
    asked.sort(key=lambda one: counted[one])
    row = PersonTermRow
    query = (
        select(row.person)
        .where(row.region == tx.region, row.term.in_(asked[0]))
        .where(*(_has(one, tx) for one in asked[1:]))
        .distinct()
        .limit(at_most + 1)
    )
    found = [PersonRef(person) for person in await tx.session.scalars(query)]
    return found if len(found) <= at_most else None


async def _count(
    asked: Sequence[tuple[bytes, ...]], tx: Transaction
) -> dict[tuple[bytes, ...], int]:
    """How many persons have each, as far as it matters."""
    if len(asked) == 1:
        return {asked[0]: 0}
    counted = (await tx.session.execute(select(*(_count_of(one, tx) for one in asked)))).one()
    return dict(zip(asked, counted, strict=True))


def _count_of(hashes: Sequence[bytes], tx: Transaction) -> ScalarSelect[int]:
    row = PersonTermRow
    some = select(row.term).where(row.region == tx.region, row.term.in_(hashes)).limit(_RARE)
    return select(func.count()).select_from(some.subquery()).scalar_subquery()


def _has(hashes: Sequence[bytes], tx: Transaction) -> ColumnElement[bool]:
    other = aliased(PersonTermRow)
    return exists().where(
        other.region == tx.region,
        other.term.in_(hashes),
        other.person == PersonTermRow.person,
    )
