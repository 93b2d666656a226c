"""What is entered on a region's accounts, where it has accounts, and which months are closed
(BIL-6, BIL-10). Öre, debit above 0.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from examples.generator.model.state import No, World
from examples.generator.model.trade import Document, SupplierInvoice

_VAT = {25: "vat_standard", 12: "vat_reduced", 6: "vat_low"}


def enter_charges(world: World) -> None:
    """What was charged since this was asked last is earned on its day; nothing is entered, now or
    by this way later, where the region has no accounts today.
    """
    accounts = _accounts(world)
    for place in range(world.asked, len(world.charges)):
        if accounts:
            charge = world.charges[place]
            world.entered.add(place)
            _earn(world, accounts, charge.kind, charge.net_ore, on=charge.day)
    world.asked = len(world.charges)


def enter_charged_before(world: World, place: int, *, on: date) -> None:
    """A charge stands on a document: where there were no accounts when it was made, and are now, it
    is entered with it.
    """
    accounts = _accounts(world)
    if accounts and place not in world.entered:
        world.entered.add(place)
        charge = world.charges[place]
        _earn(world, accounts, charge.kind, charge.net_ore, on=on)


def enter_document(world: World, document: Document, *, vat: Mapping[int, int], last: date) -> None:
    """Its rent is earned on the month's last day; on the day after it is to be paid, with `vat` by
    rate, and is accrued no more.
    """
    accounts = _accounts(world)
    if not accounts:
        return
    rents = [line["net_ore"] for line in document.lines if line["kind"] == "rent"]
    _earn(world, accounts, "rent", sum(rents), on=last)
    net_ore = sum(line["net_ore"] for line in document.lines)
    issued = last + timedelta(days=1)
    _enter(world, accounts["receivable"], net_ore + sum(vat.values()), on=issued)
    _enter(world, accounts["accrued"], -net_ore, on=issued)
    for percent, vat_ore in vat.items():
        if vat_ore:
            _enter(world, accounts[_VAT[percent]], -vat_ore, on=issued)


def enter_cleared(world: World, invoice: SupplierInvoice) -> None:
    """A supplier's invoice may be paid from today, or is taken back by a credit note."""
    accounts, sign = _accounts(world), -1 if invoice.is_credit else 1
    net_ore, vat_ore = sign * invoice.net_ore, sign * invoice.vat_ore
    if "payable" in accounts:
        _enter(world, accounts["purchases"], net_ore, on=world.today)
        _enter(world, accounts["vat_input"], vat_ore, on=world.today)
        _enter(world, accounts["payable"], -net_ore - vat_ore, on=world.today)


def close(world: World, month: str) -> None:
    """Nothing is entered in a month any more: one after the other, when they are invoiced. Raises
    No with the reason and the rule when it is refused.
    """
    first = date.fromisoformat(f"{month}-01")
    if first < world.open_from:
        return
    after = _month_after(first)
    if after > world.today:
        raise No("MONTH_NOT_OVER", "BIL-10")
    if world.documents_until is None or world.documents_until < after - timedelta(days=1):
        raise No("RUN_NOT_FINISHED", "BIL-10")
    if date.min < world.open_from < first:
        raise No("EARLIER_MONTH_IS_OPEN", "BIL-10")
    world.open_from = after


# decision 0443: what each month moves, by the model alone
def months(world: World) -> dict[str, dict[str, Any]]:
    """Each month that is invoiced, and the one after them: what was moved on each account in it,
    and what the account has at its end. Accounts that come to 0 are left out.
    """
    enter_charges(world)
    moved: dict[str, Counter[str]] = defaultdict(Counter)
    for (day, account), ore in world.ledger.items():
        moved[f"{day:%Y-%m}"][account] += ore
    found: dict[str, dict[str, Any]] = {}
    balance = Counter[str]()
    first = world.first_day.replace(day=1)
    while world.documents_until is not None and first <= world.documents_until + timedelta(days=1):
        month = f"{first:%Y-%m}"
        for account, ore in moved[month].items():
            balance[account] += ore
        found[month] = {
            "is_closed": first < world.open_from,
            "moved": _kept(moved[month]),
            "balance": _kept(balance),
            "unbalanced": [],
        }
        first = _month_after(first)
    return found


def _earn(world: World, accounts: Mapping[str, str], kind: str, net_ore: int, *, on: date) -> None:
    _enter(world, accounts["accrued"], net_ore, on=on)
    _enter(world, accounts.get(f"revenue_{kind}", accounts["revenue_other"]), -net_ore, on=on)


def _enter(world: World, account: str, ore: int, *, on: date) -> None:
    world.ledger[max(on, world.open_from), account] += ore


def _accounts(world: World) -> dict[str, str]:
    return {str(key): str(account) for key, account in world.policy.invoice.accounts.items()}


def _kept(sums: Mapping[str, int]) -> dict[str, int]:
    return {account: ore for account, ore in sorted(sums.items()) if ore}


def _month_after(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1)
