"""BIL-9d: electronic invoices, judged by UBL's schemas and the rules of EN 16931 and Peppol."""

import re
from collections import Counter
from collections.abc import AsyncIterator
from datetime import date

import pytest
from billing import documents
from billing.app import service
from billing.domain import ocr_number
from billing.models import DocumentRow, InvoiceRow, InvoiceRunRow
from kvitt_contracts.policy import Policies, PolicyHistory
from kvitt_contracts.policy_parts import InvoicePolicy
from kvitt_contracts.types import Money, RegionCode
from kvitt_documents import peppol
from kvitt_documents.invoices import InvoiceDocument
from kvitt_documents.rendering import DocumentError
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm
from lxml import etree

from contracts.tests.builders.inventory import (
    a_day_closed,
    an_article_listed,
    an_article_priced,
    numbered,
)
from contracts.tests.builders.orders import (
    a_customer_registered,
    a_line,
    a_payer_registered,
    an_order_placed,
)
from contracts.tests.builders.pickups import a_pickup_closed
from contracts.tests.builders.reservations import a_line_delivered
from contracts.tests.builders.story import (
    BATTERY,
    CUSHION,
    ELECTRONIC,
    ENDPOINT,
    FITTING,
    PAYER,
    ROLLATOR,
    SENDING,
)
from contracts.tests.builders.work_orders import a_work_order_finished, a_work_order_registered
from documents.tests import peppol_judge
from services.billing.tests.builders import (
    a_device,
    a_fee,
    an_order_to_rent,
    close_may,
    handed_over,
    lent,
    returned,
)

pytestmark = [pytest.mark.long(seconds=40)]

JUNE_1 = stockholm("2026-06-01 06:00")
OTHER, ON_PAPER = "20311", "20499"
FEE = {"net_ore": 45_000, "vat_percent": 25}
NAMES = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> peppol_judge.Judge:
    """It takes seconds to make ready: no other module asks it."""
    return peppol_judge.provide(tmp_path_factory.mktemp("peppol"))


def with_invoice(policies: Policies, invoice: InvoicePolicy) -> Policies:
    """Region ac with another policy of invoices, and with postage to compensate."""
    region = RegionCode("ac")
    change = {"invoice": invoice, "postage": Money(net_ore=9_900, vat_percent=25)}
    changed = [one.model_copy(update=change) for one in policies.of(region).versions]
    return Policies({region: PolicyHistory(versions=tuple(changed))})


@pytest.fixture
async def world(given: Given, policies: Policies) -> AsyncIterator[World]:
    """Two payers with electronic addresses, and one without."""
    invoice = policies.of(RegionCode("ac")).versions[-1].invoice
    async with given(service, at=JUNE_1, policies=with_invoice(policies, invoice)) as world:
        await world.handle_all(
            a_payer_registered(PAYER, **ELECTRONIC),
            a_payer_registered(OTHER, endpoint=ENDPOINT),
            a_payer_registered(ON_PAPER),
            an_article_listed(),
            an_article_priced(ROLLATOR, 31_007),
        )
        yield world


async def rent(world: World) -> None:
    """In May a device is rented, by a payer until it is handed over to another."""
    device = a_device()
    await world.handle_all(
        device,
        *numbered(
            lent(device, payer=PAYER, since="2026-05-01"),
            handed_over(device, payer=OTHER, since="2026-05-20"),
        ),
    )
    await close_may(world, custody_changes=2)


