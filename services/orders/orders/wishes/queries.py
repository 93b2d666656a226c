"""What a patient has said, by every reference of theirs; and whose a block and a consent is. Reads
only.
"""

from collections.abc import Sequence
from typing import Any, Final, TypeVar

from kvitt_chassis.http import Scope
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import PersonRef
from sqlalchemy import select

from orders.blocks.models import BlockOpeningRow, BlockRow
from orders.consents.models import ConsentRow
from orders.people.keys.opening import all_opened
from orders.people.queries import same_persons

R = TypeVar("R")

BLOCKS: Final = Scope(BlockRow.region, service_points=[BlockRow.service_point])
"""Whose a block is: the unit's that was asked for it."""

CONSENTS: Final = Scope(ConsentRow.region, service_points=[ConsentRow.service_point])
"""Whose a consent is: the unit's that was given it."""


async def said_by(row_type: type[R], person: PersonRef, tx: Transaction) -> Sequence[R]:
    """The rows of a person, by any reference of theirs, the sealed ones opened."""
    row: Any = row_type
    same = same_persons([person], tx.region)
    query = select(row_type).where(row.region == tx.region, row.person.in_(select(same.c.id)))
    found = (await tx.session.scalars(query.order_by(*row.__table__.primary_key))).all()
    if issubclass(row_type, BlockOpeningRow):
        await all_opened(found, tx)  # type: ignore[type-var]  # they are such rows
    return found
