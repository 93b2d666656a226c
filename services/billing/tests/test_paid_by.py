"""BIL-9s: a document says who issued it, and an invoice how it is paid."""

from datetime import date
from uuid import UUID

import pytest
from billing.app import service
from billing.domain import ocr_number
from billing.models import DocumentRow, InvoiceRow
from kvitt_contracts.policy import Policies
from kvitt_contracts.types import UnitPayer
from kvitt_testkit.world import Given, stockholm

from contracts.tests.builders.inventory import (
    an_article_listed,
    an_article_priced,
    numbered,
)
from contracts.tests.builders.orders import a_payer_registered
from contracts.tests.builders.story import ELECTRONIC, PAYER, ROLLATOR
from documents.tests.reading import pages
from services.billing.tests.builders import (
    SELLER,
    a_device,
    handed_over,
    lent,
    returned,
    with_accounts,
)
from services.billing.tests.months import close

ON_PAPER = "20499"


@pytest.mark.rule("BIL-9s")
async def test_on_paper_an_invoice_of_rent_says_who_issued_it_and_how_it_is_paid(
    given: Given, policies: Policies
) -> None:
    by_seller = with_accounts(policies, seller=SELLER)
    async with given(service, at=stockholm("2026-07-01 06:00"), policies=by_seller) as world:
        await world.handle_all(
            a_payer_registered(PAYER, **ELECTRONIC),
            a_payer_registered(ON_PAPER),
            an_article_listed(),
            an_article_priced(ROLLATOR, 31_000),
            a_device(),
            *numbered(
                lent(a_device(), payer=PAYER, since="2026-05-01"),
                handed_over(a_device(), payer=ON_PAPER, since="2026-05-20"),
            ),
        )
        await close(world, date(2026, 5, 31), custody_changes=2)
        await world.handle_all(*numbered(returned(a_device(), since="2026-05-10"), first=3))
        await close(world, date(2026, 6, 30), custody_changes=3)
        rows = await world.rows(InvoiceRow)
        stored = {UUID(str(one.invoice_id)): one for one in await world.rows(DocumentRow)}

    paper = {one.id: " ".join(pages(stored[one.id].pdf or b"")) for one in rows}
    issuer = (
        f"Utställare: {SELLER.name}",
        f"Organisationsnummer: {SELLER.organisation_number}",
        f"Momsregistreringsnummer: {SELLER.vat_number}",
        SELLER.address.street,
    )
    buyer = ("Er referens: ", "Er adress: ")
    assert sorted(one.is_credit for one in rows) == [False, False, False, True]
    for row in rows:
        paid = (
            f"Sista betalningsdag: {row.due_on}",
            f"OCR-nummer: {ocr_number(row.number)}",
            f"Bankgiro: {SELLER.bankgiro}",
        )
        assert [one for one in issuer if one not in paper[row.id]] == []
        assert [one in paper[row.id] for one in paid] == [not row.is_credit] * 3
        is_known = isinstance(row.payer, UnitPayer) and row.payer.payer_id == PAYER
        assert [one in paper[row.id] for one in buyer] == [is_known] * 2
