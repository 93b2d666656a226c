"""What is done with a pickup besides its events: the waits for inventory and for the goods."""

from datetime import timedelta

from kvitt_chassis.handlers import Timer
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.calendar import start_of_day
from kvitt_contracts.inventory import ClaimBroken, ClaimGranted, ClaimRefused, ClaimReleased

from orders.pickups import domain
from orders.pickups.models import PickupRow

Claimed = ClaimGranted | ClaimRefused | ClaimBroken | ClaimReleased

ANSWER = Timer("pickup_answer", PickupRow)
OVERDUE = Timer("pickup_overdue", PickupRow)
ANSWER_WITHIN = timedelta(hours=24)
"""Business time in which inventory answers; after it the pickup is refused."""


def await_answer(row: PickupRow, tx: Transaction) -> None:
    """Refuse the pickup unless inventory has answered within a day."""
    tx.schedule(ANSWER, key=row.id, due=tx.now + ANSWER_WITHIN)


def await_goods(row: PickupRow, tx: Transaction) -> None:
    """Tell that the pickup is late when its last day has passed, by the policy that it is pinned
    to.
    """
    tx.cancel_timer(ANSWER, key=row.id)
    policy = tx.pinned_policy(row.policy)
    last = domain.last_day(row.state(), policy=policy, today=tx.today)
    tx.schedule(OVERDUE, key=row.id, due=start_of_day(last + timedelta(days=1)))


def stop_waiting_when_over(row: PickupRow, tx: Transaction) -> None:
    """Cancel the timers of a pickup that is over."""
    if row.status not in domain.OPEN:
        tx.cancel_timer(ANSWER, key=row.id)
        tx.cancel_timer(OVERDUE, key=row.id)


async def settle_claim(event: Claimed, tx: Transaction) -> None:
    """What inventory says of the pickup's claim: registered or refused; a line is over when its
    device came back, is lost or scrapped, or was let go (PCK-2).
    """
    row = await tx.lock(PickupRow, event.claimant.id)
    pickup = row.state()
    match event:
        case ClaimGranted():
            registered = domain.register(pickup)
            tx.record(row, *registered)
            if registered:
                await_goods(row, tx)
        case ClaimRefused():
            tx.record(row, *domain.refuse(pickup, refused=event.refused))
        case ClaimBroken():
            outcome = domain.outcome_of(event.reason)
            tx.record(row, *domain.end_lines(pickup, [event.device_id], outcome=outcome))
        case ClaimReleased():
            tx.record(row, *domain.end_lines(pickup, event.devices, outcome=domain.VOIDED))
    stop_waiting_when_over(row, tx)
