"""The handlers of notes on devices' cards."""

from collections.abc import Iterable
from datetime import datetime

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import DeviceId

from inventory.cards.queries import device_of, rows_of_card
from inventory.device_notes import domain, writes
from inventory.device_notes.commands import HideNote, ShowNote, WriteNote
from inventory.device_notes.writes import HIDDEN
from inventory.devices.models import DeviceNoteRow
from inventory.people.models import UserRow

messages = Handlers()


def _read(command: WriteNote, tx: Transaction) -> Iterable[RowKey]:
    return rows_of_card(command.device_number, command.by, tx)


@messages.command(WriteNote, reads=_read)
async def write_note(command: WriteNote, tx: Transaction) -> None:
    """INV-5g: a note of who has the device, or of customer service, stands on its card.

    Refused: UNKNOWN_USER (REF-3), UNKNOWN_DEVICE, PERSONAL_NUMBER_IN_TEXT (INV-5).
    """
    domain.must_be_nobodys(command.text)
    by = await tx.get(UserRow, command.by, rule="REF-3", field="by")
    device = await device_of(command.device_number, by, tx, act="inventory.device.write-note")
    writes.write(command.note_id, DeviceId(device.id), command.text, command.by, tx)


def _its_row(_: object, tx: Transaction) -> Iterable[RowKey]:
    return [(DeviceNoteRow, tx.target("note"))]


def _read_user(command: HideNote | ShowNote, _: Transaction) -> Iterable[RowKey]:
    return [(UserRow, command.by)]


@messages.command(HideNote, loads=_its_row, reads=_read_user)
async def hide_note(command: HideNote, tx: Transaction) -> None:
    """INV-5g: who wrote a note, or customer service, takes it from the card.

    Refused: UNKNOWN_USER (REF-3), UNKNOWN_DEVICE_NOTE, NOT_THE_WRITER (INV-5).
    """
    is_customer_service = await _is_customer_service(command, tx)
    row = await _note(tx)
    domain.must_be_writers(row.by, by=command.by, is_customer_service=is_customer_service)
    writes.hide(row, command.by, tx)


@messages.command(ShowNote, loads=_its_row, reads=_read_user)
async def show_note(command: ShowNote, tx: Transaction) -> None:
    """INV-5g: who took a note away, or customer service, shows it again within a day.

    Refused: UNKNOWN_USER (REF-3), UNKNOWN_DEVICE_NOTE, TAKEN_AWAY_BY_OTHERS (INV-5).
    """
    is_customer_service = await _is_customer_service(command, tx)
    row = await _note(tx)
    domain.must_have_hidden(row.hidden_by, by=command.by, is_customer_service=is_customer_service)
    writes.show(row, tx)


@messages.timer(HIDDEN)
async def forget_hidden(row: DeviceNoteRow, due: datetime, tx: Transaction) -> None:
    """A day has passed and no card shows the note: it is deleted."""
    if row.hidden_by is not None:
        await writes.forget(row, tx)


async def _is_customer_service(command: HideNote | ShowNote, tx: Transaction) -> bool:
    by = await tx.get(UserRow, command.by, rule="REF-3", field="by")
    return by.may_for_all("inventory.device.decide-damage")


async def _note(tx: Transaction) -> DeviceNoteRow:
    row = await tx.find(DeviceNoteRow, tx.target("note"))
    if row is None:
        raise domain.unknown()
    return row
