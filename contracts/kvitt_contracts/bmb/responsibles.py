"""Topic `bmb.responsibles` (key: the service point's id): who answers for a unit (BMB-9)."""

from datetime import date

from kvitt_contracts.envelope import Event
from kvitt_contracts.types import ServicePointId, UserId


class ResponsiblesSet(Event, type="bmb.responsibles.set.v1"):
    """Who acknowledges for a service point, as a whole: there is never more than one main (BMB-9).

    The main responsible is notified of transfers, a substitute is not. Within `absent_from_on` and
    `absent_to_on` (both included) the stand-in is notified as well (BMB-10, NTF-3). `main` is None
    where the main has left: then the service point and customer service are notified.

    `by` is the user who set it, and `asked_by` whom customer service did it for (REF-12); both are
    None where the region stated it, or where somebody has left.
    """

    service_point: ServicePointId
    main: UserId | None = None
    substitutes: tuple[UserId, ...] = ()
    stand_in: UserId | None = None
    absent_from_on: date | None = None
    absent_to_on: date | None = None
    by: UserId | None = None
    asked_by: UserId | None = None


ResponsiblesEvent = ResponsiblesSet
"""Every event of a service point's responsibles."""
