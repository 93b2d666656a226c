"""Whose selections are, and the look-up of one's own."""

from collections.abc import Sequence
from typing import Final

from kvitt_chassis.http import RegionReader, Scope
from sqlalchemy import select

from billing.models import SelectionRow

SCOPE: Final = Scope(SelectionRow.region, users=[SelectionRow.user_id])
"""Whose a selection is: theirs who saved it, alone (BIL-14)."""


async def own_selections(reader: RegionReader) -> Sequence[SelectionRow]:
    """The caller's own, by name."""
    mine = select(SelectionRow).where(SCOPE.within(reader.grant)).order_by(SelectionRow.name)
    return await reader.all(mine)
