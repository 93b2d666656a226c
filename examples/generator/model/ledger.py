"""What is entered on a region's accounts, where it has accounts for what suppliers are paid
(BIL-6, BIL-10).
"""

from collections import Counter
from datetime import date

from kvitt_contracts.policy import RegionPolicy

from examples.generator.model.state import World


def balances(world: World, *, since: date) -> dict[str, int]:
    """Each account's balance in öre, debit above 0, of what was earned and cleared from a day on,
    before any of it is invoiced. Empty where no supplier's invoice is entered.
    """
    if "payable" not in _accounts(world.policy):
        return {}
    sums = Counter[str]()
    accounts = _accounts(world.policy)
    for charge in world.charges:
        if charge.day >= since:
            sums[accounts["accrued"]] += charge.net_ore
            kind = f"revenue_{charge.kind}"
            sums[accounts.get(kind, accounts["revenue_other"])] -= charge.net_ore
    for invoice in world.supplier_invoices.values():
        if invoice.status == "cleared":
            sums[accounts["purchases"]] += invoice.net_ore
            sums[accounts["vat_input"]] += invoice.vat_ore
            sums[accounts["payable"]] -= invoice.net_ore + invoice.vat_ore
    return {account: ore for account, ore in sorted(sums.items()) if ore}


def _accounts(policy: RegionPolicy) -> dict[str, str]:
    return {str(key): str(account) for key, account in policy.invoice.accounts.items()}
