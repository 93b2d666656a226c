"""Deletes what was written freely, and telephone numbers."""

from typing import Any, Final

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import PersonRef
from sqlalchemy import cast, delete, select, update
from sqlalchemy.dialects.postgresql import JSONB

from inventory.devices.models import (
    CustodyRow,
    DamageNoteRow,
    DeviceNoteRow,
    DeviceRow,
    SipNumberRow,
)
from inventory.supplier_returns.models import SupplierReturnRow

_AT_ONCE: Final = {"synchronize_session": False}


async def forget_texts(person: PersonRef, tx: Transaction) -> None:
    """Delete what was written of the devices that a person has had, and the SIP numbers that were
    theirs. Rows are locked in the service's order.
    """
    holder = cast(CustodyRow.custody, JSONB)[("holder", "person")].astext
    had = select(CustodyRow.device_id).where(CustodyRow.region == tx.region, holder == str(person))
    tx.will_lock(DeviceRow)  # under whose lock its numbers and its damages are written
    gone: dict[type[Any], Any] = {
        SipNumberRow: SipNumberRow.holder_key == str(person),
        DamageNoteRow: DamageNoteRow.device_id.in_(had),
        DeviceNoteRow: DeviceNoteRow.device_id.in_(had),
    }
    tx.will_lock(DeviceNoteRow)
    for row_type, is_theirs in gone.items():
        await tx.session.execute(
            delete(row_type).where(row_type.region == tx.region, is_theirs),
            execution_options=_AT_ONCE,
        )
    tx.will_lock(SupplierReturnRow)
    back = SupplierReturnRow
    await tx.session.execute(
        update(back).where(back.region == tx.region, back.device_id.in_(had)).values(comment=None),
        execution_options=_AT_ONCE,
    )
