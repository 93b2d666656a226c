"""Customer service closes the months' accounts, when they are invoiced (BIL-10)."""

from typing import Final

from examples.generator.fetching import STAFF
from examples.generator.messages import Act
from examples.generator.month import Month

CLOSED: Final = ("2026-05", "2026-06", "2026-07")
"""The months that are invoiced on the last day on which anything is told."""


def close_months(month: Month) -> None:
    """Close each of them, the earliest first."""
    for closed in CLOSED:
        act = Act(
            name=f"{month.profile.sends_order}-BOK-{closed}/close",
            by=STAFF,
            service="billing",
            path=f"/ledger-periods/{closed}:close",
            data={},
        )
        month.act(act)
