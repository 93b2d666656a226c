"""Reports to the region about its own messages: those that a service refused, and the way on."""

from uuid import UUID

from kvitt_chassis.handlers import Handlers
from kvitt_chassis.transaction import Transaction
from kvitt_contracts import refusals
from kvitt_contracts.copying import same_fields
from kvitt_contracts.refusals import (
    BmbMessageRefused,
    InventoryMessageRefused,
    OrdersMessageRefused,
)
from kvitt_contracts.regions import MessageRefused

from notifications.feed.writes import report

messages = Handlers()


@messages.on(OrdersMessageRefused, BmbMessageRefused, InventoryMessageRefused)
async def tell_of_refusal(event: refusals.MessageRefused, tx: Transaction) -> None:
    """Report a refused message of the region: which, by which rule, and what to do."""
    refused = MessageRefused(
        **same_fields(event, MessageRefused),
        subject=event.message_subject,
        service=event.wire_type.split(".")[0],
    )
    # The refusal's own id names it on the feed too: two services may refuse the same ce_id.
    await report(tx, UUID(tx.subject), refused)
