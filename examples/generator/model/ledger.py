"""What is entered on a region's accounts, where it has accounts for what suppliers are paid
(BIL-6, BIL-10).
"""

from collections import Counter
from datetime import date

from kvitt_contracts.policy import RegionPolicy

from examples.generator.model.state import World


def balances(world: World, *, since: date) -> dict[str, int]:
    """Each account's balance in öre at the end of a month, debit above 0, of what was earned and
    cleared in it: its rent is entered on its last day, its documents on the first of the next.
    Empty where no supplier's invoice is entered.
    """
    accounts = _accounts(world.policy)
    if "payable" not in accounts:
        return {}
    month = f"{since:%Y-%m}"
    earned = [(one.kind, one.net_ore) for one in world.charges if f"{one.day:%Y-%m}" == month]
    earned += [
        (line["kind"], line["net_ore"])
        for one in world.documents
        if one.month == month
        for line in one.lines
        if line["kind"] == "rent"
    ]
    sums = Counter[str]()
    for kind, net_ore in earned:
        sums[accounts["accrued"]] += net_ore
        sums[accounts.get(f"revenue_{kind}", accounts["revenue_other"])] -= net_ore
    for invoice in world.supplier_invoices.values():
        if invoice.status == "cleared":
            sums[accounts["purchases"]] += invoice.net_ore
            sums[accounts["vat_input"]] += invoice.vat_ore
            sums[accounts["payable"]] -= invoice.net_ore + invoice.vat_ore
    return {account: ore for account, ore in sorted(sums.items()) if ore}


def _accounts(policy: RegionPolicy) -> dict[str, str]:
    return {str(key): str(account) for key, account in policy.invoice.accounts.items()}
