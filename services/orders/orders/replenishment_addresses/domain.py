"""The rules of addresses of replenishments (REF-12). No clock, no database, no log."""

from datetime import datetime, timedelta

from orders.units.domain import Customer, Reason, UnitRefused


def set_at(now: datetime, *, latest: datetime | None) -> datetime:
    """When an address counts from: after the one before, also where two set theirs at once."""
    return now if latest is None else max(now, latest + timedelta(microseconds=1))


def must_be_filled_up(place: Customer) -> None:
    """Check that a unit has a store that replenishments go to.

    Raises UnitRefused (NO_OWN_STORE, REF-12).
    """
    if place.store is None:
        raise UnitRefused(
            Reason.NO_OWN_STORE,
            rule="REF-12",
            field="customer_id",
            way_on="Enheten har inget eget förråd att fylla på. Välj en enhet med eget förråd.",
            customer_id=place.customer_id,
        )
