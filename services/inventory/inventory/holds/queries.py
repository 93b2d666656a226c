"""Whose a hold is: that of the sides of its transfer."""

from kvitt_chassis.access import Caller
from sqlalchemy import ColumnElement, and_, or_

from inventory.holds.domain import Status
from inventory.holds.models import HoldRow
from inventory.transfers.queries import transfers_of, transfers_sent_by


def is_of_side(caller: Caller) -> ColumnElement[bool]:
    """A hold is of a transfer that the caller's side sends or, once it is granted, receives: what
    was refused was never sent (BMB-12, REF-18).
    """
    return or_(
        HoldRow.id.in_(transfers_sent_by(caller)),
        and_(HoldRow.status != Status.REFUSED, HoldRow.id.in_(transfers_of(caller))),
    )
