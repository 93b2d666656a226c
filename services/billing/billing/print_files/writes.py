"""Who has fetched a print file is logged."""

from collections.abc import Sequence
from uuid import uuid4

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import UserId

from billing.print_files.domain import Paper, Whose
from billing.print_files.models import PrintFileFetchRow


def log_fetch(
    tx: Transaction, user: UserId, papers: Sequence[Paper], *, month: str, whose: Whose
) -> None:
    """Log who fetches these documents; there before the file is."""
    tx.put(
        PrintFileFetchRow(
            region=tx.region,
            fetch_id=uuid4(),
            user_id=user,
            month=month,
            payers=whose,
            documents=len(papers),
            first_number=papers[0].number if papers else None,
            last_number=papers[-1].number if papers else None,
        )
    )
