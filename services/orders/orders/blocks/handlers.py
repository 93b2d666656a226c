"""Handlers of blocks: registered, lifted, opened in an emergency, and closed again."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import uuid4

from kvitt_chassis.handlers import Handlers, RowKey, Timer
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import BlockId, BlockOpeningId, PersonRef

from orders.blocks import domain
from orders.blocks.commands import LiftBlock, OpenBlocks, RegisterBlock
from orders.blocks.models import BlockOpeningRow, BlockRow
from orders.blocks.queries import blocks_of, is_blocked_by
from orders.people.domain import EMERGENCIES, Look
from orders.people.keys.opening import writable
from orders.people.models import PersonRow
from orders.people.queries import current_row
from orders.people.turns import must_have_a_turn
from orders.people.writes import log_accesses
from orders.units.models import CustomerRow, UserRow
from orders.units.queries import customer_key, place_named, user_key, user_named

messages = Handlers()

EMERGENCY_BLOCK = "emergency_block"
"""The purpose that an opening of what is blocked is logged under."""


def _block_of(opening_id: object, tx: Transaction) -> Iterable[RowKey]:
    row = tx.fetched(BlockOpeningRow, opening_id)
    if row is not None:
        yield BlockRow, row.block_id


OPENING_ENDS = Timer("block_opening_ends", BlockOpeningRow, loads=_block_of)


def _reads(command: RegisterBlock, tx: Transaction) -> Iterable[RowKey]:
    yield UserRow, user_key(command.by, tx)
    yield CustomerRow, customer_key(command.service_point, tx)


@messages.command(RegisterBlock, reads=_reads)
async def register_block(command: RegisterBlock, tx: Transaction) -> None:
    """Register that a patient has asked a unit for a block, with who asked and when (REF-25).

    Refused: UNKNOWN_PERSON (REF-25), UNKNOWN_CUSTOMER, UNKNOWN_USER, NOT_A_SERVICE_POINT,
    NOT_CONNECTED_TO_SERVICE_POINT (REF-3), ASKED_LATER, ALREADY_BLOCKED (REF-25).
    """
    block_id = BlockId(tx.target("block"))
    person = await tx.get(PersonRow, command.person, rule="REF-25")
    registered = domain.register(
        block_id,
        person=PersonRef((await current_row(person, tx)).id),
        place=await place_named(command.service_point, tx),
        is_blocked=await is_blocked_by(command.person, command.service_point, tx),
        asked_on=command.asked_on,
        by=await user_named(command.by, tx, field="by"),
        today=tx.today,
    )
    row = tx.start(BlockRow, block_id, registered)
    row.asked_by, row.asked_on = command.asked_by, command.asked_on


@messages.command(LiftBlock, of=BlockRow, rule="REF-25")
async def lift_block(row: BlockRow, command: LiftBlock, tx: Transaction) -> None:
    """End a block, as the patient wants (REF-25); no effect where it is lifted.

    Refused: UNKNOWN_BLOCK (REF-25).
    """
    lifted = domain.lift(row.state(), by=command.by)
    tx.record(row, *lifted)
    if lifted:
        row.lifted_at = tx.now


# decision 0528: who opens what is blocked is told on, and does not wait for anybody
@messages.command(OpenBlocks, reads=lambda command, tx: [(UserRow, user_key(command.by, tx))])
async def open_blocks(command: OpenBlocks, tx: Transaction) -> None:
    """See what other units have blocked of a person, in an emergency, for the policy's hours, with
    a reason that is sealed (REF-25). Each unit is told.

    Refused: UNKNOWN_USER (REF-3), UNKNOWN_PERSON, NOTHING_BLOCKED (REF-25). Raises TooManyLooks.
    """
    await must_have_a_turn(EMERGENCIES, command.by, tx)
    by = await user_named(command.by, tx, field="by")
    asked = await tx.get(PersonRow, command.person, rule="REF-25")
    person = PersonRef((await current_row(asked, tx)).id)
    found = await blocks_of(person, tx)
    others = [block for block, unit in found.items() if unit not in by.service_points]
    domain.must_block(len(others), to=person)
    until = tx.now + timedelta(hours=tx.policy.block_opening_hours)
    for row in await tx.lock_all(BlockRow, others):
        opening_id = BlockOpeningId(uuid4())
        opened = domain.open_block(row.state(), opening_id, by=by.user_id, until=until)
        tx.record(row, *opened)
        if opened:
            await _keep(row, opening_id, person, command, until, tx)
    log_accesses(tx, command.by, EMERGENCY_BLOCK, [person], look=Look.OPENED)


@messages.timer(OPENING_ENDS)
async def end_opening(row: BlockOpeningRow, due: datetime, tx: Transaction) -> None:
    """The policy's hours have passed: it is blocked again (REF-25)."""
    block = await tx.lock(BlockRow, row.block_id)
    tx.record(block, *domain.end_opening(block.state(), row.opening_id))
    row.is_over = True


async def _keep(
    block: BlockRow,
    opening_id: BlockOpeningId,
    person: PersonRef,
    command: OpenBlocks,
    until: datetime,
    tx: Transaction,
) -> None:
    row = BlockOpeningRow(
        region=tx.region,
        opening_id=opening_id,
        block_id=BlockId(block.id),
        person=person,
        user_id=command.by,
        opened_at=tx.now,
        until=until,
        is_over=False,
    )
    await writable(row, tx)
    row.reason = command.why
    tx.put(row)
    tx.schedule(OPENING_ENDS, key=opening_id, due=until)
