"""REF-24: what stands on the extract that a person is handed."""

from dataclasses import replace

import pytest
from kvitt_documents.extracts import MOST_ROWS
from kvitt_documents.rendering import render

from documents.tests.builders import an_extract
from documents.tests.reading import pages
from documents.tests.test_rendering import elements


@pytest.mark.rule("REF-24d")
def test_an_extract_says_who_they_are_and_who_has_looked() -> None:
    (page,) = pages(render(an_extract()))

    assert page == (
        "Uppgifter om dig Vem du är"
        " Namn Anna Testsson Nummer 18900101-9802 Adress Storgatan 1 903 26 Umeå"
        " Vad som har rättats Inget har rättats."
        " När någon har sett dina uppgifter När, från vilken enhet och för vad."
        " När Enhet Vad"
        " 2026-04-14 09.12 40201 Hjälpmedelsenheten Du söktes upp med ditt personnummer"
        " 2026-04-13 15.40 – Dina uppgifter visades vid en order"
        " Om du undrar Är något fel kan du begära att det rättas."
        " Uppgifter om dig Sida 1 av 1"
    )


@pytest.mark.rule("REF-24d")
def test_it_is_read_aloud_by_headings_and_a_table_with_heads() -> None:
    kinds = [str(one["/S"]) for one in elements(render(an_extract()))]

    assert kinds.count("/H1") == 1
    assert kinds.count("/H2") == 4
    assert kinds.count("/Table") == 1
    assert kinds.count("/TH") == 3


def test_what_is_long_in_a_row_stands_there_to_its_end() -> None:
    written = " ".join(f"ord{number}" for number in range(80))

    text = " ".join(pages(render(an_extract(("", "–", written)))))

    assert written in text


def test_of_many_rows_the_latest_stand_on_it_and_that_is_said() -> None:
    long = an_extract(*((str(row), "–", "sågs") for row in range(MOST_ROWS + 1)))

    text = " ".join(pages(render(long)))

    assert f"de senaste {MOST_ROWS} står här" in text
    assert f" {MOST_ROWS} – sågs" not in text
    assert "de senaste" not in " ".join(pages(render(replace(long, sections=long.sections[:1]))))
