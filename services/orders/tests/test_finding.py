"""What units order, fetch, repair, report, ask and lend is found without reading that of others."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from kvitt_chassis.access import Caller, Grant
from kvitt_chassis.http import Scope
from kvitt_contracts.access import Reach, acts_of
from kvitt_contracts.types import RegionCode, ServicePointId, UserId
from kvitt_testkit.plans import plan
from kvitt_testkit.world import REGION, ServiceUrls
from orders.baskets import domain as baskets
from orders.baskets.models import BasketLoanRow
from orders.baskets.queries import SCOPE as BASKETS
from orders.cases import domain as cases
from orders.cases.models import CaseRow
from orders.cases.queries import SCOPE as CASES
from orders.customer_orders import domain as orders
from orders.customer_orders.api import SCOPE as ORDERS
from orders.customer_orders.models import OrderRow
from orders.fault_reports import domain as fault_reports
from orders.fault_reports.models import FaultReportRow
from orders.fault_reports.queries import SCOPE as FAULT_REPORTS
from orders.pickups import domain as pickups
from orders.pickups.models import PickupRow
from orders.pickups.queries import SCOPE as PICKUPS
from orders.work_orders import domain as work_orders
from orders.work_orders.api import WorkOrderQuery
from orders.work_orders.models import WorkOrderRow
from orders.work_orders.queries import SCOPE as WORK_ORDERS
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.dialects.postgresql import dialect

MINE = Caller(
    user_id=UserId("u7"),
    region=RegionCode(REGION),
    grantees=frozenset(),
    service_points=frozenset([ServicePointId("S9")]),
)
POSTGRESQL = dialect()  # type: ignore[no-untyped-call]
BY_TYPE = {
    "BOOLEAN": "n % 200 = 0",
    "INTEGER": "1",
    "DATE": "date '2020-01-01' + n / 10",
    "UUID": "gen_random_uuid()",
    "JSONB": "'[]'",
}
STARTS_WITH = WorkOrderQuery.filters["work_order_number"]


def many(row: Any, scope: Scope, *, open_: str, ended: str) -> str:
    """Twenty thousand rows, of two hundred units and users; one in two hundred is open and late."""
    named = {column.key for column in scope.columns}

    def value(name: str, kind: str) -> str:
        if name == "region":
            return f"'{REGION}'"
        if name == "status":
            return f"CASE n % 200 WHEN 0 THEN '{open_}' ELSE '{ended}' END"
        if name in named:
            return "'S' || n % 200" if name == "service_point" else "'u' || n % 200"
        return BY_TYPE.get(kind, "lpad(n::text, 9, '0')")

    columns = [
        column
        for column in row.__table__.columns
        if not column.nullable or column.key in named or column.key == "recipient_person"
    ]
    names = ", ".join(f'"{column.key}"' for column in columns)
    values = ", ".join(value(one.key, one.type.compile(POSTGRESQL)) for one in columns)
    into = f"INSERT INTO {row.__tablename__} ({names})"
    return f"{into} SELECT {values} FROM generate_series(1, 20000) n"


def is_open(row: Any, statuses: Sequence[Any]) -> ColumnElement[bool]:
    """What is not over."""
    criterion: ColumnElement[bool] = row.status.in_(statuses)
    return criterion


def listed(scope: Scope, name: str) -> ColumnElement[bool]:
    """What a unit's list has: its own, and what patients let it see, but for what is blocked."""
    (act,) = (act for act in acts_of("orders") if act.name == name)
    return scope.within(Grant(caller=MINE, act=act, reach=Reach.UNITS))


KINDS = [
    pytest.param(
        OrderRow,
        many(OrderRow, ORDERS, open_="registered", ended="delivered"),
        [
            listed(ORDERS, "orders.orders.list"),
            is_open(OrderRow, orders.OPEN),
            OrderRow.is_urgent == True,  # noqa: E712  # as a filter asks
            OrderRow.placed_on <= date(2020, 1, 10),
            OrderRow.order_number < "000000100",
            func.starts_with(OrderRow.order_number, "0000011"),
            OrderRow.recipient_person == UUID(int=7),
            OrderRow.recipient_unit == "30110",
            OrderRow.supply == "own_store",
            OrderRow.to_store.is_not(None),
        ],
        id="orders",
    ),
    pytest.param(
        PickupRow,
        many(PickupRow, PICKUPS, open_="registered", ended="closed"),
        [
            listed(PICKUPS, "orders.pickups.list"),
            is_open(PickupRow, pickups.OPEN),
            PickupRow.is_overdue == True,  # noqa: E712  # as a filter asks
            PickupRow.is_urgent == True,  # noqa: E712
        ],
        id="pickups",
    ),
    pytest.param(
        WorkOrderRow,
        many(WorkOrderRow, WORK_ORDERS, open_="assigned", ended="finished"),
        [
            listed(WORK_ORDERS, "orders.work-orders.list"),
            is_open(WorkOrderRow, work_orders.OPEN),
            WorkOrderRow.is_late == True,  # noqa: E712
            WorkOrderRow.work_order_number.is_not(None) & STARTS_WITH.compare("0000011"),  # type: ignore[attr-defined]
        ],
        id="work orders",
    ),
    pytest.param(
        FaultReportRow,
        many(FaultReportRow, FAULT_REPORTS, open_="waiting", ended="closed"),
        [
            listed(FAULT_REPORTS, "orders.fault-reports.list"),
            is_open(FaultReportRow, fault_reports.AWAITING),
        ],
        id="fault reports",
    ),
    pytest.param(
        CaseRow,
        many(CaseRow, CASES, open_="waiting", ended="answered"),
        [
            listed(CASES, "orders.cases.list"),
            is_open(CaseRow, [cases.Status.WAITING]),
            CaseRow.is_reminded == True,  # noqa: E712
        ],
        id="cases",
    ),
    pytest.param(
        BasketLoanRow,
        many(BasketLoanRow, BASKETS, open_="open", ended="closed"),
        [
            listed(BASKETS, "orders.basket-loans.list"),
            is_open(BasketLoanRow, baskets.WAITING),
        ],
        id="basket loans",
    ),
]


@pytest.fixture
def urls(service_database: Callable[[str], ServiceUrls]) -> ServiceUrls:
    """Orders' database."""
    return service_database("orders")


@pytest.mark.parametrize(("row", "rows", "criteria"), KINDS)
async def test_among_many_no_more_are_read_than_are_asked_for(
    urls: ServiceUrls, row: Any, rows: str, criteria: Sequence[ColumnElement[bool]]
) -> None:
    owner = await asyncpg.connect(urls.owner.replace("+asyncpg", ""))
    try:
        await owner.execute(rows)
        await owner.execute(f"ANALYZE {row.__tablename__}")
        plans = [
            await plan(urls, select(row.id).where(row.region == REGION, one)) for one in criteria
        ]
    finally:
        await owner.execute(f"TRUNCATE {row.__tablename__}")
        await owner.close()

    assert not [one for one in plans if f"Seq Scan on {row.__tablename__}" in one]
    assert all("ix_" in one or "uq_" in one for one in plans)
