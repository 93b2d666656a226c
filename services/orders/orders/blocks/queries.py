"""What patients have said of who sees what units have of them, as a criterion of rows (REF-25,
REF-26); and the blocks of a person. Reads only.
"""

from collections.abc import Sequence
from typing import Final

from kvitt_chassis.access import Caller
from kvitt_chassis.transaction import Transaction
from kvitt_chassis.web.wishes import WishesOf
from kvitt_contracts.types import PersonRef, ServicePointId
from sqlalchemy import ColumnElement, select

from orders.blocks.domain import Status
from orders.blocks.models import BlockOpeningRow, BlockRow
from orders.consents.domain import Status as ConsentStatus
from orders.consents.models import ConsentRow
from orders.people.models import PersonAccessRow, PersonRow
from orders.people.queries import same_persons

WISHES: Final = WishesOf(
    blocks=lambda: select(
        BlockRow.id.label("block_id"), BlockRow.person, BlockRow.service_point.label("unit")
    ).where(BlockRow.status == Status.STANDS),
    openings=lambda: select(BlockOpeningRow.block_id, BlockOpeningRow.user_id).where(
        ~BlockOpeningRow.is_over
    ),
    consents=lambda: select(
        ConsentRow.person, ConsentRow.service_point.label("unit"), ConsentRow.opens_blocks
    ).where(ConsentRow.status == ConsentStatus.HOLDS),
    aliases=lambda: select(PersonRow.id.label("person"), PersonRow.merged_into.label("into")).where(
        PersonRow.merged_into.is_not(None)
    ),
)
"""Where orders has what patients have said."""

LOOKS: Final = WISHES.of(PersonAccessRow.person, units=[PersonAccessRow.unit])


async def blocks_of(person: PersonRef, tx: Transaction) -> Sequence[BlockRow]:
    """The blocks that stand for a person, by any reference, in the order of their ids."""
    same = same_persons([person], tx.region)
    query = (
        select(BlockRow)
        .where(
            BlockRow.region == tx.region,
            BlockRow.person.in_(select(same.c.id)),
            BlockRow.status == Status.STANDS,
        )
        .order_by(BlockRow.id)
    )
    return (await tx.session.scalars(query)).all()


async def is_blocked_by(person: PersonRef, unit: ServicePointId, tx: Transaction) -> bool:
    """Whether a unit has a block of a person that stands."""
    return any(one.service_point == unit for one in await blocks_of(person, tx))


def hides_look(caller: Caller) -> ColumnElement[bool]:
    """The criterion of a line of the log that a block hides from somebody (REF-25)."""
    return LOOKS.hides(caller, serves=False)
