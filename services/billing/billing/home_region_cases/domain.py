"""The rules of a home-region case: what waits for the fitting's end, until when, and what ends it
(BIL-5, BIL-11). No clock, no database.
"""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import zip_longest
from typing import Final

from kvitt_contracts.billing import (
    ChargeCause,
    ChargeDeferred,
    ChargeRaisedV2,
    CommitmentRecorded,
    FittingFinished,
    HomeRegionCaseEnded,
    HomeRegionCaseEvent,
    HomeRegionCaseOpened,
    HomeRegionReminderDue,
)
from kvitt_contracts.copying import same_fields
from kvitt_contracts.inventory import LineDelivered
from kvitt_contracts.orders import OrderPlaced, OrderPlacedV2
from kvitt_contracts.policy import RegionPolicy
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import (
    ChargeId,
    Money,
    OrderId,
    OrderNumber,
    PayerId,
    ReasonCode,
    Reference,
    ServicePointId,
    UnitPayer,
    UserId,
    Word,
)

from billing.domain import Charge, ChargeStatus

KIND: Final = Word("home_region")
"""The kind of a charge that waits for a fitting's end; the state's too."""

BY_HOME_REGION: Final = Word("home_region")
BY_STATE: Final = Word("state")

MONTHS: Final = 6
"""Where the policy says nothing any more (BIL-5, BIL-11)."""

TOLD_BEFORE: Final = timedelta(days=30)
"""So long before a charge falls due by itself the unit is told (ours)."""

ORDER_VOIDED: Final = ReasonCode("ORDER_VOIDED")
ORDER_DECLINED: Final = ReasonCode("ORDER_DECLINED")


class CaseStatus(StrEnum):
    """Where a case is: its fitting goes on, is finished, or its order has no effect."""

    OPEN = "open"
    FINISHED = "finished"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeRegionCase:
    """An order that another region or the state pays for, `kind` which. The home region approved
    it on `approved_on` and undertakes to pay by `reference`; the fitting ended on `finished_on`,
    which was told on `reported_on`.
    """

    order_number: OrderNumber
    payer_id: PayerId
    kind: Word
    service_point: ServicePointId
    prescriber: UserId
    opened_on: date
    status: CaseStatus = CaseStatus.OPEN
    approved_on: date | None = None
    reference: Reference | None = None
    finished_on: date | None = None
    reported_on: date | None = None
    ended_for: ReasonCode | None = None

    @property
    def lacks_commitment(self) -> bool:
        """True while a home region's payment commitment is not recorded; the state gives none."""
        return self.kind == BY_HOME_REGION and self.reference is None


def open_case(placed: OrderPlaced | OrderPlacedV2) -> tuple[HomeRegionCaseOpened, ...]:
    """Open a case of an order with a cover; no event of any other."""
    if isinstance(placed, OrderPlaced) or placed.cover is None:
        return ()
    return (
        HomeRegionCaseOpened(
            order_id=placed.order_id,
            order_number=placed.order_number,
            payer_id=placed.cover.payer_id,
            kind=placed.cover.kind,
            service_point=placed.service_point,
            prescriber=placed.prescriber,
            opened_on=placed.placed_on,
        ),
    )


def commit(
    order_id: OrderId,
    case: HomeRegionCase,
    *,
    approved_on: date,
    reference: Reference,
    by: UserId,
) -> tuple[CommitmentRecorded, ...]:
    """Record the home region's payment commitment; the latest holds (BIL-5).

    Returns no event where it is recorded so. Raises Refused: CASE_ENDED (BIL-5),
    NO_COMMITMENT_NEEDED, of the state's (BIL-11).
    """
    must_go_on(case)
    if case.kind == BY_STATE:
        raise Refused(
            "NO_COMMITMENT_NEEDED",
            rule="BIL-11",
            way_on="Staten ger ingen betalningsförbindelse. Rapportera när utprovningen är"
            " avslutad.",
        )
    if (case.approved_on, case.reference) == (approved_on, reference):
        return ()
    recorded = CommitmentRecorded(
        order_id=order_id, approved_on=approved_on, reference=reference, by=by
    )
    return (recorded,)


