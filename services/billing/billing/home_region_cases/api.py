"""Home-region cases over HTTP: listed, shown, committed, finished. No rule here."""

from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from fastapi import Query
from kvitt_chassis.filters import Eq, Where
from kvitt_chassis.http import (
    ApiRouter,
    Commands,
    ListOf,
    ListQuery,
    Page,
    Reader,
    RegionReader,
    Scope,
    named,
)
from kvitt_chassis.transaction import Transaction
from kvitt_chassis.web.reading import ReadTransaction
from kvitt_chassis.web.stories import Story, told
from kvitt_contracts.billing import CommitHomeRegion, FinishFitting
from kvitt_contracts.types import PayerId, ServicePointId
from sqlalchemy import ColumnElement, and_, exists, or_, select

from billing.domain import ChargeStatus
from billing.home_region_cases import domain, story
from billing.home_region_cases.domain import CaseStatus
from billing.home_region_cases.models import HomeRegionCaseRow
from billing.home_region_cases.views import (
    CommitBody,
    FinishBody,
    HomeRegionCaseView,
    HomeRegionCaseWithCharges,
)
from billing.home_region_cases.writes import REMIND
from billing.models import ChargeRow, DeviceRow

router = ApiRouter(tags=["Patienter från annan region"])

REACH = Scope(HomeRegionCaseRow.region, service_points=[HomeRegionCaseRow.service_point])
"""A unit reaches the cases of whom it fits; customer service all."""


class WaitsFor(StrEnum):
    """What a case waits for."""

    COMMITMENT = "commitment"
    FINISH = "finish"


def _waits_for(what: WaitsFor, reader: RegionReader) -> ColumnElement[bool]:
    if what is WaitsFor.COMMITMENT:
        return and_(
            HomeRegionCaseRow.status != CaseStatus.ENDED,
            HomeRegionCaseRow.kind == domain.BY_HOME_REGION,
            HomeRegionCaseRow.reference.is_(None),
        )
    waiting = exists().where(
        ChargeRow.region == HomeRegionCaseRow.region,
        ChargeRow.order_id == HomeRegionCaseRow.id,
        ChargeRow.kind == domain.KIND,
        ChargeRow.status == ChargeStatus.DEFERRED,
    )
    nothing_yet = HomeRegionCaseRow.last_due_on.is_(None)
    is_lent = HomeRegionCaseRow.devices != ()
    return and_(HomeRegionCaseRow.status == CaseStatus.OPEN, or_(nothing_yet, is_lent, waiting))


class HomeRegionCaseQuery(ListQuery):
    """Which cases."""

    waits_for: Annotated[
        WaitsFor | None, Where(_waits_for, "Väntar på förbindelse, eller på avslut")
    ] = None
    status: Annotated[CaseStatus | None, Eq(HomeRegionCaseRow.status)] = None
    service_point: Annotated[
        ServicePointId | None, Eq(HomeRegionCaseRow.service_point, "Enheten som provar ut")
    ] = None
    payer_id: Annotated[PayerId | None, Eq(HomeRegionCaseRow.payer_id, "Betalaren")] = None


CASES = ListOf(
    select(HomeRegionCaseRow),
    scope=REACH,
    sorts=named(HomeRegionCaseRow.opened_on, HomeRegionCaseRow.order_number),
    default="-opened_on",
    view=HomeRegionCaseView.of,
)


@router.get("/home-region-cases", summary="Ärenden som andra regioner eller staten betalar")
async def list_home_region_cases(
    reader: Reader, asked: Annotated[HomeRegionCaseQuery, Query()]
) -> Page[HomeRegionCaseView]:
    """Patienter från andra regioner, och de som staten betalar för; de senaste först (BIL-5,
    BIL-11).
    """
    return await CASES.page(asked, reader)


@router.get("/home-region-cases/{order_id}", summary="Ett ärende")
async def show_home_region_case(
    order_id: UUID, reader: Reader, tx: ReadTransaction
) -> HomeRegionCaseWithCharges:
    """Ett ärende: vad det väntar på, av vem och hur länge, och vad som debiteras (BIL-5)."""
    await reader.get(HomeRegionCaseRow, order_id, scope=REACH, rule="BIL-5")
    return await _show(order_id)(tx)


@router.get("/home-region-cases/{order_id}/story", summary="Vad som har hänt")
async def tell_home_region_case(order_id: UUID, reader: Reader, tx: ReadTransaction) -> Story:
    """Varför ett ärende är som det är, och vad som kommer (REF-6)."""
    row = await reader.get(HomeRegionCaseRow, order_id, scope=REACH, rule="BIL-5")
    due = await reader.due(*story.TIMERS, of=[order_id])
    shown = await _show(order_id)(tx)
    days = [wait.until for wait in shown.waits if wait.until is not None]
    return Story(
        items=told(await reader.log_of(row), by=story.tell),
        next=list(story.what_comes(days, remind_at=due.get(REMIND.name))),
    )


@router.post("/home-region-cases/{order_id}:commit", summary="Registrera betalningsförbindelse")
async def commit_home_region(
    order_id: UUID, body: CommitBody, commands: Commands
) -> HomeRegionCaseWithCharges:
    """Registrera hemregionens godkännande och betalningsförbindelse; enheten sparar handlingen
    (BIL-5). Den senaste gäller.

    Nekas: UNKNOWN_ORDER, CASE_ENDED (BIL-5), NO_COMMITMENT_NEEDED (BIL-11), NOT_YOUR_UNIT (REF-3),
    DAY_IN_THE_FUTURE, DAY_TOO_LONG_AGO (DAY-1).
    """
    command = CommitHomeRegion(
        approved_on=body.approved_on, reference=body.reference, by=commands.caller.user_id
    )
    return await commands.run(
        command, target=order_id, scope=REACH, rule="BIL-5", show=_show(order_id)
    )


@router.post("/home-region-cases/{order_id}:finish", summary="Utprovning avslutad")
async def finish_fitting(
    order_id: UUID, body: FinishBody, commands: Commands
) -> HomeRegionCaseWithCharges:
    """Rapportera att utprovningen är avslutad: det som väntade debiteras (BIL-5, BIL-11).

    Nekas: UNKNOWN_ORDER, CASE_ENDED, ALREADY_FINISHED (BIL-5), NOT_YOUR_UNIT (REF-3),
    DAY_IN_THE_FUTURE, DAY_TOO_LONG_AGO (DAY-1).
    """
    command = FinishFitting(finished_on=body.finished_on, by=commands.caller.user_id)
    return await commands.run(
        command, target=order_id, scope=REACH, rule="BIL-5", show=_show(order_id)
    )


def _show(order_id: UUID) -> Callable[[Transaction], Awaitable[HomeRegionCaseWithCharges]]:
    async def show(tx: Transaction) -> HomeRegionCaseWithCharges:
        row = await tx.get(HomeRegionCaseRow, order_id, rule="BIL-5")
        of_order = await tx.search_all(ChargeRow, ChargeRow.order_id, order_id)
        charges = [one for one in of_order if one.kind == domain.KIND]
        lent = await tx.look_up_all(DeviceRow, row.devices)
        waiting = [one for one in lent if one.waits_until and one.waits_until > tx.today]
        return HomeRegionCaseWithCharges.with_charges(row, charges, waiting)

    return show
