"""A store's balance report as PDF (INV-11)."""

from collections.abc import Sequence
from datetime import date

from kvitt_documents.balances import BalanceLine, BalanceReport
from kvitt_documents.rendering import MAX_ROWS, print_document

from inventory.store_balances.domain import must_fit
from inventory.store_balances.views import StoreBalanceView
from inventory.stores.models import StoreRow

MOST = MAX_ROWS


async def print_report(store: StoreRow, balances: Sequence[StoreBalanceView], *, on: date) -> bytes:
    """The report of a store's balances on a Stockholm day, in the order given; those that have
    nothing are left out.

    Raises ReportRefused (TOO_MANY_ROWS, INV-11).
    """
    must_fit(len(balances), most=MOST)
    report = BalanceReport(
        store=f"{store.store} {store.name}",
        issued_on=on,
        lines=tuple(
            BalanceLine(
                article_number=one.article_number,
                name=one.name or "",
                available=one.available,
                reserved=one.reserved,
                incoming=one.incoming or 0,
                counted_on=one.counted_on,
            )
            for one in balances
            if one.available or one.reserved or one.incoming
        ),
    )
    return await print_document(report)
