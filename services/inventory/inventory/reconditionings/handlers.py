"""The handlers of what technicians do with what has come back to the device service."""

from datetime import datetime
from uuid import UUID

from kvitt_chassis.handlers import Handlers
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import LaterMoveKind
from kvitt_contracts.regions import ReconditioningStated
from kvitt_contracts.types import DeviceId, ReconditioningId

from inventory.devices.domain import ClaimKind
from inventory.devices.models import DeviceRow
from inventory.devices.queries import get_device_numbered
from inventory.people.models import UserRow
from inventory.reconditionings import domain
from inventory.reconditionings.commands import Recondition
from inventory.reconditionings.models import ReconditioningRow
from inventory.reconditionings.writes import RECONDITIONING_LATE, end_wait
from inventory.reservations.backorders import serve_backorders
from inventory.stock.writes import lock_balances, move_stock

messages = Handlers()


@messages.command(Recondition)
async def recondition(command: Recondition, tx: Transaction) -> None:
    """INV-13: a technician has done a stage of the work, or ends it.

    Refused: UNKNOWN_USER (REF-3), UNKNOWN_RECONDITIONING, NOT_A_TECHNICIAN, UNKNOWN_STAGE,
    RECONDITIONING_ENDED, STAGE_DONE_ALREADY, NOT_INSPECTED, NOT_CLEANED, REASON_MISSING,
    NOTHING_SCRAPPED (INV-13), DONE_TOO_EARLY (DAY-5).
    """
    await _work(command.reconditioning_id, command, tx)


@messages.on(ReconditioningStated)
async def state_reconditioning(fact: ReconditioningStated, tx: Transaction) -> None:
    """INV-13: as `recondition`, of the device's last work. A device or a technician that is not
    known yet: the fact waits.

    Refused: NOT_IN_RECONDITIONING, NOT_A_TECHNICIAN, UNKNOWN_STAGE,
    RECONDITIONING_ENDED, STAGE_DONE_ALREADY, NOT_INSPECTED, NOT_CLEANED, REASON_MISSING,
    NOTHING_SCRAPPED (INV-13), DONE_TOO_EARLY (DAY-5).
    """
    device = await get_device_numbered(tx, fact.device_number)
    claim = device.claim
    if claim is not None and claim.kind is ClaimKind.RECONDITIONING:
        key = claim.by
    else:
        known = await tx.search_all(
            ReconditioningRow, ReconditioningRow.device_id, DeviceId(device.id)
        )
        if not known:
            raise domain.refuse_without_work()
        key = max(known, key=lambda one: one.opened_at).id
    await _work(key, fact, tx)


@messages.timer(RECONDITIONING_LATE)
async def tell_late(row: ReconditioningRow, due: datetime, tx: Transaction) -> None:
    """INV-13: it has waited too long; who works there is told, once."""
    tx.record(row, *domain.tell_late(ReconditioningId(row.id), row.state(), today=tx.today))


async def _work(key: UUID, told: Recondition | ReconditioningStated, tx: Transaction) -> None:
    said = domain.Said(
        step=told.stage, done_on=told.done_on, technician=told.technician, reason=told.reason
    )
    technician = await tx.get(UserRow, said.technician, rule="REF-3", field="technician")
    known = await tx.get(ReconditioningRow, key, rule="INV-13", field="reconditioning_id")
    device = None
    if said.step in domain.ENDS:
        await lock_balances(tx, known.store, [known.article_number])
        if known.device_id is not None:
            device = await tx.lock(DeviceRow, known.device_id)
    row = await tx.lock(ReconditioningRow, key)
    is_technician = technician.may_for_all("inventory.reconditioning.do-stage")
    done = domain.work(ReconditioningId(row.id), row.state(), said, is_technician=is_technician)
    if not done:
        return
    tx.record(row, *done)
    if row.status is not domain.Status.OPEN:
        await _end(row, device, said, tx)


async def _end(
    row: ReconditioningRow, device: DeviceRow | None, said: domain.Said, tx: Transaction
) -> None:
    end_wait(tx, row)
    if device is not None:
        device.claim = None
    is_approved = row.status is domain.Status.APPROVED
    if device is not None and not is_approved:
        scrapped = domain.scrap(ReconditioningId(row.id), DeviceId(device.id), on=said.done_on)
        tx.record(device, scrapped)
    await move_stock(
        tx,
        row.store,
        row.article_number,
        LaterMoveKind.RECONDITIONED if is_approved else LaterMoveKind.SCRAPPED,
        on=said.done_on,
        available=row.quantity if is_approved else 0,
        in_reconditioning=-row.quantity,
        cause_id=row.id,
    )
    if is_approved:
        await serve_backorders(tx, row.store, row.article_number)
