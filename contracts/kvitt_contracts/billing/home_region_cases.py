"""Topic `billing.home-region-cases` (key: the order's id): recipients whom another payer than the
region covers (BIL-5, BIL-11).
"""

from datetime import date

from kvitt_contracts.day_bounds import HappenedOn
from kvitt_contracts.envelope import Command, Event
from kvitt_contracts.types import (
    OrderId,
    OrderNumber,
    PayerId,
    ReasonCode,
    Reference,
    ServicePointId,
    UserId,
    Word,
)


class HomeRegionCaseOpened(Event, type="billing.home-region-case.opened.v1"):
    """An order has a cover, `home_region` or `state`: its charges wait for the fitting's end.

    Without it each falls due the policy's months after its own delivery.
    """

    order_id: OrderId
    order_number: OrderNumber
    payer_id: PayerId
    kind: Word
    service_point: ServicePointId
    prescriber: UserId
    opened_on: date


class CommitmentRecorded(Event, type="billing.home-region-case.commitment-recorded.v1"):
    """The home region's payment commitment is recorded; the unit stores the document (BIL-5). The
    latest holds.
    """

    order_id: OrderId
    approved_on: date
    reference: Reference
    by: UserId


class FittingFinished(Event, type="billing.home-region-case.fitting-finished.v1"):
    """The fitting, which ended on `finished_on`, is reported finished: what was delivered until
    `reported_on` falls due on that day, what comes later when it is delivered (BIL-5, BIL-11).
    """

    order_id: OrderId
    finished_on: date
    reported_on: date
    by: UserId


class HomeRegionCaseEnded(Event, type="billing.home-region-case.ended.v1"):
    """The order has no effect: `reason` ORDER_VOIDED or ORDER_DECLINED. Nothing is charged."""

    order_id: OrderId
    reason: ReasonCode


class HomeRegionReminderDue(Event, type="billing.home-region-case.reminder-due.v1"):
    """The prescriber and the unit are to be told what a case waits for (BIL-5, BIL-11).

    `is_commitment_missing` when something was delivered without it, and again in good time before
    `due_on`, when the payer is invoiced without further contact. `is_fitting_open` then alone.
    """

    order_id: OrderId
    service_point: ServicePointId
    prescriber: UserId
    is_commitment_missing: bool
    is_fitting_open: bool
    due_on: date


HomeRegionCaseEvent = (
    HomeRegionCaseOpened
    | CommitmentRecorded
    | FittingFinished
    | HomeRegionCaseEnded
    | HomeRegionReminderDue
)
"""Every event of a home-region case."""


# -- commands: the subject is the reference that the order was placed under -----------------------


class CommitHomeRegion(Command, type="billing.home-region-case.commit.v1"):
    """Record the home region's payment commitment (BIL-5)."""

    approved_on: HappenedOn
    reference: Reference
    by: UserId


class FinishFitting(Command, type="billing.home-region-case.finish.v1"):
    """Report the fitting finished (BIL-5, BIL-11)."""

    finished_on: HappenedOn
    by: UserId
