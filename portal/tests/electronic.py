"""A supplier's electronic invoice to the region, as its file."""

from datetime import date

from kvitt_documents.peppol import Bill, BillLine, Party, VatSum, write

SUPPLIERS_NUMBER = "5599990008"
"""That of each supplier of the tests: it says of none who it is."""
_BUYER = "2321000222"


def an_electronic_invoice(number: str, *, order: str = "", net_ore: int = 100_000) -> bytes:
    """An invoice of one walker; `order`: the number of its purchase order."""
    bill = Bill(
        number=number,
        issued_on=date(2026, 5, 2),
        is_credit=False,
        seller=Party(name="Testhjälpmedel AB", scheme="0007", endpoint=SUPPLIERS_NUMBER),
        buyer=Party(name="Region Västerbotten", scheme="0007", endpoint=_BUYER),
        buyer_reference="HJM",
        first_day=date(2026, 5, 2),
        last_day=date(2026, 5, 2),
        lines=[BillLine(name="Gåstol", article_number=None, net_ore=net_ore, vat_percent=25)],
        vat=[VatSum(vat_percent=25, net_ore=net_ore, vat_ore=net_ore // 4)],
        bankgiro="123-4567",
        due_on=date(2026, 6, 12),
        corrects=(),
    )
    named = f"<cac:OrderReference><cbc:ID>{order}</cbc:ID></cac:OrderReference>" if order else ""
    before = "<cac:AccountingSupplierParty>"
    return write(bill).decode().replace(before, f"{named}{before}").encode()
