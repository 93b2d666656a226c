"""Handlers of a transfer's deadlines: near, passed, and what is done about a lock afterwards."""

from datetime import datetime

from kvitt_chassis.handlers import Handlers
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.bmb import AskToUnlockTransfer, UnlockTransfer

from bmb.completion.writes import await_custody
from bmb.expiry import domain
from bmb.expiry.writes import DEADLINE, DEADLINE_NEAR
from bmb.metrics import count_answer
from bmb.models import TransferRow
from bmb.parties.domain import what_ended
from bmb.parties.queries import parties
from bmb.register import queries
from bmb.register.models import UserRow

messages = Handlers()


@messages.timer(DEADLINE_NEAR)
async def tell_that_deadline_is_near(row: TransferRow, due: datetime, tx: Transaction) -> None:
    """Emit that one day is left (NTF-2)."""
    tx.record(row, *domain.near(row.state(), now=tx.now))


@messages.timer(DEADLINE)
async def expire_unanswered_transfer(row: TransferRow, due: datetime, tx: Transaction) -> None:
    """Expire the transfer by the policy that it was sent under, if it could take effect (BMB-7).

    Raises ValueError when it was never requested.
    """
    if row.policy is None:
        raise ValueError(f"transfer {row.id} has a deadline but was never requested")
    ended = what_ended(await parties(tx, row))
    policy = tx.pinned_policy(row.policy)
    events = domain.expire(row.state(), ended=ended, policy=policy, now=tx.now)
    tx.record(row, *events)
    await_custody(row, tx)
    if events:
        count_answer(row.requested_at, "expired", tx)


@messages.command(
    AskToUnlockTransfer,
    of=TransferRow,
    rule="BMB-7",
    reads=lambda command, _: [(UserRow, command.by)],
)
async def ask_to_unlock_transfer(
    row: TransferRow, command: AskToUnlockTransfer, tx: Transaction
) -> None:
    """One of the two sides asks customer service to unlock the transfer (BMB-7).

    Refused: UNKNOWN_TRANSFER, NOT_LOCKED, NOT_RESPONSIBLE (BMB-7), UNKNOWN_USER (REF-3).
    """
    by = await queries.user(tx, command.by)
    tx.record(row, *domain.ask_to_unlock(row.state(), by=by, now=tx.now))


@messages.command(
    UnlockTransfer,
    of=TransferRow,
    rule="BMB-7",
    reads=lambda command, _: [(UserRow, command.asked_by)],
)
async def unlock_transfer(row: TransferRow, command: UnlockTransfer, tx: Transaction) -> None:
    """Customer service frees the devices of a locked transfer (BMB-7, REF-12).

    Refused: UNKNOWN_TRANSFER (BMB-7), UNKNOWN_USER (REF-3), CUSTOMER_SERVICE_ONLY (REF-12),
    NOT_LOCKED (BMB-7).
    """
    await queries.user(tx, command.asked_by, field="asked_by")
    tx.record(row, *domain.unlock(row.state(), asked_by=command.asked_by))
