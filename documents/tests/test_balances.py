"""INV-11: what stands on a store's balance report."""

from dataclasses import replace
from datetime import date

import pytest
from kvitt_documents.balances import BalanceLine
from kvitt_documents.rendering import render

from documents.tests.builders import NASTY, a_balance_report
from documents.tests.reading import pages


@pytest.mark.rule("INV-11a")
def test_a_balance_report_says_what_a_store_has() -> None:
    (page,) = pages(render(a_balance_report()))

    assert page == (
        "Saldorapport 402 Förrådet Ersboda"
        " Förråd: 402 Förrådet Ersboda Dag: 2026-05-04 Artiklar: 2"
        " Saldo Artikelnummer Benämning Disponibelt Reserverat På väg Räknat"
        " 30457 Sittdyna Ängsull 4 1 6 2026-04-14"
        " 30012 Rollator Brukare 55 2 0 0 aldrig"
        " Saldorapport 402 Förrådet Ersboda Sida 1 av 1"
    )


def test_a_store_without_goods_says_so() -> None:
    (page,) = pages(render(replace(a_balance_report(), lines=())))

    assert "Förrådet har inget saldo." in page


def test_a_long_report_goes_on_over_pages_and_lacks_nothing() -> None:
    lines = tuple(
        BalanceLine(
            article_number=f"3{number:04}",
            name=NASTY[number % len(NASTY)],
            available=number,
            reserved=0,
            incoming=0,
            counted_on=date(2026, 4, 14),
        )
        for number in range(300)
    )

    found = pages(render(a_balance_report(*lines)))

    assert len(found) > 1
    assert all(f"3{number:04}" in "".join(found) for number in range(300))
