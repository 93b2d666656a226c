"""Handlers of billing: store who pays from which day, raise charges, start the month's run. Load,
apply the rule, record.
"""

from collections.abc import Iterable

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import NotYetKnown, Transaction
from kvitt_contracts.calendar import stockholm_day
from kvitt_contracts.inventory import (
    ArticleListed,
    ArticlePriced,
    CustodyChanged,
    DayClosed,
    DeviceRegistered,
    DeviceRenumbered,
    DeviceStatedOnLoan,
    LineDelivered,
)
from kvitt_contracts.orders import (
    BasketLoanActRequested,
    BasketLoanFeeDelivered,
    CustomerRegistered,
    OrderPlaced,
    OrderPlacedV2,
    PayerRegistered,
    PersonErased,
    PersonProtectionChanged,
    PersonRegistered,
    PersonsMerged,
    SuppliedLine,
    UserRegistered,
)
from kvitt_contracts.types import (
    ChargeId,
    Charging,
    Money,
    PatientRecipient,
    PersonRef,
    Word,
    identify,
)

from billing import documents, domain, queries, schedule, work_charges, writes
from billing.approvals.handlers import messages as approvals
from billing.delayed_fees import handlers as delayed_fees
from billing.delayed_fees.domain import DELAYED
from billing.delayed_fees.writes import cancel_returned_device, defer
from billing.device_charges.handlers import messages as device_charges
from billing.home_region_cases import domain as home_regions
from billing.home_region_cases.handlers import messages as home_region_cases
from billing.home_region_cases.models import HomeRegionCaseRow
from billing.home_region_cases.writes import note_return, rows_of_delivery, wait_for_fitting
from billing.ledger import handlers as ledger
from billing.ledger.writes import start_charge
from billing.models import (
    ArticleRow,
    CustodyChangeRow,
    CustomerRow,
    DeviceRow,
    InvoiceRunRow,
    OrderLineRow,
    PayerRow,
    PersonRow,
    UserRow,
)
from billing.month_previews import presenting
from billing.month_previews.timers import INVOICE_RUN
from billing.region_sales.handlers import messages as region_sales
from billing.rents import domain as rents
from billing.selections.handlers import messages as selections
from billing.supplier_invoices.handlers import messages as supplier_invoices
from billing.supplier_invoices.models import TakeoverRow
from billing.supplier_invoices.writes import expect_invoice

messages = Handlers()
messages.include(schedule.timers)
messages.include(documents.timers)
messages.include(work_charges.messages)
messages.include(ledger.messages)
messages.include(approvals)
messages.include(selections)
messages.include(delayed_fees.messages)
messages.include(supplier_invoices)
messages.include(region_sales)
messages.include(device_charges)
messages.include(home_region_cases)
messages.project(PayerRegistered, PayerRow)
messages.project(CustomerRegistered, CustomerRow)
messages.project(UserRegistered, UserRow)
messages.project(PersonRegistered, PersonRow, merged_into=None)
messages.amend(PersonErased, PersonRow, region_person_id=lambda event: event.former_id)
messages.amend(PersonProtectionChanged, PersonRow)
messages.project(PersonsMerged, PersonRow, merged_into=lambda event: event.into)
messages.project(ArticleListed, ArticleRow)


def _registered(event: DeviceRegistered, tx: Transaction) -> Iterable[RowKey]:
    yield DeviceRow, event.device_id
    if event.origin is not None:
        yield TakeoverRow, event.device_number


@messages.on(DeviceRegistered, loads=_registered)
async def on_device_registered(event: DeviceRegistered, tx: Transaction) -> None:
    """A device by its number and article; one that was bought over from another region waits for
    that one's invoice (BIL-13).
    """
    row = await tx.find(DeviceRow, event.device_id)
    if row is None:
        row = DeviceRow(region=tx.region, device_id=event.device_id, points=())
        tx.put(row)
    row.device_number, row.article_number = event.device_number, event.article_number
    if event.origin is not None:
        await expect_invoice(event, event.origin, tx)


