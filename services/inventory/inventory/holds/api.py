"""Holds over HTTP: the devices that a transfer claims, and its planned effect. No rules."""

from datetime import date
from typing import Annotated
from uuid import UUID

from kvitt_chassis.http import ApiRouter, Reader
from kvitt_chassis.web.protection import ScopeOfPersons
from kvitt_chassis.web.wishes import NoWishes
from kvitt_contracts.copying import same_fields
from kvitt_contracts.inventory import RefusedDevice
from kvitt_contracts.types import DeviceId, TransferId
from pydantic import BaseModel, ConfigDict, Field

from inventory.devices.queries import claims_on_devices_of_protected
from inventory.holds import domain
from inventory.holds.models import HoldRow, TransferEffectRow
from inventory.holds.queries import is_of_side

router = ApiRouter(tags=["Håll för byten"])


class HoldView(BaseModel):
    """Vad ett byte håller (BMB-12)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "transfer_id": "92289acb-adf5-5ac2-95ac-35cb2910d9ec",
                    "status": "refused",
                    "devices": [],
                    "refused": [
                        {
                            "device_id": "4d7b3606-3c39-56c6-858d-81cae80b3d4d",
                            "reason": "IN_TRANSFER",
                        }
                    ],
                    "effective_on": None,
                }
            ]
        }
    )

    transfer_id: TransferId
    status: Annotated[domain.Status, Field(description="Beviljat, nekat eller avslutat")]
    devices: Annotated[tuple[DeviceId, ...], Field(description="Det som hålls nu")]
    refused: Annotated[tuple[RefusedDevice, ...], Field(description="Vad som hindrade, och varför")]
    effective_on: Annotated[date | None, Field(description="Dagen då bytet får verkan")]


SCOPE = ScopeOfPersons(
    HoldRow.region,
    also=is_of_side,
    protected=lambda: HoldRow.id.in_(claims_on_devices_of_protected()),
    wishes=NoWishes(because="a hold says which devices it has, and of whom nothing"),
)


@router.get("/holds/{transfer_id}")
async def show_hold(transfer_id: UUID, reader: Reader) -> HoldView:
    """Ett bytes håll på sina hjälpmedel, för bytets två sidor och för kundtjänst."""
    row = await reader.get(HoldRow, transfer_id, scope=SCOPE, rule="BMB-12")
    effect = await reader.look_up(TransferEffectRow, transfer_id)
    return HoldView(
        transfer_id=TransferId(row.id),
        **same_fields(row.state(), HoldView),
        effective_on=effect.effective_on if effect else None,
    )
