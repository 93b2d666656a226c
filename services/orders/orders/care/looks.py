"""Looks at persons: by the full number, by reference for a purpose, in an emergency. Each is logged
in the transaction that answers it, whatever comes of it.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from kvitt_chassis.access import Caller
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.personnummer import Identity
from kvitt_contracts.types import PersonRef

from orders.care.queries import given
from orders.care.views import Opening, Resolved, view_of
from orders.people import domain
from orders.people.domain import Finding, Look, Purpose
from orders.people.models import PersonRow
from orders.people.queries import current_references, details_of_all, find_by_number
from orders.people.turns import must_have_a_turn
from orders.people.views import PersonView
from orders.people.writes import log_accesses

EMERGENCY = "emergency"
"""The purpose that an opening in an emergency is logged under."""


async def find(
    identity: Identity, purpose: Finding, caller: Caller, tx: Transaction
) -> PersonView | None:
    """Find a person by their full number, and open them to the caller (REF-19); None: nobody has
    it, which is logged too. Raises TooManyLooks.
    """
    await must_have_a_turn(
        domain.finds_of(is_region_system=caller.is_region_system), caller.user_id, tx
    )
    ref = await find_by_number(identity, tx)
    look = Look.NOT_FOUND if ref is None else Look.FOUND
    log_accesses(tx, caller.user_id, purpose, [ref], look=look)
    return None if ref is None else PersonView.of(await tx.get(PersonRow, ref))


async def resolve(
    refs: Sequence[PersonRef], purpose: Purpose, caller: Caller, tx: Transaction
) -> Resolved:
    """Show who references are, as far as they are within the caller's reach for the purpose
    (REF-19). Raises TooManyLooks where too many were not.
    """
    await must_have_a_turn(domain.MISSES, caller.user_id, tx)
    reached = await given(refs, purpose, caller, tx)
    current = await current_references([ref for ref in refs if ref in reached], tx)
    found = await details_of_all(current.values(), tx)
    details = {row.person: row.details() for row in found}
    shown = [
        view_of(asked, ref, domain.show(details[ref], purpose=purpose))
        for asked, ref in current.items()
        if ref in details
    ]
    missed = [ref for ref in dict.fromkeys(refs) if ref not in reached]
    log_accesses(tx, caller.user_id, purpose, sorted(details, key=str))
    log_accesses(tx, caller.user_id, purpose, missed, look=Look.OUT_OF_REACH)
    known = {view.asked for view in shown}
    return Resolved(persons=shown, unknown=[ref for ref in refs if ref not in known])


# decision 0278: who opens in an emergency is told on, and does not wait for anybody
async def open_in_emergency(
    person: PersonRef, reason: str, caller: Caller, tx: Transaction
) -> Opening | None:
    """Open a person to the caller without their number (REF-19); None: there is no such reference,
    or it is erased, which is logged too. Raises TooManyLooks.
    """
    for limit in (domain.EMERGENCIES, domain.MISSES):
        await must_have_a_turn(limit, caller.user_id, tx)
    current = (await current_references([person], tx)).get(person)
    if current is None or (await tx.get(PersonRow, current)).is_erased:  # nobody knows who it was
        log_accesses(tx, caller.user_id, EMERGENCY, [person], look=Look.OUT_OF_REACH)
        return None
    log_accesses(tx, caller.user_id, EMERGENCY, [current], look=Look.OPENED, reason=reason)
    return Opening(person=current, until=datetime.now(UTC) + domain.OPEN_FOR)
