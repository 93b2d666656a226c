"""Which refill proposal of a store is open."""

from collections.abc import Sequence

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import ProposalId, StoreId
from sqlalchemy import select

from orders.refills.models import RefillRow


async def open_refills(tx: Transaction, store: StoreId) -> Sequence[ProposalId]:
    """The ids of a store's proposals that no order follows and nobody has dropped, the latest day's
    first: while the next takes the place of one, two may look open (INV-9). Nothing is locked.
    """
    query = (
        select(RefillRow.proposal_id)
        .where(
            RefillRow.region == tx.region,
            RefillRow.store == store,
            RefillRow.is_open,
            RefillRow.order_id.is_(None),
        )
        .order_by(RefillRow.proposed_on.desc(), RefillRow.proposal_id)
    )
    with tx.session.no_autoflush:
        return (await tx.session.scalars(query)).all()
