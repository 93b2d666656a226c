"""Suppliers' electronic invoices over HTTP: whose they are, what is taken in (BIL-6)."""

import logging
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest
from billing.app import service
from billing.models import ArticleRow
from billing.supplier_invoices.models import SupplierInvoiceRow
from billing.supplier_invoices.reading import WAYS
from kvitt_contracts.billing import SupplierInvoiceReceived
from kvitt_contracts.policy import Policies
from kvitt_contracts.types import Role
from kvitt_documents.peppol import Bill, BillLine, Corrected, Party, VatSum, write
from kvitt_testkit.world import Given, World, stockholm
from sqlalchemy import text, update

from contracts.tests.builders.inventory import an_article_listed
from contracts.tests.builders.story import ROLLATOR
from contracts.tests.builders.supplier_invoices import (
    OTHER_SUPPLIER,
    PURCHASE_ORDER,
    SUPPLIER,
    a_purchase_line_received,
    a_supplier_registered,
)
from services.billing.tests.builders import SELLER, with_accounts
from services.billing.tests.invoicing import invoices, paid_for, purchased, reasons

NOON = stockholm("2026-03-02 12:00")
STAFF = [Role.CUSTOMER_SERVICE]
XML = {"Content-Type": "application/xml"}
SOLE_TRADER = "8001019802"
"""A sole trader's number, that of a test person born in 1980: it is never kept."""


