"""A patient of another region, where the region's policy of the days after the month has a payer
for that region: what is rented and what is sold waits until the fitting is reported finished, and
the home region is invoiced for both (BIL-5).
"""

from datetime import timedelta
from functools import partial
from typing import Final

from kvitt_contracts.billing import CommitHomeRegion, FinishFitting
from kvitt_contracts.envelope import Command
from kvitt_contracts.orders import CoveredByRegion, Delivery, PlaceOrder, UnitAddress
from kvitt_contracts.policy import RegionPolicy
from kvitt_contracts.regions import PayerStated
from kvitt_contracts.types import PayerId, Reference, RegionCode

from examples.generator.month import Month, june
from examples.generator.ordering import dispatch, line_of, patient
from examples.generator.own_devices import AT, reachable
from examples.generator.responsibles import service_point_at, team

HOME: Final = RegionCode("ac")
_NAME: Final = "Region Västerbotten, hjälpmedel"
_PATIENT: Final = 32


def is_in(policy: RegionPolicy) -> bool:
    """True where another region's payer is in the policy."""
    return policy.home_region is not None and HOME in policy.home_region.payers


def plan_home_region(month: Month, policy: RegionPolicy) -> None:
    """Ordered, delivered, committed, finished. `policy`: the one that has the payer."""
    assert policy.home_region is not None
    payer = policy.home_region.payers[HOME]
    name = f"{month.profile.sends_order}-HEMREGION-1"
    by, *_ = team(month.units, AT)
    month.plan(june(3), partial(_state, month, payer))
    month.plan(june(4), partial(_order, month, name))
    month.plan(june(5), partial(dispatch, month, name, [1, 2]))
    committed = CommitHomeRegion(approved_on=june(3), reference=Reference("BF-2026-0417"), by=by)
    _plan(month, 9, name, committed)
    # reported a day after: what counts is the day on which it is reported
    _plan(month, 11, name, FinishFitting(finished_on=june(11) - timedelta(days=1), by=by))


def _state(month: Month, payer: PayerId) -> None:
    stated = PayerStated(version=1, payer_id=payer, name=_NAME)
    month.send("orders", payer, stated)


def _order(month: Month, name: str) -> None:
    by, *_ = team(month.units, AT)
    order = PlaceOrder(
        recipient=patient(reachable(month.model.world.people)[_PATIENT]),
        prescriber=by,
        service_point=service_point_at(month.units, AT),
        cover=CoveredByRegion(region=HOME),
        lines=(line_of(_in_central(month, marked=True)), line_of(_in_central(month), 2)),
        delivery=Delivery(to=UnitAddress()),
    )
    month.send("orders", name, order)


def _plan(month: Month, day: int, name: str, command: Command) -> None:
    month.plan(june(day), partial(month.send, "billing", name, command))


def _in_central(month: Month, *, marked: bool = False) -> str:
    """An article that the central store has: a marked one is rented, another is sold."""
    charging = "rent" if marked else "sale"
    return next(
        one.article.article_number
        for one in reversed(month.listed)
        if one.kind.stock and one.kind.marked is marked and one.kind.charging == charging
    )
