"""Of part `pickups`: how long the lists of pickups, work orders, fault reports and cases take with
a million of them behind.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import psycopg

from tests.bench.listing import Question, ask_all, table_of
from tests.bench.report import Table
from tests.bench.system import World
from tests.bench.transfer_month import Unit, units_of

_STAFF = "kundtjanst1"
_SERVICE_POINT = "40004"


def _every(*statuses: str) -> str:
    return "&".join(f"status={one}" for one in statuses)


_PICKUPS = _every("requested", "registered", "refused", "closed", "voided")
_WORK_ORDERS = _every("assigned", "planned", "started", "finished", "voided")
_CASES = _every("waiting", "answered", "withdrawn")


async def measure(world: World, *, behind: Mapping[str, int], samples: int) -> Table:
    """Raises RuntimeError for a list that is not answered."""
    unit, colleague = [one for one in units_of(world) if one.service_point == _SERVICE_POINT]
    found = await ask_all(world, "orders", _questions(world, unit, colleague), samples=samples)
    shown = [replace(one, path=_shortened(one.path)) for one in found]
    rows = ", ".join(f"{count:,} {table.replace('_', ' ')}" for table, count in behind.items())
    return table_of(
        f"Lists with {rows} behind",
        shown,
        samples=samples,
        note="Behind: what users of all units have done by messages, copied into five years before "
        "with other persons, devices and numbers; two thirds of each unit's are given to nine "
        "others, so that the one that asks has some two percent of the region's; *lines* are "
        "counted to 10,000. `status=…`: every one that there is. A person, a device and what a "
        "case is about are chosen by chance among the unit's.",
    )


def _shortened(path: str) -> str:
    for every in (_PICKUPS, _WORK_ORDERS, _CASES):
        path = path.replace(every, "status=…")
    return path


def _questions(world: World, unit: Unit, colleague: Unit) -> list[Question]:
    """Every list that there is, and each way to narrow and sort it, for a unit and for all."""
    month = world.business.files.cut_over - timedelta(days=365)
    with world.connect("orders") as connection:
        lists = [
            *_pickups(connection, unit, month),
            *_work_orders(connection, unit, month),
            *_fault_reports(connection, unit),
            *_cases(connection, unit),
        ]
    colleagues = [
        f"/pickups?by={colleague.prescriber}&{_PICKUPS}",
        f"/work-orders?requester={colleague.prescriber}&{_WORK_ORDERS}",
        f"/cases?asked_by={colleague.prescriber}&{_CASES}",
    ]
    of_unit = [
        f"/pickups?service_point={unit.service_point}&status=closed",
        f"/work-orders?service_point={unit.service_point}&status=finished",
        f"/fault-reports?service_point={unit.service_point}",
        f"/cases?service_point={unit.service_point}&{_CASES}",
    ]
    return [
        *((one, unit.prescriber) for one in (*lists, *colleagues)),
        *((one, _STAFF) for one in (*lists, *of_unit)),
    ]


def _pickups(connection: psycopg.Connection, unit: Unit, month: date) -> list[str]:
    every, person = _PICKUPS, _person(connection, "pickups", unit)
    period = f"requested_from={month}&requested_to={month + timedelta(days=30)}"
    sorts = "requested_on", "-status", "service_point"
    return [
        "/pickups",
        f"/pickups?{every}",
        "/pickups?status=voided",
        f"/pickups?{period}&{every}",
        f"/pickups?by={unit.prescriber}&{every}",
        f"/pickups?recipient={person}&{every}",
        "/pickups?overdue=true",
        "/pickups?overdue=true&status=closed",
        "/pickups?urgent=true&status=closed",
        *(f"/pickups?sort={one}&{every}" for one in sorts),
    ]


def _work_orders(connection: psycopg.Connection, unit: Unit, month: date) -> list[str]:
    every, person = _WORK_ORDERS, _person(connection, "work_orders", unit)
    device = _one_of(connection, "device_id", "work_orders", unit)
    period = f"registered_from={month}&registered_to={month + timedelta(days=30)}"
    sorts = "registered_on", "status", "kind", "service_point", "requester"
    return [
        "/work-orders",
        f"/work-orders?{every}",
        "/work-orders?status=voided",
        f"/work-orders?{period}&{every}",
        f"/work-orders?kind=maintenance&{every}",
        f"/work-orders?work_order_number=0000&{every}",
        f"/work-orders?requester={unit.prescriber}&{every}",
        f"/work-orders?recipient={person}&{every}",
        f"/work-orders?device_id={device}&{every}",
        f"/work-orders?technician=kundtjanst2&{every}",
        "/work-orders?late=true",
        f"/work-orders?late=true&{every}",
        *(f"/work-orders?sort={one}&{every}" for one in (*sorts, "planned_on", "-finished_on")),
    ]


def _fault_reports(connection: psycopg.Connection, unit: Unit) -> list[str]:
    device = _one_of(connection, "device_id", "fault_reports", unit)
    return [
        "/fault-reports",
        "/fault-reports?status=waiting&status=naming&status=prescribed&status=forwarded",
        "/fault-reports?status=closed",
        f"/fault-reports?device_id={device}",
        "/fault-reports?escalated=true",
        "/fault-reports?sort=service_point",
    ]


def _cases(connection: psycopg.Connection, unit: Unit) -> list[str]:
    every, about = _CASES, _one_of(connection, "about_id", "cases", unit)
    return [
        "/cases",
        f"/cases?{every}",
        "/cases?status=withdrawn",
        f"/cases?kind=complaint&{every}",
        f"/cases?asked_by={unit.prescriber}&{every}",
        f"/cases?about_id={about}&{every}",
        "/cases?late=true",
        f"/cases?late=true&{every}",
        *(f"/cases?sort={one}&{every}" for one in ("-asked_on", "status", "service_point")),
    ]


def _person(connection: psycopg.Connection, table: str, unit: Unit) -> str:
    """One who is registered, as most are not whom copied rows name."""
    known = "recipient_person IN (SELECT id FROM persons)"
    return _one_of(connection, "recipient_person", table, unit, where=known)


def _one_of(
    connection: psycopg.Connection, column: str, table: str, unit: Unit, *, where: str = "true"
) -> str:
    """By chance. Raises RuntimeError where the unit has none."""
    query = f"""
        SELECT {column}::text FROM {table} WHERE service_point = %s AND {where}
        ORDER BY random() LIMIT 1
    """
    found = connection.execute(query, [unit.service_point]).fetchone()
    if found is None:
        raise RuntimeError(f"{unit.service_point} has no {table}")
    return str(found[0])
