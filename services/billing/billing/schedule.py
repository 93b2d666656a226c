"""The month's invoice run: settle each device's rent, then make each payer's documents, in steps
that each commit.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from kvitt_chassis.handlers import Handlers, Timer
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.billing import InvoiceLine
from kvitt_contracts.types import (
    InvoiceId,
    PatientPayer,
    Payer,
    PayerId,
    PersonRef,
    UnitPayer,
)

from billing import documents, domain, queries, writes
from billing.models import DeviceRow, InvoiceRow, InvoiceRunRow, RentRow
from billing.rents import domain as rents

INVOICE_RUN = Timer("invoice_run", InvoiceRunRow)

DEVICES_A_STEP = 200
PAYERS_A_STEP = 20

timers = Handlers()


@timers.timer(INVOICE_RUN)
async def continue_invoice_run(run: InvoiceRunRow, due: datetime, tx: Transaction) -> None:
    """One step: some devices, or when all are settled some payers; the last step finishes the run
    (BIL-9).
    """
    devices = await queries.unsettled_devices(tx, through=run.through, limit=DEVICES_A_STEP)
    if devices:
        await _settle(devices, run.through, tx)
        tx.schedule(INVOICE_RUN, key=run.id, due=due)
        return
    payers = await queries.payers_to_invoice(tx, through=run.through, limit=PAYERS_A_STEP)
    for payer_key in payers:
        await _make_documents(payer_key, run, tx)
    if payers:
        tx.schedule(INVOICE_RUN, key=run.id, due=due)
        return
    issued = await queries.count_invoices(tx, month=run.month)
    tx.record(run, domain.finish_run(run.state(), invoices=issued))


async def _settle(devices: Sequence[DeviceRow], through: date, tx: Transaction) -> None:
    first_days = {device.device_id: device.unsettled_from or through for device in devices}
    settled = await queries.settled_spans(
        tx, list(first_days), from_day=min(first_days.values()), to_day=through
    )
    prices = await queries.monthly_prices_of(tx, (device.article_number for device in devices))
    for device in devices:
        first = first_days[device.device_id]
        owed = rents.owed_rent(
            device.points, prices.get(device.article_number, ()), from_day=first, to_day=through
        )
        issued = settled.get(device.device_id, [])
        for span in rents.rent_to_invoice(owed, issued, from_day=first, to_day=through):
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


async def _make_documents(payer_key: str, run: InvoiceRunRow, tx: Transaction) -> None:
    rents = await queries.rents_to_invoice(tx, payer_key)
    charges = await queries.charges_to_invoice(tx, payer_key, through=run.through)
    lines: dict[bool, list[InvoiceLine]] = {True: [], False: []}
    ids: dict[bool, UUID] = {True: tx.mint(), False: tx.mint()}
    for rent in rents:
        line = domain.rent_line(
            rent.device_id, rent.device_number, rent.article_number, rent.span()
        )
        is_credit = rent.sign < 0
        rent.invoice_id = ids[is_credit]
        lines[is_credit].append(line)
    for charge in charges:
        charge.invoice_id = ids[False]
        lines[False].append(domain.charge_line(charge.id, charge.state()))
    for is_credit in (False, True):
        if lines[is_credit]:
            number = domain.invoice_number(
                tx.region,
                year=run.through.year,
                running=await writes.next_invoice_number(tx, year=run.through.year),
            )
            invoice_id = InvoiceId(ids[is_credit])
            issued = domain.issue_invoice(
                invoice_id,
                number=number,
                payer=_payer(payer_key),
                month=run.through,
                lines=lines[is_credit],
            )
            tx.start(InvoiceRow, invoice_id, issued)
            await documents.keep(issued, tx)


def _payer(payer_key: str) -> Payer:
    kind, _, value = payer_key.partition("/")
    if kind == "unit":
        return UnitPayer(payer_id=PayerId(value))
    return PatientPayer(person=PersonRef(UUID(value)))
