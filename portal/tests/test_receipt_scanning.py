"""What is scanned at a receipt, and where it is filled in: values alone, without a system."""

from typing import Any

import pytest
from kvitt_portal.forms import Form
from kvitt_portal.pages.receipt_scanning import fill
from kvitt_portal.pages.scanning import Goods


def a_line(number: int, article: str, quantity: int = 2, **changes: Any) -> dict[str, Any]:
    """An awaited line of devices."""
    return {
        "number": number,
        "article_number": article,
        "quantity": quantity,
        "is_marked": True,
        "is_receiving": False,
    } | changes


CHAIRS, RAMPS = a_line(1, "30012"), a_line(2, "30099", is_marked=False)
LINES = [CHAIRS, RAMPS]


def a_code(serial: str = "", *articles: str) -> Goods:
    """A GS1 code: a serial number, and whose GTIN it has."""
    return Goods(serial=serial, articles=articles)


def scanned(*codes: Goods, lines: list[dict[str, Any]] | None = None) -> tuple[Form, str]:
    """The form after these, one after another, and what was said of the last."""
    form, said = Form(), ""
    for one in codes:
        said = fill(form, LINES if lines is None else lines, one)
    return form, said


def numbers(form: Form, line: int = 1) -> list[tuple[str, str]]:
    """The numbers and serial numbers of a line's two devices."""
    return [(form[f"device-{line}-{at}"], form[f"serial-{line}-{at}"]) for at in (1, 2)]


@pytest.mark.rule("INV-5n")
def test_a_code_gives_the_next_device_of_its_article_its_serial_number_and_its_number() -> None:
    form, said = scanned(a_code("SN-1", "30012"), a_code("SN-2", "30012"))

    assert (said, form.all("arrived")) == ("", ["1"])
    assert numbers(form) == [("SN-1", "SN-1"), ("SN-2", "SN-2")]


@pytest.mark.rule("INV-5n")
def test_a_number_as_it_stands_is_of_the_device_whose_serial_number_came_before() -> None:
    form, _ = scanned(
        a_code("SN-1", "30012"), Goods(number="R1"), Goods(number="R2"), a_code("SN-2", "30012")
    )

    assert numbers(form) == [("R1", "SN-1"), ("R2", "SN-2")]
    assert form.all("arrived") == ["1"]


def test_a_serial_number_that_can_be_no_number_is_the_serial_number_alone() -> None:
    form, _ = scanned(a_code("SN/1", "30012"))

    assert numbers(form)[0] == ("", "SN/1")


def test_a_code_with_an_article_alone_marks_its_line_as_come() -> None:
    form, said = scanned(a_code("", "30099"))

    assert (said, form.all("arrived")) == ("", ["2"])


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        ((a_code("SN-1", "30012"), a_code("SN-1", "30012")), "redan skannad"),
        ((Goods(number="R1"), Goods(number="R1")), "redan skannad"),
        ((a_code("", "30099"), a_code("", "30099")), "redan skannad"),
        ((a_code("SN-1", "70001"),), "Ingenting av den artikeln väntas"),
        ((Goods(number="R1"), Goods(number="R2"), Goods(number="R3")), "redan nummer"),
        ((Goods(order="26470001"),), "ingen artikel som finns här"),
        ((a_code("SN-1", "30099"),), "Koden säger inte vilken rad"),
    ],
)
def test_what_cannot_be_filled_in_is_said_and_changes_nothing(
    codes: tuple[Goods, ...], said: str
) -> None:
    before, _ = scanned(*codes[:-1])
    form, answer = scanned(*codes)

    assert said in answer
    assert sorted(form.sent()) == sorted(before.sent())


def test_of_several_lines_the_one_that_has_come_is_meant_and_else_none() -> None:
    lines = [CHAIRS, a_line(2, "30013")]

    _, unknown = scanned(Goods(number="R1"), lines=lines)
    _, serial = scanned(a_code("SN-1"), lines=lines)
    form, said = scanned(a_code("", "30013"), Goods(number="R1"), lines=lines)

    assert "vilken rad" in unknown
    assert "vilken rad" in serial
    assert (said, numbers(form, 2)[0]) == ("", ("R1", ""))


def test_what_is_being_received_already_is_awaited_no_more() -> None:
    form, said = scanned(a_code("SN-1", "30012"), lines=[CHAIRS | {"is_receiving": True}])

    assert "väntas" in said
    assert form.sent() == []
