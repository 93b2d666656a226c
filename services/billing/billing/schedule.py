"""The month's invoice run: settle each device's rent, then make each payer's documents, in steps
that each commit. What fails is set aside, and the others go on. Where a person approves it, the
documents are previewed first, by the same steps.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from kvitt_chassis.handlers import Fault, Handlers
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.billing import InvoiceIssuedV2, InvoiceLineV2
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
from billing.domain import PreviewStep, RunStatus
from billing.ledger.writes import enter_document
from billing.metrics import SET_ASIDE, count, count_invoiced
from billing.models import (
    ArticleRow,
    ChargeRow,
    DeviceRow,
    InvoiceRow,
    InvoiceRunRow,
    RentRow,
    SetAsideRow,
)
from billing.month_previews import presenting
from billing.month_previews import queries as month_previews
from billing.month_previews.timers import INVOICE_RUN
from billing.rents import domain as rents

Billed = RentRow | ChargeRow
"""What stands as a line on a document."""

DEVICES_A_STEP = 500
PAYERS_A_STEP = 20
LINES_A_STEP = 1_000
"""A step takes no more of one payer, and begins with no other after so many: a timer has seconds.
What is left of a payer is the next step's.
"""
TRIES = 3
"""So often one device or payer is tried by itself before it is set aside."""
CHARGES_A_STEP = 2_000
"""So many charges a preview takes at once."""
BEHIND_ANOTHER = timedelta(seconds=1)
"""How soon a run looks again whether the one of the month before has finished."""
BEHIND_A_PERSON = timedelta(hours=1)
"""How soon it does where that one waits for a person."""

timers = Handlers()


@timers.timer(INVOICE_RUN)
async def continue_invoice_run(run: InvoiceRunRow, due: datetime, tx: Transaction) -> None:
    """One step: some devices, or when all are settled some payers; the last step finishes the run
    (BIL-9). Nothing while the run of a month before has not finished: each month's documents are
    of its own days.
    """
    if await queries.is_earlier_run_open(tx, run):
        is_long = await queries.is_earlier_run_previewed(tx, run)
        pause = BEHIND_A_PERSON if is_long else BEHIND_ANOTHER
        tx.schedule(INVOICE_RUN, key=run.id, due=tx.now + pause)
    elif run.preview_step is not None:
        await _continue_preview(run, due, tx)
    elif run.status is not RunStatus.PREVIEWED:  # else a person is waited for (BIL-9)
        await _continue_documents(run, due, tx)


async def _continue_documents(run: InvoiceRunRow, due: datetime, tx: Transaction) -> None:
    devices, payers = await _next(run, tx)
    if not devices and not payers:
        issued = await queries.count_invoices(tx, month=run.month)
        set_aside = await queries.count_set_aside(tx, run)
        tx.record(run, domain.finish_run(run.state(), invoices=issued, set_aside=set_aside))
        return
    tx.schedule(INVOICE_RUN, key=run.id, due=due)
    if run.one_by_one and _is_named_first(run, devices, payers):
        return
    with writes.written_at_the_end(tx):
        await _settle(devices, run.through, tx)
        lines = 0
        for payer_key in payers:
            lines += await _make_documents(payer_key, run, tx)
            if lines >= LINES_A_STEP:
                break


async def _continue_preview(run: InvoiceRunRow, due: datetime, tx: Transaction) -> None:
    """One step of a preview; the last one presents it and sets no timer: a person is waited for."""
    limit = 1 if run.one_by_one else DEVICES_A_STEP
    match run.preview_step:
        case PreviewStep.SETTLING:
            devices = await queries.devices_to_settle(tx, run, limit=limit)
            if not devices:
                run.preview_step = PreviewStep.TAKING
            elif not (run.one_by_one and _is_named_first(run, devices, ())):
                await _settle(devices, run.through, tx)
        case PreviewStep.TAKING:
            if await presenting.take_charges(run, tx, limit=CHARGES_A_STEP) == 0:
                run.preview_step = PreviewStep.PREVIEWING
        case _:
            payers = await month_previews.payers_to_preview(
                tx, run, limit=min(limit, PAYERS_A_STEP)
            )
            if not payers:
                await presenting.present(run, tx)
                return
            if not (run.one_by_one and _is_named_first(run, (), payers)):
                await _preview(payers, run, tx)
    tx.schedule(INVOICE_RUN, key=run.id, due=due)


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
    """The devices of the next step, or when all are settled its payers. What has been approved is
    settled: what comes later is the next run's.
    """
    limit = 1 if run.one_by_one else DEVICES_A_STEP
    is_settled = run.status is RunStatus.APPROVED
    devices = () if is_settled else await queries.devices_to_settle(tx, run, limit=limit)
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
    if not device_ids:
        return
    # Locked before their devices: a price waits, and finds settled what it unsettles, or is here.
    numbers = await queries.articles_of(tx, device_ids)
    articles = {row.article_number: row for row in await tx.find_all(ArticleRow, numbers)}
    devices = await tx.lock_all(DeviceRow, device_ids)
    first_days = {device.device_id: device.unsettled_from or through for device in devices}
    settled = await queries.settled_spans(
        tx, list(first_days), from_day=min(first_days.values()), to_day=through
    )
    for device in devices:
        first = first_days[device.device_id]
        article = articles.get(device.article_number)
        if article is not None:
            device.points = rents.with_charging(device.points, article.charging)
        prices = article.prices if article else ()
        issued = settled.get(device.device_id, [])
        last = device.settled_through(through)
        for span in rents.to_settle(device.points, prices, issued, from_day=first, to_day=last):
            tx.put(_rent(device, span, prices, tx))
        device.unsettled_from = last + timedelta(days=1)


def _rent(
    device: DeviceRow, span: rents.RentSpan, prices: Sequence[rents.PricePoint], tx: Transaction
) -> RentRow:
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
        corrects=span.corrects,
        facts=rents.deciding(device.points, prices, from_day=span.from_day, to_day=span.to_day),
    )


# decision 0404: a preview is the run's own steps, without what they write
async def _preview(payers: Sequence[str], run: InvoiceRunRow, tx: Transaction) -> None:
    """Add up the documents that `_make_documents` would make of each payer: by the same windows of
    lines, each a step of its own.
    """
    lines = 0
    for payer_key in payers:
        so_far = await presenting.begun(payer_key, run, tx)
        billed = await _billed(payer_key, run, tx, after=so_far.lines)
        made = [
            _issue(part, run, tx, running=0, payer=_payer(payer_key), is_credit=is_credit)
            for is_credit, part in _drafts(billed)
        ]
        is_last = len(billed) < LINES_A_STEP
        await presenting.add(made, so_far, run, tx, lines=len(billed), is_last=is_last)
        lines += len(billed)
        if lines >= LINES_A_STEP:
            break


async def _make_documents(payer_key: str, run: InvoiceRunRow, tx: Transaction) -> int:
    """Make a payer's documents: all, where they have no more than `LINES_A_STEP` lines. Returns how
    many lines they have.
    """
    billed = await _billed(payer_key, run, tx)
    payer = _payer(payer_key)
    parties = await documents.parties_of(payer, tx)
    taken_back = await queries.rents_taken_back(
        tx, [row for row in billed if isinstance(row, RentRow)]
    )
    for is_credit, part in _drafts(billed):
        running = await writes.next_invoice_number(tx, year=run.through.year)
        issued = _issue(
            part,
            run,
            tx,
            running=running,
            payer=payer,
            is_credit=is_credit,
            taken_back=taken_back,
        )
        tx.start(InvoiceRow, issued.invoice_id, issued)
        count_invoiced(tx, gross_ore=issued.gross_ore, is_credit=issued.is_credit)
        await documents.store(issued, parties, tx)
        await enter_document(tx, issued, through=run.through)
        for row in part:
            if isinstance(row, ChargeRow) and row.invoice_id is not None:
                row.credit_id = issued.invoice_id
            else:
                row.invoice_id = issued.invoice_id
    return len(billed)


async def _billed(
    payer_key: str, run: InvoiceRunRow, tx: Transaction, *, after: int = 0
) -> list[Billed]:
    """What stands on a payer's documents, at most `LINES_A_STEP`, after the first `after`."""
    settled = await queries.rents_to_invoice(tx, payer_key, limit=LINES_A_STEP, offset=after)
    room = LINES_A_STEP - len(settled)
    if not room:
        return [*settled]
    before = after - await queries.count_rents_to_invoice(tx, payer_key) if after else 0
    charges = await queries.charges_to_invoice(
        tx, payer_key, run, limit=room, offset=max(before, 0)
    )
    return [*settled, *charges]


