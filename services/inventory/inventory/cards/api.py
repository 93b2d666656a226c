"""A device's card over HTTP: another number, and its fields. No rule here."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Annotated, Final
from uuid import UUID

from kvitt_chassis.http import ApiRouter, Body, Commands, Reader
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.copying import same_fields
from kvitt_contracts.types import Day, DeviceId, DeviceNumber, UserId, WorkOrderId
from pydantic import BaseModel, Field

from inventory.articles.models import ArticleRow
from inventory.cards import domain
from inventory.cards.commands import GiveNumber, SerialNumber, SetCard, SipNumber
from inventory.devices.api import DEVICES, SCOPE, NamedDevices, within_reach_of_areas
from inventory.devices.models import DeviceRow
from inventory.devices.queries import bears_sip_number, is_scanned
from inventory.devices.views import DeviceLine
from inventory.scanning import domain as scanning
from inventory.scanning.domain import LONGEST

_MOST: Final = 50

router = ApiRouter(tags=["Hjälpmedel (individer)"])


class CardView(BaseModel):
    """Individkortets nummer och underhåll, som de är nu."""

    device_id: DeviceId
    device_number: Annotated[DeviceNumber, Field(description="Individnummer")]
    former_numbers: Annotated[
        tuple[DeviceNumber, ...], Field(description="Tidigare individnummer, det första först")
    ]
    serial_number: Annotated[str | None, Field(description="Serienummer")]
    maintained_on: Annotated[date | None, Field(description="Senaste förebyggande underhåll")]
    maintenance_due_on: Annotated[date | None, Field(description="Nästa underhåll, om det är känt")]


class RenumberBody(Body):
    """Det nya numret, och att det är kontrollerat."""

    device_number: Annotated[DeviceNumber, Field(description="Det nya individnumret")]
    confirm: Annotated[
        bool, Field(description="Sant när numret är kontrollerat mot hjälpmedlet (INV-6)")
    ] = False
    work_order_id: Annotated[
        WorkOrderId | None,
        Field(description="Reparationen, när enheten byttes ut i en sådan (ACT-4)"),
    ] = None


class CardBody(Body):
    """De uppgifter som ändras; det som utelämnas står kvar."""

    serial_number: Annotated[
        SerialNumber | None, Field(description="Serienummer: bara kundtjänst ändrar det (INV-6)")
    ] = None
    sip_number: Annotated[
        SipNumber | None, Field(description="SIP-nummer, för alternativ telefoni")
    ] = None
    maintained_on: Annotated[
        Day | None, Field(description="Förebyggande underhåll gjordes; inte framåt (DAY-1)")
    ] = None
    maintenance_due_on: Annotated[Day | None, Field(description="Nästa underhåll (DAY-2)")] = None
    asked_by: Annotated[
        UserId | None, Field(description="Vem som bad kundtjänst om det (REF-12)")
    ] = None


class FindDevices(Body):
    """Vad hjälpmedlet har för SIP-nummer, eller koden som är skannad. De står i kroppen: ett
    telefonnummer är en persons.
    """

    sip_number: Annotated[
        SipNumber | None,
        Field(description="SIP-nummer: hela, med eller utan mellanrum och bindestreck"),
    ] = None
    code: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=LONGEST,
            description="Skannad kod: individnummer, serienummer, eller GS1 med serienummer "
            "(elementsträng, läsbar text eller länk i en QR-kod)",
        ),
    ] = None


# decision 0386: a telephone number is asked for in a body
@router.post("/devices:find")
async def find_devices(body: FindDevices, reader: Reader) -> NamedDevices:
    """Hjälpmedel som har ett SIP-nummer hos den som har dem nu, eller som en skannad kod namnger,
    bland dem som du ser (INV-5). Inget Idempotency-Key behövs.

    Nekas: EITHER_NUMBER_OR_CODE, CODE_NAMES_AN_ARTICLE, UNREADABLE_CODE (INV-5).
    """
    domain.check_asked_by_one(body.sip_number, body.code)
    scanned = scanning.read(body.code) if body.code is not None else None
    asked = (
        is_scanned(scanned, reader.region)
        if scanned is not None
        else bears_sip_number(body.sip_number or "")
    )
    query = DEVICES.rows.where(
        asked, SCOPE.within(reader.grant), *await within_reach_of_areas(reader)
    )
    # many makers count from one: those of the code's own article are read before others
    gtin = scanned.gtin if scanned is not None else None
    first = [] if gtin is None else [ArticleRow.gtin.is_distinct_from(gtin)]
    ordered = query.order_by(*first, DeviceRow.device_number).limit(_MOST)
    found = [tuple(row) for row in await reader.all(ordered)]
    if scanned is not None:
        named = [(row, row[0].device_number, row[1]) for row in found]
        found = [row for row, _, _ in scanning.narrowed(scanned, named)]
    return NamedDevices(items=[DeviceLine.of(*row) for row in found])


@router.post("/devices/{device_id}:renumber")
async def renumber_device(
    device_id: UUID, body: RenumberBody, commands: Commands, reader: Reader
) -> CardView:
    """Byt individnummer på ett hjälpmedel (INV-6). Det gamla numret hittar det fortfarande, och ges
    aldrig till ett annat.

    Nekas: UNKNOWN_DEVICE (INV-5), UNKNOWN_USER (REF-3), DEVICE_GONE (INV-7), SAME_NUMBER,
    DEVICE_NUMBER_TAKEN, NOT_CONFIRMED (INV-6), UNKNOWN_WORK_ORDER, WORK_ORDER_OF_ANOTHER_DEVICE,
    NO_REPAIR (ACT-4).
    """
    row = await reader.get(DeviceRow, device_id, scope=SCOPE, rule="INV-5")
    command = GiveNumber(
        device_number=row.device_number,
        new_number=body.device_number,
        is_confirmed=body.confirm,
        work_order_id=body.work_order_id,
        by=commands.caller.user_id,
    )
    return await commands.run(
        command, target=device_id, scope=SCOPE, rule="INV-5", show=_show(device_id)
    )


@router.post("/devices/{device_id}:set-card")
async def set_card(device_id: UUID, body: CardBody, commands: Commands, reader: Reader) -> CardView:
    """Ändra uppgifter på individkortet (INV-5): SIP-nummer och underhåll; serienummer bara av
    kundtjänst (INV-6).

    Nekas: UNKNOWN_DEVICE, NOTHING_TO_SET (INV-5), UNKNOWN_USER (REF-3), CUSTOMER_SERVICE_ONLY
    (INV-6), ASKED_BY_MISSING (REF-12), DUE_BEFORE_DONE (DAY-5).
    """
    row = await reader.get(DeviceRow, device_id, scope=SCOPE, rule="INV-5")
    command = SetCard(device_number=row.device_number, by=commands.caller.user_id, **dict(body))
    return await commands.run(
        command, target=device_id, scope=SCOPE, rule="INV-5", show=_show(device_id)
    )


def _show(device_id: UUID) -> Callable[[Transaction], Awaitable[CardView]]:
    async def show(tx: Transaction) -> CardView:
        row = await tx.get(DeviceRow, device_id)
        return CardView(device_id=DeviceId(row.id), **same_fields(row.state(), CardView))

    return show
