"""What stands on the list by which a store is counted (INV-10), and on a return's slip (INV-8)."""

from dataclasses import replace

import pytest
from kvitt_documents.rendering import render

from documents.tests.builders import a_counting_list, a_supplier_return_slip
from documents.tests.reading import pages


@pytest.mark.rule("INV-10c")
def test_a_counting_list_says_what_is_counted_and_no_balance() -> None:
    (page,) = pages(render(a_counting_list()))

    assert page == (
        "Räknelista 402 Förrådet Ersboda"
        " Förråd: 402 Förrådet Ersboda Dag: 2026-05-04 Rader: 2"
        " Kryssa varje individ som står på hyllan, och skriv hur många som finns av det som inte är"
        " märkt."
        " Att räkna Artikelnummer Benämning Individnummer På hyllan"
        " 30457 Sittdyna Ängsull ______"
        " 30012 Rollator Brukare 55 170098 ☐"
        " Räknat av: ______________________ Dag och tid: ______________________"
        " Räknelista 402 Förrådet Ersboda Sida 1 av 1"
    )


def test_a_store_with_nothing_to_count_says_so() -> None:
    (page,) = pages(render(replace(a_counting_list(), lines=())))

    assert "Förrådet har inget att räkna." in page


@pytest.mark.rule("INV-8d")
def test_a_return_slip_says_what_goes_back_from_whom_and_why() -> None:
    (page,) = pages(render(a_supplier_return_slip()))

    assert page == (
        "Följesedel, retur till leverantör 4F2A90B1 Returnummer 4F2A90B1"
        " Dag 2026-05-04 Orsak Kreditering"
        " Till leverantör Leverantör Brukare AB Kod L101"
        " Från Förråd 402 Förrådet Ersboda Registrerat av k082lno"
        " Det som går tillbaka"
        " Artikel Ert artikelnummer Individnummer Serienummer Antal"
        " 30012 Rollator Brukare 55 B-55 170098 SN-4471 1"
        " Kommentar Ramen är sned."
        " Följesedel, retur till leverantör 4F2A90B1 Sida 1 av 1"
    )
