"""Addresses of replenishments over HTTP: set, and read who wanted which (REF-12). No rule here."""

from datetime import datetime
from typing import Annotated, Any, Final

from kvitt_chassis.http import ApiRouter, Body, Commands, Reader
from kvitt_chassis.transaction import Transaction
from kvitt_chassis.web.reading import ReadTransaction
from kvitt_contracts.types import Address, CustomerId, UserId, identify
from pydantic import BaseModel, ConfigDict, Field

from orders.replenishment_addresses.commands import SetReplenishmentAddress
from orders.replenishment_addresses.queries import rows_of
from orders.units.api import CUSTOMERS
from orders.units.models import CustomerRow

router = ApiRouter(tags=["Lagerpåfyllnad"])

_ADDRESS: Final = {"street": "Storgatan 1", "postal_code": "90325", "city": "Umeå"}
_SET: Final[dict[str, Any]] = {"address": _ADDRESS, "asked_by": "k082lno"}


class ReplenishmentAddressBody(Body):
    """Vart en enhets lagerpåfyllnad ska levereras."""

    model_config = ConfigDict(json_schema_extra={"examples": [_SET]})

    address: Annotated[Address | None, Field(description="Utan adress: till enhetens egen")]
    asked_by: Annotated[UserId, Field(description="Vem som bad om det (REF-12)")]


class ReplenishmentAddressView(BaseModel):
    """En adress som har angetts, av vem och för vem."""

    model_config = ConfigDict(
        frozen=True,
        from_attributes=True,
        json_schema_extra={
            "examples": [{**_SET, "by": "k201ema", "set_at": "2026-03-02T07:00:00Z"}]
        },
    )

    address: Annotated[Address | None, Field(description="Saknas: enhetens egen adress")]
    by: Annotated[UserId, Field(description="Vem som ändrade den")]
    asked_by: Annotated[UserId, Field(description="Vem som bad om det")]
    set_at: Annotated[datetime, Field(description="När: den senaste gäller")]


class ReplenishmentAddresses(BaseModel):
    """De adresser som har angetts, den senaste först. Utan någon: enhetens egen adress."""

    items: list[ReplenishmentAddressView]


@router.post("/customers/{customer_id}:set-replenishment-address")
async def set_replenishment_address(
    customer_id: CustomerId, body: ReplenishmentAddressBody, commands: Commands
) -> ReplenishmentAddresses:
    """Låt en enhets lagerpåfyllnad levereras till en annan adress än enhetens, eller till den igen:
    kundservice, för den som bad om det (REF-12).

    Nekas: UNKNOWN_CUSTOMER, NO_OWN_STORE (REF-12), UNKNOWN_USER (REF-3).
    """

    async def show(tx: Transaction) -> ReplenishmentAddresses:
        return await _listed(customer_id, tx)

    command = SetReplenishmentAddress(
        customer_id=customer_id,
        address=body.address,
        by=commands.caller.user_id,
        asked_by=body.asked_by,
    )
    target = identify(commands.caller.region, "customer", customer_id)
    scope = CUSTOMERS.scope
    return await commands.run(command, target=target, scope=scope, rule="REF-12", show=show)


@router.get("/customers/{customer_id}/replenishment-addresses")
async def list_replenishment_addresses(
    customer_id: CustomerId, reader: Reader, tx: ReadTransaction
) -> ReplenishmentAddresses:
    """Vart en enhets lagerpåfyllnad levereras och har levererats, och vem som bad om det
    (REF-12).
    """
    key = identify(reader.region, "customer", customer_id)
    await reader.get(CustomerRow, key, scope=CUSTOMERS.scope, rule="REF-4")
    return await _listed(customer_id, tx)


async def _listed(customer_id: CustomerId, tx: Transaction) -> ReplenishmentAddresses:
    rows = await rows_of(customer_id, tx)
    return ReplenishmentAddresses(items=[ReplenishmentAddressView.model_validate(r) for r in rows])
