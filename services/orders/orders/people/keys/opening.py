"""Gives rows the key of the person whom they are about. What a transaction reads is the truth: a
key that is deleted opens nothing, in any process.
"""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from kvitt_chassis.handlers import RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import PersonRef, RegionCode

from orders.people.keys.models import PERSONS, KeyRingRow, PersonKeyRow
from orders.people.keys.sealing import NOBODY, SealedForPerson, new_key, place, seal, unseal
from orders.people.keys.wrapping import wrapper
from orders.people.keys.writes import begin_ring, keep_key
from orders.people.models import PersonRow

R = TypeVar("R", bound=SealedForPerson)

_UNWRAPPED: dict[str, bytes] = {}
"""The rings' versions, by how they are wrapped: who keeps the key of keys is asked once of each."""
_MOST_UNWRAPPED = 1_000


def rows_of_key(person: PersonRef) -> Iterable[RowKey]:
    """Names the rows that `opened` reads of a person."""
    yield PersonKeyRow, person
    yield KeyRingRow, PERSONS


async def opened(row: R, tx: Transaction) -> R:
    """The row, with its person's key where there is one: its sealed columns can be read."""
    (found,) = await all_opened([row], tx)
    return found


async def all_opened(rows: Sequence[R], tx: Transaction) -> Sequence[R]:
    """The rows of any number of persons, each with its person's key; one statement for all."""
    keys = await tx.look_up_all(PersonKeyRow, {row.about_whom() for row in rows})
    by_person = {key.person: await _unwrapped(key, tx) for key in keys}
    for row in rows:
        key = by_person.get(row.about_whom())
        if key is not None:
            row.open_with(key)
        else:
            row.open_as_erased()
    return rows


async def opened_if_any(row: R | None, tx: Transaction) -> R | None:
    """The row with its person's key, where there is a row."""
    return None if row is None else await opened(row, tx)


async def moved(row: R, person: PersonRef | None, tx: Transaction) -> R:
    """The row, about somebody else from now on: what it says is sealed with that one's key."""
    await opened(row, tx)
    row.seal_anew(await _key_for(person or NOBODY, tx), person)
    return row


async def writable(row: R, tx: Transaction) -> R:
    """The row, with its person's key: a new one where the person has none. What an earlier release
    stored in clear is sealed.
    """
    row.open_with(await _key_for(row.about_whom(), tx))
    if row.has_clear():
        row.seal_what_is_clear()
    return row


async def wrapped_anew(key: PersonKeyRow, tx: Transaction) -> None:
    """Wrap a person's key by the ring's current version."""
    ring = await tx.get(KeyRingRow, PERSONS)
    if key.version != ring.current:
        data_key = await _unwrapped(key, tx)
        key.version, key.wrapped = ring.current, await _wrap(data_key, key.person, ring)


async def turned(ring: KeyRingRow, tx: Transaction) -> None:
    """Give a region's ring a new version, which wraps what is new from here on, and wrap the others
    anew by the newest version of the key of keys.
    """
    number = max(ring.versions) + 1
    wrapped = {
        known: await wrapper().wrap(
            await _version(ring, known), bound_to=_place_of_ring(ring.region, known)
        )
        for known in ring.versions
    }
    ring.versions = {**wrapped, number: await new_version(ring.region, number)}
    ring.current, ring.current_since = number, tx.now


async def new_version(region: RegionCode, number: int) -> str:
    """A new version of a region's ring, wrapped by who keeps the key of keys."""
    return await wrapper().wrap(new_key(), bound_to=_place_of_ring(region, number))


async def _key_for(person: PersonRef, tx: Transaction) -> bytes:
    known = await tx.look_up(PersonKeyRow, person)
    if known is not None:
        return await _unwrapped(known, tx)
    data_key = new_key()
    whose = await tx.look_up(PersonRow, person)
    if whose is not None and whose.is_erased:
        return data_key  # kept nowhere: what is written of who is erased is read by nobody
    ring = await tx.look_up(KeyRingRow, PERSONS)
    if ring is None:
        ring = await begin_ring(await new_version(tx.region, 1), tx)
    wrapped = await _wrap(data_key, person, ring)
    kept = await keep_key(person, ring.current, wrapped, tx)
    return data_key if kept.wrapped == wrapped else await _unwrapped(kept, tx)


async def _wrap(data_key: bytes, person: PersonRef, ring: KeyRingRow) -> str:
    return seal(await _version(ring, ring.current), data_key, bound_to=place(ring.region, person))


async def _unwrapped(key: PersonKeyRow, tx: Transaction) -> bytes:
    ring = await tx.get(KeyRingRow, PERSONS)
    by = await _version(ring, key.version)
    return unseal(by, key.wrapped, bound_to=place(key.region, key.person))


async def _version(ring: KeyRingRow, number: int) -> bytes:
    wrapped = ring.versions[number]
    if wrapped not in _UNWRAPPED:
        if len(_UNWRAPPED) >= _MOST_UNWRAPPED:
            _UNWRAPPED.clear()
        _UNWRAPPED[wrapped] = await wrapper().unwrap(
            wrapped, bound_to=_place_of_ring(ring.region, number)
        )
    return _UNWRAPPED[wrapped]


def _place_of_ring(region: RegionCode, number: int) -> str:
    return f"{region}/{PERSONS}/{number}"
