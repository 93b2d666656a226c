"""Handlers of requests: take inventory's answer about the hold."""

from datetime import datetime

from kvitt_chassis.handlers import Handlers
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.bmb import DeviceRefusal
from kvitt_contracts.copying import same_fields
from kvitt_contracts.inventory import HoldGranted, HoldRefused
from kvitt_contracts.types import PolicyVersion

from bmb.expiry.writes import await_acknowledgement
from bmb.models import TransferRow
from bmb.requests import domain
from bmb.requests.writes import HOLD_ANSWER

messages = Handlers()


@messages.on(HoldGranted, of=TransferRow)
async def on_hold_granted(row: TransferRow, event: HoldGranted, tx: Transaction) -> None:
    """The receiver sees the transfer from now on, until its deadline (BMB-7).

    Raises ValueError: the transfer was never requested.
    """
    events = domain.grant(row.state(), policy=tx.pinned_policy(_pin(row)), now=tx.now)
    if events:
        tx.record(row, *events)
        tx.cancel_timer(HOLD_ANSWER, key=row.id)
        await_acknowledgement(row, tx)


@messages.on(HoldRefused, of=TransferRow)
async def on_hold_refused(row: TransferRow, event: HoldRefused, tx: Transaction) -> None:
    """Refuse the transfer; the event names which devices and why (BMB-12)."""
    reasons = [DeviceRefusal(**same_fields(one, DeviceRefusal)) for one in event.refused]
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
