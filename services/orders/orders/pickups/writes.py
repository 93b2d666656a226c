"""What is done with a pickup besides its events: the waits for inventory and for the goods."""

from datetime import timedelta

from kvitt_chassis.handlers import Timer
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.calendar import start_of_day
from kvitt_contracts.inventory import ClaimBroken, ClaimGranted, ClaimRefused, ClaimReleased
from kvitt_contracts.types import PayerId

from orders.pickups import domain
from orders.pickups.models import PickupRow
from orders.units.domain import User
from orders.units.models import CustomerRow, PayerRow
from orders.units.queries import customer_key, payer_key

Claimed = ClaimGranted | ClaimRefused | ClaimBroken | ClaimReleased

ANSWER = Timer("pickup_answer", PickupRow)
OVERDUE = Timer("pickup_overdue", PickupRow)
RETURN_AWAITED = Timer("pickup_return_awaited", PickupRow)
ANSWER_WITHIN = timedelta(hours=24)
"""Business time in which inventory answers; after it the pickup is refused."""


async def make_urgent(row: PickupRow, tx: Transaction, *, by: User, payer: PayerId | None) -> None:
    """Have a pickup fetched at once; its customer's payer pays the fee unless another is named
    (PCK-3). Raises Refused as the rule does, and for an unknown payer (REF-4).
    """
    if payer is None:
        payer = (await tx.get(CustomerRow, customer_key(row.customer_id, tx))).payer_id
    else:
        await tx.get(PayerRow, payer_key(payer, tx), rule="REF-4", field="payer_id")
    urgent = domain.make_urgent(row.state(), by=by, payer=payer, policy=tx.policy, today=tx.today)
    tx.record(row, *urgent)


def await_answer(row: PickupRow, tx: Transaction) -> None:
    """Refuse the pickup unless inventory has answered within a day."""
    row.due_on = tx.today + ANSWER_WITHIN
    tx.schedule(ANSWER, key=row.id, due=tx.now + ANSWER_WITHIN)


def await_goods(row: PickupRow, tx: Transaction) -> None:
    """Tell that the pickup is late when its last day has passed, and remind of what is to be
    returned at once (PCK-7), by the policy that it is pinned to.
    """
    tx.cancel_timer(ANSWER, key=row.id)
    policy, pickup = tx.pinned_policy(row.policy), row.state()
    row.last_on = domain.last_day(pickup, policy=policy, today=tx.today)
    tx.schedule(OVERDUE, key=row.id, due=start_of_day(row.last_on + timedelta(days=1)))
    at_once = domain.return_day(pickup, policy=policy, today=tx.today)
    row.due_on = min(row.last_on, at_once or row.last_on)
    if at_once is not None:
        tx.schedule(RETURN_AWAITED, key=row.id, due=start_of_day(at_once + timedelta(days=1)))


def remind(row: PickupRow, tx: Transaction) -> None:
    """Remind of what is to be returned at once, and again as many days later (PCK-7)."""
    awaited = domain.await_return(row.state(), since=row.requested_on)
    tx.record(row, *awaited)
    if awaited:
        days = tx.pinned_policy(row.policy).pickup.return_at_once_days
        tx.schedule(RETURN_AWAITED, key=row.id, due=start_of_day(tx.today + timedelta(days=days)))


def stop_waiting_when_over(row: PickupRow, tx: Transaction) -> None:
    """Cancel the timers of a pickup that is over. One that has nothing left that is to be returned
    at once waits until its last day.
    """
    if row.status not in domain.OPEN:
        row.due_on = row.last_on = None
        tx.cancel_timer(ANSWER, key=row.id)
        tx.cancel_timer(OVERDUE, key=row.id)
        tx.cancel_timer(RETURN_AWAITED, key=row.id)
    elif row.last_on is not None and not domain.to_return_at_once(row.state()):
        row.due_on = row.last_on


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
