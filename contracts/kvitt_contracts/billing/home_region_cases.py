"""Topic `billing.home-region-cases` (key: the order's id): recipients whom another payer than the
region covers (BIL-5, BIL-11). Reserved.
"""

from datetime import date

from kvitt_contracts.day_bounds import HappenedOn
from kvitt_contracts.envelope import Command, Event
from kvitt_contracts.types import OrderId, PayerId, Reference, ServicePointId, UserId, Word


class HomeRegionCaseOpened(Event, type="billing.home-region-case.opened.v1"):
    """An order has a cover, `home_region` or `state`: its charges wait for the fitting's end.

    Without it each falls due the policy's months after its own delivery.
    """

    order_id: OrderId
    payer_id: PayerId
    kind: Word
    service_point: ServicePointId


class CommitmentRecorded(Event, type="billing.home-region-case.commitment-recorded.v1"):
    """The home region's payment commitment is recorded; the unit stores the document (BIL-5)."""

    order_id: OrderId
    approved_on: date
    reference: Reference
    by: UserId


class FittingFinished(Event, type="billing.home-region-case.fitting-finished.v1"):
    """The fitting is reported finished: its charges fall due (BIL-5, BIL-11)."""

    order_id: OrderId
    finished_on: date
    by: UserId


HomeRegionCaseEvent = HomeRegionCaseOpened | CommitmentRecorded | FittingFinished
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
