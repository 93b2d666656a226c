"""Queries over orders. Reads only; what may be seen is the reader's business."""

from kvitt_chassis.access import Caller
from kvitt_chassis.http import RegionReader
from kvitt_contracts.types import PersonRef, RegionCode
from sqlalchemy import CTE, ColumnElement, any_, func, select

from orders.customer_orders.models import OrderRow
from orders.people.models import PersonRow
from orders.units.models import UserRow


def is_for_whom_they_act(caller: Caller) -> ColumnElement[bool]:
    """What makes an order one of a prescriber whom the caller registers for (REF-3).

    An array, made once in a statement: so an index on prescribers serves beside the other columns
    of a scope.
    """
    prescribers = select(func.jsonb_array_elements_text(UserRow.acts_for)).where(
        UserRow.region == caller.region, UserRow.user_id == caller.user_id
    )
    return OrderRow.prescriber == any_(func.array(prescribers.scalar_subquery()))


def is_for_the_person(ref: PersonRef, reader: RegionReader) -> ColumnElement[bool]:
    """The criterion of a list: placed for any reference of the person.

    Aliases count, since an order stores the reference that it was placed with.
    """
    return OrderRow.recipient_person.in_(select(_same_person(ref, reader.region).c.id))


def _same_person(ref: PersonRef, region: RegionCode) -> CTE:
    """Every reference of the person: up from `ref` to the current one, and down to its aliases."""
    up = (
        select(PersonRow.id, PersonRow.merged_into)
        .where(PersonRow.region == region, PersonRow.id == ref)
        .cte("up", recursive=True)
    )
    up = up.union(
        select(PersonRow.id, PersonRow.merged_into).where(
            PersonRow.region == region, PersonRow.id == up.c.merged_into
        )
    )
    down = select(up.c.id).where(up.c.merged_into.is_(None)).cte("down", recursive=True)
    return down.union(
        select(PersonRow.id).where(PersonRow.region == region, PersonRow.merged_into == down.c.id)
    )
