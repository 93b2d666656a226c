"""Devices and orders are found without reading those of other units."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import asyncpg
import pytest
from inventory.devices.api import SCOPE as DEVICES
from inventory.devices.models import DeviceRow
from inventory.reservations.api import SCOPE as RESERVATIONS
from inventory.reservations.models import PlacedOrderRow
from kvitt_chassis.access import Caller, Grant
from kvitt_chassis.http import Scope
from kvitt_contracts.access import Reach
from kvitt_contracts.access.asked import act_called
from kvitt_contracts.types import RegionCode, ServicePointId, UserId
from kvitt_testkit.plans import plan
from kvitt_testkit.world import REGION, ServiceUrls, World
from sqlalchemy import select

from contracts.tests.builders.blocks import a_consent_given
from contracts.tests.builders.story import OTHER, OTHER_PATIENT, OUTSIDER, person
from services.inventory.tests.test_protected import world

__all__ = ["world"]

ELSEWHERE = Caller(
    user_id=UserId(OUTSIDER),
    region=RegionCode(REGION),
    grantees=frozenset(),
    service_points=frozenset([ServicePointId(OTHER)]),
)
AT_SOMEBODY = "jsonb_build_object('kind', 'patient', 'person', gen_random_uuid())"
MANY: dict[Any, str] = {
    DeviceRow: f"""
        'id', gen_random_uuid(), 'device_number', n::text, 'holder_key', gen_random_uuid(),
        'custody', one.custody::jsonb || jsonb_build_object('holder', {AT_SOMEBODY})
        """,
    PlacedOrderRow: f"""
        'order_id', gen_random_uuid(), 'order_number', lpad(n::text, 9, '0'),
        'recipient', {AT_SOMEBODY}, 'store', (n % 700)::text
        """,
}
"""What differs among many rows that are made of one."""


def many_of(row: Any) -> str:
    """Inserts twenty thousand rows."""
    table = row.__tablename__
    columns = ", ".join(f'"{one.name}"' for one in row.__table__.columns if one.computed is None)
    made = f"jsonb_populate_record(NULL::{table}, to_jsonb(one) || jsonb_build_object({MANY[row]}))"
    rows = (
        f"SELECT ({made}).* FROM (SELECT * FROM {table} LIMIT 1) one, generate_series(1, 20000) n"
    )
    return f"INSERT INTO {table} ({columns}) SELECT {columns} FROM ({rows}) made"


@pytest.fixture
async def many(
    request: pytest.FixtureRequest, world: World, service_database: Callable[[str], ServiceUrls]
) -> AsyncIterator[ServiceUrls]:
    """Twenty thousand of another unit's `row`, and one person who lets this unit see."""
    row = request.getfixturevalue("row")
    await world.handle(a_consent_given(person(OTHER_PATIENT), service_point=OTHER))
    urls = service_database("inventory")
    owner = await asyncpg.connect(urls.owner.replace("+asyncpg", ""))
    try:
        await owner.execute(many_of(row))
        await owner.execute("ANALYZE")
        yield urls
    finally:
        await owner.close()


@pytest.mark.parametrize(
    ("row", "key", "scope", "act"),
    [
        (DeviceRow, DeviceRow.id, DEVICES, "inventory.devices.list"),
        (PlacedOrderRow, PlacedOrderRow.order_id, RESERVATIONS, "inventory.reservations.list"),
    ],
    ids=["devices", "orders"],
)
async def test_among_many_no_more_are_read_than_the_units(
    many: ServiceUrls, row: Any, key: Any, scope: Scope, act: str
) -> None:
    listed = Grant(caller=ELSEWHERE, act=act_called(act), reach=Reach.UNITS)

    found = await plan(many, select(key).where(row.region == REGION, scope.within(listed)))

    assert f"Seq Scan on {row.__tablename__}  (" not in found, (
        found
    )  # what is looked up first aside
    assert "BitmapOr" in found
