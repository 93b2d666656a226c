"""Stocktakings over HTTP (INV-10). No rule here."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Path
from kvitt_chassis.http import ApiRouter, Body, CommandRunner, Commands, Reader, Scope
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.day_bounds import HappenedAt, HappenedOn
from kvitt_contracts.inventory import (
    CancelStocktaking,
    FindDevice,
    OpenStocktaking,
    PostStocktaking,
)
from kvitt_contracts.regions import CountedLines
from kvitt_contracts.types import (
    ArticleNumber,
    DeviceId,
    DeviceNumber,
    ServicePointId,
    StocktakingId,
    StoreId,
    UserId,
    identify,
)
from pydantic import BaseModel, ConfigDict, Field

from inventory.devices.api import SCOPE as DEVICES
from inventory.devices.models import DeviceRow
from inventory.stocktakings import domain
from inventory.stocktakings.commands import CountShelf
from inventory.stocktakings.models import StocktakingRow
from inventory.stocktakings.queries import articles_to_count
from inventory.stores.models import StoreRow
from inventory.stores.queries import are_own_stores
from inventory.views import FromRow

router = ApiRouter(tags=["Inventering"])

SCOPE = Scope(StoreRow.region, also=are_own_stores)

Place = Annotated[StoreId, Path(description="Förrådet")]


class CountedView(FromRow):
    """Vad som räknats av en artikel: det som räknades sist."""

    article_number: ArticleNumber
    counted: Annotated[int, Field(description="Antal på hyllan")]
    devices: Annotated[tuple[DeviceId, ...], Field(description="Individer som hittats")]
    counted_at: datetime


class StocktakingView(FromRow):
    """Ett förråds inventering (INV-10)."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "store": "402",
                    "service_point": "40210",
                    "is_private_clinic": False,
                    "status": "opened",
                    "planned_on": "2026-11-30",
                    "basis_at": "2026-11-27T07:00:00Z",
                    "posted_on": "2025-11-26",
                    "counts": [],
                }
            ]
        },
    )

    store: StoreId
    service_point: ServicePointId | None
    is_private_clinic: bool
    status: Annotated[domain.Status, Field(description="Hur långt inventeringen har kommit")]
    planned_on: Annotated[date, Field(description="Senast då ska förrådet vara räknat")]
    basis_at: Annotated[datetime | None, Field(description="När inventeringen öppnades")]
    posted_on: Annotated[date | None, Field(description="När den senaste bokfördes")]
    counts: tuple[CountedView, ...]


class ToCount(FromRow):
    """En artikel att räkna."""

    article_number: ArticleNumber
    name: str
    marked: Annotated[bool, Field(description="Individmärkt: räknas med sina individnummer")]


class StocktakingWithBasis(BaseModel):
    """Inventeringen och vad som ska räknas."""

    stocktaking: Annotated[StocktakingView | None, Field(description="Ingen: aldrig öppnad")]
    to_count: Annotated[
        list[ToCount], Field(description="Det som har saldo eller har rört sig sedan den förra")
    ]


class CountBody(Body):
    """Vad som har räknats."""

    counted_at: Annotated[
        HappenedAt | None, Field(description="När hyllan räknades; annars nu")
    ] = None
    lines: CountedLines


class FindBody(Body):
    """Var hjälpmedlet hittades."""

    store: StoreId
    found_on: HappenedOn
    asked_by: Annotated[UserId, Field(description="Vem som bad om det (REF-12)")]


class FoundView(BaseModel):
    """Ett hjälpmedel som är hittat."""

    device_number: DeviceNumber
    store: StoreId


@router.get("/stores/{store}/stocktaking")
async def show_stocktaking(store: Place, reader: Reader) -> StocktakingWithBasis:
    """Förrådets inventering, och vad som ska räknas: huvudhjälpmedel, tillbehör och reservdelar
    som har saldo eller har rört sig sedan den förra; inte tjänster.
    """
    await reader.get(StoreRow, store, scope=SCOPE, rule="INV-10")
    row = await reader.look_up(StocktakingRow, identify(reader.region, "stocktaking", store))
    articles = await articles_to_count(reader, store, since=row.posted_on if row else None)
    return StocktakingWithBasis(
        stocktaking=StocktakingView.of(row) if row else None,
        to_count=[ToCount.of(one) for one in articles],
    )


