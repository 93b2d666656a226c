"""Handlers of the regions' facts about persons: the one place where a number comes in over
Kafka.
"""

from collections.abc import Iterable
from datetime import datetime
from secrets import choice
from string import ascii_lowercase
from uuid import uuid4

from kvitt_chassis.handlers import Handlers, RowKey, Timer
from kvitt_chassis.lock_order import RowTaken
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.personnummer import Identity
from kvitt_contracts.regions import PersonsJoined, PersonStated
from kvitt_contracts.types import PersonRef, RegionPersonId, UserId

from orders.message_subject import subject_as
from orders.people import domain
from orders.people.commands import AddPerson, KeepContact, MergePerson
from orders.people.corrections import keep_correction
from orders.people.keys.models import PersonKeyRow
from orders.people.keys.opening import wrapped_anew, writable
from orders.people.keys.writes import KEY_OUTDATED
from orders.people.models import PersonDetailsRow, PersonIdRow, PersonRow
from orders.people.number_index import index_of, indexes_of
from orders.people.queries import details_of, find_by_number, rows_of_person
from orders.people.terms.writes import keep_terms
from orders.people.turns import must_have_a_turn
from orders.people.writes import change_number_index, delete_details, log_accesses, log_edit
from orders.units.models import UserRow
from orders.units.queries import user_key

messages = Handlers()

ADD_PERSON = "add_person"
"""The purpose that an addition by hand is logged under."""

MERGE = "merge"
"""The purpose that two references that became one are logged under."""
REGION = "region"
"""Whom the log names where the region itself has stated something, and nobody in it."""

PROTECTION_UNTOLD = Timer("person_protection_untold", PersonRow)
"""Set by a migration for who was protected before events said so."""
IN_CLEAR = Timer("person_details_in_clear", PersonRow)
"""Set by a migration for who was stored before what is stored was sealed."""


def _rows_of_subject(fact: PersonStated, tx: Transaction) -> Iterable[RowKey]:
    try:
        named = RegionPersonId(tx.subject)
    except ValueError:  # the handler refuses it
        return
    for index in indexes_of(fact.identity, region=tx.region):
        yield PersonDetailsRow.number_index, index
    yield from rows_of_person(named, tx)


def _person_of_subject(fact: PersonStated, tx: Transaction) -> Iterable[RowKey]:
    return [one for one in _rows_of_subject(fact, tx) if one[0] is PersonRow]


@messages.on(PersonStated, loads=_person_of_subject, reads=_rows_of_subject)
async def on_person_stated(fact: PersonStated, tx: Transaction) -> None:
    """Register or correct a person; a number that another reference has makes the two one.

    Refused: INVALID_SUBJECT (contract); PERSON_IS_MERGED (REF-1), where the region's id is an alias
    and the number is not its person's; PERSON_IS_ERASED (REF-23), as at each merge: who is erased
    meanwhile is looked for anew before that.
    """
    named = subject_as(RegionPersonId, tx.subject)
    active = fact.active and not fact.deceased
    row = await _called(named, tx)
    is_new = row is None
    if row is None:
        row = _start(named, active=active, is_protected=fact.protected, tx=tx)
    elif row.region_person_id != named:
        await _must_state_same_number(row, fact, tx)
    holder = await _holding(fact.identity, tx)
    if holder is not None and holder.id != row.id:
        await _merge(row, into=holder, tx=tx)
        row, is_new = holder, False
    tx.record(row, *domain.state_activity(row.state(), active=active))
    tx.record(row, *domain.state_protection(row.state(), is_protected=fact.protected))
    await _keep_details(PersonRef(row.id), fact, tx, is_new=is_new)


@messages.on(PersonsJoined)
async def on_persons_joined(fact: PersonsJoined, tx: Transaction) -> None:
    """Two of the region's ids are one person: the subject's reference stays, protected where either
    was (REF-9).

    An id that nobody has stated: the fact waits. Refused: INVALID_SUBJECT (contract);
    PERSON_IS_ERASED (REF-23), where one is erased meanwhile.
    """
    stays = await tx.get(PersonIdRow, subject_as(RegionPersonId, tx.subject))
    joined = await tx.get(PersonIdRow, fact.joined)
    row, into = await _lock_current(joined.person, tx), await _lock_current(stays.person, tx)
    await _make_one(row, into, tx)


