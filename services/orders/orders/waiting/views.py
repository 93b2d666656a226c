"""What a thing that waits looks like in the list. No rule."""

from typing import Annotated
from uuid import UUID

from kvitt_contracts.types import Known, OrderNumber, ServicePointId
from pydantic import BaseModel, ConfigDict, Field

from orders.waits.domain import Wait


class WaitingView(BaseModel):
    """Något som väntar, och vad det väntar på."""

    model_config = ConfigDict(
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "kind": "pickup",
                    "id": "275dbcf6-f58b-5e1e-9907-3f5cafb41934",
                    "number": "26100012",
                    "service_point": "40201",
                    "waits": {
                        "awaits": "fetching",
                        "on": "technicians",
                        "service_point": None,
                        "user": None,
                        "until": "2026-03-16",
                        "then": "customer_service_told",
                    },
                    "late": False,
                }
            ]
        },
    )

    kind: Annotated[
        str,
        Known("pickup", "basket_loan", "work_order", "case", "fault_report"),
        Field(description="Vad det är"),
    ]
    id: Annotated[UUID, Field(description="Dess id")]
    number: Annotated[OrderNumber | None, Field(description="Dess nummer, om den har något")]
    service_point: Annotated[ServicePointId, Field(description="Tjänstestället")]
    waits: Annotated[Wait, Field(description="Vad det väntar på, på vem och till när")]
    late: Annotated[bool, Field(description="Sista dagen har gått")]
