"""Which refill proposal a store has."""

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import ProposalId, StoreId
from sqlalchemy import select

from orders.refills.models import RefillRow


async def latest_refill(tx: Transaction, store: StoreId) -> ProposalId | None:
    """The id of a store's latest proposal, open or not: it has the place of those before it, also
    where it is not known yet that they are dropped (INV-9). Nothing is locked.
    """
    query = (
        select(RefillRow.proposal_id)
        .where(RefillRow.region == tx.region, RefillRow.store == store)
        .order_by(RefillRow.proposed_on.desc(), RefillRow.proposal_id)
        .limit(1)
    )
    with tx.session.no_autoflush:
        return (await tx.session.scalars(query)).first()
