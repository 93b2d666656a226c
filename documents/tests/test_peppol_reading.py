"""What is read of suppliers' electronic invoices, and what is not taken (BIL-6)."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kvitt_documents import peppol_reading
from kvitt_documents.peppol import Bill, BillLine, Corrected, Party, VatSum, write
from kvitt_documents.peppol_reading import ReadBill, ReadLine, UblRefused, read

SELLER = Party(
    name="Testhjälpmedel AB",
    scheme="0007",
    endpoint="5560001042",
    organisation_number="556000-1042",
    vat_number="SE556000104201",
    city="Umeå",
)
BUYER = Party(
    name="Region Västerbotten",
    scheme="0007",
    endpoint="2321000222",
    organisation_number="232100-0222",
)


def a_bill(*, is_credit: bool = False) -> Bill:
    """Two rollators, and a freight without VAT."""
    return Bill(
        number="F-1",
        issued_on=date(2026, 3, 2),
        is_credit=is_credit,
        seller=SELLER,
        buyer=BUYER,
        buyer_reference="26100007",
        first_day=date(2026, 3, 1),
        last_day=date(2026, 3, 31),
        lines=[
            BillLine(
                name="Rollator",
                article_number="30012",
                quantity=2,
                net_ore=200_000,
                vat_percent=25,
            ),
            BillLine(name="Intyg", net_ore=333, vat_percent=0),
        ],
        vat=[
            VatSum(vat_percent=25, net_ore=200_000, vat_ore=50_000),
            VatSum(vat_percent=0, net_ore=333, vat_ore=0),
        ],
        bankgiro="123-4567",
        due_on=None if is_credit else date(2026, 4, 12),
        ocr="12345",
        corrects=[Corrected(number="F-0", issued_on=date(2026, 2, 1))] if is_credit else (),
    )


async def of(document: bytes, *, at_once: int = 100, limit: int = 10**6) -> ReadBill:
    """The document as it is read, piece by piece."""

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(document), at_once):
            yield document[start : start + at_once]

    return await read(pieces(), limit=limit)


async def refused(document: bytes, **how: int) -> tuple[str, str]:
    """Why a document is not taken, and the element at fault."""
    with pytest.raises(UblRefused) as error:
        await of(document, **how)
    return error.value.reason, error.value.field


@pytest.mark.rule("BIL-6h")
@pytest.mark.parametrize("is_credit", [False, True])
async def test_what_we_write_ourselves_is_read(is_credit: bool) -> None:
    found = await of(write(a_bill(is_credit=is_credit)))

    assert (found.number, found.is_credit, found.credits) == (
        "F-1",
        is_credit,
        "F-0" if is_credit else None,
    )
    assert found.due_on == (date(2026, 3, 2) if is_credit else date(2026, 4, 12))
    assert (found.seller_number, found.buyer_number) == ("5560001042", "2321000222")
    assert (found.net_ore, found.vat_ore) == (200_333, 50_000)
    assert found.lines == [
        ReadLine(sellers="30012", quantity=2, price_ore=100_000, vat_percent=25),
        ReadLine(quantity=1, price_ore=333, vat_percent=0),
    ]


CHARGE = """<cac:AllowanceCharge><cbc:ChargeIndicator>true</cbc:ChargeIndicator>
<cbc:AllowanceChargeReason>Frakt</cbc:AllowanceChargeReason>
<cbc:Amount currencyID="SEK">10.00</cbc:Amount><cac:TaxCategory><cbc:ID>S</cbc:ID>
<cbc:Percent>25</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:TaxCategory>
</cac:AllowanceCharge><cac:TaxTotal>"""
DISCOUNT = """<cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator>
<cbc:Amount currencyID="SEK">100.00</cbc:Amount></cac:AllowanceCharge><cac:Item>
<cac:BuyersItemIdentification><cbc:ID>30012</cbc:ID></cac:BuyersItemIdentification>"""
ANOTHER_SHARE = CHARGE.replace(
    "<cbc:Amount", "<cbc:MultiplierFactorNumeric>1</cbc:MultiplierFactorNumeric><cbc:Amount"
).replace(
    "<cac:TaxCategory>",
    '<cbc:BaseAmount currencyID="SEK">2000.00</cbc:BaseAmount><cac:TaxCategory>',
)
"""10 kr that are said to be 1 % of 2 000 kr."""
TOTAL = "cac:LegalMonetaryTotal"
LINE = "cac:InvoiceLine[1]"


def kr(name: str, amount: str) -> str:
    """An amount in kronor as it is written."""
    return f'{name} currencyID="SEK">{amount}'


def with_changes(*changes: tuple[str, str]) -> bytes:
    """The document with some texts changed, each in its first place."""
    text = write(a_bill()).decode()
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after, 1)
    return text.encode()


@pytest.mark.rule("BIL-6h")
async def test_a_charge_on_the_whole_is_a_line_and_a_lines_discount_is_in_its_price() -> None:
    document = with_changes(
        ("<cac:TaxTotal>", CHARGE),
        (kr("TaxAmount", "500.00"), kr("TaxAmount", "502.50")),
        (kr("TaxableAmount", "2000.00"), kr("TaxableAmount", "2010.00")),
        (kr("TaxAmount", "500.00"), kr("TaxAmount", "502.50")),
        (
            kr("TaxExclusiveAmount", "2003.33"),
            kr("TaxExclusiveAmount", "2013.33"),
        ),
        (
            kr("TaxInclusiveAmount", "2503.33"),
            kr("TaxInclusiveAmount", "2515.83"),
        ),
        (
            kr("PayableAmount", "2503.33"),
            (
                f"{kr('ChargeTotalAmount', '10.00')}</cbc:ChargeTotalAmount>"
                f"<cbc:{kr('PayableRoundingAmount', '0.17')}</cbc:PayableRoundingAmount>"
                f"<cbc:{kr('PayableAmount', '2516.00')}"
            ),
        ),
        ("<cac:Item>", DISCOUNT),
        (kr("PriceAmount", "1000.00"), kr("PriceAmount", "1050.00")),
    )

    found = await of(document)

    assert found.lines[0] == ReadLine(
        buyers="30012", sellers="30012", quantity=2, price_ore=100_000, vat_percent=25
    )
    assert found.lines[-1] == ReadLine(quantity=1, price_ore=1_000, vat_percent=25)
    assert (found.net_ore, found.vat_ore) == (201_333, 50_250)


def with_discount(amount: str, *, net: str, vat: str, payable: str) -> bytes:
    """The document with so much off the whole, of what bears 25 %."""
    discount = CHARGE.replace("true", "false").replace("Frakt", "Rabatt").replace("10.00", amount)
    of_rate = f"{float(net) - 3.33:.2f}"
    total = f"{kr('AllowanceTotalAmount', amount)}</cbc:AllowanceTotalAmount><cbc:"
    return with_changes(
        ("<cac:TaxTotal>", discount),
        (kr("TaxAmount", "500.00"), kr("TaxAmount", vat)),
        (kr("TaxableAmount", "2000.00"), kr("TaxableAmount", of_rate)),
        (kr("TaxAmount", "500.00"), kr("TaxAmount", vat)),
        (kr("TaxExclusiveAmount", "2003.33"), kr("TaxExclusiveAmount", net)),
        (kr("TaxInclusiveAmount", "2503.33"), kr("TaxInclusiveAmount", payable)),
        (kr("PayableAmount", "2503.33"), total + kr("PayableAmount", payable)),
    )


@pytest.mark.rule("BIL-6o")
async def test_a_discount_on_the_whole_is_in_the_prices_of_what_it_is_taken_off() -> None:
    found = await of(with_discount("200.00", net="1803.33", vat="450.00", payable="2253.33"))

    assert found.lines == [
        ReadLine(sellers="30012", quantity=2, price_ore=90_000, vat_percent=25),
        ReadLine(quantity=1, price_ore=333, vat_percent=0),
    ]
    assert (found.net_ore, found.vat_ore) == (180_333, 45_000)


@pytest.mark.rule("BIL-6o")
async def test_a_discount_that_units_cannot_share_is_off_some_of_them() -> None:
    found = await of(with_discount("0.01", net="2003.32", vat="500.00", payable="2503.32"))

    assert [(line.quantity, line.price_ore) for line in found.lines] == [
        (1, 99_999),
        (1, 100_000),
        (1, 333),
    ]
    assert sum(line.net_ore for line in found.lines) == found.net_ore == 200_332


@pytest.mark.rule("BIL-6o")
@settings(max_examples=300)
@given(
    lines=st.lists(
        st.tuples(st.integers(1, 40), st.integers(0, 9_999), st.sampled_from([25, 12])),
        min_size=1,
        max_size=9,
    ),
    share=st.integers(0, 100),
)
def test_discounts_are_shared_out_to_the_ore_rate_by_rate(
    lines: list[tuple[int, int, int]], share: int
) -> None:
    listed = [ReadLine(quantity=q, price_ore=ore, vat_percent=rate) for q, ore, rate in lines]
    whole = {
        rate: sum(one.net_ore for one in listed if one.vat_percent == rate) for rate in (25, 12)
    }
    off = [
        ReadLine(quantity=1, price_ore=ore * share // 100, vat_percent=rate)
        for rate, ore in whole.items()
    ]

    found = peppol_reading.discounted(listed, off)

    assert all(one.price_ore >= 0 and one.quantity > 0 for one in found)
    assert sum(one.quantity for one in found) == sum(one.quantity for one in listed)
    for taken in off:
        rate = taken.vat_percent
        left = sum(one.net_ore for one in found if one.vat_percent == rate)
        assert left == whole[rate] - taken.net_ore


@pytest.mark.rule("BIL-6i")
@pytest.mark.parametrize(
    ("changes", "reason", "field"),
    [
        ([("</Invoice>", "")], "NOT_XML", "/"),
        ([("Invoice-2", "Order-2")], "NOT_UBL", "/"),
        ([("<cbc:ID>F-1</cbc:ID>", "")], "MISSING_FIELD", "cbc:ID"),
        (
            [("2026-04-12", "den tolfte")],
            "INVALID_FIELD",
            "cbc:DueDate",
        ),
        (
            [
                (
                    kr("PayableAmount", "2503.33"),
                    (
                        f"{kr('PrepaidAmount', '503.33')}</cbc:PrepaidAmount>"
                        f"<cbc:{kr('PayableAmount', '2000.00')}"
                    ),
                )
            ],
            "PREPAID",
            "cac:LegalMonetaryTotal/cbc:PrepaidAmount",
        ),
        ([("CurrencyCode>SEK", "CurrencyCode>EUR")], "OTHER_CURRENCY", "cbc:DocumentCurrencyCode"),
        (
            [('PayableAmount currencyID="SEK"', 'PayableAmount currencyID="EUR"')],
            "OTHER_CURRENCY",
            f"{TOTAL}/cbc:PayableAmount",
        ),
        (
            [(kr("PayableAmount", "2503.33"), kr("PayableAmount", "2503.34"))],
            "SUMS_DIFFER",
            f"{TOTAL}/cbc:PayableAmount",
        ),
        (
            [(kr("TaxInclusiveAmount", "25"), kr("TaxInclusiveAmount", "26"))],
            "SUMS_DIFFER",
            f"{TOTAL}/cbc:TaxInclusiveAmount",
        ),
        (
            [(kr("TaxExclusiveAmount", "20"), kr("TaxExclusiveAmount", "21"))],
            "SUMS_DIFFER",
            f"{TOTAL}/cbc:TaxExclusiveAmount",
        ),
        (
            [(kr("TaxableAmount", "2000.00"), kr("TaxableAmount", "2000.01"))],
            "SUMS_DIFFER",
            "cac:TaxTotal/cac:TaxSubtotal[1]/cbc:TaxableAmount",
        ),
        (
            [
                (
                    kr("TaxAmount", "500.00"),
                    kr("TaxAmount", "500.01"),
                ),
                (
                    kr("TaxAmount", "500.00"),
                    kr("TaxAmount", "500.01"),
                ),
            ],
            "SUMS_DIFFER",
            "cac:TaxTotal/cac:TaxSubtotal[1]/cbc:TaxAmount",
        ),
        (
            [(kr("PriceAmount", "1000.00"), kr("PriceAmount", "-1000.00"))],
            "NEGATIVE_PRICE",
            f"{LINE}/cac:Price/cbc:PriceAmount",
        ),
        (
            [(kr("PriceAmount", "1000.00"), kr("PriceAmount", "999.00"))],
            "SUMS_DIFFER",
            f"{LINE}/cbc:LineExtensionAmount",
        ),
        (
            [('unitCode="C62">2<', 'unitCode="C62">2.5<')],
            "INVALID_FIELD",
            f"{LINE}/cbc:InvoicedQuantity",
        ),
        (
            [
                ('unitCode="C62">2<', 'unitCode="C62">3<'),
                (kr("PriceAmount", "1000.00"), kr("PriceAmount", "666.6667")),
            ],
            "PRICE_NOT_WHOLE",
            f"{LINE}/cac:Price/cbc:PriceAmount",
        ),
        (
            [("<cac:TaxTotal>", CHARGE)],
            "SUMS_DIFFER",
            f"{TOTAL}/cbc:ChargeTotalAmount",
        ),
        (
            [("<cac:TaxTotal>", CHARGE.replace("true", "false"))],
            "SUMS_DIFFER",
            f"{TOTAL}/cbc:AllowanceTotalAmount",
        ),
        (
            [("<cac:TaxTotal>", CHARGE.replace("true", "false").replace("10.00", "2000.01"))],
            "NEGATIVE_PRICE",
            "cac:AllowanceCharge",
        ),
        (
            [("<cac:TaxTotal>", CHARGE.replace(">10.00", ">-10.00"))],
            "NEGATIVE_PRICE",
            "cac:AllowanceCharge[1]/cbc:Amount",
        ),
        (
            [("<cac:TaxTotal>", ANOTHER_SHARE)],
            "SUMS_DIFFER",
            "cac:AllowanceCharge[1]/cbc:Amount",
        ),
    ],
)
async def test_what_does_not_add_up_is_refused_with_its_element(
    changes: list[tuple[str, str]], reason: str, field: str
) -> None:
    assert await refused(with_changes(*changes)) == (reason, field)


@pytest.mark.rule("BIL-6h")
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize(("levels", "reason"), [(3, "UNSAFE_XML"), (30, "NOT_XML")])
async def test_no_entity_is_resolved_and_no_document_with_a_doctype_is_taken(
    encoding: str, levels: int, reason: str
) -> None:
    made = (f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, levels))
    laughs = "".join(['<!ENTITY l0 "lol">', *made])
    text = write(a_bill()).decode().split("?>", 1)[1]
    head = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE Invoice [{laughs}]>'
    document = (head + text.replace("F-1", f"&l{levels - 1};")).encode(encoding)

    assert await refused(document) == (reason, "/")


@pytest.mark.rule("BIL-6h")
async def test_nothing_is_fetched_and_no_file_is_read() -> None:
    text = write(a_bill()).decode().split("?>", 1)[1]
    outside = '<!DOCTYPE Invoice [<!ENTITY x SYSTEM "file:///etc/hostname">]>'

    assert await refused((outside + text.replace("F-1", "&x;")).encode()) == ("UNSAFE_XML", "/")


@pytest.mark.rule("BIL-6h")
async def test_what_is_too_large_is_refused_before_it_has_come() -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        yield b"<a>"
        while True:
            sent += 1000
            yield b"x" * 1000

    with pytest.raises(UblRefused) as error:
        await read(endless(), limit=50_000)
    assert (error.value.reason, error.value.field) == ("TOO_LARGE", "/")
    assert sent <= 51_000
    deep = b"<a>" * 10_000 + b"</a>" * 10_000
    assert (await refused(deep))[0] == "NOT_XML"


@pytest.mark.rule("BIL-6i")
@pytest.mark.parametrize(
    "written",
    ["1E-999999", "1e3", "1_0", "²", "١", "NaN", "Infinity", "1" * 12, "0x1", "", "1.", " "],
)
@pytest.mark.parametrize(
    ("element", "stands"),
    [
        ('unitCode="C62">{}<', "2"),
        ('PriceAmount currencyID="SEK">{}<', "1000.00"),
        ('TaxAmount currencyID="SEK">{}<', "500.00"),
    ],
)
async def test_a_number_is_written_in_digits_alone(element: str, stands: str, written: str) -> None:
    document = with_changes((element.format(stands), element.format(written)))

    reason, _ = await refused(document)

    assert reason == ("INVALID_FIELD" if written.strip() else "MISSING_FIELD")


@pytest.mark.rule("BIL-6i")
async def test_an_exponent_of_the_base_quantity_is_refused() -> None:
    base = '<cbc:BaseQuantity unitCode="C62">1E-999999</cbc:BaseQuantity></cac:Price>'
    document = write(a_bill()).decode().replace("</cac:Price>", base, 1)

    reason, field = await refused(document.encode())

    assert (reason, field.rpartition("/")[2]) == ("INVALID_FIELD", "cbc:BaseQuantity")


@pytest.mark.rule("BIL-6i")
async def test_lines_and_charges_are_counted_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peppol_reading, "MAX_LINES", 2)
    document = write(a_bill()).decode().replace("<cac:TaxTotal>", CHARGE, 1)

    assert await refused(document.encode()) == ("TOO_MANY_LINES", "cac:AllowanceCharge")


@pytest.mark.rule("BIL-6h")
@pytest.mark.parametrize(
    ("scheme", "number", "read_as"),
    [
        ("", "556000-1042", "5560001042"),
        (' schemeID="0007"', "5560001042", "5560001042"),
        (' schemeID="0088"', "7350000000016", None),
        ("", "556²00-1042", "556001042"),
    ],
)
async def test_an_organisation_is_named_by_its_own_number_alone(
    scheme: str, number: str, read_as: str | None
) -> None:
    document = write(replace(a_bill(), seller=replace(SELLER, endpoint="", vat_number=None)))
    legal = re.sub(
        r"(<cac:AccountingSupplierParty>.*?)<cbc:CompanyID[^>]*>556000-?1042<",
        rf"\g<1><cbc:CompanyID{scheme}>{number}<",
        document.decode(),
        count=1,
        flags=re.DOTALL,
    )

    assert (await of(legal.encode())).seller_number == read_as
