"""Handlers of requests: take inventory's answer about the hold; take a sent transfer back."""

from collections.abc import Iterable
from datetime import datetime

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.bmb import DeviceRefusal, WithdrawTransfer
from kvitt_contracts.copying import same_fields
from kvitt_contracts.inventory import HoldGranted, HoldRefused
from kvitt_contracts.types import PolicyVersion

from bmb.acknowledgements.domain import Acceptance
from bmb.completion.writes import await_custody
from bmb.domain import Status
from bmb.expiry.writes import await_acknowledgement, stop_waiting
from bmb.models import TransferRow
from bmb.parties.queries import parties, rows_of_parties
from bmb.register import queries
from bmb.register.models import CustomerRow, UserRow
from bmb.requests import domain
from bmb.requests.writes import HOLD_ANSWER

messages = Handlers()


def _read_to_accept(event: HoldGranted, tx: Transaction) -> Iterable[RowKey]:
    row = tx.fetched(TransferRow, event.transfer_id)
    if row is not None and row.accept_for is not None:
        yield UserRow, row.sent_by
        yield CustomerRow, row.accept_for
        yield from rows_of_parties(row, tx)


@messages.on(HoldGranted, of=TransferRow, reads=_read_to_accept)
async def on_hold_granted(row: TransferRow, event: HoldGranted, tx: Transaction) -> None:
    """The receiver sees the transfer from now on, until its deadline (BMB-7); or its sender accepts
    it at once (BMB-4). What he may not accept by now waits to be acknowledged; nobody is refused
    for NOT_OPEN, NOT_RESPONSIBLE, SENT_BY_ONESELF, CUSTOMER_OF_ANOTHER_SIDE,
    PAYER_FOLLOWS_CUSTOMER, PAYER_NOT_INVOLVED (BMB-4), DEADLINE_PASSED (BMB-7), INACTIVE_RECIPIENT
    (REF-14), NOT_A_PRESCRIBER (BMB-1), nor, since he takes all of it, for BUNDLE_WHOLE,
    NOT_IN_TRANSFER, MESSAGE_MISSING (BMB-5).

    Raises ValueError: the transfer was never requested.
    """
    events = domain.grant(
        row.state(),
        acceptance=await _acceptance(row, tx),
        policy=tx.pinned_policy(_pin(row)),
        now=tx.now,
    )
    if events:
        tx.record(row, *events)
        tx.cancel_timer(HOLD_ANSWER, key=row.id)
        if row.status is Status.SENT:
            await_acknowledgement(row, tx)
        await_custody(row, tx)


@messages.on(HoldRefused, of=TransferRow)
async def on_hold_refused(row: TransferRow, event: HoldRefused, tx: Transaction) -> None:
    """Refuse the transfer; the event names which devices and why (BMB-12)."""
    reasons = [DeviceRefusal(**same_fields(one, DeviceRefusal)) for one in event.refused]
    tx.record(row, *domain.refuse(row.state(), reasons=reasons))
    tx.cancel_timer(HOLD_ANSWER, key=row.id)


@messages.command(
    WithdrawTransfer,
    of=TransferRow,
    rule="BMB-6",
    reads=lambda command, _: [(UserRow, command.by)],
)
async def withdraw_transfer(row: TransferRow, command: WithdrawTransfer, tx: Transaction) -> None:
    """The sender's side takes back what nobody has answered (BMB-6).

    Refused: UNKNOWN_TRANSFER, NOT_RESPONSIBLE, NOT_OPEN (BMB-6), UNKNOWN_USER (REF-3),
    DEADLINE_PASSED (BMB-7).
    """
    by = await queries.user(tx, command.by)
    events = domain.withdraw(row.state(), by=by, now=tx.now)
    if events:
        tx.record(row, *events)
        stop_waiting(row, tx)


@messages.timer(HOLD_ANSWER)
async def give_up_waiting(row: TransferRow, due: datetime, tx: Transaction) -> None:
    """Inventory has not answered for a day: the transfer is refused (architecture §6)."""
    tx.record(row, *domain.give_up(row.state()))


async def _acceptance(row: TransferRow, tx: Transaction) -> Acceptance | None:
    if row.accept_for is None or row.sent_by is None:
        return None
    customer = await tx.get(CustomerRow, row.accept_for)
    return Acceptance(
        by=await queries.user(tx, row.sent_by),
        customer=customer.facts(),
        parties=await parties(tx, row),
    )


def _pin(row: TransferRow) -> PolicyVersion:
    if row.policy is None:
        raise ValueError(f"transfer {row.id} is held but was never requested")
    return row.policy