def _drafts(billed: Sequence[Billed]) -> Iterator[tuple[bool, Sequence[Billed]]]:
    """The documents that are made of these lines: whether each is a credit note, and its lines."""
    debits = [row for row in billed if not _is_credit(row)]
    credits = [row for row in billed if _is_credit(row)]  # before the debits have their invoices
    for is_credit, of_kind in ((False, debits), (True, credits)):
        for part in domain.documents(of_kind):
            yield is_credit, part


def _is_credit(row: Billed) -> bool:
    if isinstance(row, ChargeRow):
        return row.state().is_compensated or row.invoice_id is not None
    return row.sign < 0


def _issue(
    rows: Sequence[Billed],
    run: InvoiceRunRow,
    tx: Transaction,
    *,
    running: int,
    payer: Payer,
    is_credit: bool,
    taken_back: Mapping[UUID, RentRow] | None = None,
) -> InvoiceIssuedV2:
    return domain.issue_invoice(
        InvoiceId(tx.mint()),
        number=domain.invoice_number(tx.region, year=run.through.year, running=running),
        payer=payer,
        month=run.through,
        is_credit=is_credit,
        lines=[_line(row, taken_back or {}) for row in rows],
        due_days=tx.policy.invoice.due_days,
    )


def _line(row: Billed, taken_back: Mapping[UUID, RentRow]) -> InvoiceLineV2:
    if isinstance(row, ChargeRow):
        if row.invoice_id is not None:
            return domain.credit_line(row.id, row.state(), invoice_id=row.invoice_id)
        return domain.charge_line(row.id, row.state())
    debit = taken_back.get(row.corrects) if row.corrects is not None else None
    return domain.rent_line(
        row.device_id,
        row.device_number,
        row.article_number,
        row.span(),
        corrects=InvoiceId(debit.invoice_id) if debit and debit.invoice_id else None,
    )


def _payer(payer_key: str) -> Payer:
    kind, _, value = payer_key.partition("/")
    if kind == "unit":
        return UnitPayer(payer_id=PayerId(value))
    return PatientPayer(person=PersonRef(UUID(value)))
