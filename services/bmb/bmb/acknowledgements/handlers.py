"""Handlers of the receiver's answers: accept and reject. Load, apply the rule, record."""

from collections.abc import Iterable, Mapping

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.bmb import AcceptTransfer, RejectTransfer
from kvitt_contracts.policy import RegionPolicy
from kvitt_contracts.types import DeviceId, DeviceNumber, PayerId, TransferId

from bmb import texts
from bmb.acknowledgements import domain
from bmb.completion.writes import await_custody
from bmb.expiry.writes import stop_waiting
from bmb.metrics import count_answer
from bmb.models import TransferRow, TransferTextRow
from bmb.parties.queries import parties, rows_of_parties
from bmb.register import queries
from bmb.register.models import CustomerRow, DeviceRow, PayerRow, UserRow
from bmb.responsibles.queries import responsible_today, rows_of_responsibles

messages = Handlers()


def _read(command: AcceptTransfer | RejectTransfer, tx: Transaction) -> Iterable[RowKey]:
    yield UserRow, command.by
    if texts.has_text(command.message):
        yield TransferTextRow, tx.target("transfer")
    row = tx.fetched(TransferRow, tx.target("transfer"))
    if row is not None:
        yield from rows_of_responsibles(row.receiving_service_point, tx)
    if isinstance(command, AcceptTransfer):
        yield CustomerRow, command.customer_id
        yield PayerRow, command.payer_id
        yield from rows_of_parties(row, tx)
        by = tx.fetched(UserRow, command.by)
        for place in by.service_points if by and command.payer_id else ():
            yield CustomerRow, place
        for device in row.devices if row and command.reject else ():
            yield DeviceRow, device


@messages.command(AcceptTransfer, of=TransferRow, rule="BMB-4", reads=_read)
async def accept_transfer(row: TransferRow, command: AcceptTransfer, tx: Transaction) -> None:
    """Accept for a customer of the receiving side, or the proposed one (BMB-4); some of its devices
    may be rejected in the same act, by policy (BMB-5).

    Refused: UNKNOWN_TRANSFER, UNKNOWN_CUSTOMER, UNKNOWN_PAYER (BMB-4), UNKNOWN_USER (REF-3),
    NOT_RESPONSIBLE (BMB-9), NOT_OPEN, SENT_BY_ONESELF, CUSTOMER_OF_ANOTHER_SIDE,
    PAYER_FOLLOWS_CUSTOMER, PAYER_NOT_INVOLVED (BMB-4), DEADLINE_PASSED (BMB-7), INACTIVE_RECIPIENT
    (REF-14), NOT_A_PRESCRIBER (BMB-1), BUNDLE_WHOLE, NOT_IN_TRANSFER, MESSAGE_MISSING (BMB-5).
    """
    by = await queries.user(tx, command.by)
    customer = await tx.get(CustomerRow, command.customer_id, rule="BMB-4", field="customer_id")
    own_payers: frozenset[PayerId] = frozenset()
    if command.payer_id is not None:
        await tx.get(PayerRow, command.payer_id, rule="BMB-4", field="payer_id")
        units = await queries.customers(tx, {*by.service_points})
        own_payers = frozenset(unit.payer_id for unit in units)
    events = domain.accept(
        row.state(),
        by=by,
        customer=customer.facts(),
        payer_id=command.payer_id,
        parties=await parties(tx, row),
        own_payers=own_payers,
        policy=_policy(row, tx),
        now=tx.now,
        has_message=texts.has_text(command.message),
        rejecting=domain.rejected_devices(command.reject, await _numbered(row, command, tx)),
    )
    if events:
        tx.record(row, *events)
        await texts.keep_to_sender(tx, TransferId(row.id), command.message)
        stop_waiting(row, tx)
        await_custody(row, tx)
        count_answer(row.requested_at, "accepted", tx)


@messages.command(RejectTransfer, of=TransferRow, rule="BMB-5", reads=_read)
async def reject_transfer(row: TransferRow, command: RejectTransfer, tx: Transaction) -> None:
    """Reject, with the reason (BMB-5).

    Refused: UNKNOWN_TRANSFER (BMB-5), UNKNOWN_USER (REF-3), NOT_RESPONSIBLE (BMB-9), NOT_OPEN
    (BMB-4), MESSAGE_MISSING (BMB-5), DEADLINE_PASSED (BMB-7).
    """
    events = domain.reject(
        row.state(),
        by=await queries.user(tx, command.by),
        responsible=await responsible_today(tx, row.receiving_service_point),
        policy=_policy(row, tx),
        now=tx.now,
        has_message=texts.has_text(command.message),
    )
    if events:
        tx.record(row, *events)
        await texts.keep_to_sender(tx, TransferId(row.id), command.message)
        stop_waiting(row, tx)
        count_answer(row.requested_at, "rejected", tx)


async def _numbered(
    row: TransferRow, command: AcceptTransfer, tx: Transaction
) -> Mapping[DeviceNumber, DeviceId]:
    """The devices by the numbers that the command names them by, of today or before (INV-6)."""
    numbers = [one.device_number for one in command.reject if one.device_number is not None]
    found = {number: await queries.device_numbered(tx, number) for number in numbers}
    return {
        number: one.device_id
        for number, one in found.items()
        if one is not None and one.device_id in row.devices
    }


def _policy(row: TransferRow, tx: Transaction) -> RegionPolicy:
    """The policy that the transfer was sent under; one that was never sent is refused anyway."""
    return tx.pinned_policy(row.policy) if row.policy is not None else tx.policy
