"""The month's invoice run: settle each device's rent, then make each payer's documents, in steps
that each commit. What fails is set aside, and the others go on.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from kvitt_chassis.handlers import Fault, Handlers, Timer
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.billing import InvoiceLineV2
from kvitt_contracts.types import (
    DeviceId,
    InvoiceId,
    PatientPayer,
    Payer,
    PayerId,
    PersonRef,
    UnitPayer,
)

from billing import documents, domain, queries, writes
from billing.metrics import SET_ASIDE, count
from billing.models import (
    ArticleRow,
    ChargeRow,
    DeviceRow,
    InvoiceRow,
    InvoiceRunRow,
    RentRow,
    SetAsideRow,
)
from billing.rents import domain as rents

Billed = RentRow | ChargeRow
"""What stands as a line on a document."""

INVOICE_RUN = Timer("invoice_run", InvoiceRunRow)

DEVICES_A_STEP = 200
PAYERS_A_STEP = 20
LINES_A_STEP = 1_000
"""A step takes no more of one payer, and begins with no other after so many: a timer has seconds.
What is left of a payer is the next step's.
"""
TRIES = 3
"""So often one device or payer is tried by itself before it is set aside."""
BEHIND_ANOTHER = timedelta(seconds=1)
"""How soon a run looks again whether the one of the month before has finished."""

timers = Handlers()


@timers.timer(INVOICE_RUN)
async def continue_invoice_run(run: InvoiceRunRow, due: datetime, tx: Transaction) -> None:
    """One step: some devices, or when all are settled some payers; the last step finishes the run
    (BIL-9). Nothing while the run of a month before has not finished: each month's documents are
    of its own days.
    """
    if await queries.is_earlier_run_open(tx, run):
        tx.schedule(INVOICE_RUN, key=run.id, due=tx.now + BEHIND_ANOTHER)
        return
    devices, payers = await _next(run, tx)
    if not devices and not payers:
        issued = await queries.count_invoices(tx, month=run.month)
        set_aside = await queries.count_set_aside(tx, run)
        tx.record(run, domain.finish_run(run.state(), invoices=issued, set_aside=set_aside))
        return
    tx.schedule(INVOICE_RUN, key=run.id, due=due)
    if run.one_by_one and _is_named_first(run, devices, payers):
        return
    await _settle(devices, run.through, tx)
    lines = 0
    for payer_key in payers:
        lines += await _make_documents(payer_key, run, tx)
        if lines >= LINES_A_STEP:
            break


# decision 0245: what fails of many is set aside by who knows what it is made of
@timers.on_fault(INVOICE_RUN)
async def set_aside_what_fails(run: InvoiceRunRow, fault: Fault, tx: Transaction) -> bool:
    """A step has failed: try its devices or payers one by one, and set aside the one that fails
    (BIL-9). It waits for the next run, and ops are alarmed; the others are invoiced.
    """
    if not run.one_by_one:
        run.one_by_one, run.trying = DEVICES_A_STEP, None
        return True
    if run.trying is None or fault.attempts < TRIES:
        return False
    kind = run.trying.partition("/")[0]
    tx.put(
        SetAsideRow(
            region=tx.region,
            id=tx.mint(),
            run_id=run.id,
            month=run.month,
            subject=run.trying,
            reason=fault.reason,
            set_aside_at=tx.now,
        )
    )
    count(tx, SET_ASIDE, kind)
    run.one_by_one, run.trying = 0, None
    return True


async def _next(run: InvoiceRunRow, tx: Transaction) -> tuple[Sequence[DeviceId], Sequence[str]]:
    """The devices of the next step, or when all are settled its payers."""
    limit = 1 if run.one_by_one else DEVICES_A_STEP
    devices = await queries.devices_to_settle(tx, run, limit=limit)
    if devices:
        return devices, ()
    return (), await queries.payers_to_invoice(tx, run, limit=min(limit, PAYERS_A_STEP))


def _is_named_first(run: InvoiceRunRow, devices: Sequence[DeviceId], payers: Sequence[str]) -> bool:
    """True when the next one is only named now, to be tried in the transaction after this one."""
    following = f"device/{devices[0]}" if devices else payers[0]
    if run.trying != following:
        run.trying = following
        return True
    run.one_by_one, run.trying = run.one_by_one - 1, None
    return False


async def _settle(device_ids: Sequence[DeviceId], through: date, tx: Transaction) -> None:
    devices = await tx.lock_all(DeviceRow, device_ids)
    if not devices:
        return
    first_days = {device.device_id: device.unsettled_from or through for device in devices}
    settled = await queries.settled_spans(
        tx, list(first_days), from_day=min(first_days.values()), to_day=through
    )
    numbers = {device.article_number for device in devices}
    articles = {row.article_number: row for row in await tx.look_up_all(ArticleRow, numbers)}
    for device in devices:
        first = first_days[device.device_id]
        article = articles.get(device.article_number)
        if article is not None:
            device.points = rents.with_charging(device.points, article.charging)
        prices = article.prices if article else ()
        issued = settled.get(device.device_id, [])
        for span in rents.to_settle(device.points, prices, issued, from_day=first, to_day=through):
            tx.put(_rent(device, span, tx))
        device.unsettled_from = through + timedelta(days=1)


def _rent(device: DeviceRow, span: rents.RentSpan, tx: Transaction) -> RentRow:
    return RentRow(
        region=tx.region,
        id=tx.mint(),
        device_id=device.device_id,
        device_number=device.device_number,
        article_number=device.article_number,
        payer_id=span.payer_id,
        monthly=span.monthly,
        from_day=span.from_day,
        to_day=span.to_day,
        sign=span.sign,
    )


async def _make_documents(payer_key: str, run: InvoiceRunRow, tx: Transaction) -> int:
    """Make a payer's documents: all, where they have no more than `LINES_A_STEP` lines. Returns how
    many lines they have.
    """
    settled = await queries.rents_to_invoice(tx, payer_key, limit=LINES_A_STEP)
    room = LINES_A_STEP - len(settled)
    charges = await queries.charges_to_invoice(tx, payer_key, through=run.through, limit=room)
    room -= len(charges)
    cancelled = await queries.charges_to_credit(tx, payer_key, limit=room)
    debits: list[Billed] = [row for row in settled if row.sign > 0]
    credits: list[Billed] = [row for row in settled if row.sign < 0]
    debits += [row for row in charges if not row.state().is_compensated]
    credits += [row for row in charges if row.state().is_compensated]
    credits += cancelled
    for is_credit, rows in ((False, debits), (True, credits)):
        for part in domain.documents(rows):
            await _make_document(part, run, tx, payer=_payer(payer_key), is_credit=is_credit)
    return len(settled) + len(charges) + len(cancelled)


async def _make_document(
    rows: Sequence[Billed],
    run: InvoiceRunRow,
    tx: Transaction,
    *,
    payer: Payer,
    is_credit: bool,
) -> None:
    invoice_id = InvoiceId(tx.mint())
    running = await writes.next_invoice_number(tx, year=run.through.year)
    issued = domain.issue_invoice(
        invoice_id,
        number=domain.invoice_number(tx.region, year=run.through.year, running=running),
        payer=payer,
        month=run.through,
        is_credit=is_credit,
        lines=[_line(row) for row in rows],
        due_days=tx.policy.invoice.due_days,
    )
    tx.start(InvoiceRow, invoice_id, issued)
    await documents.store(issued, tx)
    for row in rows:
        if isinstance(row, ChargeRow) and row.invoice_id is not None:
            row.credit_id = invoice_id
        else:
            row.invoice_id = invoice_id


def _line(row: Billed) -> InvoiceLineV2:
    if isinstance(row, ChargeRow):
        if row.invoice_id is not None:
            return domain.credit_line(row.id, row.state(), invoice_id=row.invoice_id)
        return domain.charge_line(row.id, row.state())
    return domain.rent_line(row.device_id, row.device_number, row.article_number, row.span())


def _payer(payer_key: str) -> Payer:
    kind, _, value = payer_key.partition("/")
    if kind == "unit":
        return UnitPayer(payer_id=PayerId(value))
    return PatientPayer(person=PersonRef(UUID(value)))
