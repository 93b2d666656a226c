"""What is entered, in the transaction of what it enters; and where the open months begin."""

from datetime import date
from uuid import UUID

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.billing import (
    ChargeRaised,
    ChargeRaisedV2,
    InvoiceIssuedV2,
    InvoiceLine,
    InvoiceLineV2,
    LedgerLine,
)
from kvitt_contracts.types import (
    ChargeId,
    LedgerEntryId,
    RegionCode,
    SupplierInvoiceId,
    Word,
    identify,
)
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from billing.domain import Charge
from billing.ledger import domain
from billing.ledger.models import LedgerEntryRow
from billing.models import ChargeRow, CounterRow

LEDGER_OPEN_FROM = "ledger_open_from"
"""The counter of the first day of the first open month, as its ordinal."""


def entry_id(region: RegionCode, source: Word, source_id: UUID) -> LedgerEntryId:
    """The key of what is entered of a thing: it is entered once."""
    return LedgerEntryId(identify(region, "ledger-entry", f"{source}/{source_id}"))


async def start_charge(
    tx: Transaction, charge_id: ChargeId, raised: ChargeRaised | ChargeRaisedV2
) -> ChargeRow:
    """Raise a charge, and enter it where the region has accounts (BIL-10)."""
    row = tx.start(ChargeRow, charge_id, raised)
    await enter_charge(tx, raised)
    return row


async def enter_charge(tx: Transaction, raised: ChargeRaised | ChargeRaisedV2) -> None:
    """Enter a charge on its day where the region has accounts (BIL-10)."""
    accounts = tx.policy.invoice.accounts
    if not accounts:
        return
    lines = domain.lines_of_revenue(accounts, raised.kind, net_ore=raised.amount.net_ore)
    open_from = await first_open_day(tx)
    _enter(tx, domain.CHARGE, raised.charge_id, lines, on=raised.charged_on, open_from=open_from)


async def enter_cancelled(tx: Transaction, charge_id: ChargeId, charge: Charge) -> None:
    """Take back today what was entered of a charge that is cancelled; nothing where it was not
    entered (BIL-10).
    """
    accounts = tx.policy.invoice.accounts
    if not accounts or not await _entered(tx, domain.CHARGE, charge_id):
        return
    lines = domain.lines_of_revenue(accounts, charge.kind, net_ore=-charge.amount.net_ore)
    open_from = await first_open_day(tx)
    _enter(tx, domain.CANCELLATION, charge_id, lines, on=tx.today, open_from=open_from)


async def enter_document(tx: Transaction, issued: InvoiceIssuedV2, *, through: date) -> None:
    """Enter a document on its day where the region has accounts, and its rent on `through`, the
    last day that is invoiced; so too each charge that was
    raised, or cancelled, before there were any (BIL-10).
    """
    accounts = tx.policy.invoice.accounts
    if not accounts:
        return
    open_from = await first_open_day(tx)
    rents = [line for line in issued.lines if line.kind == domain.RENT]
    net_ore = sum(line.amount.net_ore for line in rents)
    earned = domain.lines_of_revenue(accounts, domain.RENT, net_ore=net_ore)
    _enter(tx, domain.RENT, issued.invoice_id, earned, on=through, open_from=open_from)
    for source, is_taken_back in ((domain.CHARGE, False), (domain.CANCELLATION, True)):
        charges = {
            line.charge_id: line
            for line in issued.lines
            if line.charge_id is not None and _is_taken_back(line) is is_taken_back
        }
        entered = {row.source_id for row in await _entered(tx, source, *charges)}
        for charge_id, line in charges.items():
            if charge_id not in entered:
                earned = domain.lines_of_revenue(accounts, line.kind, net_ore=line.amount.net_ore)
                _enter(tx, source, charge_id, earned, on=through, open_from=open_from)
    lines = domain.lines_of_document(accounts, net_ore=issued.net_ore, vat=issued.vat)
    _enter(tx, domain.INVOICE, issued.invoice_id, lines, on=issued.issued_on, open_from=open_from)


async def enter_supplier_invoice(
    tx: Transaction, key: SupplierInvoiceId, *, net_ore: int, vat_ore: int, is_credit: bool
) -> None:
    """Enter today what a supplier is paid, or takes back, where the region has accounts for it
    (BIL-6, BIL-10).
    """
    lines = domain.lines_of_supplier_invoice(
        tx.policy.invoice.accounts, net_ore=net_ore, vat_ore=vat_ore, is_credit=is_credit
    )
    if lines:
        open_from = await first_open_day(tx)
        _enter(tx, domain.SUPPLIER_INVOICE, key, lines, on=tx.today, open_from=open_from)


async def first_open_day(tx: Transaction, *, to_close: bool = False) -> date:
    """The first day of the region's first open month; date.min where none has been closed. Until
    the transaction ends, nobody closes a month; `to_close`: nobody enters anything either.
    """
    tx.will_lock(CounterRow)
    mine = (CounterRow.region == tx.region, CounterRow.name == LEDGER_OPEN_FROM)
    # decision 0400: who enters shares the lock, and so waits for who closes, and for nobody else
    query = select(CounterRow.value).where(*mine).with_for_update(read=not to_close)
    found: int | None = await tx.session.scalar(query)
    if found is None:
        first = insert(CounterRow).values(
            region=tx.region, name=LEDGER_OPEN_FROM, value=date.min.toordinal()
        )
        await tx.session.execute(first.on_conflict_do_nothing())
        found = (await tx.session.execute(query)).scalar_one()
    return date.fromordinal(found)


async def close_until(tx: Transaction, first: date) -> None:
    """From now on nothing is entered before a day."""
    tx.will_lock(CounterRow)
    await tx.session.execute(
        update(CounterRow)
        .where(CounterRow.region == tx.region, CounterRow.name == LEDGER_OPEN_FROM)
        .where(CounterRow.value < first.toordinal())
        .values(value=first.toordinal())
    )


def _is_taken_back(line: InvoiceLine | InvoiceLineV2) -> bool:
    return isinstance(line, InvoiceLineV2) and line.corrects is not None


async def _entered(tx: Transaction, source: Word, *ids: UUID) -> list[LedgerEntryRow]:
    keys = [entry_id(tx.region, source, one) for one in ids]
    return await tx.look_up_all(LedgerEntryRow, keys)


def _enter(
    tx: Transaction,
    source: Word,
    source_id: UUID,
    lines: tuple[LedgerLine, ...],
    *,
    on: date,
    open_from: date,
) -> None:
    key = entry_id(tx.region, source, source_id)
    for posted in domain.post(
        key, lines, on=on, source=source, source_id=source_id, open_from=open_from
    ):
        tx.start(LedgerEntryRow, key, posted)
