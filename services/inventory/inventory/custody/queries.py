"""Look-ups of devices' custody through time: from its table, and from the event log."""

from collections.abc import AsyncIterator, Sequence
from itertools import groupby
from uuid import UUID

from kvitt_chassis.http import RegionReader
from kvitt_chassis.operating.checks import Snapshot
from kvitt_chassis.operating.row_comparison import read_event
from kvitt_contracts.types import OrderId
from sqlalchemy import func, select, text

from inventory.custody.domain import Entry, entries_of
from inventory.devices.models import CustodyRow, DeviceRow
from inventory.devices.queries import custody_of

_CHUNK = 500


async def entries_in_table(reader: RegionReader, row: DeviceRow) -> list[Entry]:
    """The device's changes of custody as its table has them."""
    return [_entry(change) for change in await custody_of(reader, row)]


async def entries_in_log(reader: RegionReader, row: DeviceRow) -> list[Entry]:
    """The device's changes of custody, replayed from its events."""
    log = await reader.log_of(row)
    return list(entries_of((one.seq, read_event(one.type, one.payload)) for one in log))  # type: ignore[misc]


async def event_ids(reader: RegionReader, row: DeviceRow) -> dict[int, UUID]:
    """The ids of the device's events, by their numbers."""
    return {one.seq: one.event_id for one in await reader.log_of(row)}


async def told_twice(
    snapshot: Snapshot,
) -> AsyncIterator[tuple[str, UUID, list[Entry], list[Entry]]]:
    """Each device's region and id, with its changes of custody by the table and by the events."""
    place: tuple[str, UUID] | None = None
    order = (DeviceRow.region, DeviceRow.id)
    while True:
        query = select(*order).order_by(*order).limit(_CHUNK)
        if place is not None:
            query = query.where(func.row(*order) > func.row(*place))
        devices = [(str(region), key) for region, key in await snapshot.session.execute(query)]
        if not devices:
            return
        in_table = await _in_table(snapshot, [key for _, key in devices])
        in_log = await _in_log(snapshot, [key for _, key in devices])
        for region, key in devices:
            yield region, key, in_table.get(key, []), in_log.get(key, [])
        place = devices[-1]


async def _in_table(snapshot: Snapshot, devices: Sequence[UUID]) -> dict[UUID, list[Entry]]:
    query = (
        select(CustodyRow)
        .where(CustodyRow.device_id.in_(devices))
        .order_by(CustodyRow.device_id, CustodyRow.number)
    )
    rows = (await snapshot.session.scalars(query)).all()
    found = {
        UUID(str(key)): [_entry(row) for row in of_device]
        for key, of_device in groupby(rows, key=lambda row: row.device_id)
    }
    snapshot.session.expunge_all()
    return found


async def _in_log(snapshot: Snapshot, devices: Sequence[UUID]) -> dict[UUID, list[Entry]]:
    keys = sorted(str(key) for key in devices)
    asked = {"topic": DeviceRow.topic.name, "keys": keys}
    rows = (await snapshot.session.execute(_EVENTS, asked)).all()
    return {
        UUID(key): list(
            entries_of((one.seq, read_event(one.type, one.payload)) for one in of_device)  # type: ignore[misc]
        )
        for key, of_device in groupby(rows, key=lambda row: row.key)
    }


def _entry(row: CustodyRow) -> Entry:
    return Entry(
        number=row.number,
        custody=row.custody,
        order_id=OrderId(row.order_id) if row.order_id else None,
        transfer_id=row.transfer_id,
    )


_EVENTS = text(
    "SELECT key, seq, type, payload FROM events "
    "WHERE topic = :topic AND key = ANY(:keys) ORDER BY key, seq"
)
