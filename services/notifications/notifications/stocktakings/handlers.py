"""Messages about stocktakings: units are told in good time (INV-10)."""

from collections.abc import Iterable

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import StocktakingAnnounced
from kvitt_contracts.notifications import ToStaff

from notifications.emails.writes import queue_to_users
from notifications.messages.domain import CUSTOMER_SERVICE, NewKind
from notifications.messages.writes import about_stocktaking, post
from notifications.preferences.domain import STOCKTAKING
from notifications.transfers.domain import whom_to_tell
from notifications.transfers.models import ResponsiblesRow

messages = Handlers()


def _who_answers(event: StocktakingAnnounced, _: Transaction) -> Iterable[RowKey]:
    if event.service_point is not None:
        yield ResponsiblesRow, event.service_point


@messages.on(StocktakingAnnounced, reads=_who_answers)
async def on_stocktaking_announced(event: StocktakingAnnounced, tx: Transaction) -> None:
    """Tell who answers for the unit that its store is to be counted, by mail too where the region
    wants that; customer service of one that is no unit's (INV-10, NTF-4).
    """
    about = about_stocktaking(event.stocktaking_id)
    if event.service_point is None:
        post(tx, ToStaff(duty=CUSTOMER_SERVICE), NewKind.STOCKTAKING_ANNOUNCED, about)
        return
    known = await tx.look_up(ResponsiblesRow, event.service_point)
    told = whom_to_tell(event.service_point, known.facts() if known else None, on=tx.today)
    for to in told:
        post(tx, to, NewKind.STOCKTAKING_ANNOUNCED, about)
    await queue_to_users(tx, told, routine=STOCKTAKING, about=about)
