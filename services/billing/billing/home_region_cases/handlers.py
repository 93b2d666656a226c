"""Handlers of home-region cases: committed, finished, ended with their order, reminded of."""

from collections.abc import Iterable
from datetime import datetime

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.billing import CommitHomeRegion, FinishFitting
from kvitt_contracts.calendar import start_of_day
from kvitt_contracts.orders import OrderDeclined, OrderVoided
from kvitt_contracts.types import OrderId

from billing.home_region_cases import domain
from billing.home_region_cases.models import HomeRegionCaseRow
from billing.home_region_cases.writes import DUE, REMIND, end_waits, raise_if_due, still_waits
from billing.models import ChargeRow, UserRow

messages = Handlers()


def _who_acts(command: CommitHomeRegion | FinishFitting, tx: Transaction) -> Iterable[RowKey]:
    yield UserRow, command.by


@messages.command(CommitHomeRegion, of=HomeRegionCaseRow, rule="BIL-5", reads=_who_acts)
async def commit_home_region(
    row: HomeRegionCaseRow, command: CommitHomeRegion, tx: Transaction
) -> None:
    """Record the home region's payment commitment (BIL-5).

    Refused: UNKNOWN_ORDER (BIL-5), UNKNOWN_USER, NOT_YOUR_UNIT (REF-3), CASE_ENDED (BIL-5),
    NO_COMMITMENT_NEEDED (BIL-11).
    """
    await _must_work_there(row, command, tx)
    recorded = domain.commit(
        OrderId(row.id),
        row.state(),
        approved_on=command.approved_on,
        reference=command.reference,
        by=command.by,
    )
    tx.record(row, *recorded)


@messages.command(FinishFitting, of=HomeRegionCaseRow, rule="BIL-5", reads=_who_acts)
async def finish_fitting(row: HomeRegionCaseRow, command: FinishFitting, tx: Transaction) -> None:
    """The fitting is reported finished, by the unit or by the system that a private clinic reports
    in: what waited is charged (BIL-5, BIL-11).

    Refused: UNKNOWN_ORDER (BIL-5), UNKNOWN_USER, NOT_YOUR_UNIT (REF-3), CASE_ENDED,
    ALREADY_FINISHED (BIL-5).
    """
    await _must_work_there(row, command, tx)
    finished = domain.finish(
        OrderId(row.id),
        row.state(),
        finished_on=command.finished_on,
        by=command.by,
        today=tx.today,
    )
    tx.record(row, *finished)
    if finished:
        await end_waits(row, tx)


@messages.on(
    OrderVoided, OrderDeclined, loads=lambda event, _: [(HomeRegionCaseRow, event.order_id)]
)
async def on_order_without_effect(event: OrderVoided | OrderDeclined, tx: Transaction) -> None:
    """The order has no effect: its case ends, where it has one (BIL-5)."""
    row = await tx.find(HomeRegionCaseRow, event.order_id)
    if row is not None:
        is_voided = isinstance(event, OrderVoided)
        reason = domain.ORDER_VOIDED if is_voided else domain.ORDER_DECLINED
        tx.record(row, *domain.end(event.order_id, row.state(), reason=reason))
        tx.cancel_timer(REMIND, key=row.id)


@messages.timer(DUE)
async def charge_without_contact(row: ChargeRow, due: datetime, tx: Transaction) -> None:
    """Invoice the payer without further contact, the policy's months after the delivery (BIL-5,
    BIL-11).
    """
    if row.order_id is not None:
        case = await tx.get(HomeRegionCaseRow, row.order_id)
        await raise_if_due(row, case, tx)


@messages.timer(REMIND)
async def remind_of_case(row: HomeRegionCaseRow, due: datetime, tx: Transaction) -> None:
    """Tell who prescribed, and the unit, that the payer is soon invoiced without further contact
    (BIL-5, BIL-11).
    """
    if await still_waits(row, tx):
        days = row.due_days
        tx.record(row, *domain.remind(OrderId(row.id), row.state(), days, today=tx.today))
    later = domain.remind_next(row.due_days, after=tx.today)
    if later is not None and row.status is domain.CaseStatus.OPEN:
        tx.schedule(REMIND, key=row.id, due=start_of_day(later))


async def _must_work_there(
    row: HomeRegionCaseRow, command: CommitHomeRegion | FinishFitting, tx: Transaction
) -> None:
    user = await tx.get(UserRow, command.by, rule="REF-3", field="by")
    is_staff = user.may_for_all("billing.home-region-case.commit")
    domain.must_work_at(row.state(), is_staff=is_staff, service_points=user.service_points)
