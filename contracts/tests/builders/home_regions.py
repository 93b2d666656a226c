"""Patients whom another region, or the state, pays for (BIL-5, BIL-11)."""

from typing import Any

from kvitt_contracts.billing import CommitHomeRegion, FinishFitting, HomeRegionReminderDue
from kvitt_contracts.orders import OrderPlacedV2, SuppliedLine
from kvitt_contracts.policy import Policies

from contracts.tests.builders.areas import with_policy
from contracts.tests.builders.orders import a_line, an_order_placed
from contracts.tests.builders.shapes import build
from contracts.tests.builders.story import CENTRAL, CUSHION, SENDER, SENDING, order_id

HOME_PAYER, STATE_PAYER = "20990", "20991"
"""Region m and the state as payers of region ac."""

HOME_REGION = {"payers": {"m": HOME_PAYER}, "state_payer": STATE_PAYER}
BY_HOME_REGION = {"kind": "home_region", "payer_id": HOME_PAYER}
BY_STATE = {"kind": "state", "payer_id": STATE_PAYER}


def with_home_regions(delivered: Policies, *, region: str = "ac", **changes: Any) -> Policies:
    """These policies, of which one region knows who pays for region m and for the state."""
    return with_policy(delivered, region=region, **{"home_region": HOME_REGION, **changes})


def a_covered_line(
    article: str = CUSHION,
    quantity: int = 1,
    *,
    payer: str = HOME_PAYER,
    has_delayed_fee: bool = False,
    **changes: Any,
) -> SuppliedLine:
    """A line from the central store that the cover's payer pays; the patient may pay a fee of
    500 kr, 90 days after receipt.
    """
    placed = a_line(article, quantity, **{"payer_id": payer, **changes})
    values = {**dict(placed), "supply": "central", "store": CENTRAL}
    if has_delayed_fee:
        fee = {"net_ore": 50_000, "vat_percent": 0}
        values |= {"fee": fee, "fee_group": "charger", "fee_timing": "delayed"}
    return build(SuppliedLine, values, {})


def an_order_with_a_cover(
    *lines: SuppliedLine,
    reference: str | None = "O-1",
    cover: dict[str, str] | None = None,
    **changes: Any,
) -> OrderPlacedV2:
    """An order from the central store for a patient, whom region m pays for unless told."""
    named = reference or "O-1"
    by = cover or BY_HOME_REGION
    placed = an_order_placed(reference=reference)
    values = {
        **{name: getattr(placed, name) for name in OrderPlacedV2.model_fields if name != "cover"},
        "cover": by,
        "lines": lines or (a_covered_line(order=named, payer=by["payer_id"]),),
    }
    return build(OrderPlacedV2, values, changes)


def a_commitment(**changes: Any) -> CommitHomeRegion:
    """The home region has approved, and undertakes to pay."""
    values = {"approved_on": "2026-03-02", "reference": "BF-2026-17", "by": SENDER}
    return build(CommitHomeRegion, values, changes)


def a_finish(on: str = "2026-03-10", **changes: Any) -> FinishFitting:
    """The unit reports the fitting finished."""
    return build(FinishFitting, {"finished_on": on, "by": SENDER}, changes)


def a_home_region_reminder(
    order: str = "O-1", *, fitting: bool = False, **changes: Any
) -> HomeRegionReminderDue:
    """The prescriber is to be told that the commitment is missing; of a `fitting`, the unit too,
    that it is not reported finished.
    """
    values = {
        "order_id": order_id(order),
        "service_point": SENDING,
        "prescriber": SENDER,
        "is_commitment_missing": True,
        "is_fitting_open": fitting,
        "due_on": "2026-09-05",
    }
    return build(HomeRegionReminderDue, values, changes)
