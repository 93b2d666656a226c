"""Looks for persons by what is known of them (REF-2), and the choice of one among the hits. Each is
logged in the transaction that answers it, whatever comes of it.
"""

from datetime import UTC, datetime

from kvitt_chassis.access import Caller
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.calendar import stockholm_day
from kvitt_contracts.folding import folded
from kvitt_contracts.personnummer import (
    CoordinationNumber,
    Identity,
    PersonalNumber,
    is_personal_number,
)
from kvitt_contracts.types import PersonRef

from orders.care.queries import given
from orders.care.views import Found, Hit
from orders.people import domain
from orders.people.domain import Finding, Look, Purpose
from orders.people.models import PersonDetailsRow, PersonRow
from orders.people.queries import (
    current_references,
    details_of_all,
    find_by_number,
    was_listed_to,
)
from orders.people.terms import domain as terms
from orders.people.terms.domain import Sought
from orders.people.terms.queries import persons_with
from orders.people.turns import must_have_a_turn
from orders.people.views import PersonView
from orders.people.writes import log_accesses


# decision 0519
async def search(text: str, purpose: Finding, caller: Caller, tx: Transaction) -> Found | None:
    """Whom a text asks for, with what tells hits apart; None: too many, which is logged as a look
    that found nobody.

    Raises SearchRefused (REF-2), TooManyLooks (REF-19).
    """
    sought = terms.understand(text, today=stockholm_day(datetime.now(UTC)))
    for limit in (domain.finds_of(is_region_system=caller.is_region_system), terms.SHOWN_AN_HOUR):
        await must_have_a_turn(limit, caller.user_id, tx)
    rows = await _met(sought, tx)
    found = [] if rows is None else await _within_reach(rows, caller, tx)
    shown = sorted(found, key=lambda row: (folded(row.name), row.born_on, str(row.person)))
    hits = [Hit.of(row.person, row.details()) for row in shown[: terms.MOST_HITS]]
    if hits:
        refs = [hit.person for hit in hits]
        look = Look.LISTED if sought.number is None else Look.FOUND  # as whoever is found by it
        log_accesses(tx, caller.user_id, purpose, refs, look=look)
    else:
        log_accesses(tx, caller.user_id, purpose, [None], look=Look.NOT_FOUND)
    return None if rows is None else Found(hits=hits, more=len(found) > len(hits))


async def choose(
    person: PersonRef, purpose: Finding, caller: Caller, tx: Transaction
) -> PersonView | None:
    """Open to the caller a person whom a search has just shown them (REF-19); None: it has not,
    which is logged too. Raises TooManyLooks.
    """
    for limit in (domain.finds_of(is_region_system=caller.is_region_system), domain.MISSES):
        await must_have_a_turn(limit, caller.user_id, tx)
    current = (await current_references([person], tx)).get(person)
    row = None if current is None else await tx.look_up(PersonDetailsRow, current)
    may = row is not None and await was_listed_to(caller.user_id, person, purpose, tx)
    if row is None or not may or not await _within_reach([row], caller, tx):
        log_accesses(tx, caller.user_id, purpose, [person], look=Look.OUT_OF_REACH)
        return None
    log_accesses(tx, caller.user_id, purpose, [row.person], look=Look.FOUND)
    return PersonView.of(await tx.get(PersonRow, row.person))


async def _met(sought: Sought, tx: Transaction) -> list[PersonDetailsRow] | None:
    """Who has all of it; None: too many to be read."""
    refs = await _candidates(sought, tx)
    if refs is None:
        return None
    rows = await details_of_all(refs, tx)
    return [row for row in rows if sought.is_met_by(row.details())]


async def _candidates(sought: Sought, tx: Transaction) -> list[PersonRef] | None:
    if sought.number is not None:
        ref = await find_by_number(_identity(sought.number), tx)
        return [] if ref is None else [ref]
    begun = sought.beginnings()
    refs = await persons_with(begun, tx, at_most=terms.MOST_READ)
    if refs is None and sought.whole() != begun:
        return await persons_with(sought.whole(), tx, at_most=terms.MOST_READ)
    return refs


def _identity(number: str) -> Identity:
    if is_personal_number(number):
        return PersonalNumber(number=number)
    return CoordinationNumber(number=number)


async def _within_reach(
    rows: list[PersonDetailsRow], caller: Caller, tx: Transaction
) -> list[PersonDetailsRow]:
    """Without whoever is protected and not in the caller's care (REF-19): as if they were not."""
    protected = [row.person for row in rows if row.protected]
    if not protected:
        return rows
    known = await given(protected, Purpose.DISPLAY, caller, tx)
    return [row for row in rows if not row.protected or row.person in known]
