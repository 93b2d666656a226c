"""What comes direct from suppliers: purchased, delayed, received, billed (ORD-4, ORD-11, ORD-12,
BIL-6).

Each rule raises No with the reason and the rule when it is refused, Waits for an unknown name.
"""

from kvitt_contracts.billing import ReleaseSupplierInvoice
from kvitt_contracts.calendar import working_days_after
from kvitt_contracts.orders import (
    CreatePurchaseOrder,
    DelayPurchaseOrder,
    ReportReceipt,
    SendPurchaseOrder,
)
from kvitt_contracts.regions import SupplierInvoiceStated, SupplierStated

from examples.generator.model import ledger, stock
from examples.generator.model.state import No, Waits, World
from examples.generator.model.trade import Purchase, PurchaseLine, SupplierInvoice


def supplier(world: World, _subject: str, fact: SupplierStated) -> None:
    """A supplier of the register."""
    world.suppliers[fact.supplier_id] = fact


def is_direct(world: World, article: str) -> bool:
    """ORD-21: not kept in the central store, of an active supplier, where there is a purchasing
    store.
    """
    listed = world.articles[article]
    if world.policy.stores.purchasing is None or listed.is_kept_in_central is not False:
        return False
    known = world.suppliers.get(listed.supplier_id or "")
    if known is None or not known.is_active:
        raise No("NO_ACTIVE_SUPPLIER", "ORD-21")
    return True


def purchase(world: World, subject: str, command: CreatePurchaseOrder) -> None:
    """A purchase order of an order's direct lines; its number is the next of its week, each line
    is expected when the article's lead time has passed.
    """
    order = world.orders.get(command.order)
    if order is None:
        raise No("UNKNOWN_ORDER", "ORD-11")
    year, week, _ = world.today.isocalendar()
    in_week = f"{year % 100:02}{week:02}"
    drawn = sum(one.number.startswith(in_week) for one in world.purchases.values())
    lines = {}
    for number in command.lines:
        line = order.lines[number - 1]
        days = max(world.articles[line.article].lead_time_days, 1)
        lines[int(number)] = PurchaseLine(
            article=line.article, expected_on=working_days_after(world.today, days)
        )
    world.purchases[subject] = Purchase(
        number=f"{in_week}{drawn + 1:04}", order=order.reference, lines=lines
    )


def send(world: World, subject: str, command: SendPurchaseOrder) -> None:
    """The supplier has got it."""
    bought = _known(world, subject, "ORD-11")
    bought.status, bought.sent_on = "sent", command.sent_on


def delay(world: World, subject: str, command: DelayPurchaseOrder) -> None:
    """The supplier delivers lines later (ORD-4)."""
    bought = _known(world, subject, "ORD-4")
    for number in command.lines:
        bought.lines[int(number)].expected_on = command.expected_on


def receive(world: World, _subject: str, command: ReportReceipt) -> None:
    """What came is the recipient's on the day that it was received; devices get their cards; what
    is billed already is matched anew.
    """
    bought = next((one for one in world.purchases.values() if one.number == command.number), None)
    if command.number_kind != "purchase_order" or bought is None:
        raise No("UNKNOWN_NUMBER", "ORD-12")
    order, purchasing = world.orders[bought.order], world.policy.stores.purchasing
    for came in command.lines:
        placed, line = bought.lines[int(came.line)], order.lines[came.line - 1]
        numbers = [one.device_number for one in came.devices]
        for number in numbers:
            stock.register(world, number, line.article, str(purchasing), command.received_on)
        stock.deliver(world, order, line, came.quantity, numbers, on=command.received_on)
        assert came.price is not None
        placed.received_on = command.received_on
        placed.owed, placed.price_ore = came.quantity, came.price.net_ore
    if all(one.received_on is not None for one in bought.lines.values()):
        bought.status = "closed"
    for invoice in world.supplier_invoices.values():
        _match(world, invoice)


def billed(world: World, subject: str, fact: SupplierInvoiceStated) -> None:
    """Cleared when all of it was received at that price and is not paid for already, else held."""
    if fact.supplier_id not in world.suppliers:
        raise Waits(fact.supplier_id)
    invoice = SupplierInvoice(
        purchase=fact.purchase_order_number,
        device=fact.device_number,
        is_credit=fact.is_credit,
        due_on=fact.due_on,
        net_ore=fact.net_ore,
        vat_ore=fact.vat_ore,
        lines=[(str(one.article_number), one.quantity, one.price.net_ore) for one in fact.lines],
    )
    world.supplier_invoices[f"{fact.supplier_id}/{fact.number}"] = invoice
    _match(world, invoice)


def release(world: World, subject: str, command: ReleaseSupplierInvoice) -> None:
    """Finance has what is held paid, or of a credit note taken back, as it is (BIL-6)."""
    invoice = world.supplier_invoices.get(f"{command.supplier_id}/{command.number}")
    if invoice is None:
        raise No("UNKNOWN_SUPPLIER_INVOICE", "BIL-6")
    if invoice.status == "released":
        return
    if invoice.status != "held":
        raise No("NOT_HELD", "BIL-6")
    invoice.status = "released"
    ledger.enter_cleared(world, invoice)


def _match(world: World, invoice: SupplierInvoice) -> None:
    if invoice.status != "held":
        return
    if invoice.device is not None:
        _match_takeover(world, invoice, invoice.device)
        return
    bought = next((one for one in world.purchases.values() if one.number == invoice.purchase), None)
    owed = {one.article: one for one in bought.lines.values()} if bought is not None else {}
    if all(
        article in owed and quantity <= owed[article].owed and price == owed[article].price_ore
        for article, quantity, price in invoice.lines
    ):
        invoice.status = "cleared"
        ledger.enter_cleared(world, invoice)
        for article, quantity, _ in invoice.lines:
            owed[article].owed -= quantity


def _match_takeover(world: World, invoice: SupplierInvoice, number: str) -> None:
    """What was bought over is paid once, at what it was bought for (BIL-13)."""
    bought = world.takeovers.get(number)
    if bought is None or bought.is_invoiced or invoice.net_ore != bought.value_ore:
        return
    invoice.status, bought.is_invoiced = "cleared", True
    ledger.enter_cleared(world, invoice)


def _known(world: World, subject: str, rule: str) -> Purchase:
    if subject not in world.purchases:
        raise No("UNKNOWN_PURCHASE_ORDER", rule)
    return world.purchases[subject]
