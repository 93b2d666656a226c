"""Devices that are bought from another region, over HTTP. No rule here."""

from typing import Annotated

from kvitt_chassis.http import ApiRouter, Body, Commands, Reader
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import TakeOverDevice
from kvitt_contracts.types import (
    TEXT,
    ArticleNumber,
    Day,
    DeviceNumber,
    Money,
    PersonRef,
    RegionCode,
    ServicePointId,
    StoreId,
    SupplierArticleNumber,
    SupplierId,
    UserId,
    identify,
)
from pydantic import Field

from inventory.articles.models import ArticleRow
from inventory.articles.queries import article_id
from inventory.devices.models import DeviceRow
from inventory.devices.views import DeviceLine
from inventory.people.queries import region_person_id_of

router = ApiRouter(tags=["Hjälpmedel (individer)"])


class TakeOverBody(Body):
    """Hjälpmedlet, patienten det kom med, och vad som köptes av vem."""

    device_number: Annotated[DeviceNumber, Field(description="Individnummer som det ska ha här")]
    serial_number: Annotated[str | None, Field(max_length=40, pattern=TEXT)] = None
    article_number: Annotated[
        ArticleNumber, Field(description="Regionens artikel; även en utanför sortimentet")
    ]
    service_point: Annotated[ServicePointId, Field(description="Patientens enhet")]
    store: Annotated[StoreId, Field(description="Enhetens eget förråd")]
    person: Annotated[PersonRef, Field(description="Patienten som flyttar in, som referens")]
    from_region: Annotated[RegionCode, Field(description="Regionen som säljer")]
    supplier_id: Annotated[SupplierId, Field(description="Leverantör")]
    supplier_article_number: Annotated[
        SupplierArticleNumber, Field(description="Leverantörens artikelnummer")
    ]
    approver: Annotated[UserId, Field(description="Den i regionen som godkänt köpet (internt id)")]
    bought_on: Annotated[Day, Field(description="När det köptes som nytt: hjälpmedlets ålder")]
    value: Annotated[Money, Field(description="Priset som regionen betalar")]
    asked_by: Annotated[UserId, Field(description="Den som bad om det (internt id)")]


@router.post("/devices:take-over", status_code=201)
async def take_over_device(body: TakeOverBody, commands: Commands, reader: Reader) -> DeviceLine:
    """Köp över ett hjälpmedel som en patient har med sig från en annan region (INV-12): det gör
    kundtjänst. Det ställs i enhetens förråd och tas därefter ut till patienten, och till ingen
    annan. Enhetens huvudansvariga får veta det, och är kontaktperson (BMB-14).

    Nekas: UNKNOWN_USER (REF-3), UNKNOWN_PERSON, UNKNOWN_ARTICLE, UNKNOWN_STORE,
    FROM_THE_SAME_REGION, NOT_THE_UNITS_STORE, APPROVER_NOT_ACTIVE (INV-12),
    SERVICE_IS_NEVER_STOCKED (INV-4), CONTRIBUTION_IS_NEVER_STOCKED (INV-16), ARTICLE_IS_NOT_MARKED,
    DEVICE_NUMBER_TAKEN (INV-5), PURCHASING_STORE_HAS_NO_BALANCE (INV-4),
    PRIVATE_CLINIC_HOLDS_NO_STOCK (REF-7), OUTSIDE_PRODUCT_AREAS (REF-11), INACTIVE_RECIPIENT
    (REF-14), CUSTOMER_SERVICE_ONLY (REF-12).
    """
    said = {name: value for name, value in dict(body).items() if name != "person"}
    command = TakeOverDevice(
        **said,
        person=await region_person_id_of(reader, body.person),
        by=commands.caller.user_id,
    )
    target = identify(commands.caller.region, "device", body.device_number)

    async def show(tx: Transaction) -> DeviceLine:
        row = await tx.get(DeviceRow, target)
        return DeviceLine.of(row, await tx.get(ArticleRow, article_id(tx, row.article_number)))

    return await commands.run(command, target=target, subject=body.device_number, show=show)
