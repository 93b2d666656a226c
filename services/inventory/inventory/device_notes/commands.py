"""What users write on a device's card, and take from it, over HTTP alone."""

from typing import Annotated
from uuid import UUID

from kvitt_contracts.envelope import Command
from kvitt_contracts.types import NAME, DeviceNumber, UserId
from pydantic import Field

NoteText = Annotated[str, Field(min_length=1, max_length=1_000, pattern=NAME)]


class WriteNote(Command):
    """Write a note on a device's card (INV-5g)."""

    device_number: DeviceNumber
    note_id: UUID
    text: NoteText
    by: UserId


class HideNote(Command):
    """Take a note from its device's card (INV-5g)."""

    by: UserId


class ShowNote(Command):
    """Show a note that was taken away on its device's card again (INV-5g)."""

    by: UserId