# decision 0432: what counts is the day on which it is reported
def finish(
    order_id: OrderId, case: HomeRegionCase, *, finished_on: date, by: UserId, today: date
) -> tuple[FittingFinished, ...]:
    """Report the fitting finished: from `today` on nothing waits any longer (BIL-5, BIL-11).

    Returns no event where it was reported so. Raises Refused (BIL-5): CASE_ENDED,
    ALREADY_FINISHED, with another day.
    """
    must_go_on(case)
    if case.finished_on == finished_on:
        return ()
    if case.finished_on is not None:
        raise Refused(
            "ALREADY_FINISHED",
            rule="BIL-5",
            field="finished_on",
            way_on="Utprovningen är redan rapporterad avslutad. Inget mer behöver göras.",
            finished_on=case.finished_on,
        )
    finished = FittingFinished(order_id=order_id, finished_on=finished_on, reported_on=today, by=by)
    return (finished,)


def end(
    order_id: OrderId, case: HomeRegionCase, *, reason: ReasonCode
) -> tuple[HomeRegionCaseEnded, ...]:
    """The order has no effect: nobody is waited for. No event where the case has ended."""
    if case.status is CaseStatus.ENDED:
        return ()
    return (HomeRegionCaseEnded(order_id=order_id, reason=reason),)


def must_go_on(case: HomeRegionCase) -> None:
    """Check that a case has not ended with its order. Raises Refused (CASE_ENDED, BIL-5)."""
    if case.status is CaseStatus.ENDED:
        raise Refused(
            "CASE_ENDED",
            rule="BIL-5",
            way_on="Ordern är makulerad eller avvisad: inget debiteras. Lägg en ny order.",
        )


def must_work_at(
    case: HomeRegionCase, *, is_staff: bool, service_points: Iterable[ServicePointId]
) -> None:
    """Check that who acts works at the unit that fits, or in customer service. Raises Refused
    (NOT_YOUR_UNIT, REF-3).
    """
    if is_staff or case.service_point in service_points:
        return
    raise Refused(
        "NOT_YOUR_UNIT",
        rule="REF-3",
        field="by",
        way_on="Bara enheten som provar ut, eller kundtjänst, rapporterar det.",
    )


def evolve(case: HomeRegionCase | None, event: HomeRegionCaseEvent) -> HomeRegionCase:
    """Returns the case after an event. Raises ValueError for another event first."""
    if isinstance(event, HomeRegionCaseOpened):
        return HomeRegionCase(**same_fields(event, HomeRegionCase))
    if case is None:
        raise ValueError(f"{event.wire_type} before the case is opened")
    match event:
        case CommitmentRecorded():
            return replace(case, approved_on=event.approved_on, reference=event.reference)
        case FittingFinished():
            return replace(
                case,
                status=CaseStatus.FINISHED,
                finished_on=event.finished_on,
                reported_on=event.reported_on,
            )
        case HomeRegionCaseEnded():
            return replace(case, status=CaseStatus.ENDED, ended_for=event.reason)
        case HomeRegionReminderDue():
            return case


# -- what waits ------------------------------------------------------------------------------------


def due_on(delivered_on: date, policy: RegionPolicy) -> date:
    """The day on which what was delivered on a day is invoiced without further contact: the
    policy's months later, on the month's last day where it has no such day (BIL-5, BIL-11).
    """
    months = policy.home_region.invoice_after_months if policy.home_region else MONTHS
    years, month = divmod(delivered_on.month - 1 + months, 12)
    year, month = delivered_on.year + years, month + 1
    return date(year, month, min(delivered_on.day, monthrange(year, month)[1]))


