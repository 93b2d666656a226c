"""BIL-9d: what stands in an electronic invoice, and how exact it is. By the rules themselves it is
judged where billing makes it.
"""

from dataclasses import replace
from datetime import date
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kvitt_documents.peppol import Bill, BillLine, Corrected, Party, VatSum, write

from documents.tests.builders import NASTY

NAMES = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}
PAYER = Party(name="Vilhelmina kommun", scheme="0088", endpoint="7350000000016")


def a_bill_line(net_ore: int = 31_007, **changes: object) -> BillLine:
    """Rent of a device for May."""
    line = BillLine(
        name="Hyra Rollator",
        article_number="30012",
        device_number="75082",
        from_day=date(2026, 5, 1),
        to_day=date(2026, 5, 31),
        net_ore=net_ore,
        vat_percent=25,
    )
    return replace(line, **changes)  # type: ignore[arg-type]


def a_bill(*lines: BillLine, is_credit: bool = False, buyer: Party = PAYER) -> Bill:
    """The bill of May with these lines, whose VAT is nobody's concern here."""
    return Bill(
        number="AC-2026-000001",
        issued_on=date(2026, 6, 1),
        is_credit=is_credit,
        seller=Party(
            name="Region Västerbotten",
            scheme="0007",
            endpoint="2321000222",
            organisation_number="232100-0222",
            vat_number="SE232100022201",
        ),
        buyer=buyer,
        buyer_reference="HJM-4711",
        first_day=date(2026, 5, 1),
        last_day=date(2026, 5, 31),
        lines=lines or (a_bill_line(),),
        vat=(VatSum(vat_percent=25, net_ore=31_007, vat_ore=7_752),),
        bankgiro="5050-1055",
        due_on=date(2026, 7, 1),
        ocr="20260000018",
    )


def values(bill: Bill, path: str) -> list[str]:
    """What is said at a path of the written bill."""
    return [str(one.text) for one in ET.fromstring(write(bill)).iterfind(path, NAMES)]


@pytest.mark.rule("BIL-9d", "BIL-10a")
@given(net_ore=st.integers(0, 10**11), quantity=st.integers(1, 10_000))
def test_a_price_times_its_quantity_is_the_lines_sum_to_the_ore(
    net_ore: int, quantity: int
) -> None:
    bill = a_bill(a_bill_line(net_ore, quantity=quantity))

    (price,) = values(bill, "cac:InvoiceLine/cac:Price/cbc:PriceAmount")
    base = values(bill, "cac:InvoiceLine/cac:Price/cbc:BaseQuantity") or ["1"]
    (total,) = values(bill, "cac:InvoiceLine/cbc:LineExtensionAmount")
    assert int(price.replace(".", "")) * quantity == net_ore * int(base[0])
    assert int(total.replace(".", "")) == net_ore


@pytest.mark.rule("BIL-9d")
def test_no_amount_is_negative_and_none_is_left_out() -> None:
    for lines in ((a_bill_line(-1),), (a_bill_line(quantity=0),)):
        with pytest.raises(ValueError, match="no line of a bill is negative"):
            write(a_bill(*lines))
    with pytest.raises(ValueError, match="needs a line"):
        write(replace(a_bill(), lines=()))


@pytest.mark.rule("BIL-9d")
def test_the_days_of_each_line_lie_within_the_bills() -> None:
    late = a_bill_line(from_day=date(2026, 3, 4), to_day=date(2026, 4, 2))

    assert values(a_bill(a_bill_line(), late), "cac:InvoicePeriod/*") == [
        "2026-03-04",
        "2026-05-31",
    ]


@pytest.mark.rule("BIL-9d", "BIL-10b")
def test_what_bears_no_vat_is_exempt_and_says_why() -> None:
    bill = replace(
        a_bill(a_bill_line(vat_percent=0)), vat=(VatSum(vat_percent=0, net_ore=31_007, vat_ore=0),)
    )

    category = "cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory"
    assert values(bill, f"{category}/cbc:ID") == ["E"]
    assert values(bill, f"{category}/cbc:TaxExemptionReasonCode") == ["VATEX-EU-132-1B"]
    assert values(bill, "cac:InvoiceLine/cac:Item/cac:ClassifiedTaxCategory/cbc:ID") == ["E"]


@pytest.mark.rule("BIL-9e")
def test_a_credit_note_names_each_invoice_and_is_not_to_be_paid() -> None:
    named = [Corrected(number=f"AC-2026-00000{n}", issued_on=date(2026, n, 1)) for n in (4, 5)]
    line = a_bill_line(corrects="AC-2026-000004")
    note = replace(a_bill(line, is_credit=True), corrects=named)

    reference = "cac:BillingReference/cac:InvoiceDocumentReference"
    assert values(note, f"{reference}/cbc:ID") == ["AC-2026-000004", "AC-2026-000005"]
    assert values(note, f"{reference}/cbc:IssueDate") == ["2026-04-01", "2026-05-01"]
    assert values(note, "cac:CreditNoteLine/cbc:Note") == ["Krediterar AC-2026-000004"]
    assert values(note, "cac:PaymentMeans/*") == []


@pytest.mark.parametrize("text", NASTY)
def test_a_name_is_text_in_an_electronic_invoice_whatever_it_says(text: str) -> None:
    bill = a_bill(a_bill_line(name=f"Hyra {text}"), buyer=replace(PAYER, name=f"Kommun {text}"))

    root = ET.fromstring(write(bill))

    (name,) = values(bill, "cac:InvoiceLine/cac:Item/cbc:Name")
    assert name.startswith("Hyra")
    assert all(one.text or len(one) for one in root.iter())


def test_the_same_bill_is_the_same_bytes() -> None:
    assert write(a_bill()) == write(a_bill())
