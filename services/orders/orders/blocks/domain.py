"""The rules of blocks (REF-25). No clock, no database."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from kvitt_contracts.copying import same_fields
from kvitt_contracts.orders import (
    BlockEvent,
    BlockLifted,
    BlockOpened,
    BlockOpeningEnded,
    BlockRegistered,
)
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import BlockId, BlockOpeningId, PersonRef, ServicePointId, UserId

from orders.units.domain import Customer, User, must_act_at


class Status(StrEnum):
    """Whether a block stands."""

    STANDS = "stands"
    LIFTED = "lifted"


class AskedBy(StrEnum):
    """Who asked for a block: never who has custody of a child (patient data act 4 ch. 4 §)."""

    PATIENT = "patient"
    REPRESENTATIVE = "representative"


class Reason(StrEnum):
    """Why something about a block is refused."""

    ALREADY_BLOCKED = "ALREADY_BLOCKED"
    ASKED_LATER = "ASKED_LATER"
    NOTHING_BLOCKED = "NOTHING_BLOCKED"


class BlockRefused(Refused):
    """A refusal by a rule of blocks; `reason` is one of Reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A block. `openings`: those in an emergency that are not over."""

    id: BlockId
    status: Status
    person: PersonRef
    service_point: ServicePointId
    registered_by: UserId
    openings: tuple[BlockOpeningId, ...] = ()


def register(
    block_id: BlockId,
    *,
    person: PersonRef,
    place: Customer,
    is_blocked: bool,
    asked_on: date,
    by: User,
    today: date,
) -> BlockRegistered:
    """Register that a patient has asked a unit for a block (REF-25). `is_blocked`: the unit has one
    of the person already.

    Raises Refused: NOT_A_SERVICE_POINT, NOT_CONNECTED_TO_SERVICE_POINT (REF-3), where who registers
    it neither works at the unit nor in customer service; ASKED_LATER, ALREADY_BLOCKED (REF-25).
    """
    must_act_at(place, by, act="orders.block.register")
    if asked_on > today:
        raise BlockRefused(
            Reason.ASKED_LATER,
            rule="REF-25",
            field="asked_on",
            way_on="Ange den dag då patienten bad om spärren, i dag eller tidigare.",
        )
    if is_blocked:
        raise BlockRefused(
            Reason.ALREADY_BLOCKED,
            rule="REF-25",
            field=None,
            way_on="Enhetens uppgifter om patienten är redan spärrade: inget mer behövs.",
        )
    return BlockRegistered(
        block_id=block_id,
        person=person,
        service_point=ServicePointId(place.customer_id),
        by=by.user_id,
    )


def lift(block: Block, *, by: UserId) -> tuple[BlockLifted, ...]:
    """End a block, as the patient wants (REF-25); no event where it is lifted already."""
    return (BlockLifted(block_id=block.id, by=by),) if block.status is Status.STANDS else ()


def must_block(blocks: int, *, to: PersonRef) -> None:
    """Raises BlockRefused (NOTHING_BLOCKED, REF-25) where there is nothing to open."""
    if not blocks:
        raise BlockRefused(
            Reason.NOTHING_BLOCKED,
            rule="REF-25",
            field=None,
            person=to,
            way_on="Ingenting av en annan enhets är spärrat för dig: läs det som visas.",
        )


def open_block(
    block: Block, opening_id: BlockOpeningId, *, by: UserId, until: datetime
) -> tuple[BlockOpened, ...]:
    """Open a block in an emergency (REF-25); no event where it is lifted meanwhile."""
    if block.status is not Status.STANDS:
        return ()
    return (
        BlockOpened(
            block_id=block.id,
            opening_id=opening_id,
            person=block.person,
            service_point=block.service_point,
            until=until,
            by=by,
        ),
    )


def end_opening(block: Block, opening_id: BlockOpeningId) -> tuple[BlockOpeningEnded, ...]:
    """The hours of an opening have passed (REF-25)."""
    if opening_id not in block.openings:
        return ()
    return (BlockOpeningEnded(block_id=block.id, opening_id=opening_id),)


def evolve(block: Block | None, event: BlockEvent) -> Block:
    """Returns the state after an event; every event of a block is handled.

    Raises ValueError for a first event that cannot begin a block.
    """
    if isinstance(event, BlockRegistered):
        begun = {"id": event.block_id, "status": Status.STANDS, "registered_by": event.by}
        return Block(**same_fields(event, Block) | begun)
    if block is None:
        raise ValueError(f"{event.wire_type} cannot be a block's first event")
    match event:
        case BlockLifted():
            return replace(block, status=Status.LIFTED)
        case BlockOpened():
            return replace(block, openings=(*block.openings, event.opening_id))
        case BlockOpeningEnded():
            left = tuple(one for one in block.openings if one != event.opening_id)
            return replace(block, openings=left)
