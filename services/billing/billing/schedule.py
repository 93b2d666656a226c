"""The month's invoice run: settle each device's rent, then make each payer's documents, in steps
that each commit.
"""

from datetime import date, datetime, timedelta
from uuid import UUID

from kvitt_chassis.handlers import Handlers, Timer
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.billing import InvoiceLine
from kvitt_contracts.types import (
    Charging,
    InvoiceId,
    PatientPayer,
    Payer,
    PayerId,
    PersonRef,
    UnitPayer,
)

from billing import domain, queries
from billing.models import ArticleRow, DeviceRow, InvoiceRow, InvoiceRunRow, RentRow

INVOICE_RUN = Timer("invoice_run", InvoiceRunRow)

DEVICES_A_STEP = 500
PAYERS_A_STEP = 50

timers = Handlers()


@timers.timer(INVOICE_RUN)
async def continue_invoice_run(run: InvoiceRunRow, due: datetime, tx: Transaction) -> None:
    """One step: some devices, or when all are settled some payers; the last step finishes the run
    (BIL-9).
    """
    devices = await queries.unsettled_devices(tx, through=run.through, limit=DEVICES_A_STEP)
    if devices:
        for device in devices:
            await _settle(device, run.through, tx)
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


async def _settle(device: DeviceRow, through: date, tx: Transaction) -> None:
    article = await tx.get(ArticleRow, device.article_number)
    first = device.unsettled_from or through
    # BIL-2: what is sold was paid for at delivery, whoever has it
    prices = article.prices if article.charging is Charging.RENT else ()
    owed = domain.owed_rent(device.points, prices, from_day=first, to_day=through)
    issued = await queries.settled_spans(tx, device.device_id, from_day=first, to_day=through)
    for span in domain.rent_to_invoice(owed, issued, from_day=first, to_day=through):
        tx.put(
            RentRow(
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
        )
    device.unsettled_from = through + timedelta(days=1)


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
                running=await queries.next_invoice_number(tx, year=run.through.year),
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


def _payer(payer_key: str) -> Payer:
    kind, _, value = payer_key.partition("/")
    if kind == "unit":
        return UnitPayer(payer_id=PayerId(value))
    return PatientPayer(person=PersonRef(UUID(value)))
