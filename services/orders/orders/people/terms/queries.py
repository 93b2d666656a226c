"""Finds whom terms lead to, and whose are to be hashed anew. Reads only; terms by equality alone,
which row security lets indexes serve.
"""

from collections.abc import Collection, Sequence
from typing import Final

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import PersonRef, RegionCode
from sqlalchemy import ColumnElement, ScalarSelect, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from orders.people.models import PersonDetailsRow
from orders.people.number_index import person_keys
from orders.people.terms.domain import Term
from orders.people.terms.hashing import hashes_of
from orders.people.terms.models import PersonTermRow, RekeyingRow

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


def is_due() -> ColumnElement[bool]:
    """The criterion of whose terms and number are to be hashed: who has no terms yet, or another
    key's where it was said that those are re-keyed.
    """
    version, current = PersonDetailsRow.terms_version, person_keys().current
    is_rekeyed = exists().where(
        RekeyingRow.region == PersonDetailsRow.region,
        RekeyingRow.to_version == current,
        ~RekeyingRow.is_stopped,
    )
    return or_(version.is_(None), and_(or_(version < current, version > current), is_rekeyed))


async def next_region(
    session: AsyncSession, *, but: Collection[RegionCode] = ()
) -> RegionCode | None:
    """A region that has persons to be hashed, but for some; None where none has. Of all regions."""
    region = PersonDetailsRow.region
    version, current = PersonDetailsRow.terms_version, person_keys().current
    for which in (version.is_(None), version < current, version > current):
        found: RegionCode | None = await session.scalar(
            select(region).where(which, is_due(), region.not_in(but)).limit(1)
        )
        if found is not None:
            return found
    return None


async def count_by_version(tx: Transaction) -> dict[int | None, int]:
    """How many of the region's persons are found by the key of each version; None: not yet."""
    version = PersonDetailsRow.terms_version
    counted = await tx.session.execute(
        select(version, func.count()).where(PersonDetailsRow.region == tx.region).group_by(version)
    )
    return {row[0]: row[1] for row in counted}