def waits_until(case: HomeRegionCase, *, delivered_on: date, due: date) -> date:
    """Until when the payer is not invoiced for what was delivered on a day: `due`, or earlier when
    the fitting is reported finished, and never before the delivery.
    """
    return due if case.reported_on is None else min(due, max(case.reported_on, delivered_on))


def defer(
    charge_ids: Sequence[ChargeId],
    delivered: LineDelivered,
    case: HomeRegionCase,
    *,
    unit_price: Money,
    policy: RegionPolicy,
) -> tuple[ChargeDeferred, ...]:
    """What was sold is owed later, of each unit by itself, since each is returned by itself (BIL-2,
    BIL-5). `charge_ids` has one for each unit; `unit_price` is in öre without VAT.
    """
    due = due_on(delivered.delivered_on, policy)
    units = zip_longest(charge_ids, delivered.devices)
    return tuple(
        ChargeDeferred(
            charge_id=charge_id,
            kind=KIND,
            payer=UnitPayer(payer_id=case.payer_id),
            cause=ChargeCause(
                order_id=delivered.order_id, line_id=delivered.line_id, device_id=device_id
            ),
            article_number=delivered.article_number,
            quantity=1,
            amount=unit_price,
            devices=(device_id,) if device_id else (),
            received_on=delivered.delivered_on,
            due_on=due,
            policy=policy.pin,
        )
        for charge_id, device_id in units
    )


def fall_due(
    charge_id: ChargeId, charge: Charge, case: HomeRegionCase, *, today: date
) -> tuple[ChargeRaisedV2, ...]:
    """What waited is owed when the fitting is reported finished, or from its own day on. No event
    for what does not wait, or not so long.
    """
    if charge.status is not ChargeStatus.DEFERRED or charge.due_on is None:
        return ()
    until = waits_until(case, delivered_on=charge.received_on or charge.due_on, due=charge.due_on)
    if until > today:
        return ()
    raised = ChargeRaisedV2(
        charge_id=charge_id,
        kind=KIND,
        payer=charge.payer,
        cause=ChargeCause(
            order_id=charge.order_id, line_id=charge.line_id, device_id=charge.device_id
        ),
        article_number=charge.article_number,
        quantity=charge.quantity,
        amount=charge.amount,
        charged_on=until,
    )
    return (raised,)


# -- who is told -----------------------------------------------------------------------------------


def missed_at_delivery(
    order_id: OrderId, case: HomeRegionCase, *, due: date
) -> tuple[HomeRegionReminderDue, ...]:
    """Tell who prescribed, and the unit, that something was delivered without the home region's
    commitment (BIL-5).
    """
    if not case.lacks_commitment or case.status is CaseStatus.ENDED:
        return ()
    return (_reminder(order_id, case, due=due, is_fitting_open=False),)


def remind(
    order_id: OrderId, case: HomeRegionCase, due_days: Iterable[date], *, today: date
) -> tuple[HomeRegionReminderDue, ...]:
    """Tell them what is missing, in good time before the payer is invoiced without it (BIL-5,
    BIL-11).
    """
    near = [day for day in due_days if day - TOLD_BEFORE <= today < day]
    if case.status is not CaseStatus.OPEN or not near:
        return ()
    return (_reminder(order_id, case, due=min(near), is_fitting_open=True),)


def remind_next(due_days: Iterable[date], *, after: date) -> date | None:
    """The first day later than `after` on which they are to be told; None where none is left."""
    days = (day - TOLD_BEFORE for day in due_days)
    return min((day for day in days if day > after), default=None)


def _reminder(
    order_id: OrderId, case: HomeRegionCase, *, due: date, is_fitting_open: bool
) -> HomeRegionReminderDue:
    return HomeRegionReminderDue(
        order_id=order_id,
        service_point=case.service_point,
        prescriber=case.prescriber,
        is_commitment_missing=case.lacks_commitment,
        is_fitting_open=is_fitting_open,
        due_on=due,
    )
