"""What billing does about each message: keep who pays from which day, raise charges, run the month.
Load, ask the rule, record.
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
from kvitt_contracts.types import (
    ChargeId,
    Charging,
    PatientPayer,
    UnitPayer,
    identify,
)

from billing import domain, queries, schedule
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


@messages.on(PayerRegistered, reads=lambda event, _: [(PayerRow, event.payer_id)])
async def on_payer_registered(event: PayerRegistered, tx: Transaction) -> None:
    row = await tx.look_up(PayerRow, event.payer_id)
    if row is None:
        tx.put(PayerRow(region=tx.region, payer_id=event.payer_id, name=event.name))
    else:
        row.name = event.name


@messages.on(ArticleListed, reads=lambda event, _: [(ArticleRow, event.article_number)])
async def on_article_listed(event: ArticleListed, tx: Transaction) -> None:
    row = await tx.look_up(ArticleRow, event.article_number)
    if row is None:
        row = ArticleRow(region=tx.region, article_number=event.article_number, prices=())
        tx.put(row)
    row.name, row.type, row.charging = event.name, event.type, event.charging


@messages.on(ArticlePriced, reads=lambda event, _: [(ArticleRow, event.article_number)])
async def on_article_priced(event: ArticlePriced, tx: Transaction) -> None:
    row = await tx.get(ArticleRow, event.article_number)
    kept = tuple(point for point in row.prices if point.valid_from != event.valid_from)
    row.prices = (*kept, rents.PricePoint(valid_from=event.valid_from, price=event.price))
    await queries.unsettle_devices_of(tx, event.article_number, from_day=event.valid_from)


@messages.on(OrderPlaced)
async def on_order_placed(event: OrderPlaced, tx: Transaction) -> None:
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
    reads=lambda event, _: [(OrderLineRow, event.line_id), (ArticleRow, event.article_number)],
)
async def on_line_delivered(event: LineDelivered, tx: Transaction) -> None:
    line = await tx.get(OrderLineRow, event.line_id)
    article = await tx.get(ArticleRow, event.article_number)
    if article.charging is Charging.SALE:
        _raise_sale(event, article, tx)
    if line.fee is not None and line.recipient.kind == "patient":
        _raise_fee(event, line, tx)


@messages.on(DeviceRegistered)
async def on_device_registered(event: DeviceRegistered, tx: Transaction) -> None:
    tx.put(_device(event, tx))


@messages.on(DeviceStatedOnLoan)
async def on_device_stated_on_loan(event: DeviceStatedOnLoan, tx: Transaction) -> None:
    row = _device(event, tx)
    tx.put(row)
    await _change_payer(row, event.custody, tx)


@messages.on(CustodyChanged, loads=lambda event, _: [(DeviceRow, event.device_id)])
async def on_custody_changed(event: CustodyChanged, tx: Transaction) -> None:
    await _change_payer(await tx.lock(DeviceRow, event.device_id), event.custody, tx)


@messages.on(DayClosed)
async def on_day_closed(event: DayClosed, tx: Transaction) -> None:
    # decision 0061: a closed day waits in the inbox until billing has its custody changes
    applied = await queries.custody_changes_applied(tx)
    if applied < event.custody_changes_so_far:
        # BIL-9: a month is billed from all that was said of it, so the day waits for what is still
        # on its way
        raise NotYetKnown(CounterRow, queries.CUSTODY_CHANGES)
    if not domain.is_last_of_month(event.day):
        return
    started = domain.start_run(event.day)
    run = tx.start(InvoiceRunRow, identify(tx.region, "invoice-run", started.month), started)
    tx.schedule(schedule.INVOICE_RUN, key=run.id, due=tx.now)


def _device(event: DeviceRegistered | DeviceStatedOnLoan, tx: Transaction) -> DeviceRow:
    return DeviceRow(
        region=tx.region,
        device_id=event.device_id,
        device_number=event.device_number,
        article_number=event.article_number,
        points=(),
    )


async def _change_payer(row: DeviceRow, custody: Custody, tx: Transaction) -> None:
    kept = tuple(point for point in row.points if point.effective_on != custody.since)
    point = rents.ChangePoint(effective_on=custody.since, payer_id=custody.payer_id)
    row.points = (*kept, point)
    row.unsettled_from = min(row.unsettled_from or custody.since, custody.since)
    await queries.count_custody_change(tx)


def _raise_sale(event: LineDelivered, article: ArticleRow, tx: Transaction) -> None:
    price = rents.price_on(article.prices, event.delivered_on)
    if price is None:
        raise NotYetKnown(ArticleRow, f"price of {event.article_number} on {event.delivered_on}")
    charge_id = ChargeId(tx.mint())
    charged = domain.charge_sale(
        charge_id,
        payer=UnitPayer(payer_id=event.payer_id),
        order_id=event.order_id,
        line_id=event.line_id,
        article_number=event.article_number,
        quantity=event.quantity,
        unit_price=price,
        delivered_on=event.delivered_on,
    )
    tx.start(ChargeRow, charge_id, charged)


def _raise_fee(event: LineDelivered, line: OrderLineRow, tx: Transaction) -> None:
    if line.fee is None:
        return
    charge_id = ChargeId(tx.mint())
    charged = domain.charge_fee(
        charge_id,
        payer=PatientPayer(person=line.recipient.person),
        order_id=event.order_id,
        line_id=event.line_id,
        article_number=event.article_number,
        quantity=event.quantity,
        unit_fee=line.fee,
        delivered_on=event.delivered_on,
    )
    tx.start(ChargeRow, charge_id, charged)
