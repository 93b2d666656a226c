"""What patients have said of who sees what units have of them, as a criterion of rows (REF-25,
REF-26); and the blocks of a person. Reads only.
"""

from typing import Final

from kvitt_chassis.access import Caller
from kvitt_chassis.transaction import Transaction
from kvitt_chassis.web.wishes import WishesOf
from kvitt_contracts.types import BlockId, PersonRef, ServicePointId
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


async def blocks_of(person: PersonRef, tx: Transaction) -> dict[BlockId, ServicePointId]:
    """The units whose blocks of a person stand, by any reference of theirs, by the block's id."""
    same = same_persons([person], tx.region)
    query = select(BlockRow.id, BlockRow.service_point).where(
        BlockRow.region == tx.region,
        BlockRow.person.in_(select(same.c.id)),
        BlockRow.status == Status.STANDS,
    )
    return {BlockId(found.id): found.service_point for found in await tx.session.execute(query)}


async def is_blocked_by(person: PersonRef, unit: ServicePointId, tx: Transaction) -> bool:
    """Whether a unit has a block of a person that stands."""
    return unit in (await blocks_of(person, tx)).values()


def hides_look(caller: Caller) -> ColumnElement[bool]:
    """The criterion of a line of the log that a block hides from somebody (REF-25)."""
    return LOOKS.hides(caller, serves=False)
