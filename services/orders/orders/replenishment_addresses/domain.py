"""The rules of addresses of replenishments (REF-12). No clock, no database, no log."""

from orders.units.domain import Customer, Reason, UnitRefused


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
