"""Handlers of drafts: save, execute and cancel. Load, apply the rule, record."""

from collections.abc import Iterable

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.bmb import CancelTransfer, ExecuteTransfer, SaveTransfer
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import CustomerId, Reference, TransferId, identify

from bmb import texts
from bmb.acknowledgements.domain import refuse_to_accept
from bmb.drafts import domain
from bmb.drafts.wishes import rows_of_draft, rows_of_wish, wish_of, wish_of_draft
from bmb.models import TransferRow, TransferTextRow
from bmb.parties.queries import parties
from bmb.register import queries
from bmb.register.domain import User
from bmb.register.models import CustomerRow, UserRow
from bmb.requests.writes import send

messages = Handlers()


def _read_to_save(command: SaveTransfer, tx: Transaction) -> Iterable[RowKey]:
    yield TransferTextRow, tx.target("transfer")
    yield CustomerRow, command.accept_for
    yield from rows_of_wish(command, tx)


def _read_to_execute(command: ExecuteTransfer, tx: Transaction) -> Iterable[RowKey]:
    yield UserRow, command.by
    yield from rows_of_draft(tx.fetched(TransferRow, tx.target("transfer")), tx)


@messages.command(
    SaveTransfer, loads=lambda _, tx: [(TransferRow, tx.target("transfer"))], reads=_read_to_save
)
async def save_transfer(command: SaveTransfer, tx: Transaction) -> None:
    """Save a draft under the region's reference; with `execute` it is sent at once (BMB-2).

    Refused: INVALID_FIELD (contract); an unknown name: UNKNOWN_USER, UNKNOWN_CUSTOMER (REF-3; REF-4
    for a prescriber's place), UNKNOWN_DEVICE, UNKNOWN_PERSON, UNKNOWN_CARE_UNIT (BMB-1); who:
    SENDER_ELSEWHERE (BMB-2), NOT_A_PRESCRIBER, PRESCRIBER_NOT_NAMED (BMB-1), NO_PART_IN_DEVICE,
    RECEIVER_ELSEWHERE, RECEIVER_NOT_NAMED (BMB-4), NOT_MAIN_RESPONSIBLE (BMB-14),
    INACTIVE_RECIPIENT (REF-14); what: DEVICE_TWICE,
    SEVERAL_RECIPIENTS, TWO_RECIPIENTS, NOTHING_CHANGES, NOT_OWN_STORE (BMB-1), SEVERAL_PAYERS,
    NO_UNIT_PAYS (BMB-4), PRIVATE_CLINIC_HOLDS_NO_STOCK (REF-7); NOT_A_DRAFT (BMB-2); with `execute`
    also what ExecuteTransfer is refused for:
    NOT_RESPONSIBLE, SENDER_NOT_PERMITTED (BMB-2), ATTESTATION_MISSING, PATIENT_TO_PATIENT_FORBIDDEN
    (BMB-11); with `accept_for` what AcceptTransfer is refused for: UNKNOWN_CUSTOMER,
    SENT_BY_ONESELF, CUSTOMER_OF_ANOTHER_SIDE, PAYER_FOLLOWS_CUSTOMER, PAYER_NOT_INVOLVED (BMB-4).
    """
    transfer_id = TransferId(tx.target("transfer"))
    row = await tx.find(TransferRow, transfer_id)
    wish = await wish_of(command, tx)
    events = domain.save(
        row.state() if row else None,
        wish,
        transfer_id=transfer_id,
        reference=_reference(tx),
        today=tx.today,
    )
    row = tx.record_at(TransferRow, transfer_id, *events)
    await texts.keep_to_receiver(tx, transfer_id, command.message)
    if command.accept_for is not None:
        await _refuse_acceptance(row, command.accept_for, wish.sender, tx)
    if command.execute or command.accept_for is not None:
        send(row, wish.sender, tx, accept_for=command.accept_for)


@messages.command(ExecuteTransfer, of=TransferRow, rule="BMB-2", reads=_read_to_execute)
async def execute_transfer(row: TransferRow, command: ExecuteTransfer, tx: Transaction) -> None:
    """Make a draft take effect, if it could be saved today (BMB-2).

    Refused: UNKNOWN_TRANSFER (BMB-2), UNKNOWN_USER (REF-3), NOT_A_DRAFT, NOT_RESPONSIBLE,
    SENDER_NOT_PERMITTED (BMB-2), ATTESTATION_MISSING, PATIENT_TO_PATIENT_FORBIDDEN (BMB-11); what
    SaveTransfer is refused for: UNKNOWN_CUSTOMER (REF-4), SENDER_ELSEWHERE (BMB-2), DEVICE_TWICE,
    SEVERAL_RECIPIENTS, TWO_RECIPIENTS, NOTHING_CHANGES, NOT_OWN_STORE, NOT_A_PRESCRIBER,
    PRESCRIBER_NOT_NAMED (BMB-1), NO_PART_IN_DEVICE, RECEIVER_ELSEWHERE, RECEIVER_NOT_NAMED,
    SEVERAL_PAYERS, NO_UNIT_PAYS (BMB-4), NOT_MAIN_RESPONSIBLE (BMB-14), INACTIVE_RECIPIENT
    (REF-14), PRIVATE_CLINIC_HOLDS_NO_STOCK (REF-7).
    """
    by = await queries.user(tx, command.by)
    wish = await wish_of_draft(row, tx)
    send(row, by, tx, judged_anew=domain.save_anew(row.state(), wish, today=tx.today))


@messages.command(
    CancelTransfer,
    of=TransferRow,
    rule="BMB-2",
    reads=lambda command, tx: [
        (UserRow, command.by),
        (TransferTextRow, tx.target("transfer")),
    ],
)
async def cancel_transfer(row: TransferRow, command: CancelTransfer, tx: Transaction) -> None:
    """Throw a draft away, with what was written to its receiver (BMB-2).

    Refused: UNKNOWN_TRANSFER (BMB-2), UNKNOWN_USER (REF-3), NOT_A_DRAFT, SENDER_ELSEWHERE (BMB-2).
    """
    tx.record(row, *domain.cancel(row.state(), by=await queries.user(tx, command.by)))
    await texts.keep_to_receiver(tx, TransferId(row.id), None)


async def _refuse_acceptance(
    row: TransferRow, accept_for: CustomerId, by: User, tx: Transaction
) -> None:
    known = await tx.get(CustomerRow, accept_for, rule="BMB-4", field="accept_for")
    customer = known.facts()
    refuse_to_accept(
        row.state(),
        by=by,
        customer=customer,
        payer_id=customer.payer_id,
        parties=await parties(tx, row),
        policy=tx.policy,
    )


def _reference(tx: Transaction) -> Reference | None:
    """The region's own name of the transfer; None where the route named it by its id."""
    if tx.target("transfer") != identify(tx.region, "transfer", tx.subject):
        return None
    try:
        return Reference(tx.subject)
    except ValueError:
        raise Refused(
            "INVALID_FIELD",
            rule="contract",
            field="subject",
            way_on="Ge bytet en beteckning på 2-60 bokstäver, siffror och tecknen . _ / -.",
        ) from None