async def everything(world: World) -> None:
    """Two months with rent, sales at each rate, a service, an urgent pickup, postage, a patient's
    fee; a late return, and a new price from a day that is invoiced.
    """
    shared, kept = a_device("75081"), a_device("75082")
    for article, vat in ((CUSHION, 25), (BATTERY, 0), ("30501", 12), ("30502", 6)):
        await world.handle_all(
            an_article_listed(article, name=f"Köpt <{vat}> & \x01", marked=False),
            an_article_priced(article, 3_333, vat_percent=vat),
        )
        for payer in (PAYER, ON_PAPER):
            order = f"{article}-{payer}"
            await world.handle_all(
                an_order_placed(a_line(article, 3, order=order), reference=order),
                a_line_delivered(order, article=article, quantity=3, payer=payer, on="2026-05-10"),
            )
    await world.handle_all(
        an_order_to_rent(fee=a_fee(50_000)),
        a_line_delivered(article=ROLLATOR, devices=("75082",), payer=PAYER, on="2026-05-01"),
        a_customer_registered(SENDING, private_clinic=True),
        an_article_listed(FITTING, marked=False, type="service"),
        an_article_priced(FITTING, 60_000),
        a_work_order_registered("adjustment", service_article=FITTING),
        a_work_order_finished("done", on="2026-05-11", quantity=2),
        a_work_order_registered("warranty_repair", work_order="A-2", service_article=FITTING),
        a_work_order_finished("done", work_order="A-2", on="2026-05-11", has_action=True),
        a_pickup_closed(fee=FEE, payer_id=PAYER),
        shared,
        kept,
        *numbered(
            lent(shared, payer=PAYER, since="2026-05-01"),
            handed_over(shared, payer=OTHER, since="2026-05-20"),
            lent(kept, payer=PAYER, since="2026-05-01"),
        ),
    )
    await close_may(world, custody_changes=3)
    await world.handle_all(
        *numbered(returned(shared, since="2026-05-25"), first=4),
        an_article_priced(ROLLATOR, 29_003, valid_from="2026-05-10"),
        a_day_closed(date(2026, 6, 30), custody_changes=4),
    )
    await world.fire_timers()


def values(document: bytes, path: str) -> list[str]:
    """What a document says at a path."""
    return [str(one.text) for one in etree.fromstring(document).iterfind(path, NAMES)]


async def electronic(world: World) -> dict[str, bytes]:
    """The electronic documents by their numbers."""
    numbers = {row.id: row.number for row in await world.rows(InvoiceRow)}
    rows = await world.rows(DocumentRow)
    return {numbers[row.invoice_id]: row.ubl for row in rows if row.ubl is not None}


@pytest.mark.rule("BIL-9d")
async def test_every_document_of_two_months_is_what_peppol_demands(
    world: World, judge: peppol_judge.Judge
) -> None:
    await everything(world)

    found = await electronic(world)
    broken = {number: judge.broken(one) for number, one in found.items()}
    assert broken == {number: set() for number in found}
    invoices = {row.number: row for row in await world.rows(InvoiceRow)}
    kinds = Counter(
        (row.payer_key, row.month, row.is_credit)
        for number, row in invoices.items()
        if number in found
    )
    assert kinds == {
        (f"unit/{PAYER}", "2026-05", False): 1,
        (f"unit/{PAYER}", "2026-05", True): 1,  # postage
        (f"unit/{PAYER}", "2026-06", False): 1,
        (f"unit/{PAYER}", "2026-06", True): 1,
        (f"unit/{OTHER}", "2026-05", False): 1,
        (f"unit/{OTHER}", "2026-06", True): 1,
        (f"unit/{OTHER}", "2026-06", False): 1,
    }
    for number, document in found.items():
        row, sign = invoices[number], -1 if invoices[number].is_credit else 1
        assert values(document, "cac:LegalMonetaryTotal/cbc:PayableAmount") == [
            f"{sign * row.gross_ore / 100:.2f}"
        ]
        assert len(values(document, "cac:TaxTotal/cac:TaxSubtotal/cbc:TaxAmount")) == len(row.vat)
    await assert_rows_are_folds(world)


@pytest.mark.rule("BIL-9d")
async def test_an_electronic_invoice_says_what_a_payers_system_needs(world: World) -> None:
    await rent(world)

    found = {
        values(one, "cbc:BuyerReference")[0]: one for one in (await electronic(world)).values()
    }
    assert found.keys() == {"HJM-4711", OTHER}  # who states no reference: by its own number
    mine = found["HJM-4711"]
    assert values(mine, "cbc:DueDate") == ["2026-07-01"]
    means = "cac:PaymentMeans"
    (number,) = values(mine, "cbc:ID")
    assert values(mine, f"{means}/cbc:PaymentID") == [ocr_number(number)]
    account = f"{means}/cac:PayeeFinancialAccount"
    assert values(mine, f"{account}/cbc:ID") == ["50501055"]
    assert values(mine, f"{account}/cac:FinancialInstitutionBranch/cbc:ID") == ["SE:BANKGIRO"]
    assert values(mine, "cac:AccountingCustomerParty/cac:Party/cbc:EndpointID") == ["2120009028"]
    line = "cac:InvoiceLine"
    assert values(mine, f"{line}/cac:InvoicePeriod/cbc:EndDate") == ["2026-05-19"]
    assert values(mine, f"{line}/cac:Item/cac:AdditionalItemProperty/cbc:Value") == ["75082"]
    assert values(mine, f"{line}/cbc:LineExtensionAmount") == values(
        mine, f"{line}/cac:Price/cbc:PriceAmount"
    )


