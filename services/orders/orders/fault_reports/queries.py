"""Look-ups of fault reports: the device and the people that an act names, and whose a report is."""

from collections.abc import Iterable
from typing import Final

from kvitt_chassis.handlers import RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_chassis.web.protection import ScopeOfPersons
from kvitt_contracts.refusals import Refused
from kvitt_contracts.responsibles import who_answers
from kvitt_contracts.types import (
    CareUnitRecipient,
    CustomerId,
    DeviceId,
    DeviceNumber,
    PatientRecipient,
    Recipient,
    ServicePointId,
    UserId,
)

from orders.blocks.queries import WISHES
from orders.care.models import CareDeviceRow
from orders.care.numbers import care_device_numbered, device_key, rows_of_number
from orders.fault_reports.domain import Device, Status
from orders.fault_reports.models import FaultReportRow
from orders.people.queries import is_of_protected
from orders.responsibles.models import ResponsiblesRow
from orders.units.models import CustomerRow, UserRow
from orders.units.queries import customer_key, user_key

FAULT_REPORT: Final = "fault_report"
"""What inventory calls a fault report among claimants."""

SCOPE: Final = ScopeOfPersons(
    FaultReportRow.region,
    service_points=[FaultReportRow.service_point],
    users=[FaultReportRow.reported_by, FaultReportRow.prescriber, FaultReportRow.forwarded_to],
    protected=lambda: is_of_protected(FaultReportRow.recipient_person),
    wishes=WISHES.of(
        FaultReportRow.recipient_person,
        units=[FaultReportRow.service_point],
        is_under_way=lambda: FaultReportRow.status != Status.CLOSED,
    ),
)
"""Whose a fault report is: its service point's, and theirs who reported it or are to act on it."""


def rows_of_report(
    number: DeviceNumber,
    service_point: ServicePointId,
    users: Iterable[UserId | None],
    tx: Transaction,
) -> Iterable[RowKey]:
    """Names the rows that a report of a fault reads."""
    key = device_key(number, tx)
    yield from rows_of_number(number, tx)
    yield FaultReportRow.device_id, key
    yield CustomerRow, customer_key(CustomerId(service_point), tx)
    device = tx.fetched(CareDeviceRow, key)
    for user in (*users, device.prescriber if device is not None else None):
        if user is not None:
            yield UserRow, user_key(user, tx)


def rows_of_answer(
    row: FaultReportRow | None, users: Iterable[UserId], tx: Transaction
) -> Iterable[RowKey]:
    """Names the rows that an answer to a report reads."""
    if row is not None:
        yield ResponsiblesRow, row.service_point
    for user in users:
        yield UserRow, user_key(user, tx)


async def device_numbered(number: DeviceNumber, tx: Transaction) -> Device:
    """The device that a report names. Raises Refused (UNKNOWN_DEVICE, ACT-6): none was ever on
    loan under this number.
    """
    row = await care_device_numbered(number, tx)
    if row is None:
        raise Refused(
            "UNKNOWN_DEVICE",
            rule="ACT-6",
            field="device_number",
            way_on="Kontrollera individnumret på hjälpmedlet.",
        )
    known = await tx.look_up(UserRow, user_key(row.prescriber, tx)) if row.prescriber else None
    return Device(
        id=row.device_id,
        is_on_loan=row.payer_id is not None,
        recipient=_recipient(row),
        charging=row.charging,
        prescriber=known.state() if known is not None else None,
    )


async def is_reported(device: DeviceId, tx: Transaction) -> bool:
    """True where a report on the device is not closed yet."""
    found = await tx.search_all(FaultReportRow, FaultReportRow.device_id, device)
    return any(row.status is not Status.CLOSED for row in found)


async def responsible_today(tx: Transaction, service_point: ServicePointId) -> frozenset[UserId]:
    """Who answers for a service point today; none where whoever works there does (BMB-9)."""
    row = await tx.look_up(ResponsiblesRow, service_point)
    return frozenset(who_answers(row.facts() if row is not None else None, on=tx.today))


def _recipient(row: CareDeviceRow) -> Recipient | None:
    if row.person is not None:
        return PatientRecipient(person=row.person)
    return CareUnitRecipient(unit=row.unit) if row.unit is not None else None
