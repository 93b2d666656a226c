"""What waits, as one list over the tables of every kind of thing that can wait. Writes nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from kvitt_chassis.http import Scope
from kvitt_chassis.models import TYPE_MAP
from kvitt_contracts.types import OrderNumber, PersonRef, RegionCode, ServicePointId, UserId
from sqlalchemy import SQLColumnExpression, Text, literal, null, select, type_coerce, union_all
from sqlalchemy.orm import DeclarativeBase, Mapped

from orders.baskets import domain as baskets
from orders.baskets.models import BasketLoanRow
from orders.baskets.queries import SCOPE as BASKETS
from orders.cases import domain as cases
from orders.cases.models import CaseRow
from orders.cases.queries import SCOPE as CASES
from orders.fault_reports import domain as fault_reports
from orders.fault_reports.models import FaultReportRow
from orders.fault_reports.queries import SCOPE as FAULT_REPORTS
from orders.pickups import domain as pickups
from orders.pickups.models import PickupRow
from orders.pickups.queries import SCOPE as PICKUPS
from orders.waits.domain import Owner, Wait
from orders.work_orders import domain as work_orders
from orders.work_orders.models import WorkOrderRow
from orders.work_orders.queries import SCOPE as WORK_ORDERS


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A kind of thing that can wait. `row` has `due_on` and `waits_on`, which are not None while it
    does; `by` made it, `user` is to act on it, `person` is whom it concerns, where a person with
    protected identity is shown to the units concerned alone.
    """

    kind: str
    row: Any
    scope: Scope
    wait: Callable[[Any], Wait | None]
    number: SQLColumnExpression[Any]
    by: SQLColumnExpression[Any]
    user: SQLColumnExpression[Any]
    person: SQLColumnExpression[Any]


# decision 0373: one entry for each kind of thing that can wait is all that the list needs
SOURCES: Final = (
    Source(
        kind="pickup",
        row=PickupRow,
        scope=PICKUPS,
        wait=lambda row: pickups.waits_for(row.state(), until=row.due_on, last_on=row.last_on),
        number=PickupRow.pickup_number,
        by=PickupRow.by,
        user=null(),
        person=PickupRow.recipient_person,
    ),
    Source(
        kind="basket_loan",
        row=BasketLoanRow,
        scope=BASKETS,
        wait=lambda row: baskets.waits_for(row.state(), until=row.due_on),
        number=BasketLoanRow.order_number,
        by=BasketLoanRow.requester,
        user=BasketLoanRow.prescriber,
        person=null(),
    ),
    Source(
        kind="fault_report",
        row=FaultReportRow,
        scope=FAULT_REPORTS,
        wait=lambda row: fault_reports.waits_for(row.state(), until=row.due_on),
        number=null(),
        by=FaultReportRow.reported_by,
        user=FaultReportRow.forwarded_to,
        person=FaultReportRow.recipient_person,
    ),
    Source(
        kind="work_order",
        row=WorkOrderRow,
        scope=WORK_ORDERS,
        wait=lambda row: work_orders.waits_for(row.state()),
        number=WorkOrderRow.work_order_number,
        by=WorkOrderRow.by,
        user=WorkOrderRow.technician,
        person=WorkOrderRow.recipient_person,
    ),
    Source(
        kind="case",
        row=CaseRow,
        scope=CASES,
        wait=lambda row: cases.waits_for(row.state(), until=row.due_on),
        number=null(),
        by=CaseRow.asked_by,
        user=null(),
        person=null(),  # decision 0371: who answers a case sees it
    ),
)


def _waiting(source: Source) -> Any:
    row = source.row
    return select(
        row.region.label("region"),
        row.id.label("id"),
        literal(source.kind, Text()).label("kind"),
        type_coerce(source.number, PickupRow.pickup_number.type).label("number"),
        row.service_point.label("service_point"),
        type_coerce(source.by, PickupRow.by.type).label("by"),
        type_coerce(source.user, PickupRow.by.type).label("user"),
        type_coerce(source.person, PickupRow.recipient_person.type).label("person"),
        row.due_on.label("due_on"),
        row.waits_on.label("waits_on"),
    ).where(row.due_on.is_not(None))


class _Base(DeclarativeBase):
    """What no migration makes: it is read from the tables of others."""

    type_annotation_map = TYPE_MAP


_TABLE: Final = union_all(*map(_waiting, SOURCES)).subquery("waiting_things")


class WaitingThing(_Base):
    """A thing that waits; its row is in the table of its kind."""

    __table__ = _TABLE
    __mapper_args__ = MappingProxyType({"primary_key": [_TABLE.c.region, _TABLE.c.id]})

    if TYPE_CHECKING:
        region: Mapped[RegionCode]
        id: Mapped[UUID]
        kind: Mapped[str]
        number: Mapped[OrderNumber | None]
        service_point: Mapped[ServicePointId]
        by: Mapped[UserId]
        user: Mapped[UserId | None]
        person: Mapped[PersonRef | None]
        due_on: Mapped[date]
        waits_on: Mapped[Owner]
