"""Finds the person behind a region's id or a number. Reads only."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

from kvitt_chassis.handlers import RowKey
from kvitt_chassis.http import RegionReader
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.personnummer import Identity
from kvitt_contracts.types import PersonRef, RegionCode, RegionPersonId, UserId
from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    SQLColumnExpression,
    Uuid,
    and_,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.orm import InstrumentedAttribute

from orders.people.domain import HOUR, OPEN_FOR, OPENING, Look
from orders.people.keys.opening import all_opened, opened, rows_of_key
from orders.people.models import PersonAccessRow, PersonDetailsRow, PersonIdRow, PersonRow
from orders.people.number_index import indexes_of


def rows_of_person(named: RegionPersonId, tx: Transaction) -> Iterable[RowKey]:
    """Names the rows that `current_person` reads, except for those behind an alias."""
    yield PersonIdRow, named
    known = tx.fetched(PersonIdRow, named)
    if known is not None:
        yield PersonRow, known.person
        yield PersonDetailsRow, known.person
        yield from rows_of_key(known.person)


async def current_person(named: RegionPersonId, tx: Transaction, *, field: str) -> PersonRow:
    """Returns the row of the reference that a region's id leads to now, aliases followed; to read.

    Unknown: a command is refused (REF-1, naming `field`), a fact waits.
    """
    known = await tx.get(PersonIdRow, named, rule="REF-1", field=field)
    return await current_row(await tx.get(PersonRow, known.person), tx)


async def current_row(row: PersonRow, tx: Transaction) -> PersonRow:
    """The row of the person whom a reference leads to now: aliases are followed."""
    while row.merged_into is not None:
        row = await tx.get(PersonRow, row.merged_into)
    return row


async def current_reference(ref: PersonRef, tx: Transaction) -> PersonRef:
    """The reference that one leads to now; one that is not known is itself."""
    row = await tx.look_up(PersonRow, ref)
    return ref if row is None else PersonRef((await current_row(row, tx)).id)


async def details_named(person: PersonRow, tx: Transaction) -> PersonDetailsRow:
    """Who the recipient of a command is, to read. Refused: UNKNOWN_PERSON_DETAIL (REF-1)."""
    row = await tx.get(PersonDetailsRow, person.id, rule="REF-1", field="recipient.person")
    return await opened(row, tx)


async def details_of(ref: PersonRef, tx: Transaction) -> PersonDetailsRow | None:
    """Who a current reference is, to read; None of one that is erased."""
    row = await tx.look_up(PersonDetailsRow, ref)
    return None if row is None else await opened(row, tx)


async def details_of_all(refs: Iterable[PersonRef], tx: Transaction) -> Sequence[PersonDetailsRow]:
    """Who some current references are, to read; those that are there, in their order."""
    return await all_opened(await tx.look_up_all(PersonDetailsRow, refs), tx)


async def find_by_number(identity: Identity, tx: Transaction) -> PersonRef | None:
    """Returns the reference of the person with this number, or None."""
    for index in indexes_of(identity, region=tx.region):
        row = await tx.search(PersonDetailsRow, PersonDetailsRow.number_index, index)
        if row is not None:
            return row.person
    return None


def same_persons(refs: Sequence[PersonRef], region: RegionCode) -> CTE:
    """Every reference of the persons behind some: up from each to the current one, and down to its
    aliases. `asked` is the one of `refs` that an `id` belongs to.
    """
    up = (
        select(PersonRow.id.label("asked"), PersonRow.id, PersonRow.merged_into)
        .where(PersonRow.region == region, PersonRow.id.in_(refs))
        .cte(recursive=True)
    )
    # one row each: else the database reckons with many, and reads every person of the region
    into = (
        select(PersonRow.id, PersonRow.merged_into)
        .where(PersonRow.region == region, PersonRow.id == up.c.merged_into)
        .limit(1)
        .correlate(up)
        .lateral()
    )
    up = up.union(select(up.c.asked, into.c.id, into.c.merged_into).join(into, true()))
    down = select(up.c.asked, up.c.id).where(up.c.merged_into.is_(None))
    same = down.cte(recursive=True)
    return same.union(
        select(same.c.asked, PersonRow.id).where(
            PersonRow.region == region, PersonRow.merged_into == same.c.id
        )
    )


def protected_references() -> Select[PersonRef]:
    """Selects the references of persons whose identity is protected, with every alias of them."""
    protected = select(PersonRow.id).where(PersonRow.is_protected, PersonRow.merged_into.is_(None))
    found = protected.cte(recursive=True)  # unnamed: a statement may ask twice
    aliases = select(PersonRow.id).join(found, PersonRow.merged_into == found.c.id)
    return select(found.union(aliases).c.id)


def is_of_protected(person: SQLColumnExpression[PersonRef | None]) -> ColumnElement[bool]:
    """The criterion of what concerns a person whose identity is protected, in its column; nothing
    that concerns nobody does.
    """
    return and_(person.is_not(None), person.in_(protected_references()))


def is_among_protected(persons: SQLColumnExpression[Any]) -> ColumnElement[bool]:
    """The criterion of what concerns several persons, in a column of their references, one of whom
    has a protected identity.
    """
    each = func.jsonb_array_elements_text(persons).column_valued("person")
    named = cast(each, Uuid())
    return exists(select(literal(1)).where(named.in_(protected_references())))


def is_of_person(
    column: SQLColumnExpression[PersonRef | None], ref: PersonRef, region: RegionCode
) -> ColumnElement[bool]:
    """The criterion of what concerns a person, by any reference of theirs."""
    return column.in_(select(same_persons([ref], region).c.id))


def concerns(
    column: SQLColumnExpression[PersonRef | None],
) -> Callable[[PersonRef, RegionReader], ColumnElement[bool]]:
    """The criterion of a list that is asked for a person, as a filter has it."""

    def is_theirs(ref: PersonRef, reader: RegionReader) -> ColumnElement[bool]:
        return is_of_person(column, ref, reader.region)

    return is_theirs


def is_told_of(person: PersonRef, reader: RegionReader) -> ColumnElement[bool]:
    """The criterion of a line of the log that is about a person, by any reference of theirs; of who
    is protected, the reader's own lines alone: whoever else looked works where the person is cared
    for (REF-19).
    """
    mine = PersonAccessRow.user_id == reader.caller.user_id
    is_open = PersonAccessRow.person.not_in(protected_references())
    known = select(same_persons([person], reader.region).c.id)
    asked = select(literal(person, PersonAccessRow.person.type))  # who asks may name nobody
    theirs = PersonAccessRow.person.in_(known.union_all(asked))
    return and_(theirs, or_(mine, is_open))


async def protected_among(refs: Iterable[PersonRef], reader: RegionReader) -> frozenset[PersonRef]:
    """Those of some references whose persons are protected."""
    these = PersonRow.id.in_(sorted(refs, key=str)), PersonRow.id.in_(protected_references())
    return frozenset(PersonRef(ref) for ref in await reader.all(select(PersonRow.id).where(*these)))


def is_open_to(
    user: UserId, person: ColumnElement[PersonRef], region: RegionCode
) -> ColumnElement[bool]:
    """The criterion that somebody has opened a person, not longer ago than an opening lasts."""
    recent = PersonAccessRow.at > func.now() - OPEN_FOR
    return _openings(person, region).where(PersonAccessRow.user_id == user, recent).exists()


async def was_listed_to(user: UserId, person: PersonRef, purpose: str, tx: Transaction) -> bool:
    """Whether a search for a purpose has shown a person to somebody within the hour."""
    row = PersonAccessRow
    listed = select(row.access_id).where(
        row.region == tx.region,
        row.person == person,
        row.at > func.now() - HOUR,
        row.user_id == user,
        row.look.in_((Look.LISTED, Look.FOUND)),
        row.purpose == purpose,
    )
    return await tx.session.scalar(listed.limit(1)) is not None


def was_opened_by(
    user: InstrumentedAttribute[UserId], person: ColumnElement[PersonRef], region: RegionCode
) -> ColumnElement[bool]:
    """The criterion that somebody has opened a person, whenever that was."""
    return _openings(person, region).where(PersonAccessRow.user_id == user).exists()


def _openings(person: ColumnElement[PersonRef], region: RegionCode) -> Select[UUID]:
    opens = PersonAccessRow.look.in_(OPENING)
    of_the_person = PersonAccessRow.person == person
    query = select(PersonAccessRow.access_id).where(PersonAccessRow.region == region, of_the_person)
    return query.where(opens).correlate_except(PersonAccessRow)


async def current_references(
    refs: Sequence[PersonRef], tx: Transaction
) -> dict[PersonRef, PersonRef]:
    """Returns each known reference with the current one behind it: aliases followed, a query per
    step.
    """
    leads: dict[PersonRef, PersonRef | None] = {}
    wanted = set(refs)
    while wanted:
        rows = await tx.session.execute(
            select(PersonRow.id, PersonRow.merged_into).where(
                PersonRow.region == tx.region, PersonRow.id.in_(wanted)
            )
        )
        found = {PersonRef(row.id): row.merged_into for row in rows}
        leads |= found
        wanted = {into for into in found.values() if into is not None} - leads.keys()
    return {ref: _end(ref, leads) for ref in refs if ref in leads}


def _end(ref: PersonRef, leads: dict[PersonRef, PersonRef | None]) -> PersonRef:
    while (into := leads[ref]) is not None:
        ref = into
    return ref
