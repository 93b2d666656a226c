"""Returns over HTTP. No rule here."""

from datetime import date
from typing import Annotated
from uuid import uuid4

from kvitt_chassis.http import ApiRouter, Body, Commands
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import RegisterReturn, ReturnedLine
from kvitt_contracts.types import (
    Day,
    DeviceNumber,
    Reference,
    ReturnId,
    StoreId,
    UserId,
    identify,
)
from pydantic import ConfigDict, Field

from inventory.registered_returns.models import LineBack, ReturnRow
from inventory.views import FromRow

router = ApiRouter(tags=["Returer"])


class ReturnBody(Body):
    """Vad som återlämnas, till vilket förråd och vilken dag."""

    store: Annotated[StoreId, Field(description="Ett av dina enheters förråd")]
    devices: Annotated[
        tuple[DeviceNumber, ...], Field(max_length=100, description="Individnummer")
    ] = ()
    lines: Annotated[
        tuple[ReturnedLine, ...],
        Field(max_length=100, description="Omärkta orderrader, av vilka något kommer tillbaka"),
    ] = ()
    returned_on: Annotated[Day, Field(description="Dagen för returen; inte framåt (DAY-1)")]
    leaves_region: Annotated[
        bool, Field(description="Patienten flyttar från regionen: en del skrotas (INV-7)")
    ] = False
    reference: Annotated[Reference | None, Field(description="Er egen beteckning på returen")] = (
        None
    )


class ReturnView(FromRow):
    """En registrerad retur."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "return_id": "d7b7f88e-e5c4-55f7-b64b-b1b91c089c09",
                    "store": "402",
                    "returned_on": "2026-03-25",
                    "devices": ["R100417"],
                    "lines": [
                        {"order": "26190007", "line": 1, "quantity": 1, "is_scrapped": False}
                    ],
                    "by": "k082lno",
                }
            ]
        },
    )

    return_id: ReturnId
    store: StoreId
    returned_on: date
    devices: tuple[DeviceNumber, ...]
    lines: Annotated[
        tuple[LineBack, ...], Field(description="Omärkt gods, och om det skrotades (INV-7)")
    ]
    by: Annotated[UserId, Field(description="Vem som registrerade den (internt id)")]


@router.post("/returns", status_code=201)
async def register_return(body: ReturnBody, commands: Commands) -> ReturnView:
    """Ta emot hjälpmedel från patient eller vårdenhet i ett eget förråd (INV-7): allt eller inget.
    De är lediga genast, ingen betalar för dem från den dagen, och byten de var med i släpper dem.

    Nekas: UNKNOWN_USER (REF-3), REFERENCE_USED, NAMED_TWICE (INV-7), NOT_YOUR_STORE,
    NOT_YOUR_DEVICE, NOT_YOUR_LINE (REF-18), PURCHASING_STORE_HAS_NO_BALANCE (INV-4),
    PRIVATE_CLINIC_HOLDS_NO_STOCK (REF-7), NOT_ON_LOAN, MORE_THAN_DELIVERED (INV-7), LINE_IS_MARKED
    (INV-5), SERVICE_IS_NEVER_STOCKED (INV-4), CONTRIBUTION_IS_NEVER_RETURNED (INV-16),
    RETURNED_BEFORE_LOAN (DAY-5).
    """
    said = {name: value for name, value in dict(body).items() if name != "reference"}
    command = RegisterReturn(by=commands.caller.user_id, **said)
    region = commands.caller.region
    # without a name of its own the return has a random id: nothing else will ever call it
    target = identify(region, "return", body.reference) if body.reference else uuid4()

    async def show(tx: Transaction) -> ReturnView:
        return ReturnView.of(await tx.get(ReturnRow, target))

    return await commands.run(command, target=target, subject=body.reference, show=show)
