"""Messages about blocks: to the unit whose block somebody has opened in an emergency (REF-25)."""

from kvitt_chassis.handlers import Handlers
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.notifications import ToServicePoint
from kvitt_contracts.orders import BlockOpened

from notifications.messages.domain import NewKind
from notifications.messages.writes import about_person, post

messages = Handlers()


@messages.on(BlockOpened)
async def on_block_opened(event: BlockOpened, tx: Transaction) -> None:
    """Tell everybody at the unit that what is blocked there is open to somebody else (REF-25)."""
    to = ToServicePoint(service_point=event.service_point)
    post(tx, to, NewKind.BLOCK_OPENED, about_person(event.person))
