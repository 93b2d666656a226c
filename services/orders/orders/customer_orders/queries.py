"""Queries over orders. Reads only; what may be seen is the reader's business."""

from typing import Any

from kvitt_chassis.access import Caller
from kvitt_chassis.http import RegionReader
from kvitt_contracts.types import ArticleNumber
from sqlalchemy import ColumnElement, any_, func, or_, select

from orders.customer_orders.models import OrderArticleRow, OrderRow
from orders.people.queries import is_of_protected
from orders.units.models import UserRow


def is_for_whom_they_act(caller: Caller) -> ColumnElement[bool]:
    """What makes an order one of a prescriber whom the caller registers for (REF-3)."""
    return OrderRow.prescriber == any_(_for_whom_they_act(caller))


def is_for_protected() -> ColumnElement[bool]:
    """The order is for a person whose identity is protected (REF-19)."""
    return is_of_protected(OrderRow.recipient_person)


def has_lines_of(article_number: ArticleNumber, reader: RegionReader) -> ColumnElement[bool]:
    """The order has lines of the article (ORD-15)."""
    found = select(OrderArticleRow.order_id).where(
        OrderArticleRow.region == reader.region,
        OrderArticleRow.article_number == article_number,
    )
    if not reader.grant.is_region_wide:
        found = found.where(_may_be_theirs(reader.caller))
    return OrderRow.id.in_(found)


# decision 0472: the list's scope judges; this leaves out beforehand what it would leave out
def _may_be_theirs(caller: Caller) -> ColumnElement[bool]:
    row = OrderArticleRow
    return or_(
        row.service_point.in_(sorted(caller.service_points)),
        row.prescriber == caller.user_id,
        row.requester == caller.user_id,
        row.prescriber == any_(_for_whom_they_act(caller)),
    )


def _for_whom_they_act(caller: Caller) -> ColumnElement[Any]:
    """An array, made once in a statement: so an index on prescribers serves beside the other
    columns of a scope.
    """
    prescribers = select(func.jsonb_array_elements_text(UserRow.acts_for)).where(
        UserRow.region == caller.region, UserRow.user_id == caller.user_id
    )
    return func.array(prescribers.scalar_subquery())
