"""The rules of what is printed for a patient about devices (ORD-17). No clock, no database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import DeviceNumber, PersonRef


class Kind(StrEnum):
    """What is printed."""

    LOAN_AGREEMENT = "loan_agreement"
    OWNERSHIP = "ownership"
    DEVICE_LIST = "device_list"
    RETURN_RECEIPT = "return_receipt"


class Reason(StrEnum):
    """Why nothing is printed."""

    DEVICES_MISSING = "DEVICES_MISSING"
    DEVICE_TWICE = "DEVICE_TWICE"
    NOT_WITH_RECIPIENT = "NOT_WITH_RECIPIENT"
    NOT_GIVEN_BACK = "NOT_GIVEN_BACK"


class HandoutRefused(Refused):
    """A refusal by a rule of what is printed; `reason` is one of Reason."""


TITLES: Final[Mapping[Kind, str]] = {
    Kind.LOAN_AGREEMENT: "Låneförbindelse",
    Kind.OWNERSHIP: "Ägarbevis",
    Kind.DEVICE_LIST: "Hjälpmedelslista",
    Kind.RETURN_RECEIPT: "Returkvitto",
}
"""What each is called."""

DAYS: Final[Mapping[Kind, str]] = {
    Kind.LOAN_AGREEMENT: "Lånas från",
    Kind.OWNERSHIP: "Utlämnat",
    Kind.DEVICE_LIST: "Sedan",
    Kind.RETURN_RECEIPT: "Återlämnat",
}
"""What the day of a device is called on each."""

SIGNERS: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.LOAN_AGREEMENT: ("Mottagarens underskrift, datum", "För enheten, datum"),
    Kind.OWNERSHIP: ("Mottagarens underskrift, datum", "För enheten, datum"),
    Kind.DEVICE_LIST: (),
    Kind.RETURN_RECEIPT: ("För enheten, datum",),
}
"""Who signs each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loan:
    """A device as the last loan of it goes: who has it since when, and who gave it back last."""

    person: PersonRef | None
    since_on: date | None
    returned_by: PersonRef | None
    returned_on: date | None


def must_name_devices(kind: Kind, devices: Sequence[DeviceNumber]) -> None:
    """Check which devices are asked for: each once, and at least one but for the list of all.

    Raises HandoutRefused: DEVICES_MISSING, DEVICE_TWICE (ORD-17).
    """
    if not devices and kind is not Kind.DEVICE_LIST:
        way_on = f"Markera hjälpmedlen som ska stå på {TITLES[kind].lower()}."
        raise _refusal(Reason.DEVICES_MISSING, "devices", way_on)
    for place, one in enumerate(devices):
        if one in devices[:place]:
            way_on = "Varje hjälpmedel anges en gång: ta bort det som står två gånger."
            raise _refusal(Reason.DEVICE_TWICE, f"devices.{place}", way_on)


def day_on(
    kind: Kind, loan: Loan | None, *, persons: Sequence[PersonRef], place: int
) -> date | None:
    """The day that stands beside a device: the first of the loan, of a receipt the day on which it
    was given back; None where it is not known. `persons`: the references of the recipient; `place`:
    where the device stands among those that were asked for.

    Raises HandoutRefused: NOT_WITH_RECIPIENT, NOT_GIVEN_BACK (ORD-17).
    """
    has_it = loan is not None and loan.person in persons
    if kind is not Kind.RETURN_RECEIPT:
        if loan is None or not has_it:
            way_on = "Mottagaren har inte hjälpmedlet: välj bland dem som mottagaren har."
            raise _refusal(Reason.NOT_WITH_RECIPIENT, f"devices.{place}", way_on)
        return loan.since_on
    if loan is None or has_it or loan.returned_by not in persons:
        way_on = "Mottagaren har inte lämnat tillbaka hjälpmedlet: registrera returen först."
        raise _refusal(Reason.NOT_GIVEN_BACK, f"devices.{place}", way_on)
    return loan.returned_on


def _refusal(reason: Reason, field: str, way_on: str) -> HandoutRefused:
    return HandoutRefused(reason, rule="ORD-17", field=field, way_on=way_on)