@messages.on(ArticlePriced, of=ArticleRow)
async def on_article_priced(row: ArticleRow, event: ArticlePriced, tx: Transaction) -> None:
    """A price by its day; the rent of the article's devices is looked at again from then on."""
    row.prices = rents.with_price(row.prices, event.price, valid_from=event.valid_from)
    await writes.unsettle_devices_of(tx, row.article_number, from_day=event.valid_from)


@messages.on(OrderPlaced, OrderPlacedV2)
async def on_order_placed(event: OrderPlaced | OrderPlacedV2, tx: Transaction) -> None:
    """What each line will cost the patient when it is received (ORD-18), or later (BIL-3); a case
    where another region or the state pays (BIL-5, BIL-11).
    """
    opened = home_regions.open_case(event)
    if opened:
        case = tx.start(HomeRegionCaseRow, event.order_id, *opened)
        case.due_days, case.devices = (), ()  # its delivery may come in the same batch
    for line in event.lines:
        tx.put(
            OrderLineRow(
                region=tx.region,
                line_id=line.line_id,
                order_id=event.order_id,
                recipient=event.recipient,
                fee=line.fee,
                fee_timing=line.fee_timing if isinstance(line, SuppliedLine) else None,
                is_covered=bool(opened),
            )
        )


@messages.on(
    LineDelivered,
    of=OrderLineRow,
    loads=rows_of_delivery,
    reads=lambda event, _: [(ArticleRow, event.article_number)],
)
async def on_line_delivered(line: OrderLineRow, event: LineDelivered, tx: Transaction) -> None:
    """Charge a sale to the line's payer (BIL-2), a fee to the patient, at once or when 90 whole
    days have passed (BIL-3). What another region or the state pays waits for the fitting's end
    (BIL-5, BIL-11).

    An article that has not been listed, or neither priced yet nor bought at a price: the event
    waits.
    """
    article = await tx.get(ArticleRow, event.article_number)
    price = None
    if (event.charging or article.charging) is Charging.SALE:
        price = domain.price_of_sale(
            event.unit_price,
            listed=rents.price_on(article.prices, event.delivered_on),
            is_free=article.is_free,
        )
        if price is None:
            raise NotYetKnown(ArticleRow, event.article_number)  # until it has this day's price
    if line.is_covered:
        await wait_for_fitting(event, tx, unit_price=price)
    elif price is not None:
        charge_id = ChargeId(tx.mint())
        sold = domain.charge_sale(charge_id, event, unit_price=price)
        await start_charge(tx, charge_id, sold)
    if line.fee is not None and isinstance(line.recipient, PatientRecipient):
        patient = line.recipient.person
        await _charge_fee(event, patient=patient, unit_fee=line.fee, timing=line.fee_timing, tx=tx)


@messages.on(BasketLoanActRequested)
async def on_basket_loan_act_requested(event: BasketLoanActRequested, tx: Transaction) -> None:
    """What is to be delivered of a basket: its fee is a line of its own, and says itself who pays
    it (ORD-10). An act may be refused, and another names the line again.
    """
    for line in event.deliver:
        if await tx.look_up(OrderLineRow, line.line_id) is None:
            tx.put(
                OrderLineRow(
                    region=tx.region,
                    line_id=line.line_id,
                    order_id=event.order_id,
                    recipient=None,
                    fee=None,
                    fee_timing=None,
                )
            )


@messages.on(BasketLoanFeeDelivered)
async def on_basket_loan_fee_delivered(event: BasketLoanFeeDelivered, tx: Transaction) -> None:
    """Charge a basket's fee to the patient, as of the line whose goods they have received (BIL-3,
    ORD-10).
    """
    if isinstance(event.recipient, PatientRecipient):
        received = domain.Received(
            order_id=event.order_id,
            line_id=event.fee_of,
            article_number=event.article_number,
            quantity=event.quantity,
            devices=event.devices,
            delivered_on=event.received_on,
        )
        patient = event.recipient.person
        await _charge_fee(received, patient=patient, unit_fee=event.fee, timing=event.timing, tx=tx)


