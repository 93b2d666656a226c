"""A region's ring over HTTP: how far it is replaced, and to replace it. No key is ever shown."""

from typing import Annotated

from kvitt_chassis.http import ApiRouter, Commands
from kvitt_chassis.transaction import Transaction
from kvitt_chassis.web.reading import ReadTransaction
from pydantic import BaseModel, ConfigDict, Field

from orders.people.keys.commands import DropOldKeys, RotateKeys
from orders.people.keys.models import PERSONS, KeyRingRow
from orders.people.keys.queries import persons_by_version

router = ApiRouter(tags=["Personer"])


class VersionView(BaseModel):
    """En version av regionens nyckel."""

    model_config = ConfigDict(frozen=True)

    version: int
    is_current: Annotated[bool, Field(description="Den som omsluter nya personers nycklar")]
    persons: Annotated[int, Field(description="Hur många personers nycklar den omsluter")]


class RingView(BaseModel):
    """Regionens nyckel för personers nycklar (REF-22), utan nyckeln."""

    model_config = ConfigDict(frozen=True)

    versions: tuple[VersionView, ...]


@router.get("/person-keys")
async def show_keys(tx: ReadTransaction) -> RingView:
    """Vilka versioner regionens nyckel har, och hur många personers nycklar var och en omsluter."""
    return await _view(tx)


@router.post("/person-keys:rotate")
async def rotate_keys(commands: Commands) -> RingView:
    """Byt regionens nyckel medan tjänsten är igång (REF-22): personernas nycklar omsluts av den nya
    en efter en.

    Nekas: UNKNOWN_KEY_RING (REF-22), när ingen person har någon nyckel.
    """
    return await commands.run(RotateKeys(), show=_view)


@router.post("/person-keys:drop-old")
async def drop_old_keys(commands: Commands) -> RingView:
    """Glöm de versioner som inte omsluter någon nyckel (REF-22). Det kan inte göras ogjort.

    Nekas: KEY_REPLACED_JUST_NOW, KEYS_STILL_IN_USE, UNKNOWN_KEY_RING (REF-22).
    """
    return await commands.run(DropOldKeys(), show=_view)


async def _view(tx: Transaction) -> RingView:
    ring = await tx.look_up(KeyRingRow, PERSONS)
    persons = await persons_by_version(tx)
    versions = sorted(ring.versions) if ring is not None else ()
    return RingView(
        versions=tuple(
            VersionView(
                version=one,
                is_current=ring is not None and one == ring.current,
                persons=persons.get(one, 0),
            )
            for one in versions
        )
    )
