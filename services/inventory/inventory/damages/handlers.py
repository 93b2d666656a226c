"""The handlers of stolen, lost and damaged devices."""

from collections.abc import Iterable
from uuid import uuid5

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import DecideDamage, ReportDamage
from kvitt_contracts.types import DeviceId, StoreId

from inventory.cards.queries import device_of, must_be_theirs, rows_of_card
from inventory.damages import domain
from inventory.damages.commands import TellDamage
from inventory.devices.domain import custody_until
from inventory.devices.models import DamageNoteRow, DeviceRow
from inventory.devices.queries import custody_history
from inventory.devices.records.domain import (
    MISSING,
    DamageKind,
)
from inventory.devices.writes import change_custody
from inventory.holds.writes import lock_claiming
from inventory.people.models import UserRow
from inventory.stock.domain import BalanceTooLow
from inventory.stock.writes import lock_balances
from inventory.stocktakings.queries import investigation_store
from inventory.stocktakings.writes import miss
from inventory.stores.models import CustomerRow

messages = Handlers()

_REPORT = "inventory.device.report-damage"
_DECIDE = "inventory.device.decide-damage"


def _read(command: ReportDamage | TellDamage | DecideDamage, tx: Transaction) -> Iterable[RowKey]:
    yield from rows_of_card(command.device_number, command.by, tx)
    if command.payer_id is not None:
        yield CustomerRow.payer_id, command.payer_id


@messages.command(ReportDamage, reads=_read)
async def report_damage(command: ReportDamage, tx: Transaction) -> None:
    """INV-15: record what has happened to a device; what is stolen or lost leaves its holder.

    Refused: UNKNOWN_USER (REF-3), UNKNOWN_DEVICE (INV-5), UNKNOWN_KIND, ALREADY_RECORDED,
    CUSTOMER_SERVICE_ONLY, UNKNOWN_OUTCOME, PAYER_MISSING, PAYER_NOT_A_PATIENT, NO_PATIENT_HAD_IT,
    AMOUNT_MISSING, AMOUNT_OUT_OF_BOUNDS, NOBODY_PAYS_THAT, JUST_MOVED (INV-15), UNKNOWN_PAYER
    (REF-4), DEVICE_GONE (INV-7), ALREADY_MISSING, NO_INVESTIGATION_STORE (INV-10), IN_DISPATCH
    (BMB-12), HAPPENED_BEFORE_IT_CAME (DAY-5), RESERVED_FOR_ORDERS (ORD-4).
    """
    await _report(command, None, tx)


@messages.command(TellDamage, reads=_read)
async def tell_damage(command: TellDamage, tx: Transaction) -> None:
    """INV-15: as `report_damage`, with a note.

    Refused: UNKNOWN_USER (REF-3), UNKNOWN_DEVICE (INV-5), UNKNOWN_KIND, ALREADY_RECORDED,
    CUSTOMER_SERVICE_ONLY, UNKNOWN_OUTCOME, PAYER_MISSING, PAYER_NOT_A_PATIENT, NO_PATIENT_HAD_IT,
    AMOUNT_MISSING, AMOUNT_OUT_OF_BOUNDS, NOBODY_PAYS_THAT, JUST_MOVED (INV-15), UNKNOWN_PAYER
    (REF-4), DEVICE_GONE (INV-7), ALREADY_MISSING, NO_INVESTIGATION_STORE (INV-10), IN_DISPATCH
    (BMB-12), HAPPENED_BEFORE_IT_CAME (DAY-5), RESERVED_FOR_ORDERS (ORD-4).
    """
    await _report(command, command.note, tx)


