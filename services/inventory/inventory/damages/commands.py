"""What users say of what has happened to a device. Over HTTP alone: a region sends no note."""

from typing import Annotated

from kvitt_contracts.day_bounds import HappenedOn
from kvitt_contracts.envelope import Command
from kvitt_contracts.types import TEXT, DeviceNumber, Money, PayerId, UserId, Word
from pydantic import Field

Note = Annotated[str, Field(min_length=1, max_length=2_000, pattern=TEXT)]


class TellDamage(Command):
    """Record what has happened to a device, with a note (INV-15)."""

    device_number: DeviceNumber
    kind: Word
    happened_on: HappenedOn
    outcome: Word
    payer_id: PayerId | None
    amount: Money | None
    note: Note | None
    by: UserId
