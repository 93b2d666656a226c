"""Handlers of drafts: save and cancel. Load, apply the rule, record."""

from collections.abc import Iterable

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.bmb import CancelTransfer, SaveTransfer
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import Reference, TransferId, identify

from bmb import texts
from bmb.drafts import domain
from bmb.models import TransferRow, TransferTextRow
from bmb.register import queries
from bmb.register.models import CustomerRow, UserRow
from bmb.requests.writes import send

messages = Handlers()


def _read_to_save(command: SaveTransfer, tx: Transaction) -> Iterable[RowKey]:
    yield TransferTextRow, tx.target("transfer")
    yield CustomerRow, command.sending_service_point
    for named in (command.sender, command.new_prescriber):
        yield UserRow, named
        user = tx.fetched(UserRow, named)
        for place in {*user.service_points, user.default_service_point} if user else ():
            yield CustomerRow, place
    if command.new_recipient is not None:
        yield from queries.rows_of_recipient(command.new_recipient, tx)
    for number in command.devices:
        yield from queries.rows_of_device(number, tx)


@messages.command(
    SaveTransfer, loads=lambda _, tx: [(TransferRow, tx.target("transfer"))], reads=_read_to_save
)
async def save_transfer(command: SaveTransfer, tx: Transaction) -> None:
    """Save a draft under the region's reference; with `execute` it is sent at once (BMB-2).

    Refused: INVALID_FIELD (contract); an unknown name: UNKNOWN_USER, UNKNOWN_CUSTOMER (REF-3; REF-4
    for a prescriber's place), UNKNOWN_DEVICE, UNKNOWN_PERSON, UNKNOWN_CARE_UNIT (BMB-1); who:
    SENDER_ELSEWHERE (BMB-2), NOT_A_PRESCRIBER (BMB-1), RECEIVER_ELSEWHERE (BMB-4),
    INACTIVE_RECIPIENT (REF-14); what: DEVICE_TWICE, SEVERAL_RECIPIENTS, TWO_RECIPIENTS,
    NOTHING_CHANGES, NOT_OWN_STORE (BMB-1), SEVERAL_PAYERS (BMB-4), PRIVATE_CLINIC_HOLDS_NO_STOCK
    (REF-7); NOT_A_DRAFT (BMB-2); with `execute` also what ExecuteTransfer is refused for:
    NOT_RESPONSIBLE, SENDER_NOT_PERMITTED (BMB-2), ATTESTATION_MISSING, PATIENT_TO_PATIENT_FORBIDDEN
    (BMB-11).
    """
    transfer_id = TransferId(tx.target("transfer"))
    row = await tx.find(TransferRow, transfer_id)
    wish = await _wish(command, tx)
    events = domain.save(
        row.state() if row else None,
        wish,
        transfer_id=transfer_id,
        reference=_reference(tx),
        today=tx.today,
    )
    row = tx.record_at(TransferRow, transfer_id, *events)
    await texts.keep_to_receiver(tx, transfer_id, command.message)
    if command.execute:
        send(row, wish.sender, tx)


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


async def _wish(command: SaveTransfer, tx: Transaction) -> domain.Wish:
    sender = await queries.user(tx, command.sender, field="sender")
    prescriber = None
    if command.new_prescriber is not None:
        prescriber = await queries.user(tx, command.new_prescriber, field="new_prescriber")
    if command.sending_service_point is not None:
        await tx.get(
            CustomerRow,
            command.sending_service_point,
            rule="REF-3",
            field="sending_service_point",
        )
    workplaces = {*sender.service_points, sender.default_service_point}
    if prescriber is not None:
        workplaces |= {*prescriber.service_points, prescriber.default_service_point}
    recipient = None
    if command.new_recipient is not None:
        recipient = await queries.recipient(tx, command.new_recipient)
    return domain.Wish(
        sender=sender,
        sending_service_point=command.sending_service_point,
        devices=await queries.devices(tx, command.devices),
        new_recipient=recipient,
        new_store=command.new_store,
        new_prescriber=prescriber,
        receiving_service_point=command.receiving_service_point,
        transfer_date=command.transfer_date,
        attested=command.attested,
        has_message=texts.has_text(command.message),
        units=await queries.customers(tx, {*workplaces}),
        clinics_hold_stock=tx.policy.private_clinics_hold_stock,
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
