"""Scrapping over HTTP. No rule here."""

from typing import Annotated
from uuid import UUID

from kvitt_chassis.http import ApiRouter, Body, Commands, Reader
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import ScrapDevice
from kvitt_contracts.types import Day
from pydantic import Field

from inventory.articles.models import ArticleRow
from inventory.articles.queries import article_id
from inventory.devices.api import SCOPE
from inventory.devices.models import DeviceRow
from inventory.devices.views import DeviceLine

router = ApiRouter(tags=["Hjälpmedel (individer)"])


class ScrapBody(Body):
    """Från vilken dag."""

    scrapped_on: Annotated[Day, Field(description="Dagen då det skrotades; inte framåt (DAY-1)")]


@router.post("/devices/{device_id}:scrap")
async def scrap_device(
    device_id: UUID, body: ScrapBody, commands: Commands, reader: Reader
) -> DeviceLine:
    """Skrota ett hjälpmedel som står i ett eget förråd (INV-7). Saldot minskar, och det kan inte
    tas ut eller bytas mer.

    Nekas: UNKNOWN_DEVICE (INV-5), UNKNOWN_USER (REF-3), NOT_IN_STORE, NOT_IN_YOUR_STORE,
    ALREADY_SCRAPPED (INV-7), IN_TRANSFER, LOCKED, IN_DISPATCH, IN_INVESTIGATION, IN_PICKUP,
    IN_SALE, IN_BASKET, IN_RECONDITIONING (BMB-12), SCRAPPED_BEFORE_IT_CAME (DAY-5),
    RESERVED_FOR_ORDERS (ORD-4).
    """
    row = await reader.get(DeviceRow, device_id, scope=SCOPE, rule="INV-5")

    async def show(tx: Transaction) -> DeviceLine:
        scrapped = await tx.get(DeviceRow, device_id)
        article = await tx.get(ArticleRow, article_id(tx, scrapped.article_number))
        return DeviceLine.of(scrapped, article)

    command = ScrapDevice(device_number=row.device_number, by=commands.caller.user_id, **dict(body))
    return await commands.run(command, target=device_id, scope=SCOPE, rule="INV-5", show=show)