async def _make_one(row: PersonRow, into: PersonRow, tx: Transaction) -> None:
    if row.id == into.id:
        return
    was_protected = row.is_protected
    await _merge(row, into=into, tx=tx)
    if was_protected:  # until the region states the person anew
        await _protect(into, tx)


@messages.command(MergePerson)
async def merge_person(command: MergePerson, tx: Transaction) -> None:
    """Two references are one person: the target becomes an alias of another (REF-1), as where the
    region says so; protected where either was (REF-9).

    Refused: UNKNOWN_PERSON (contract, REF-1), PERSON_IS_ERASED (REF-23).
    """
    ref, into_ref = PersonRef(tx.target("person")), command.into
    await tx.get(PersonRow, into_ref, rule="REF-1", field="into")
    row, into = await _lock_current(ref, tx), await _lock_current(into_ref, tx)
    await _make_one(row, into, tx)


@messages.timer(PROTECTION_UNTOLD)
async def tell_protection(row: PersonRow, due: datetime, tx: Transaction) -> None:
    """Emit that a person is protected, where the vault alone says so (REF-9)."""
    details = await tx.look_up(PersonDetailsRow, row.id)
    if details is not None and details.protected:
        tx.record(row, *domain.state_protection(row.state(), is_protected=True))


# decision 0516: what an earlier release stored is sealed by timers, while it is read as it is
@messages.timer(IN_CLEAR)
async def seal_details(row: PersonRow, due: datetime, tx: Transaction) -> None:
    """Seal what an earlier release stored of a person in clear (REF-22)."""
    details = await tx.find(PersonDetailsRow, row.id)
    if details is not None:
        await writable(details, tx)


@messages.timer(KEY_OUTDATED)
async def wrap_key_anew(row: PersonRow, due: datetime, tx: Transaction) -> None:
    """Wrap a person's key by the newest version of the region's ring (REF-22)."""
    key = await tx.look_up(PersonKeyRow, row.id)
    if key is not None:
        await wrapped_anew(key, tx)


@messages.command(AddPerson, reads=lambda command, tx: [(UserRow, user_key(command.asked_by, tx))])
async def add_person(command: AddPerson, tx: Transaction) -> None:
    """Add a person whom the registry lacks (REF-8), with who asked for it (REF-12); no effect when
    the number is registered already.

    Refused: UNKNOWN_USER (REF-12). Raises TooManyLooks.
    """
    assert tx.actor is not None  # over HTTP alone
    by = UserId(tx.actor)
    limit = domain.finds_of(is_region_system=False)  # it is granted to users alone
    await must_have_a_turn(limit, by, tx)
    await tx.get(UserRow, user_key(command.asked_by, tx), rule="REF-12", field="asked_by")
    found = await find_by_number(command.identity, tx)
    if found is not None:
        log_accesses(tx, by, ADD_PERSON, [found], look=domain.Look.ADDED)
        return
    named = RegionPersonId("kvitt-" + "".join(choice(ascii_lowercase) for _ in range(20)))
    row = _start(named, active=True, is_protected=command.protected, tx=tx)
    log_accesses(tx, by, ADD_PERSON, [PersonRef(row.id)], look=domain.Look.ADDED)
    details = await writable(PersonDetailsRow(region=tx.region, person=PersonRef(row.id)), tx)
    details.number_index = index_of(command.identity, region=tx.region)
    details.identity = command.identity
    details.name = command.name
    details.address = command.address
    details.home_region = command.home_region
    details.protected = command.protected
    details.deceased = False
    details.asked_by = command.asked_by
    tx.put(details)
    await keep_terms(details, tx, before=None)