async def _charge_fee(
    received: LineDelivered | domain.Received,
    *,
    patient: PersonRef,
    unit_fee: Money,
    timing: Word | None,
    tx: Transaction,
) -> None:
    """Charge a fee for what was received at once, or when 90 whole days have passed (BIL-3)."""
    if timing == DELAYED:
        defer(received, patient=patient, unit_fee=unit_fee, tx=tx)
        return
    charge_id = ChargeId(tx.mint())
    charged = domain.charge_fee(charge_id, received, patient=patient, unit_fee=unit_fee)
    await start_charge(tx, charge_id, charged)


def _article_where_untold(
    event: CustodyChanged | DeviceStatedOnLoan, tx: Transaction
) -> Iterable[RowKey]:
    if event.number is None:  # emitted before loans told how they are charged
        yield ArticleRow, event.article_number


@messages.on(DeviceStatedOnLoan, reads=_article_where_untold)
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
    await _change_payer(row, event, tx)


# Its charges are not read ahead: who raises one that waits has the device locked (BIL-5).
@messages.on(CustodyChanged, of=DeviceRow, reads=_article_where_untold)
async def on_custody_changed(row: DeviceRow, event: CustodyChanged, tx: Transaction) -> None:
    """Who pays from which day (BIL-1); what is in a store again before its delayed fee was due
    costs its patient nothing (BIL-4), nor another region before the fitting's end (BIL-5). What is
    stolen or lost is not (INV-15).
    """
    if event.custody.payer_id is None:
        if not rents.is_missing(rents.cause_of(event.cause)):
            await cancel_returned_device(event, tx)
        note_return(row, event)
    await _change_payer(row, event, tx)


@messages.on(DeviceRenumbered, of=DeviceRow)
async def on_device_renumbered(row: DeviceRow, event: DeviceRenumbered, tx: Transaction) -> None:
    """What is settled from now on names the device by its number of today (INV-6)."""
    row.device_number = event.device_number


@messages.on(DayClosed)
async def on_day_closed(event: DayClosed, tx: Transaction) -> None:
    """Start the month's run with its last day (BIL-9).

    The event waits until each custody change that it counts is applied, by its number.
    """
    up_to = event.custody_changes_so_far
    applied = await queries.custody_changes_applied(tx, up_to=up_to)
    # decision 0061: a closed day waits in the inbox until billing has its custody changes
    missing = domain.missing_changes(up_to, applied, forgone=event.forgone)
    if len(missing) > applied.counted:
        # BIL-9: a month is billed from all that was said of it, so the day waits for what is still
        # on its way
        raise NotYetKnown(CustodyChangeRow, missing[applied.counted])
    await writes.settle_custody_changes(tx, up_to=up_to, by_count=len(missing))
    for started in domain.start_run(event.day):
        run = tx.start(InvoiceRunRow, identify(tx.region, "invoice-run", started.month), started)
        if tx.policy.invoice.approval == "person":
            await presenting.begin(run, tx)
        tx.schedule(INVOICE_RUN, key=run.id, due=tx.now)


async def _change_payer(
    row: DeviceRow, event: CustodyChanged | DeviceStatedOnLoan, tx: Transaction
) -> None:
    custody = event.custody
    row.points = rents.with_change(
        row.points,
        custody.payer_id,
        effective_on=custody.since,
        charging=await _charging(row, event, tx),
        cause=rents.cause_of(event.cause) if isinstance(event, CustodyChanged) else rents.STATED,
        told_on=stockholm_day(tx.message.time) if tx.message else tx.today,
    )
    row.unsettled_from = min(row.unsettled_from or custody.since, custody.since)
    await writes.note_custody_change(tx, event.number)


async def _charging(
    row: DeviceRow, event: CustodyChanged | DeviceStatedOnLoan, tx: Transaction
) -> Charging | None:
    """How the loan is charged: as the event says where one begins, else as it is charged already.

    Emitted before that was told: as its article is now. One that is not listed yet: it waits.
    """
    if event.custody.payer_id is None:
        return None
    known = event.charging or rents.charging_of_loan(row.points, on=event.custody.since)
    return known or (await tx.get(ArticleRow, event.article_number)).charging
