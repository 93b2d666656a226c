"""Queries over orders. Reads only; what may be seen is the reader's business."""

from dataclasses import dataclass
from datetime import date

from kvitt_contracts.orders import Supply
from kvitt_contracts.types import (
    ArticleNumber,
    CareUnitId,
    PersonRef,
    RegionCode,
    ServicePointId,
    UserId,
)
from sqlalchemy import CTE, Select, cast, or_, select
from sqlalchemy.dialects.postgresql import JSONB

from orders.customer_orders.domain import Status
from orders.customer_orders.models import OrderRow
from orders.people.models import PersonRow


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFilter:
    """What ORD-15 lets one search by; each that is given narrows the list. Days are inclusive."""

    service_point: ServicePointId | None = None
    placed_from: date | None = None
    placed_to: date | None = None
    statuses: tuple[Status, ...] = ()
    supply: Supply | None = None
    order_number: str | None = None
    prescriber: UserId | None = None
    requester: UserId | None = None
    either: UserId | None = None
    recipient: PersonRef | None = None
    care_unit: CareUnitId | None = None
    article_number: ArticleNumber | None = None


def orders_query(wanted: OrderFilter, *, region: RegionCode) -> Select[OrderRow]:
    """Orders of one region that match (ORD-15)."""
    row = OrderRow
    given = {
        row.service_point: wanted.service_point,
        row.supply: wanted.supply,
        row.prescriber: wanted.prescriber,
        row.requester: wanted.requester,
        row.recipient_unit: wanted.care_unit,
    }
    query = select(row).where(
        row.region == region, *(column == v for column, v in given.items() if v is not None)
    )
    if wanted.placed_from is not None:
        query = query.where(row.placed_on >= wanted.placed_from)
    if wanted.placed_to is not None:
        query = query.where(row.placed_on <= wanted.placed_to)
    if wanted.statuses:
        query = query.where(row.status.in_(wanted.statuses))
    if wanted.order_number is not None:
        query = query.where(row.order_number.startswith(wanted.order_number, autoescape=True))
    if wanted.either is not None:
        query = query.where(or_(row.prescriber == wanted.either, row.requester == wanted.either))
    if wanted.recipient is not None:
        same = _same_person(wanted.recipient, region)
        query = query.where(row.recipient_person.in_(select(same.c.id)))
    if wanted.article_number is not None:
        line = [{"article_number": str(wanted.article_number)}]
        query = query.where(cast(row.lines, JSONB).contains(line))
    return query


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
