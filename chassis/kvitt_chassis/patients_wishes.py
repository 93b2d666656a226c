"""What patients have said of who sees what units have of them (REF-25, REF-26), as a service that
hears it has it: projections of what orders emits.
"""

from typing import Any

from kvitt_contracts.types import (
    BlockId,
    BlockOpeningId,
    ConsentId,
    PersonRef,
    ServicePointId,
    UserId,
)
from sqlalchemy import select
from sqlalchemy.orm import Mapped, mapped_column

from kvitt_chassis.models import Regional
from kvitt_chassis.web.wishes import Found, WishesOf


class HeardBlock(Regional):
    """A block: `class BlockRow(HeardBlock, Base)`; a service projects `BlockRegistered` into it."""

    __tablename__ = "blocks"

    block_id: Mapped[BlockId] = mapped_column(primary_key=True)
    person: Mapped[PersonRef]
    service_point: Mapped[ServicePointId]
    stands: Mapped[bool]


class HeardOpening(Regional):
    """An opening of a block in an emergency, until `is_over`."""

    __tablename__ = "block_openings"

    opening_id: Mapped[BlockOpeningId] = mapped_column(primary_key=True)
    block_id: Mapped[BlockId]
    user_id: Mapped[UserId]
    is_over: Mapped[bool]


class HeardConsent(Regional):
    """A consent, while it `holds`."""

    __tablename__ = "consents"

    consent_id: Mapped[ConsentId] = mapped_column(primary_key=True)
    person: Mapped[PersonRef]
    service_point: Mapped[ServicePointId]
    opens_blocks: Mapped[bool]
    holds: Mapped[bool]


def wishes_heard(blocks: Any, openings: Any, consents: Any, *, aliases: Found) -> WishesOf:
    """The criteria of what a service has heard, by its row classes; `aliases`: see WishesOf."""
    return WishesOf(
        blocks=lambda: select(
            blocks.block_id, blocks.person, blocks.service_point.label("unit")
        ).where(blocks.stands),
        openings=lambda: select(openings.block_id, openings.user_id).where(~openings.is_over),
        consents=lambda: select(
            consents.person, consents.service_point.label("unit"), consents.opens_blocks
        ).where(consents.holds),
        aliases=lambda: aliases,
    )