@router.post("/stores/{store}/stocktaking:open")
async def open_stocktaking(store: Place, commands: Commands) -> StocktakingView:
    """Börja räkna ett förråd. Verksamheten fortsätter under tiden.

    Nekas: UNKNOWN_STORE, NOT_COUNTED, STORE_ELSEWHERE, ALREADY_OPEN (INV-10).
    """
    return await _run(OpenStocktaking(store=store, by=commands.caller.user_id), store, commands)


@router.post("/stores/{store}/stocktaking:count")
async def count_shelf(store: Place, body: CountBody, commands: Commands) -> StocktakingView:
    """Registrera vad som har räknats. En artikel som räknas om ersätter det som räknades förut.

    Nekas: UNKNOWN_STOCKTAKING, NOT_OPENED, COUNTED_OUTSIDE, UNKNOWN_ARTICLE,
    SERVICE_IS_NOT_COUNTED, CONTRIBUTION_IS_NOT_COUNTED (INV-16), COUNTED_TWICE,
    DEVICES_DO_NOT_MATCH, UNKNOWN_DEVICE, DEVICE_NOT_IN_STORE (INV-10).
    """
    command = CountShelf(store=store, by=commands.caller.user_id, **dict(body))
    return await _run(command, store, commands)


@router.post("/stores/{store}/stocktaking:post")
async def post_stocktaking(store: Place, commands: Commands) -> StocktakingView:
    """Bokför skillnaderna: det gör kundtjänst. Hjälpmedel som saknas söks i utredningsförrådet.

    Nekas: UNKNOWN_STOCKTAKING, NOT_OPENED, NOTHING_COUNTED, COUNTED_APART, TOO_MANY_DIFFERENCES,
    NO_INVESTIGATION_STORE, PROMISED_IS_MISSING (INV-10), CUSTOMER_SERVICE_ONLY (REF-12); räknades
    mer än vad som är bokfört, PURCHASING_STORE_HAS_NO_BALANCE (INV-4),
    PRIVATE_CLINIC_HOLDS_NO_STOCK (REF-7).
    """
    return await _run(PostStocktaking(store=store, by=commands.caller.user_id), store, commands)


@router.post("/stores/{store}/stocktaking:cancel")
async def cancel_stocktaking(store: Place, commands: Commands) -> StocktakingView:
    """Avbryt inventeringen: inget bokförs.

    Nekas: UNKNOWN_STOCKTAKING, STORE_ELSEWHERE, NOT_OPENED (INV-10).
    """
    return await _run(CancelStocktaking(store=store, by=commands.caller.user_id), store, commands)


@router.post("/devices/{device_id}:find")
async def find_device(
    device_id: UUID, body: FindBody, commands: Commands, reader: Reader
) -> FoundView:
    """Ett hjälpmedel som saknades är hittat: det står i förrådet igen och kan användas.

    Nekas: UNKNOWN_DEVICE, UNKNOWN_STORE, NOT_INVESTIGATED, FOUND_IN_NO_STORE (INV-10),
    PURCHASING_STORE_HAS_NO_BALANCE (INV-4), PRIVATE_CLINIC_HOLDS_NO_STOCK (REF-7),
    CUSTOMER_SERVICE_ONLY (REF-12).
    """
    device = await reader.get(DeviceRow, device_id, scope=DEVICES, rule="INV-10")
    command = FindDevice(
        device_number=device.device_number, by=commands.caller.user_id, **dict(body)
    )

    async def show(tx: Transaction) -> FoundView:
        row = await tx.get(DeviceRow, device_id)
        return FoundView(device_number=row.device_number, store=row.state().store or body.store)

    return await commands.run(command, target=device_id, scope=DEVICES, rule="INV-10", show=show)


async def _run(
    command: OpenStocktaking | CountShelf | PostStocktaking | CancelStocktaking,
    store: StoreId,
    commands: CommandRunner,
) -> StocktakingView:
    key = StocktakingId(identify(commands.caller.region, "stocktaking", store))
    return await commands.run(
        command, target=key, scope=SCOPE, named=store, rule="INV-10", show=_show(key)
    )


def _show(key: StocktakingId) -> Callable[[Transaction], Awaitable[StocktakingView]]:
    async def show(tx: Transaction) -> StocktakingView:
        return StocktakingView.of(await tx.get(StocktakingRow, key))

    return show
