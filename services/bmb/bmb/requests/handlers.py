"""What we do about requests: send a draft, and take inventory's answer about the hold."""

from datetime import datetime
from typing import Final

from kvitt_chassis.handlers import Handlers, Timer
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.bmb import DeviceRefusal, ExecuteTransfer
from kvitt_contracts.inventory import HoldGranted, HoldRefused
from kvitt_contracts.types import PolicyVersion

from bmb.expiry.handlers import await_acknowledgement
from bmb.models import TransferRow
from bmb.register import queries
from bmb.register.domain import User
from bmb.register.models import UserRow
from bmb.requests import domain

messages = Handlers()

HOLD_ANSWER: Final = Timer("transfer_hold_answer", TransferRow)


@messages.command(
    ExecuteTransfer,
    loads=lambda _, tx: [(TransferRow, tx.target("transfer"))],
    reads=lambda command, _: [(UserRow, command.by)],
)
async def execute_transfer(command: ExecuteTransfer, tx: Transaction) -> None:
    """Make a draft take effect (BMB-2)."""
    row = await tx.lock(TransferRow, tx.target("transfer"), rule="BMB-2")
    send(row, await queries.user(tx, command.by), tx)


def send(row: TransferRow, by: User, tx: Transaction) -> None:
    """Ask inventory to hold the devices, and wait for its answer no longer than is reasonable."""
    events = domain.execute(row.state(), by=by, policy=tx.policy, now=tx.now)
    if events:
        tx.record(row, *events)
        tx.schedule(HOLD_ANSWER, key=row.id, due=tx.now + domain.ANSWER_WITHIN)


@messages.on(HoldGranted, loads=lambda event, _: [(TransferRow, event.transfer_id)])
async def on_hold_granted(event: HoldGranted, tx: Transaction) -> None:
    """The receiver sees the transfer from now on, until its deadline (BMB-7)."""
    row = await tx.lock(TransferRow, event.transfer_id)
    events = domain.grant(row.state(), policy=tx.pinned_policy(_pin(row)), now=tx.now)
    if events:
        tx.record(row, *events)
        tx.cancel_timer(HOLD_ANSWER, key=row.id)
        await_acknowledgement(row, tx)


@messages.on(HoldRefused, loads=lambda event, _: [(TransferRow, event.transfer_id)])
async def on_hold_refused(event: HoldRefused, tx: Transaction) -> None:
    """None of the devices is held: the sender is told which and why (BMB-12)."""
    row = await tx.lock(TransferRow, event.transfer_id)
    reasons = [DeviceRefusal(device_id=one.device_id, reason=one.reason) for one in event.refused]
    tx.record(row, *domain.refuse(row.state(), reasons=reasons))
    tx.cancel_timer(HOLD_ANSWER, key=row.id)


@messages.timer(HOLD_ANSWER)
async def give_up_waiting(row: TransferRow, due: datetime, tx: Transaction) -> None:
    """Inventory has not answered for a day: the transfer is refused (architecture §6)."""
    tx.record(row, *domain.give_up(row.state()))


def _pin(row: TransferRow) -> PolicyVersion:
    if row.policy is None:
        raise ValueError(f"transfer {row.id} is held but was never requested")
    return row.policy