@messages.command(DecideDamage, reads=_read)
async def decide_damage(command: DecideDamage, tx: Transaction) -> None:
    """INV-15: customer service decides who pays, or decides it anew.

    Refused: UNKNOWN_USER (REF-3), UNKNOWN_DEVICE (INV-5), UNKNOWN_KIND, NOT_RECORDED, FOUND_AGAIN,
    FIND_IT_INSTEAD, UNKNOWN_OUTCOME, PAYER_MISSING, PAYER_NOT_A_PATIENT, NO_PATIENT_HAD_IT,
    AMOUNT_MISSING, AMOUNT_OUT_OF_BOUNDS, NOBODY_PAYS_THAT (INV-15), UNKNOWN_PAYER (REF-4).
    """
    by = await tx.get(UserRow, command.by, rule="REF-3", field="by")
    kind = domain.kind_of(command.kind)
    row = await tx.lock(DeviceRow, (await device_of(command.device_number, by, tx, act=_DECIDE)).id)
    decided = domain.decide(
        DeviceId(row.id),
        row.state(),
        kind=kind,
        on=command.happened_on,
        decision=await _decision(command, row, tx),
        by=command.by,
    )
    tx.record(row, *decided)


async def _report(command: ReportDamage | TellDamage, note: str | None, tx: Transaction) -> None:
    by = await tx.get(UserRow, command.by, rule="REF-3", field="by")
    kind = domain.kind_of(command.kind)
    known = await device_of(command.device_number, by, tx, act=_REPORT)
    store, away = known.state().store, None
    if kind in MISSING:
        away = await _lock_stores(known, store, tx)
    row = await tx.lock(DeviceRow, known.id)
    await must_be_theirs(row, by, tx, act=_REPORT)  # by now it may be another's
    recorded = domain.report(
        DeviceId(row.id),
        row.state(),
        kind=kind,
        on=command.happened_on,
        decision=await _decision(command, row, tx),
        claim=row.claim,
        is_customer_service=by.may_for_all(_DECIDE),
        has_note=note is not None,
        by=command.by,
    )
    if row.state().store != store:
        raise domain.refuse_moved()
    tx.record(row, recorded)
    await _write_note(row, kind, command, note, tx)
    if away is not None:
        await _go_missing(row, kind, command, store, away, tx)


async def _lock_stores(known: DeviceRow, store: StoreId | None, tx: Transaction) -> StoreId:
    """Lock the balances that a device leaves and comes to when it is missing."""
    away = await investigation_store(tx)
    if away is None:
        raise domain.refuse_without_investigation_store()
    for place in (store, away):
        if place is not None:
            await lock_balances(tx, place, [known.article_number])
    return away


async def _go_missing(
    row: DeviceRow,
    kind: DamageKind,
    command: ReportDamage | TellDamage,
    store: StoreId | None,
    away: StoreId,
    tx: Transaction,
) -> None:
    lost, changed = domain.go_missing(
        DeviceId(row.id), row.state(), kind=kind, away=away, on=command.happened_on
    )
    await lock_claiming(tx, [row])
    try:
        # claimed by itself: no stocktaking has missed it
        await miss(tx, row, by=row.id, store=store, away=away, on=command.happened_on)
    except BalanceTooLow as error:
        raise domain.refuse_promised() from error
    tx.record(row, lost)
    await change_custody(tx, row, changed)  # last, since it locks the region's count


async def _write_note(
    row: DeviceRow,
    kind: DamageKind,
    command: ReportDamage | TellDamage,
    note: str | None,
    tx: Transaction,
) -> None:
    if note is None:
        return
    key = uuid5(row.id, f"{kind}/{command.happened_on}")
    written = await tx.look_up(DamageNoteRow, key)
    if written is not None:  # what was withdrawn or found has happened again
        written.note, written.by = note, command.by
        return
    tx.put(
        DamageNoteRow(
            region=tx.region,
            id=key,
            device_id=DeviceId(row.id),
            kind=kind,
            happened_on=command.happened_on,
            note=note,
            by=command.by,
        )
    )


async def _decision(
    command: ReportDamage | TellDamage | DecideDamage, row: DeviceRow, tx: Transaction
) -> domain.Decision:
    payers: list[CustomerRow] = []
    if command.payer_id is not None:
        payers = await tx.search_all(CustomerRow, CustomerRow.payer_id, command.payer_id)
    until = custody_until(await custody_history(tx, row), command.happened_on)
    return domain.Decision(
        outcome=command.outcome,
        payer_id=command.payer_id,
        amount=command.amount,
        is_payer=bool(payers),
        holder=until.holder if until else None,
    )
