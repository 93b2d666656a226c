"""Handlers of refills: proposed each night, dropped by the unit, ordered by its replenishment."""

from collections.abc import Sequence
from datetime import datetime

from kvitt_chassis.handlers import Handlers
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.calendar import stockholm_day
from kvitt_contracts.inventory import DropRefill, RefillProposed
from kvitt_contracts.types import Goods, ProposalId, UserId

from inventory.people.models import UserRow
from inventory.refills import domain
from inventory.refills.commands import DropProposal
from inventory.refills.models import RefilledStoreRow, RefillRow
from inventory.refills.queries import levels_in, open_proposals, refilled_store_id
from inventory.refills.writes import NIGHT, look_in_the_night
from inventory.reservations.queries import incoming_to
from inventory.stores.models import StoreRow
from inventory.stores.queries import is_store_of, may_store_hold_stock, points_of_store

messages = Handlers()


@messages.timer(NIGHT)
async def propose(row: RefilledStoreRow, due: datetime, tx: Transaction) -> None:
    """INV-9: propose what fills up the store to its safety levels, in the place of what was
    proposed before and nobody has answered.
    """
    # Locked before anything is counted: who orders by it waits, or is among what is to come.
    before = await tx.lock_all(RefillRow, await open_proposals(tx, row.store))
    # Then: what arrives between the two is counted twice for a night, and not proposed twice.
    # By the night's own day: one that is late may come before that day's arrivals, late as it is.
    day = stockholm_day(due)
    coming = await incoming_to(tx, row.store, on=day)
    found = await levels_in(tx, row.store)
    lines: tuple[Goods, ...] = ()
    if await may_store_hold_stock(tx, row.store):
        lines = domain.lacking(
            [balance.state() for balance, article in found if article.state().is_purchased],
            incoming=coming,
        )
    await _propose(row, lines, tx, before=before)
    if found:
        await look_in_the_night(tx, row.store, after=day)


@messages.command(DropProposal, of=RefillRow, rule="INV-9")
async def drop_proposal(row: RefillRow, command: DropProposal, tx: Transaction) -> None:
    """The unit does not want it (INV-9).

    Refused: UNKNOWN_PROPOSAL, STORE_ELSEWHERE, ALREADY_ORDERED (INV-9), UNKNOWN_USER (REF-3).
    """
    await _drop(row, command.by, tx)


@messages.command(DropRefill)
async def drop_refill(command: DropRefill, tx: Transaction) -> None:
    """The unit does not want what is proposed for a store (INV-9).

    Refused: NOTHING_PROPOSED, STORE_ELSEWHERE, ALREADY_ORDERED (INV-9), UNKNOWN_USER (REF-3).
    """
    # The store first: a night that puts another proposal in its place has done so, or waits.
    await tx.find(RefilledStoreRow, refilled_store_id(tx, command.store))
    rows = await tx.lock_all(RefillRow, await open_proposals(tx, command.store))
    if not rows:
        raise domain.RefillRefused(
            "NOTHING_PROPOSED",
            rule="INV-9",
            field="store",
            way_on="Förrådet har inget obesvarat förslag: det är redan beställt eller borttaget.",
        )
    for row in rows:
        await _drop(row, command.by, tx)


async def _propose(
    row: RefilledStoreRow, lines: tuple[Goods, ...], tx: Transaction, *, before: Sequence[RefillRow]
) -> None:
    if any(domain.is_still_so(one.state(), lines) for one in before):
        return
    for one in before:
        tx.record(one, *domain.replace_by_next(ProposalId(one.id), one.state()))
    store = await tx.get(StoreRow, row.store)
    points = await points_of_store(tx, store)
    if lines and points:
        proposal_id = ProposalId(tx.mint())
        proposed = RefillProposed(
            proposal_id=proposal_id,
            store=row.store,
            service_point=points[0],
            proposed_on=tx.today,
            lines=lines,
        )
        tx.start(RefillRow, proposal_id, proposed)


async def _drop(row: RefillRow, by: UserId, tx: Transaction) -> None:
    user = await tx.get(UserRow, by, rule="REF-3", field="by")
    is_own = await is_store_of(tx, row.store, user, act="inventory.refill.drop")
    tx.record(row, *domain.drop(ProposalId(row.id), row.state(), by=by, is_own=is_own))
