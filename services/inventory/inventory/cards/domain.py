"""The rules of a device's card: its number, its serial number and its maintenance. No clock, no
database.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from kvitt_contracts.inventory import DeviceCardChanged, DeviceRenumbered
from kvitt_contracts.orders import WorkOrderFinished
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import DeviceId, DeviceNumber, UserId, Word, WorkOrderId

from inventory.devices.domain import Device

MAINTENANCE: Final = Word("maintenance")
REPLACES: Final = frozenset(
    map(Word, ("warranty_repair", "installation", "repair", "installed_repair"))
)
"""The kinds of work in which another unit may come instead of a device (ACT-4)."""


class CardRefused(Refused):
    """The card cannot say so, or not by who asks."""

    def of_body(self) -> "CardRefused":
        """The same refusal by the field's name in the body of a request."""
        field = _IN_BODY.get(self.field or "", self.field)
        return CardRefused(
            self.reason, rule=self.rule, way_on=self.way_on, field=field, **self.values
        )


_IN_BODY: Final = {
    "new_number": "device_number",
    "work_order": "work_order_id",
}


def check_asked_by_one(sip_number: str | None, code: str | None) -> None:
    """Raises CardRefused unless a device is looked for by its SIP number or by a code (INV-5)."""
    if (sip_number is None) == (code is None):
        raise CardRefused("EITHER_NUMBER_OR_CODE", rule="INV-5", field="code", way_on=_EITHER)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkOrder:
    """The work that a new number follows from."""

    id: WorkOrderId
    kind: Word
    device_id: DeviceId | None


# decision 0366: a number names one device for ever
def renumber(
    device_id: DeviceId,
    device: Device,
    *,
    number: DeviceNumber,
    is_used: bool,
    is_confirmed: bool,
    repair: WorkOrder | None,
    by: UserId,
) -> DeviceRenumbered:
    """Give a device another number, after a `repair` in which its unit was replaced (INV-6,
    ACT-4).

    `is_used`: another device bears the number, or has borne it. Raises CardRefused: it is gone
    (INV-7); it bears that number already (INV-6); the number is another's (INV-6); the work was no
    repair of this device (ACT-4); it is not confirmed (INV-6), which is said last: what
    is confirmed can be done.
    """
    if device.is_gone:
        raise CardRefused("DEVICE_GONE", rule="INV-7", field="device_number", way_on=_GONE)
    if number == device.device_number:
        raise CardRefused("SAME_NUMBER", rule="INV-6", field="new_number", way_on=_SAME)
    if is_used:
        raise CardRefused("DEVICE_NUMBER_TAKEN", rule="INV-6", field="new_number", way_on=_TAKEN)
    if repair is not None and repair.device_id != device_id:
        raise CardRefused(
            "WORK_ORDER_OF_ANOTHER_DEVICE", rule="ACT-4", field="work_order", way_on=_OF_ANOTHER
        )
    if repair is not None and repair.kind not in REPLACES:
        raise CardRefused("NO_REPAIR", rule="ACT-4", field="work_order", way_on=_NO_REPAIR)
    if not is_confirmed:
        raise CardRefused(
            "NOT_CONFIRMED",
            rule="INV-6",
            field=None,
            way_on=_CONFIRM,
            number_before=device.device_number,
            number_after=number,
        )
    return DeviceRenumbered(
        device_id=device_id,
        device_number=number,
        before=device.device_number,
        work_order_id=repair.id if repair else None,
        by=by,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """What a user sets of a card; None is not said."""

    serial_number: str | None = None
    has_sip_number: bool | None = None
    maintained_on: date | None = None
    maintenance_due_on: date | None = None


def set_card(
    device_id: DeviceId,
    device: Device,
    fields: Fields,
    *,
    is_customer_service: bool,
    by: UserId,
    asked_by: UserId | None,
) -> DeviceCardChanged:
    """Set fields of a device's card (INV-5, INV-6).

    Raises CardRefused: nothing is set; a serial number is set by others than the device service
    (INV-6) or without who asked for it (REF-12); maintenance is due before it was done (DAY-5).
    """
    if fields == Fields():
        raise CardRefused("NOTHING_TO_SET", rule="INV-5", field=None, way_on=_NOTHING)
    if fields.serial_number is not None and not is_customer_service:
        raise CardRefused(
            "CUSTOMER_SERVICE_ONLY", rule="INV-6", field="serial_number", way_on=_ASK_SERVICE
        )
    if fields.serial_number is not None and asked_by is None:
        raise CardRefused("ASKED_BY_MISSING", rule="REF-12", field="asked_by", way_on=_SAY_WHO)
    done_on = fields.maintained_on or device.maintained_on
    due_on = fields.maintenance_due_on
    if due_on is not None and done_on is not None and due_on <= done_on:
        raise CardRefused(
            "DUE_BEFORE_DONE", rule="DAY-5", field="maintenance_due_on", way_on=_LATER, done=done_on
        )
    return DeviceCardChanged(
        device_id=device_id,
        serial_number=fields.serial_number,
        has_sip_number=fields.has_sip_number,
        maintained_on=fields.maintained_on,
        maintenance_due_on=due_on,
        by=by,
        asked_by=asked_by,
    )


def maintained(
    device_id: DeviceId, device: Device, finished: WorkOrderFinished
) -> tuple[DeviceCardChanged, ...]:
    """The device was maintained on the day on which that work was finished (ACT-8).

    Returns no event where a later day is known already.
    """
    if device.maintained_on is not None and device.maintained_on >= finished.finished_on:
        return ()
    return (
        DeviceCardChanged(
            device_id=device_id,
            maintained_on=finished.finished_on,
            work_order_id=finished.work_order_id,
            by=finished.by,
        ),
    )


_EITHER = "Ange antingen ett SIP-nummer eller en skannad kod."
_GONE = "Hjälpmedlet är skrotat, sålt eller återlämnat till leverantören: kontrollera numret."
_SAME = "Hjälpmedlet har redan det numret: kontrollera det nya."
_TAKEN = (
    "Ett annat hjälpmedel har eller har haft det numret, och det återanvänds inte: kontrollera "
    "numret på det nya hjälpmedlet."
)
_OF_ANOTHER = "Arbetsordern gäller ett annat hjälpmedel: kontrollera den, eller utelämna den."
_NO_REPAIR = (
    "Enheten byts inte i en sådan arbetsorder: utelämna den om numret byts av ett annat skäl."
)
_CONFIRM = (
    "Kontrollera det gamla och det nya numret mot hjälpmedlet, och bekräfta bytet: det gamla "
    "numret används aldrig till ett annat hjälpmedel."
)
_NOTHING = "Ange minst en av kortets uppgifter."
_ASK_SERVICE = "Be kundtjänst: bara hjälpmedelsservice ändrar serienummer."
_SAY_WHO = "Ange vem som bad om det."
_LATER = "Nästa underhåll ligger efter det senaste: kontrollera dagarna."
