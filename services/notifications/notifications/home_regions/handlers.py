"""Messages about what another region or the state pays for: a commitment that is missing, a fitting
that nobody has reported finished (BIL-5, BIL-11).
"""

from collections.abc import Iterable

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.billing import HomeRegionReminderDue
from kvitt_contracts.notifications import ToUser

from notifications.messages.domain import NewKind
from notifications.messages.writes import about_order, post
from notifications.transfers.domain import whom_to_tell
from notifications.transfers.models import ResponsiblesRow

messages = Handlers()


def _who_answers(event: HomeRegionReminderDue, _: Transaction) -> Iterable[RowKey]:
    if event.is_fitting_open:
        yield ResponsiblesRow, event.service_point


@messages.on(HomeRegionReminderDue, reads=_who_answers)
async def on_home_region_reminder_due(event: HomeRegionReminderDue, tx: Transaction) -> None:
    """Tell the prescriber that something was delivered without the home region's commitment; and in
    good time before the payer is invoiced without further contact, with who answers for the unit,
    that the fitting is not reported finished (BIL-5, BIL-11).
    """
    about, prescriber = about_order(event.order_id), ToUser(user_id=event.prescriber)
    if not event.is_fitting_open:
        post(tx, prescriber, NewKind.COMMITMENT_MISSING, about)
        return
    known = await tx.look_up(ResponsiblesRow, event.service_point)
    facts = known.facts() if known else None
    at_unit = whom_to_tell(event.service_point, facts, on=tx.today)
    for to in dict.fromkeys((prescriber, *at_unit)):
        post(tx, to, NewKind.FITTING_UNFINISHED, about)
