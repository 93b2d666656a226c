"""What we do to a region's ring. A person's own key is wrapped anew in `orders.people`."""

from kvitt_chassis.handlers import Handlers
from kvitt_chassis.transaction import Transaction

from orders.people.keys.commands import DropOldKeys, RotateKeys
from orders.people.keys.domain import must_be_unused
from orders.people.keys.models import PERSONS, KeyRingRow, PersonKeyRow
from orders.people.keys.opening import turned, wrapped_anew
from orders.people.keys.queries import persons_by_version
from orders.people.keys.sealing import NOBODY
from orders.people.keys.writes import KEY_OUTDATED, have_wrapped_anew

messages = Handlers()


@messages.command(RotateKeys)
async def rotate_keys(command: RotateKeys, tx: Transaction) -> None:
    """Give the ring a new version; persons' keys are wrapped by it one by one, by timers (REF-22).

    Refused: UNKNOWN_KEY_RING (REF-22), where no person has a key yet.
    """
    ring = await tx.lock(KeyRingRow, PERSONS, rule="REF-22")
    await turned(ring, tx)
    await have_wrapped_anew(KEY_OUTDATED, ring, tx)
    nobodys = await tx.look_up(PersonKeyRow, NOBODY)
    if nobodys is not None:
        await wrapped_anew(nobodys, tx)


@messages.command(DropOldKeys)
async def drop_old_keys(command: DropOldKeys, tx: Transaction) -> None:
    """Forget the ring's older versions.

    Refused: UNKNOWN_KEY_RING, KEY_REPLACED_JUST_NOW, KEYS_STILL_IN_USE (REF-22).
    """
    ring = await tx.lock(KeyRingRow, PERSONS, rule="REF-22")
    must_be_unused(
        await persons_by_version(tx),
        current=ring.current,
        current_since=ring.current_since,
        now=tx.now,
    )
    ring.versions = {ring.current: ring.versions[ring.current]}
