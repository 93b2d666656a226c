"""Reports to the region about its own messages: what became of each, and what was refused."""

from uuid import UUID

from kvitt_chassis.handlers import Handlers
from kvitt_chassis.transaction import Transaction
from kvitt_contracts import refusals
from kvitt_contracts.copying import same_fields
from kvitt_contracts.refusals import (
    BillingMessageRefused,
    BillingMessageSettled,
    BmbMessageRefused,
    BmbMessageSettled,
    InventoryMessageRefused,
    InventoryMessageSettled,
    OrdersMessageRefused,
    OrdersMessageSettled,
)
from kvitt_contracts.regions import MessageRefused, MessageSettled

from notifications.feed.writes import report

messages = Handlers()


@messages.on(
    OrdersMessageRefused, BmbMessageRefused, InventoryMessageRefused, BillingMessageRefused
)
async def tell_of_refusal(event: refusals.MessageRefused, tx: Transaction) -> None:
    """Report a refused message of the region: which, by which rule, and what to do."""
    refused = MessageRefused(
        **same_fields(event, MessageRefused),
        source=event.message_source,
        subject=event.message_subject,
        service=event.wire_type.split(".")[0],
    )
    # The refusal's own id names it on the feed too: two services may refuse the same ce_id.
    await report(tx, UUID(tx.subject), refused)


@messages.on(
    OrdersMessageSettled, BmbMessageSettled, InventoryMessageSettled, BillingMessageSettled
)
async def tell_of_settling(event: refusals.MessageSettled, tx: Transaction) -> None:
    """Report what became of a message of the region: its receipt."""
    settled = MessageSettled(
        **same_fields(event, MessageSettled),
        source=event.message_source,
        subject=event.message_subject,
        service=event.wire_type.split(".")[0],
    )
    await report(tx, UUID(tx.subject), settled)
