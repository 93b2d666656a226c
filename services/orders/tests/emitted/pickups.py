"""Stories of pickups, to their ends."""

from datetime import date
from itertools import product
from typing import Any

from kvitt_contracts.orders import MakePickupUrgent, ReportPickup, VoidPickup
from kvitt_contracts.types import LineNumber, UserId, Word
from kvitt_testkit.world import World, stockholm

from contracts.tests.builders.inventory import an_article_listed
from contracts.tests.builders.pickups import (
    a_claim_broken,
    a_claim_granted,
    a_claim_refused,
    a_claim_released,
)
from contracts.tests.builders.story import ROLLATOR, SENDER, SERVICE, a_care_unit
from services.orders.tests.pickups import DEVICES, devices_on_loan, requested_over_http


async def pickups_to_their_ends(world: World) -> None:
    """Pickups from patients and care units, by a name of the region's own or none, for days that
    are given or not: one is fetched in part and taken back in part, one is reported and late, one
    is refused, and one is never answered.
    """
    await devices_on_loan(world)
    day: dict[str, Any] = {"earliest_on": date(2026, 3, 6), "latest_on": date(2026, 3, 16)}
    days: tuple[dict[str, Any], ...] = (
        {},
        day,
        {"earliest_on": date(2026, 3, 6)},
        {"latest_on": date(2026, 3, 16)},
    )
    causes: tuple[dict[str, Any], ...] = ({}, {"return_cause": Word("ordered_wrong")})
    kinds = product(({}, {"recipient": a_care_unit()}), days, (True, False), causes)
    for number, (recipient, between, is_named, cause) in enumerate(kinds):
        reference = f"P-{number}" if is_named else None
        await requested_over_http(world, reference=reference, **recipient, **between, **cause)
    by = UserId(SENDER)
    await requested_over_http(world, *DEVICES, reference="H-1")
    await world.handle(a_claim_granted(*DEVICES))
    await world.handle(VoidPickup(numbers=(LineNumber(2),), by=by), subject="H-1")
    await world.handle(a_claim_released(DEVICES[1]))
    missing = ReportPickup(technician=UserId(SERVICE), not_found=(LineNumber(1),))
    await world.handle(missing, subject="H-1")
    await world.handle(ReportPickup(technician=UserId(SERVICE)), subject="H-1")
    await world.handle(a_claim_broken(DEVICES[0]))
    await requested_over_http(world, reference="H-2")
    await world.handle(a_claim_refused(pickup="H-2"))
    await requested_over_http(world, reference="H-3")
    await world.handle(a_claim_granted(pickup="H-3"))
    await requested_over_http(world, reference="H-4")
    await world.advance(stockholm("2026-03-20 08:00"))


async def urgent_pickups(world: World) -> None:
    """One is fetched at once, for the fee of the price list; another was before there was any."""
    urgent = MakePickupUrgent(by=UserId(SENDER))
    await requested_over_http(world, reference="H-5")
    await world.handle(a_claim_granted(pickup="H-5"))
    await world.handle(urgent, subject="H-5")
    await world.handle(a_claim_broken(pickup="H-5"))


async def returned_at_once(world: World) -> None:
    """A pickup of what is to be returned at once, which waits until it is late."""
    await world.handle(an_article_listed(ROLLATOR, return_at_once=True))
    for reference in ("H-6", None):
        await requested_over_http(world, reference=reference)
    await world.handle(a_claim_granted(pickup="H-6"))
    await world.handle(an_article_listed(ROLLATOR))
