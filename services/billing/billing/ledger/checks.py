"""The check that the ledger balances, and that each charge and each supplier's invoice in it stands
there at its amount (BIL-10, BIL-6).
"""

from kvitt_chassis.operating.checks import Check, Snapshot
from kvitt_chassis.operating.row_comparison import Difference

from billing.ledger import queries


async def find(snapshot: Snapshot) -> list[Difference]:
    """Every entry of which debit and credit differ, every charge that is not entered as it is,
    where it or its document is entered, and every supplier's invoice that is entered otherwise.
    """
    unbalanced = [
        Difference(table="ledger_entries", region=region, key=str(key), fields=("lines",))
        for region, key in await queries.unbalanced(snapshot)
    ]
    charges = [
        Difference(table="charges", region=region, key=str(key), fields=("amount",))
        for region, key in await queries.entered_otherwise(snapshot)
    ]
    of_suppliers = [
        Difference(table="supplier_invoices", region=region, key=str(key), fields=("net_ore",))
        for region, key in await queries.suppliers_entered_otherwise(snapshot)
    ]
    return unbalanced + charges + of_suppliers


LEDGER = Check(
    name="ledger", what="what is entered by its debit and credit and by its charge", find=find
)
