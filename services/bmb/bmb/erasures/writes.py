"""Deletes what was written freely."""

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import PersonRef
from sqlalchemy import delete, select

from bmb.models import TransferRow, TransferTextRow
from bmb.queries import concerns


async def forget_texts(person: PersonRef, tx: Transaction) -> None:
    """Delete what the two sides of a person's transfers wrote to each other."""
    tx.will_lock(TransferRow)  # under whose lock its texts are written
    about = select(TransferRow.id).where(
        TransferRow.region == tx.region, concerns([person], tx.region)
    )
    await tx.session.execute(
        delete(TransferTextRow)
        .where(TransferTextRow.region == tx.region, TransferTextRow.transfer_id.in_(about))
        .execution_options(synchronize_session=False)
    )