@messages.command(KeepContact)
async def keep_contact(command: KeepContact, tx: Transaction) -> None:
    """Edit phone, door code and instructions (REF-1); who did it and when is logged (REF-6).

    Refused: UNKNOWN_PERSON (contract), UNKNOWN_PERSON_DETAIL (REF-1).
    """
    row = await _lock_current(PersonRef(tx.target("person")), tx)
    details = await writable(await tx.get(PersonDetailsRow, row.id, rule="REF-1"), tx)
    assert tx.actor is not None  # over HTTP alone
    log_edit(tx, UserId(tx.actor), PersonRef(row.id))
    before = details.details()
    details.phone = command.phone
    details.door_code = command.door_code
    details.instructions = command.instructions
    keep_correction(details, before, tx)


def _start(
    named: RegionPersonId, *, active: bool, is_protected: bool, tx: Transaction
) -> PersonRow:
    # Random: a reference that could be derived would say something about the person.
    ref = PersonRef(uuid4())
    tx.put(PersonIdRow(region=tx.region, region_person_id=named, person=ref))
    registered = domain.register(
        ref, region_person_id=named, active=active, is_protected=is_protected
    )
    return tx.start(PersonRow, ref, registered)


async def _called(named: RegionPersonId, tx: Transaction) -> PersonRow | None:
    known = await tx.look_up(PersonIdRow, named)
    return None if known is None else await _lock_found(known.person, tx)


async def _lock_found(ref: PersonRef, tx: Transaction) -> PersonRow:
    """The row of whom an id or a number leads to. Raises RowTaken where they are erased meanwhile:
    begun anew, the id or the number is nobody's.
    """
    row = await _lock_current(ref, tx)
    if row.is_erased:
        raise RowTaken
    return row


async def _must_state_same_number(row: PersonRow, fact: PersonStated, tx: Transaction) -> None:
    kept = await details_of(PersonRef(row.id), tx)
    if kept is not None:
        domain.must_state_same_number(row.state(), stated=fact.identity, kept=kept.identity)


async def _lock_current(ref: PersonRef, tx: Transaction) -> PersonRow:
    row = await tx.lock(PersonRow, ref)
    while row.merged_into is not None:
        row = await tx.lock(PersonRow, row.merged_into)
    return row


async def _holding(identity: Identity, tx: Transaction) -> PersonRow | None:
    ref = await find_by_number(identity, tx)
    return None if ref is None else await _lock_found(ref, tx)


async def _merge(row: PersonRow, *, into: PersonRow, tx: Transaction) -> None:
    merged = domain.merge(row.state(), into=into.state())
    tx.record(row, *merged)
    if merged:
        by = UserId(tx.actor or REGION)
        log_accesses(tx, by, MERGE, [PersonRef(into.id)], look=domain.Look.MERGED)
        details = await tx.look_up(PersonDetailsRow, row.id)
        if details is not None:
            await delete_details(details, tx)


async def _protect(row: PersonRow, tx: Transaction) -> None:
    tx.record(row, *domain.state_protection(row.state(), is_protected=True))
    details = await tx.look_up(PersonDetailsRow, row.id)
    if details is not None:
        await writable(details, tx)
        before = details.details()
        details.protected = True
        await keep_terms(details, tx, before=before)
        keep_correction(details, before, tx)


async def _keep_details(
    ref: PersonRef, fact: PersonStated, tx: Transaction, *, is_new: bool
) -> None:
    details = None if is_new else await tx.look_up(PersonDetailsRow, ref)
    before = None
    index = index_of(fact.identity, region=tx.region)
    if details is None:
        details = await writable(PersonDetailsRow(region=tx.region, person=ref), tx)
        tx.put(details)
    else:
        await writable(details, tx)
        before = details.details()
        if details.number_index != index:
            await change_number_index(details, index, tx)
    details.number_index = index
    details.identity = fact.identity
    details.name = fact.name
    details.address = fact.address
    known = domain.Phones(phone=details.phone, stated=details.stated_phone)
    after = domain.phone_after(known, stated=fact.phone)
    details.phone, details.stated_phone = after.phone, after.stated
    details.home_region = fact.home_region
    details.protected = fact.protected
    details.deceased = fact.deceased
    await keep_terms(details, tx, before=before)
    if before is not None:
        keep_correction(details, before, tx)
