"""Notes on devices' cards over HTTP (INV-5g). No rule here."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID, uuid4

from kvitt_chassis.http import ApiRouter, Body, Commands, NotFound, Reader
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import DeviceId
from pydantic import Field

from inventory.device_notes.commands import HideNote, NoteText, ShowNote, WriteNote
from inventory.device_notes.domain import RULE
from inventory.devices.api import SCOPE
from inventory.devices.models import DeviceNoteRow, DeviceRow
from inventory.devices.note_views import DeviceNoteView

router = ApiRouter(tags=["Hjälpmedel (individer)"])


class NoteBody(Body):
    """Vad som ska stå på individkortet."""

    text: Annotated[
        NoteText,
        Field(
            description="Om hjälpmedlet: skriv inget om patienten eller någon annan person. Läses "
            "av alla som ser kortet, också när någon annan har hjälpmedlet",
            examples=["Vänster broms tar i lite. Följs upp vid nästa underhåll."],
        ),
    ]


@router.post("/devices/{device_id}/notes", status_code=201)
async def write_note(
    device_id: UUID, body: NoteBody, commands: Commands, reader: Reader
) -> DeviceNoteView:
    """Skriv en anteckning på ett individkort (INV-5): den som har hjälpmedlet, i en enhet eller
    ett förråd, och kundtjänst.

    Nekas: UNKNOWN_DEVICE, PERSONAL_NUMBER_IN_TEXT (INV-5), UNKNOWN_USER (REF-3).
    """
    row = await reader.get(DeviceRow, device_id, scope=SCOPE, rule=RULE)
    command = WriteNote(
        device_number=row.device_number,
        note_id=uuid4(),
        text=body.text,
        by=commands.caller.user_id,
    )
    return await commands.run(
        command, target=device_id, scope=SCOPE, rule=RULE, show=_show(command.note_id)
    )


@router.post("/device-notes/{note_id}:hide")
async def hide_note(note_id: UUID, commands: Commands, reader: Reader) -> DeviceNoteView:
    """Ta bort en anteckning från individkortet (INV-5): den som skrev den, eller kundtjänst. Inom
    ett dygn kan den visas igen.

    Nekas: UNKNOWN_DEVICE_NOTE, NOT_THE_WRITER (INV-5), UNKNOWN_USER (REF-3).
    """
    return await commands.run(
        HideNote(by=commands.caller.user_id),
        target=note_id,
        named=await _device(note_id, reader),
        scope=SCOPE,
        rule=RULE,
        show=_show(note_id),
    )


@router.post("/device-notes/{note_id}:show")
async def show_note(note_id: UUID, commands: Commands, reader: Reader) -> DeviceNoteView:
    """Visa en anteckning igen, inom ett dygn efter att den togs bort (INV-5): den som tog bort den,
    eller kundtjänst.

    Nekas: UNKNOWN_DEVICE_NOTE, TAKEN_AWAY_BY_OTHERS (INV-5), UNKNOWN_USER (REF-3).
    """
    return await commands.run(
        ShowNote(by=commands.caller.user_id),
        target=note_id,
        named=await _device(note_id, reader),
        scope=SCOPE,
        rule=RULE,
        show=_show(note_id),
    )


async def _device(note_id: UUID, reader: Reader) -> DeviceId:
    """The device on whose card a note stands, where the caller sees that."""
    row = await reader.look_up(DeviceNoteRow, note_id)
    if row is None:
        raise NotFound("device_note", rule=RULE)
    await reader.get(DeviceRow, row.device_id, scope=SCOPE, rule=RULE)
    return row.device_id


def _show(note_id: UUID) -> Callable[[Transaction], Awaitable[DeviceNoteView]]:
    async def show(tx: Transaction) -> DeviceNoteView:
        return DeviceNoteView.of(await tx.get(DeviceNoteRow, note_id))

    return show
