"""What who acknowledges a transfer can choose, for the views. Decides nothing."""

from collections.abc import Set

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import CustomerId, PayerId

from bmb.acknowledgements.domain import payers_to_choose
from bmb.domain import Status
from bmb.models import TransferRow
from bmb.parties.queries import parties
from bmb.register import queries


async def payers_for(row: TransferRow, places: Set[CustomerId], tx: Transaction) -> list[PayerId]:
    """The payers of whom somebody at these service points may choose one when they accept a sent
    transfer, by the policy that it was sent under; none where they do not answer it.
    """
    answers = row.status is Status.SENT and row.receiving_service_point in places
    if row.policy is None or not answers:
        return []
    policy = tx.pinned_policy(row.policy).transfer
    if policy.ack_payer != "chosen":
        return []
    units = await queries.customers(tx, {*places})
    return sorted(
        payers_to_choose(
            row.state(),
            own_payers={unit.payer_id for unit in units},
            parties=await parties(tx, row),
            policy=policy,
        )
    )