BROKEN = {
    "no buyer's reference": (r"<cbc:BuyerReference>.*?</cbc:BuyerReference>", "", "R003"),
    "no seller's address": (
        r"<cbc:EndpointID schemeID=\"0007\">2321000222</cbc:EndpointID>",
        "",
        "R020",
    ),
    "nothing in an element": (r"(<cbc:BuyerReference>).*?(</cbc:BuyerReference>)", r"\1\2", "R008"),
    "no number for VAT": (r"<cac:PartyTaxScheme>.*?</cac:PartyTaxScheme>", "", "BR-S-02"),
    "an exemption without reason": (
        r"<cbc:ID>S</cbc:ID><cbc:Percent>25",
        "<cbc:ID>E</cbc:ID><cbc:Percent>0",
        "BR-E-10",
    ),
    "a wrong VAT": (
        r"(</cbc:TaxableAmount><cbc:TaxAmount currencyID=\"SEK\">)[\d.]+",
        r"\g<1>1.00",
        "BR-S-09",
    ),
    "a wrong sum to pay": (
        r"(<cbc:PayableAmount currencyID=\"SEK\">)[\d.]+",
        r"\g<1>1.00",
        "BR-CO-16",
    ),
    "a wrong sum of lines": (
        r"(<cac:LegalMonetaryTotal><cbc:LineExtensionAmount currencyID=\"SEK\">)[\d.]+",
        r"\g<1>1.00",
        "BR-CO-10",
    ),
    "a price that is not the line's": (
        r"(<cbc:PriceAmount currencyID=\"SEK\">)[\d.]+",
        r"\g<1>1.00",
        "R120",
    ),
    "a negative price": (r"(<cbc:PriceAmount currencyID=\"SEK\">)", r"\g<1>-", "BR-27"),
    "a rate that Sweden has not": (
        r"<cbc:Percent>25</cbc:Percent>",
        "<cbc:Percent>24</cbc:Percent>",
        "SE-R-006",
    ),
    "a wrong organisation number": (
        r"2321000222</cbc:CompanyID>",
        "2321000223</cbc:CompanyID>",
        "SE-R-013",
    ),
    "a bankgiro of letters": (r"50501055", "5050105X", "SE-R-008"),
    "days outside its period": (
        r"(<cac:InvoiceLine>.*?<cbc:EndDate>)2026-05-19",
        r"\g<1>2026-06-19",
        "R111",
    ),
    "another currency": (r"(<cbc:PayableAmount currencyID=\")SEK", r"\g<1>EUR", "R051"),
    "no such currency": (
        r"<cbc:DocumentCurrencyCode>SEK",
        "<cbc:DocumentCurrencyCode>XKR",
        "BR-CL-04",
    ),
    "no buyer's address": (
        r"<cbc:EndpointID schemeID=\"\d+\">2120009028</cbc:EndpointID>",
        "",
        "R010",
    ),
    "no country": (r"<cac:Country>.*?</cac:Country>", "", "BR-09"),
    "an unknown element": (
        r"<cbc:BuyerReference>",
        "<cbc:Nothing>1</cbc:Nothing><cbc:BuyerReference>",
        "XSD",
    ),
}
"""What is wrong; where it is made so; the rule that says it."""


@pytest.mark.rule("BIL-9d")
async def test_the_judge_sees_what_is_wrong(world: World, judge: peppol_judge.Judge) -> None:
    await rent(world)
    (right,) = [
        one.decode()
        for one in (await electronic(world)).values()
        if values(one, "cbc:BuyerReference") == ["HJM-4711"]
    ]
    assert judge.broken(right.encode()) == set()
    assert len({rule for _, _, rule in BROKEN.values()}) == len(BROKEN) >= 10

    for what, (pattern, instead, rule) in BROKEN.items():
        wrong = re.sub(pattern, instead, right, flags=re.DOTALL)
        assert wrong != right, what
        told = judge.broken(wrong.encode())
        assert any(one.endswith(rule) for one in told), (what, told)


# -- who gets one, and when ------------------------------------------------------------------------