def an_electronic_invoice(
    number: str = "F-1",
    *,
    is_credit: bool = False,
    seller: str = "5560001042",
    buyer: str = "2321000222",
    net_ore: int = 100_000,
    order: str | None = PURCHASE_ORDER,
    buyers_article: str | None = ROLLATOR,
    sellers_article: str | None = None,
) -> bytes:
    """One rollator, or what takes back from it."""
    bill = Bill(
        number=number,
        issued_on=date(2026, 3, 2),
        is_credit=is_credit,
        seller=Party(name="Testhjälpmedel AB", scheme="0007", endpoint=seller),
        buyer=Party(name="Region Västerbotten", scheme="0007", endpoint=buyer),
        buyer_reference="HJM",
        first_day=date(2026, 3, 2),
        last_day=date(2026, 3, 2),
        lines=[
            BillLine(
                name="Rollator", article_number=sellers_article, net_ore=net_ore, vat_percent=25
            )
        ],
        vat=[VatSum(vat_percent=25, net_ore=net_ore, vat_ore=net_ore // 4)],
        bankgiro="123-4567",
        due_on=None if is_credit else date(2026, 4, 12),
        corrects=[Corrected(number="F-1", issued_on=date(2026, 3, 1))] if is_credit else (),
    )
    written = write(bill).decode()
    if order is not None:
        named = f"<cac:OrderReference><cbc:ID>{order}</cbc:ID></cac:OrderReference>"
        written = written.replace(
            "<cac:AccountingSupplierParty>", f"{named}<cac:AccountingSupplierParty>"
        )
    if buyers_article is not None:
        ours = f"<cbc:ID>{buyers_article}</cbc:ID>"
        ours = f"<cac:BuyersItemIdentification>{ours}</cac:BuyersItemIdentification>"
        written = written.replace(
            "<cac:ClassifiedTaxCategory>", f"{ours}<cac:ClassifiedTaxCategory>"
        )
    return written.encode()


async def sent(world: World, document: bytes, query: str = "") -> Any:
    """The answer to a document that is sent in pieces."""

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(document), 500):
            yield document[start : start + 500]

    async with world.http(roles=STAFF) as client:
        return await client.post(f"/supplier-invoices:ubl{query}", content=pieces(), headers=XML)


@pytest.mark.rule("BIL-6h")
async def test_an_electronic_invoice_and_its_credit_note_are_taken_in_and_matched(
    given: Given,
) -> None:
    async with given(service, at=NOON) as world:
        await purchased(world)
        await world.handle(a_purchase_line_received())

        made = await sent(world, an_electronic_invoice())
        again = await sent(world, an_electronic_invoice())
        credit = await sent(world, an_electronic_invoice("K-1", is_credit=True))

        assert made.status_code == 201, made.text
        shown = made.json()
        assert (shown["supplier_id"], shown["number"], shown["status"]) == (
            SUPPLIER,
            "F-1",
            "cleared",
        )
        assert (shown["purchase_order_number"], shown["gross_ore"]) == (PURCHASE_ORDER, 125_000)
        assert again.json()["id"] == shown["id"]
        assert (credit.json()["status"], credit.json()["credits"]) == ("cleared", "F-1")
        assert await paid_for(world) == [(0, 0)]


@pytest.mark.rule("BIL-6m", "BIL-6n")
async def test_a_credit_note_that_names_its_invoice_alone_is_matched_with_it(given: Given) -> None:
    async with given(service, at=NOON) as world:
        await purchased(world)
        await world.handle(a_purchase_line_received())
        await sent(world, an_electronic_invoice())

        credit = await sent(world, an_electronic_invoice("K-1", is_credit=True, order=None))
        again = await sent(world, an_electronic_invoice("K-2", is_credit=True, order=None))

        assert credit.status_code == 201, credit.text
        shown = credit.json()
        assert (shown["status"], shown["purchase_order_number"]) == ("cleared", None)
        assert await paid_for(world) == [(0, 0)]
        assert "MORE_THAN_INVOICED" in [one["code"] for one in again.json()["held_for"]]


@pytest.mark.rule("BIL-6o")
async def test_a_discount_on_the_whole_is_in_the_price_that_is_matched(given: Given) -> None:
    discount = """<cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator>
        <cbc:AllowanceChargeReason>Rabatt</cbc:AllowanceChargeReason>
        <cbc:Amount currencyID="SEK">100.00</cbc:Amount><cac:TaxCategory><cbc:ID>S</cbc:ID>
        <cbc:Percent>25</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>
        </cac:TaxCategory></cac:AllowanceCharge><cac:TaxTotal>"""
    document = an_electronic_invoice(net_ore=110_000).decode()
    for before, after in (
        ("<cac:TaxTotal>", discount),
        ('TaxAmount currencyID="SEK">275.00', 'TaxAmount currencyID="SEK">250.00'),
        ('TaxableAmount currencyID="SEK">1100.00', 'TaxableAmount currencyID="SEK">1000.00'),
        ('TaxAmount currencyID="SEK">275.00', 'TaxAmount currencyID="SEK">250.00'),
        ('ExclusiveAmount currencyID="SEK">1100', 'ExclusiveAmount currencyID="SEK">1000'),
        ('InclusiveAmount currencyID="SEK">1375', 'InclusiveAmount currencyID="SEK">1250'),
        (
            '<cbc:PayableAmount currencyID="SEK">1375',
            (
                '<cbc:AllowanceTotalAmount currencyID="SEK">100.00</cbc:AllowanceTotalAmount>'
                '<cbc:PayableAmount currencyID="SEK">1250'
            ),
        ),
    ):
        assert before in document
        document = document.replace(before, after, 1)
    async with given(service, at=NOON) as world:
        await purchased(world)
        await world.handle(a_purchase_line_received())

        taken = await sent(world, document.encode())

        assert taken.status_code == 201, taken.text
        assert (taken.json()["status"], taken.json()["gross_ore"]) == ("cleared", 125_000)


@pytest.mark.rule("BIL-6h")
async def test_an_article_is_known_by_the_suppliers_own_number(given: Given) -> None:
    async with given(service, at=NOON) as world:
        await purchased(world)
        await world.handle_all(an_article_listed(), a_purchase_line_received())
        named = {"supplier_id": SUPPLIER, "supplier_article_number": "RX 7"}
        async with world.worker.unit() as unit:  # as articles tell it that name their supplier
            await unit.session.execute(update(ArticleRow).values(named))

        document = an_electronic_invoice(buyers_article=None, sellers_article="RX 7")
        await sent(world, document)

        assert await reasons(world) == ["cleared"]
        unknown = an_electronic_invoice("F-2", buyers_article=None, sellers_article="RX 8")
        await sent(world, unknown)
        assert await reasons(world, "F-2") == ["held", "LINE_NOT_ORDERED"]


@pytest.mark.rule("BIL-6h")
async def test_one_that_names_no_purchase_order_of_ours_is_held(given: Given) -> None:
    async with given(service, at=NOON) as world:
        await purchased(world)

        for number, order in (("F-1", None), ("F-2", "er order 7")):
            await sent(world, an_electronic_invoice(number, order=order))
            assert await reasons(world, number) == ["held", "PURCHASE_ORDER_MISSING"]


@pytest.mark.rule("BIL-6h")
@pytest.mark.parametrize("number", ["189001019802", "900101-9802"])
async def test_a_reference_that_may_be_a_persons_number_is_not_kept(
    given: Given, number: str
) -> None:
    async with given(service, at=NOON) as world:
        await purchased(world)

        await sent(world, an_electronic_invoice("F-1", order=number))

        (row,) = await world.rows(SupplierInvoiceRow)
        assert (row.device_number, row.purchase_order_number) == (None, None)
        assert await reasons(world) == ["held", "PURCHASE_ORDER_MISSING"]


@pytest.mark.rule("BIL-6i")
async def test_what_nobody_may_say_is_refused_by_its_field(given: Given) -> None:
    async with given(service, at=NOON) as world:
        await purchased(world)
        old = an_electronic_invoice().replace(
            b"<cbc:DueDate>2026-04-12", b"<cbc:DueDate>0001-01-01"
        )

        answer = await sent(world, old)

        assert answer.status_code == 422, answer.text
        assert answer.json()["field"] == "due_on"


@pytest.mark.rule("BIL-6i")
@pytest.mark.parametrize(
    ("document", "query", "reason", "field"),
    [
        (b"%PDF-1.7", "", "NOT_XML", "/"),
        (
            an_electronic_invoice().replace(b">SEK<", b">EUR<"),
            "",
            "OTHER_CURRENCY",
            "cbc:DocumentCurrencyCode",
        ),
        (
            an_electronic_invoice(seller="5560009995"),
            "",
            "UNKNOWN_SUPPLIER",
            "cac:AccountingSupplierParty",
        ),
        (an_electronic_invoice(), "?supplier_id=L9999", "UNKNOWN_SUPPLIER", "supplier_id"),
        (
            an_electronic_invoice(),
            f"?supplier_id={OTHER_SUPPLIER}",
            "SUPPLIER_DIFFERS",
            "supplier_id",
        ),
        (an_electronic_invoice("F 1/å"), "", "INVALID_FIELD", "cbc:ID"),
        (an_electronic_invoice(buyer="2321000131"), "", "NOT_OURS", "cac:AccountingCustomerParty"),
    ],
    ids=["pdf", "euros", "unknown", "unnamed", "another", "number", "not ours"],
)
async def test_what_is_not_taken_is_refused_with_element_rule_and_way_on(
    given: Given, policies: Policies, document: bytes, query: str, reason: str, field: str
) -> None:
    seen = with_accounts(policies, seller=SELLER)
    async with given(service, at=NOON, policies=seen) as world:
        await purchased(world)
        await world.handle(a_supplier_registered(OTHER_SUPPLIER))

        refused = (await sent(world, document, query)).json()

        assert (refused["reason"], refused["field"], refused["rule"]) == (reason, field, "BIL-6")
        assert refused["way_on"]
        assert await world.rows(SupplierInvoiceRow) == []


@pytest.mark.rule("BIL-6h")
async def test_a_sole_trader_is_named_by_supplier_and_the_number_is_kept_nowhere(
    given: Given, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with given(service, at=NOON) as world:
        await world.handle(a_supplier_registered(organisation_number=None))
        document = an_electronic_invoice(seller=SOLE_TRADER)

        refused = await sent(world, document)
        taken = await sent(world, document, f"?supplier_id={SUPPLIER}")

        assert (refused.json()["reason"], refused.json()["field"]) == (
            "SUPPLIER_NOT_NAMED",
            "supplier_id",
        )
        assert taken.status_code == 201
        assert len(await world.events(SupplierInvoiceReceived)) == 1
        async with world.worker.reading() as session:
            told = await session.scalars(text("SELECT payload::text FROM events"))
            assert not any(SOLE_TRADER in one for one in told)
        rows = [str(vars(row)) for row in (await invoices(world)).values()]
        assert not any(SOLE_TRADER in one for one in (*rows, refused.text, taken.text, caplog.text))


def test_each_refusal_of_the_reader_has_a_way_on() -> None:
    assert all(one.endswith(".") for one in WAYS.values())
