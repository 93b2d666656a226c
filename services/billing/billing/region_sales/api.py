"""Sales to other regions over HTTP: requested, priced, approved or not, listed, shown. No rule."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import Query
from kvitt_chassis.filters import Eq, From, In, To
from kvitt_chassis.http import ApiRouter, Commands, ListOf, ListQuery, Page, Reader, named
from kvitt_chassis.transaction import Transaction
from kvitt_chassis.web.reading import ReadTransaction
from kvitt_chassis.web.stories import Story, told
from kvitt_contracts.billing import (
    ApproveRegionSale,
    DisapproveRegionSale,
    NamedPrice,
    ProposeRegionSale,
    RequestRegionSale,
)
from kvitt_contracts.types import Day, NamedPatient, PayerId, Reference, ServicePointId, identify
from sqlalchemy import select

from billing.models import DeviceRow
from billing.region_sales import queries, story
from billing.region_sales.domain import Status
from billing.region_sales.models import RegionSaleRow
from billing.region_sales.views import (
    ApproveSaleBody,
    ProposeSaleBody,
    RegionSaleView,
    RegionSaleWithLines,
    RequestSaleBody,
)
from billing.supplier_invoices.models import TakeoverRow

router = ApiRouter(tags=["Försäljning till andra regioner"])


class RegionSaleQuery(ListQuery):
    """Which sales to other regions."""

    status: Annotated[tuple[Status, ...], In(RegionSaleRow.status)] = ()
    payer_id: Annotated[PayerId | None, Eq(RegionSaleRow.payer_id)] = None
    service_point: Annotated[ServicePointId | None, Eq(RegionSaleRow.service_point)] = None
    reference: Annotated[Reference | None, Eq(RegionSaleRow.reference)] = None
    requested_from: Annotated[Day | None, From(RegionSaleRow.requested_on, "Begärd tidigast")] = (
        None
    )
    requested_to: Annotated[Day | None, To(RegionSaleRow.requested_on, "Begärd senast")] = None


REGION_SALES = ListOf(
    select(RegionSaleRow),
    scope=queries.REACH,
    sorts=named(RegionSaleRow.requested_on),
    default="-requested_on",
    view=RegionSaleView.of,
)


@router.get("/region-sales", summary="Försäljningar till andra regioner")
async def list_region_sales(
    reader: Reader, asked: Annotated[RegionSaleQuery, Query()]
) -> Page[RegionSaleView]:
    """Försäljningar av hjälpmedel vars patient flyttar, med vad de väntar på: dina enheters, för
    kundtjänst alla; de senaste först (BIL-7).
    """
    return await REGION_SALES.page(asked, reader)


@router.get("/region-sales/{sale_id}", summary="En försäljning till en annan region")
async def show_region_sale(
    sale_id: UUID, reader: Reader, tx: ReadTransaction
) -> RegionSaleWithLines:
    """En försäljning med hjälpmedel, priser, och det som är känt om ålder och värde (BIL-7)."""
    row = await reader.get(RegionSaleRow, sale_id, scope=queries.REACH, rule="BIL-7")
    return await _with_lines(tx, row)


@router.get("/region-sales/{sale_id}/story", summary="Vad som har hänt")
async def tell_region_sale(sale_id: UUID, reader: Reader) -> Story:
    """Varför en försäljning är som den är, och vad som kommer (REF-6)."""
    row = await reader.get(RegionSaleRow, sale_id, scope=queries.REACH, rule="BIL-7")
    due = await reader.due(*story.TIMERS, of=[sale_id])
    return Story(
        items=told(await reader.log_of(row), by=story.tell), next=list(story.what_comes(due))
    )


@router.post("/region-sales", status_code=202, summary="Begär en försäljning till en annan region")
async def request_region_sale(
    body: RequestSaleBody, commands: Commands, reader: Reader
) -> RegionSaleWithLines:
    """Begär att det som en patient har säljs till regionen dit den flyttar (BIL-7). Lagret svarar;
    `Prefer: wait=2` väntar. Därefter sätter kundtjänst priserna.

    Nekas: ALREADY_REQUESTED, DEVICE_TWICE, UNKNOWN_DEVICE, NOT_ANOTHER_REGION (BIL-7),
    UNKNOWN_PERSON (REF-1), UNKNOWN_USER, UNKNOWN_CUSTOMER, NOT_CONNECTED_TO_SERVICE_POINT (REF-3),
    UNKNOWN_PAYER (REF-4).
    """
    caller, reference = commands.caller, body.reference
    key = identify(caller.region, RegionSaleRow.noun, reference) if reference else uuid4()
    command = RequestRegionSale(
        payer_id=body.payer_id,
        recipient=NamedPatient(person=await queries.region_person_id_of(reader, body.person)),
        service_point=body.service_point,
        devices=body.devices,
        by=caller.user_id,
    )
    return await commands.run(command, target=key, subject=reference, rule="BIL-7", show=_show(key))


@router.post("/region-sales/{sale_id}:propose", summary="Föreslå priser")
async def propose_region_sale(
    sale_id: UUID, body: ProposeSaleBody, commands: Commands
) -> RegionSaleWithLines:
    """Föreslå den andra regionen ett pris för varje hjälpmedel (BIL-7). Nya priser ersätter dem
    som inte är besvarade.

    Nekas: UNKNOWN_REGION_SALE, SALE_ENDED, NOT_CLAIMED_YET, NOT_OF_THE_SALE, DEVICE_TWICE,
    NEGATIVE_PRICE, PRICE_MISSING (BIL-7), UNKNOWN_USER (REF-3), DAY_HAS_PASSED (DAY-5),
    CUSTOMER_SERVICE_ONLY (REF-12).
    """
    command = ProposeRegionSale(
        lines=tuple(NamedPrice(**dict(line)) for line in body.lines),
        answer_by_on=body.answer_by_on,
        by=commands.caller.user_id,
        asked_by=body.asked_by,
    )
    return await commands.run(
        command, target=sale_id, scope=queries.REACH, rule="BIL-7", show=_show(sale_id)
    )


@router.post("/region-sales/{sale_id}:approve", summary="Den andra regionen köper")
async def approve_region_sale(
    sale_id: UUID, body: ApproveSaleBody, commands: Commands
) -> RegionSaleWithLines:
    """Den andra regionen köper det som föreslogs: hyran upphör, och det debiteras (BIL-7).

    Nekas: UNKNOWN_REGION_SALE, SALE_ENDED, NOT_PROPOSED (BIL-7), SOLD_BEFORE_LOAN (DAY-5),
    CUSTOMER_SERVICE_ONLY (REF-12).
    """
    command = ApproveRegionSale(sold_on=body.sold_on, by=commands.caller.user_id)
    return await commands.run(
        command, target=sale_id, scope=queries.REACH, rule="BIL-7", show=_show(sale_id)
    )


@router.post("/region-sales/{sale_id}:disapprove", summary="Den andra regionen köper inte")
async def disapprove_region_sale(sale_id: UUID, commands: Commands) -> RegionSaleWithLines:
    """Den andra regionen köper inte: hjälpmedlen ska återlämnas (BIL-7).

    Nekas: UNKNOWN_REGION_SALE, SALE_ENDED (BIL-7), CUSTOMER_SERVICE_ONLY (REF-12).
    """
    command = DisapproveRegionSale(by=commands.caller.user_id)
    return await commands.run(
        command, target=sale_id, scope=queries.REACH, rule="BIL-7", show=_show(sale_id)
    )


def _show(key: UUID) -> Callable[[Transaction], Awaitable[RegionSaleWithLines]]:
    async def show(tx: Transaction) -> RegionSaleWithLines:
        return await _with_lines(tx, await tx.get(RegionSaleRow, key, rule="BIL-7"))

    return show


async def _with_lines(tx: Transaction, row: RegionSaleRow) -> RegionSaleWithLines:
    named = [line.device_id for line in row.lines] + [one.device_id for one in row.refused]
    devices = await tx.look_up_all(DeviceRow, set(named))
    numbers = [one.device_number for one in devices]
    return RegionSaleWithLines.with_lines(
        row,
        devices=devices,
        bought=await tx.look_up_all(TakeoverRow, numbers),
        charges=await queries.charges_of(tx, row),
    )
