"""PCK-4, PCK-6, ACT-2: what stands on slips."""

import re
from dataclasses import replace

import pytest
from kvitt_documents.rendering import render
from kvitt_documents.slips import Checklist, SlipDevice

from documents.tests.builders import (
    LONG,
    NASTY,
    a_handout,
    a_pickup_slip,
    a_purchase_order,
    a_work_order_slip,
    an_offer_slip,
)
from documents.tests.reading import pages


@pytest.mark.rule("PCK-4a", "PCK-6a")
def test_a_pickups_slip_says_what_is_fetched_where_and_why() -> None:
    (page,) = pages(render(a_pickup_slip()))

    assert page == (
        "Hämtorder 26100012 Hämtordernummer 26100012"
        " Registrerad 2026-03-02 Tjänsteställe 40201 Hjälpmedelsenheten Beställd av k082lno"
        " Orsak Behövs inte längre Hämtas 2026-03-06 till 2026-03-16"
        " Hämtas hos Namn Anna Testsson Adress Storgatan 1 903 26 Umeå"
        " Telefon, beställare 090-785 00 00 Telefon, mottagare 070-123 45 67 Portkod 1789"
        " Anvisningar Ring på hos grannen. Hund finns. Övrigt Ta med duschpallen"
        " Det som hämtas Rad Individnummer Artikel Med"
        " 1 170098 31222-07 Hörapparat Vinga 3 ☐ 2 170099 31222-08 Streamer Vinga ☐"
        " Checklista, hörsel ☐ Laddare ☐ Fodral ☐ Insats, höger"
        " Hämtorder 26100012 Sida 1 av 1"
    )


@pytest.mark.rule("PCK-6a")
def test_each_product_area_has_its_checklist_and_none_has_none() -> None:
    lists = (Checklist(name="Syn", lines=("Lupp",)), Checklist(name="Rörelse", lines=("Nyckel",)))

    (both,) = pages(render(replace(a_pickup_slip(), checklists=lists)))
    (none,) = pages(render(replace(a_pickup_slip(), checklists=())))

    assert "Syn ☐ Lupp Rörelse ☐ Nyckel" in both
    assert "Checklista" not in none


@pytest.mark.rule("ACT-2d")
def test_a_work_orders_slip_says_the_supplier_what_is_wrong_and_where_it_goes_back() -> None:
    (page,) = pages(render(a_work_order_slip(comment="Låneapparat är utlämnad.")))

    assert page == (
        "Arbetsorder 26100031 Arbetsordernummer 26100031"
        " Slag Garantireparation Registrerad 2026-03-02"
        " Tjänsteprodukt T-100 Garantireparation hörapparat"
        " Hjälpmedel Rad Individnummer Artikel 1 170098 31222-07 Hörapparat Vinga 3"
        " Fel eller önskad åtgärd Piper i höger öra. Batteriet tar slut på en dag."
        " Beställare Namn Lena Norberg Telefon 090-785 00 00 E-post lena.norberg@example.org"
        " Enhet 40201 Hörselmottagningen Adress Storgatan 1 903 26 Umeå"
        " Skickas tillbaka till Enhet 40201 Hörselmottagningen Adress Storgatan 1 903 26 Umeå"
        " Kommentar Låneapparat är utlämnad."
        " Arbetsorder 26100031 Sida 1 av 1"
    )


@pytest.mark.rule("ORD-17b")
def test_a_loan_agreement_says_what_is_lent_on_which_terms_and_who_signs() -> None:
    (page,) = pages(render(a_handout()))

    assert page == (
        "Låneförbindelse Mottagare Anna Testsson Personnummer 18900101-9802"
        " Hjälpmedel Rad Individnummer Artikel Lånas från"
        " 1 170098 31222-07 Hörapparat Vinga 3 2026-03-02 2 170099 Anna Testsson –"
        " Villkor Hjälpmedlen är lånade. Anna Testsson"
        " Enhet Enhet 40201 Hörselmottagningen Utskrivet av Lena Norberg"
        " Mottagarens underskrift, datum För enheten, datum"
        " Låneförbindelse Sida 1 av 1"
    )


@pytest.mark.rule("CAS-1j")
def test_an_offer_lists_the_devices_and_says_from_whom_and_to_whom() -> None:
    (page,) = pages(render(an_offer_slip()))

    assert page == (
        "Erbjudande om hjälpmedel Registrerat 2026-03-02"
        " Hjälpmedel Rad Individnummer Artikel 1 170098 31222-07 Hörapparat Vinga 3"
        " Till Region Uppsala Box 602, 751 25 Uppsala"
        " Från Namn Lena Norberg Telefon 090-785 00 00 Enhet 40201 Hörselmottagningen"
        " Erbjudande om hjälpmedel Sida 1 av 1"
    )


@pytest.mark.rule("ORD-11b", "ORD-11d", "ORD-11g")
def test_a_purchase_order_tells_the_supplier_what_to_deliver_and_where() -> None:
    (page,) = pages(render(a_purchase_order(goes_along=True)))

    assert page == (
        "Inköpsorder 26100007 Inköpsordernummer 26100007"
        " Datum 2026-03-02 Vår order 26100031 Beställare k082lno"
        " Leverantör Namn Nordhjälp AB Adress Industrigatan 4 903 30 Umeå"
        " Det som beställs Rad Artikel Ert artikelnummer Antal Pris per styck"
        " 1 31001 Gåbord Lyft NH-77 1 1 290,00 kr 3 31002 Ramp 2"
        " Kommentarer Rad 1 Sitsbredd 42 cm"
        " Inköpsordern följer med hjälpmedlet till leverantören."
        " Levereras till Enhet 40201 Hjälpmedelsenheten Märk med 26100007"
        " Inköpsorder 26100007 Sida 1 av 1"
    )
    (plain,) = pages(render(a_purchase_order(comment="")))
    assert "Kommentarer" not in plain
    assert "följer med" not in plain


def test_a_long_checklist_goes_on_over_pages_and_lacks_nothing() -> None:
    wanted = tuple(f"Del nummer {number:03}" for number in range(120))
    slip = replace(a_pickup_slip(), checklists=(Checklist(name="Syn", lines=wanted),))

    found = pages(render(slip))

    assert len(found) > 1
    assert all(one in "".join(found) for one in wanted)


def test_what_nobody_has_said_has_no_heading() -> None:
    (page,) = pages(render(replace(a_work_order_slip(fault=""), devices=())))

    for heading in ("Fel eller", "Kommentar", "Individnummer"):
        assert heading not in page


def test_a_long_text_stands_whole_on_a_slip() -> None:
    (page,) = pages(render(a_work_order_slip(fault=LONG)))

    assert page.count("Hjulet går trögt efter regn.") == 40


@pytest.mark.parametrize("text", NASTY)
def test_a_text_is_text_on_a_slip_whatever_it_says(text: str) -> None:
    slip = replace(
        a_pickup_slip(name=text, checklist=text),
        devices=(SlipDevice(number="170098", article=text),),
    )

    whole = "".join(pages(render(slip)) + pages(render(a_work_order_slip(fault=text))))

    assert re.search("Sida 1 av 1.*Sida 1 av 1", whole)
