"""Stories of what comes direct from suppliers."""

from kvitt_testkit.world import World

from contracts.tests.builders.receipts import (
    a_direct_line,
    a_direct_order_placed,
    a_receipt_reported,
    a_reported_line,
)
from contracts.tests.builders.story import CUSHION, ROLLATOR, a_store


async def direct_deliveries(world: World) -> None:
    """Receipts that are booked for the recipient or for a store, or refused."""
    await world.handle_all(
        a_direct_order_placed(
            a_direct_line(ROLLATOR, order="D-1"),
            a_direct_line(CUSHION, order="D-1", number=2),
            reference="D-1",
        ),
        a_receipt_reported(
            a_reported_line("180001", order="D-1"),
            a_reported_line(line=2, order="D-1"),
            order="D-1",
        ),
        a_direct_order_placed(
            a_direct_line(ROLLATOR, order="D-2"),
            a_direct_line(CUSHION, order="D-2", number=2),
            reference="D-2",
        ),
        a_receipt_reported(a_reported_line("180001", order="D-2"), order="D-2"),
        a_receipt_reported(
            a_reported_line(
                order="D-2",
                devices=({"device_number": "180002", "serial_number": "SN-180001"},),
            ),
            order="D-2",
            receipt="K-2",
        ),
        a_receipt_reported(
            a_reported_line("180003", order="D-2"),
            a_reported_line(line=2, order="D-2"),
            order="D-2",
            receipt="K-3",
            deliver_to=a_store(),
        ),
        a_receipt_reported(
            a_reported_line(line=2, order="D-2"), order="D-2", receipt="K-4", deliver_to=a_store()
        ),
    )
