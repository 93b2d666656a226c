"""Handlers of billing: store who pays from which day, raise charges, start the month's run. Load,
apply the rule, record.
"""

from kvitt_chassis.handlers import Handlers
from kvitt_chassis.transaction import NotYetKnown, Transaction
from kvitt_contracts.inventory import (
    ArticleListed,
    ArticlePriced,
    Custody,
    CustodyChanged,
    DayClosed,
    DeviceRegistered,
    DeviceStatedOnLoan,
    LineDelivered,
)
from kvitt_contracts.orders import OrderPlaced, PayerRegistered
from kvitt_contracts.types import ChargeId, Charging, identify

from billing import documents, domain, queries, schedule, writes
from billing.models import (
    ArticleRow,
    ChargeRow,
    CounterRow,
    DeviceRow,
    InvoiceRunRow,
    OrderLineRow,
    PayerRow,
)
from billing.rents import domain as rents

messages = Handlers()
messages.include(schedule.timers)
messages.include(documents.timers)
messages.project(PayerRegistered, PayerRow)
messages.project(ArticleListed, ArticleRow)
messages.project(DeviceRegistered, DeviceRow)


@messages.on(ArticlePriced, of=ArticleRow)
async def on_article_priced(row: ArticleRow, event: ArticlePriced, tx: Transaction) -> None:
    """A price by its day; the rent of the article's devices is looked at again from then on."""
    row.prices = rents.with_price(row.prices, event.price, valid_from=event.valid_from)
    await writes.unsettle_devices_of(tx, row.article_number, from_day=event.valid_from)


@messages.on(OrderPlaced)
async def on_order_placed(event: OrderPlaced, tx: Transaction) -> None:
    """What each line will cost the patient when it is received (ORD-18)."""
    for line in event.lines:
        tx.put(
            OrderLineRow(
                region=tx.region,
                line_id=line.line_id,
                order_id=event.order_id,
                recipient=event.recipient,
                fee=line.fee,
            )
        )


@messages.on(
    LineDelivered,
    of=OrderLineRow,
    reads=lambda event, _: [(ArticleRow, event.article_number)],
)
async def on_line_delivered(line: OrderLineRow, event: LineDelivered, tx: Transaction) -> None:
    """Charge a sale to the line's payer (BIL-2), a fee to the patient (BIL-3).

    An article that has not been listed yet: the event waits.
    """
    article = await tx.get(ArticleRow, event.article_number)
    if article.charging is Charging.SALE:
        price = rents.price_on(article.prices, event.delivered_on)
        if price is None:
            missing = f"price of {event.article_number} on {event.delivered_on}"
            raise NotYetKnown(ArticleRow, missing)
        charge_id = ChargeId(tx.mint())
        tx.start(ChargeRow, charge_id, domain.charge_sale(charge_id, event, unit_price=price))
    if line.fee is not None and line.recipient.kind == "patient":
        charge_id = ChargeId(tx.mint())
        charged = domain.charge_fee(
            charge_id, event, patient=line.recipient.person, unit_fee=line.fee
        )
        tx.start(ChargeRow, charge_id, charged)


@messages.on(DeviceStatedOnLoan)
async def on_device_stated_on_loan(event: DeviceStatedOnLoan, tx: Transaction) -> None:
    """A device of the old stock, with who pays for it."""
    row = DeviceRow(
        region=tx.region,
        device_id=event.device_id,
        device_number=event.device_number,
        article_number=event.article_number,
        points=(),
    )
    tx.put(row)
    await _change_payer(row, event.custody, tx)


@messages.on(CustodyChanged, of=DeviceRow)
async def on_custody_changed(row: DeviceRow, event: CustodyChanged, tx: Transaction) -> None:
    """Who pays from which day (BIL-1)."""
    await _change_payer(row, event.custody, tx)


@messages.on(DayClosed)
async def on_day_closed(event: DayClosed, tx: Transaction) -> None:
    """Start the month's run with its last day (BIL-9).

    The event waits until as many custody changes are applied as it counts.
    """
    # decision 0061: a closed day waits in the inbox until billing has its custody changes
    applied = await queries.custody_changes_applied(tx)
    if applied < event.custody_changes_so_far:
        # BIL-9: a month is billed from all that was said of it, so the day waits for what is still
        # on its way
        raise NotYetKnown(CounterRow, queries.CUSTODY_CHANGES)
    for started in domain.start_run(event.day):
        run = tx.start(InvoiceRunRow, identify(tx.region, "invoice-run", started.month), started)
        tx.schedule(schedule.INVOICE_RUN, key=run.id, due=tx.now)


async def _change_payer(row: DeviceRow, custody: Custody, tx: Transaction) -> None:
    row.points = rents.with_change(row.points, custody.payer_id, effective_on=custody.since)
    row.unsettled_from = min(row.unsettled_from or custody.since, custody.since)
    await writes.count_custody_change(tx)
