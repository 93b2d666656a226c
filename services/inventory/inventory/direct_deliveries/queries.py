"""Look-ups for receipts: an order's direct lines, and serial numbers that are borne already."""

from collections.abc import Iterable, Mapping

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.orders import SuppliedLine
from kvitt_contracts.types import ArticleNumber, OrderLineId
from sqlalchemy import select, tuple_

from inventory.devices.models import DeviceRow
from inventory.direct_deliveries.domain import SerialNumber
from inventory.reservations.models import PlacedOrderRow


def direct_lines(order: PlacedOrderRow | None) -> Mapping[OrderLineId, SuppliedLine]:
    """The lines of an order that come direct from a supplier, by their ids (ORD-21)."""
    return {line.line_id: line for line in order.direct_lines} if order else {}


async def serials_taken(
    tx: Transaction, serials: Iterable[tuple[ArticleNumber, str]]
) -> set[SerialNumber]:
    """Those of these serial numbers that a device of the article bears (INV-5)."""
    asked = sorted(set(serials))
    if not asked:
        return set()
    pair = tuple_(DeviceRow.article_number, DeviceRow.serial_number)
    query = select(DeviceRow.article_number, DeviceRow.serial_number).where(
        DeviceRow.region == tx.region, pair.in_(asked)
    )
    with tx.session.no_autoflush:
        found = await tx.session.execute(query)
    return {(number, serial) for number, serial in found if serial is not None}
