"""Messages about what is proposed for a unit's own store (INV-9)."""

from kvitt_chassis.handlers import Handlers
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import RefillProposed
from kvitt_contracts.notifications import ToServicePoint

from notifications.messages.domain import NewKind
from notifications.messages.writes import about_refill, post

messages = Handlers()


@messages.on(RefillProposed)
async def on_refill_proposed(event: RefillProposed, tx: Transaction) -> None:
    """Tell the unit that something in its store is below its safety level (INV-9)."""
    to = ToServicePoint(service_point=event.service_point)
    post(tx, to, NewKind.REFILL_PROPOSED, about_refill(event.proposal_id))