async def answers(world: World) -> dict[str, tuple[int, str]]:
    """By payer: what is answered to who asks for the electronic invoice."""
    found = {}
    async with world.http() as client:
        for row in await world.rows(InvoiceRow):
            answer = await client.get(f"/invoices/{row.id}/ubl")
            kind = answer.headers["content-type"].split(";")[0]
            is_problem = answer.status_code != 200
            found[row.payer_key] = (
                answer.status_code,
                answer.json()["reason"] if is_problem else kind,
            )
    return found


@pytest.mark.rule("BIL-9d")
async def test_who_has_no_electronic_address_gets_none(world: World) -> None:
    device = a_device()
    await world.handle_all(
        an_order_to_rent(fee=a_fee(50_000)),
        a_line_delivered(article=ROLLATOR, devices=("75082",), payer=PAYER, on="2026-05-01"),
        device,
        *numbered(
            lent(device, payer=PAYER, since="2026-05-01"),
            handed_over(device, payer=ON_PAPER, since="2026-05-20"),
        ),
    )
    await close_may(world, custody_changes=2)

    found = await answers(world)
    patient = next(key for key in found if key.startswith("patient/"))
    assert found == {
        f"unit/{PAYER}": (200, "application/xml"),
        f"unit/{ON_PAPER}": (409, "NOT_ELECTRONIC"),
        patient: (409, "NOT_ELECTRONIC"),
    }


@pytest.mark.rule("BIL-9d")
async def test_a_region_that_names_no_seller_issues_none(given: Given, policies: Policies) -> None:
    without = with_invoice(policies, InvoicePolicy())
    async with given(service, at=JUNE_1, policies=without) as world:
        await world.handle_all(
            a_payer_registered(PAYER, **ELECTRONIC),
            a_payer_registered(OTHER, endpoint=ENDPOINT),
            an_article_listed(),
            an_article_priced(ROLLATOR, 31_007),
        )
        await rent(world)

        assert set((await answers(world)).values()) == {(409, "NOT_ELECTRONIC")}


@pytest.mark.rule("BIL-9m")
async def test_an_electronic_invoice_that_cannot_be_made_stops_no_run(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(bill: peppol.Bill) -> bytes:
        raise ValueError("out of order")

    with monkeypatch.context() as patched:
        patched.setattr(peppol, "write", fails)
        with pytest.raises(ValueError, match="out of order"):
            await rent(world)

    (run,) = await world.rows(InvoiceRunRow)
    assert run.status == "finished"
    assert set((await answers(world)).values()) == {(409, "NOT_MADE_YET")}
    await world.fire_timers()
    assert set((await answers(world)).values()) == {(200, "application/xml")}


@pytest.mark.rule("BIL-9m")
async def test_an_electronic_invoice_is_made_where_the_paper_cannot_be(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(document: InvoiceDocument) -> bytes:
        raise DocumentError("out of order")

    monkeypatch.setattr(documents, "print_document", fails)
    with pytest.raises(DocumentError):
        await rent(world)
    for stored in await world.rows(DocumentRow):
        async with world.worker.unit() as unit:
            tx = unit.begin(region=stored.region, target=stored.invoice_id)
            row = await tx.lock(DocumentRow, stored.invoice_id)
            await documents.make_electronic_invoice(row, tx.now, tx)

    made = await world.rows(DocumentRow)
    assert [(row.pdf, row.ubl is not None) for row in made] == [(None, True)] * 2


@pytest.mark.rule("BIL-9j")
async def test_an_electronic_invoice_is_of_its_day_of_issue_for_ever(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(bill: peppol.Bill) -> bytes:
        raise ValueError("out of order")

    with monkeypatch.context() as patched:
        patched.setattr(peppol, "write", fails)
        with pytest.raises(ValueError, match="out of order"):
            await rent(world)
    await world.handle_all(
        a_payer_registered(PAYER, name="Ett nytt namn"), an_article_listed(name="En ny artikel")
    )
    await world.fire_timers()
    before = await electronic(world)
    monkeypatch.setattr(peppol, "write", lambda bill: b"<another/>")
    for stored in await world.rows(DocumentRow):
        async with world.worker.unit() as unit:  # a timer that fires again
            tx = unit.begin(region=stored.region, target=stored.invoice_id)
            row = await tx.lock(DocumentRow, stored.invoice_id)
            await documents.make_electronic_invoice(row, tx.now, tx)

    assert await electronic(world) == before
    named = {name for one in before.values() for name in values(one, ".//cbc:Name")}
    assert len(before) == 2
    assert not any("ny" in name.split() or "nytt" in name.split() for name in named)
