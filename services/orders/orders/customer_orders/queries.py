"""Queries over orders. Reads only; what may be seen is the reader's business."""

from kvitt_chassis.http import RegionReader
from kvitt_contracts.types import PersonRef
from sqlalchemy import ColumnElement, select

from orders.customer_orders.models import OrderRow
from orders.people.queries import same_persons


def is_for_the_person(ref: PersonRef, reader: RegionReader) -> ColumnElement[bool]:
    """The criterion of a list: placed for any reference of the person.

    Aliases count, since an order stores the reference that it was placed with.
    """
    return OrderRow.recipient_person.in_(select(same_persons([ref], reader.region).c.id))
