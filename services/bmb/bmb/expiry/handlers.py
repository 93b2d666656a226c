"""What we do when time passes: tell that the deadline is near, expire, unlock."""

from datetime import datetime
from typing import Final

from kvitt_chassis.handlers import Handlers, Timer
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.bmb import UnlockTransfer

from bmb.completion.handlers import await_custody
from bmb.expiry import domain
from bmb.models import TransferRow
from bmb.register import queries
from bmb.register.models import UserRow

messages = Handlers()

DEADLINE: Final = Timer("transfer_deadline", TransferRow)
DEADLINE_NEAR: Final = Timer("transfer_deadline_near", TransferRow)


def await_acknowledgement(row: TransferRow, tx: Transaction) -> None:
    """Set the timers of a transfer that has just been sent."""
    if row.deadline is None:
        raise ValueError(f"transfer {row.id} was sent without a deadline")
    tx.schedule(DEADLINE, key=row.id, due=row.deadline)
    nears_at = domain.nears_at(row.deadline)
    if nears_at > tx.now:
        tx.schedule(DEADLINE_NEAR, key=row.id, due=nears_at)


def stop_waiting(row: TransferRow, tx: Transaction) -> None:
    """Forget the timers of a transfer that is answered, or has no device left."""
    tx.cancel_timer(DEADLINE, key=row.id)
    tx.cancel_timer(DEADLINE_NEAR, key=row.id)


@messages.timer(DEADLINE_NEAR)
async def tell_that_deadline_is_near(row: TransferRow, due: datetime, tx: Transaction) -> None:
    """One day is left (NTF-2)."""
    tx.record(row, *domain.near(row.state(), now=tx.now))


@messages.timer(DEADLINE)
async def expire_unanswered_transfer(row: TransferRow, due: datetime, tx: Transaction) -> None:
    """Nobody answered in time: as the policy says that it was sent under (BMB-7)."""
    if row.policy is None:
        raise ValueError(f"transfer {row.id} has a deadline but was never requested")
    events = domain.expire(row.state(), policy=tx.pinned_policy(row.policy), now=tx.now)
    tx.record(row, *events)
    await_custody(row, tx)


@messages.command(
    UnlockTransfer,
    loads=lambda _, tx: [(TransferRow, tx.target("transfer"))],
    reads=lambda command, _: [(UserRow, command.by), (UserRow, command.asked_by)],
)
async def unlock_transfer(command: UnlockTransfer, tx: Transaction) -> None:
    """Customer service frees the devices of a locked transfer (BMB-7, REF-12)."""
    row = await tx.lock(TransferRow, tx.target("transfer"), rule="BMB-7")
    by = await queries.user(tx, command.by)
    await queries.user(tx, command.asked_by, field="asked_by")
    tx.record(row, *domain.unlock(row.state(), by=by, asked_by=command.asked_by))
