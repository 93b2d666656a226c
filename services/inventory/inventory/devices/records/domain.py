"""What has happened to a device and what was decided of it, as its card keeps it (INV-15). No
clock, no database, no log.
"""

from datetime import date
from enum import StrEnum
from typing import Final

from kvitt_contracts.copying import same_fields
from kvitt_contracts.inventory import DeviceDamageRecorded
from kvitt_contracts.types import Money, Payer, Value, Word


class DamageKind(StrEnum):
    """What has happened to a device (INV-15)."""

    STOLEN = "stolen"
    LOST = "lost"
    DAMAGED = "damaged"


DAMAGE: Final = Word("damage")
"""The cause of a status that follows from what has happened to the device."""

MISSING = frozenset({DamageKind.STOLEN, DamageKind.LOST})
"""After these the device is not where it was (INV-15)."""


class Outcome(StrEnum):
    """What was decided of what has happened; one that was stolen or lost may be found (INV-15)."""

    UNDECIDED = "undecided"
    UNIT_PAYS = "unit_pays"
    PATIENT_PAYS = "patient_pays"
    NOBODY_PAYS = "nobody_pays"
    WITHDRAWN = "withdrawn"
    FOUND = "found"


class Damage(Value):
    """What has happened to a device on a day, and what was decided: a device has one such record of
    a kind and a day (INV-15).
    """

    kind: DamageKind
    happened_on: date
    outcome: Outcome
    payer: Payer | None = None
    amount: Money | None = None
    has_note: bool = False


def with_record(damages: tuple[Damage, ...], event: DeviceDamageRecorded) -> tuple[Damage, ...]:
    """A device's records with one more; the one of the same kind and day is replaced."""
    new = Damage(**same_fields(event, Damage))
    named = (new.kind, new.happened_on)
    if all((one.kind, one.happened_on) != named for one in damages):
        return (*damages, new)
    return tuple(new if (one.kind, one.happened_on) == named else one for one in damages)


def found(damages: tuple[Damage, ...]) -> tuple[Damage, ...]:
    """The records of a device that is in use again: for what was stolen or lost nobody pays
    (BIL-8).
    """
    nobody = {"outcome": Outcome.FOUND, "payer": None, "amount": None}
    return tuple(one.model_copy(update=nobody) if one.kind in MISSING else one for one in damages)
