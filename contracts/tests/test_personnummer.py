"""REF-1: what names a person, clause by clause. Numbers are Skatteverket's test numbers only."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kvitt_contracts.personnummer import (
    CoordinationNumber,
    PersonalNumber,
    ReserveNumber,
    birth_date,
    first_possible_birth,
    is_coordination_number,
    is_personal_number,
)
from kvitt_contracts.types import RegionPersonId, looks_like_personal_number, names_a_person
from personnummer.personnummer import valid
from pydantic import ValidationError

TEST_NUMBERS = ("189001019802", "201701012393")
COORDINATION_NUMBER = "198005639821"


def _checked(digits: str) -> str:
    """Eleven digits with the check digit that belongs to them."""
    return next(
        digits + check
        for check in "0123456789"
        if sum(sum(divmod(int(d) * (2 - i % 2), 10)) for i, d in enumerate(digits[2:] + check)) % 10
        == 0
    )


@pytest.mark.rule("REF-1a")
@pytest.mark.parametrize("number", TEST_NUMBERS)
def test_twelve_digits_with_century_are_a_personal_number(number: str) -> None:
    assert PersonalNumber(number=number).number == number


@pytest.mark.rule("REF-1a")
@pytest.mark.parametrize(
    "number", ["9001019802", "900101-9802", "18900101-9802", "18900101 9802", "1890010198O2"]
)
def test_another_form_than_twelve_digits_is_refused(number: str) -> None:
    with pytest.raises(ValidationError):
        PersonalNumber(number=number)


@pytest.mark.rule("REF-1a")
def test_digits_of_another_alphabet_are_refused() -> None:
    other = TEST_NUMBERS[0].translate(str.maketrans("0123456789", "０１２３４５６７８９"))

    assert not is_personal_number(other)
    with pytest.raises(ValidationError):
        PersonalNumber(number=other)


@pytest.mark.rule("REF-1b")
@given(digit=st.integers(0, 9), place=st.integers(2, 11))
def test_a_wrong_check_digit_is_refused(digit: int, place: int) -> None:
    right = TEST_NUMBERS[0]
    wrong = right[:place] + str(digit) + right[place + 1 :]

    assert is_personal_number(wrong) == (wrong == right)


@pytest.mark.rule("REF-1b")
@pytest.mark.parametrize("number", ["189002309804", "189013019809", "189000019803"])
def test_a_date_that_does_not_exist_is_refused(number: str) -> None:
    assert not is_personal_number(number)


@pytest.mark.rule("REF-1c")
def test_a_coordination_number_has_sixty_added_to_the_day() -> None:
    number = CoordinationNumber(number=COORDINATION_NUMBER)

    assert number.born == date(1980, 5, 3)


@pytest.mark.rule("REF-1c")
@pytest.mark.parametrize(
    ("number", "first", "last"),
    [
        ("191500722390", date(1915, 1, 12), date(1915, 12, 12)),
        (_checked("19150360982"), date(1915, 3, 1), date(1915, 3, 31)),
        (_checked("19120260982"), date(1912, 2, 1), date(1912, 2, 29)),
        (_checked("19150060982"), date(1915, 1, 1), date(1915, 12, 31)),
    ],
)
def test_a_coordination_number_may_leave_day_or_month_unsaid(
    number: str, first: date, last: date
) -> None:
    identity = CoordinationNumber(number=number)

    assert identity.born == last
    assert first_possible_birth(identity) == first
    assert looks_like_personal_number(number[2:])


@pytest.mark.rule("REF-1b", "REF-1c")
@pytest.mark.parametrize(
    "digits", ["19150001982", "19150300982", "19150192982", "19150291982", "19151361982"]
)
def test_no_other_number_has_a_day_or_a_month_that_does_not_exist(digits: str) -> None:
    number = _checked(digits)

    assert not is_personal_number(number)
    assert not is_coordination_number(number)


@pytest.mark.rule("DAY-4a")
@pytest.mark.parametrize("digits", ["15000101982", "18791231982", "00000101982", "15000161982"])
def test_nobody_was_born_before_1880(digits: str) -> None:
    number = _checked(digits)

    assert not is_personal_number(number)
    assert not is_coordination_number(number)


@pytest.mark.rule("REF-1b", "REF-1c")
@given(born=st.dates(date(1890, 1, 1), date(2030, 12, 31)), serial=st.integers(0, 9999))
def test_complete_numbers_are_judged_as_an_independent_library_judges_them(
    born: date, serial: int
) -> None:
    for day in (born.day, born.day + 60):
        text = f"{born:%Y%m}{day:02}{serial:04}"
        assert (is_personal_number(text) or is_coordination_number(text)) == valid(text)


@pytest.mark.rule("REF-1c")
def test_a_coordination_number_with_a_wrong_check_digit_is_refused() -> None:
    assert not is_coordination_number(COORDINATION_NUMBER[:-1] + "2")


@pytest.mark.rule("REF-1c")
def test_a_coordination_number_is_no_personal_number_and_the_other_way_round() -> None:
    assert not is_personal_number(COORDINATION_NUMBER)
    assert not is_coordination_number(TEST_NUMBERS[0])


@pytest.mark.rule("REF-1a")
def test_the_century_is_the_one_that_is_written() -> None:
    assert birth_date("189001019802") == date(1890, 1, 1)


def test_a_birth_date_of_no_number_is_an_error() -> None:
    with pytest.raises(ValueError, match="not a personal identity number"):
        birth_date("189001019803")


def test_a_reserve_number_carries_its_day_of_birth_beside_it() -> None:
    number = ReserveNumber(number="19910214R0042", born_on=date(1991, 2, 14))

    assert number.born == date(1991, 2, 14)


def test_twelve_digits_are_no_reserve_number() -> None:
    with pytest.raises(ValidationError):
        ReserveNumber(number=TEST_NUMBERS[0], born_on=date(1890, 1, 1))


@pytest.mark.parametrize(
    "text", ["189001019802", "18900101-9802", "9001019802", "900101-9802", "AC-9001019802"]
)
def test_a_regions_own_id_of_a_person_may_not_be_a_number(text: str) -> None:
    assert looks_like_personal_number(text)
    with pytest.raises(ValueError, match="must not hold a personal number"):
        RegionPersonId(text)


@pytest.mark.parametrize("between", ["", "-", "+", " ", "  ", "_", ".", "\u2013"])
def test_a_number_that_somebody_writes_freely_is_found_however_it_is_parted(between: str) -> None:
    assert names_a_person(f"Ring 18900101{between}9802 först.")
    assert not names_a_person(f"Ring 189001{between}9802 först.")


def test_a_uuid_is_an_opaque_id_whatever_its_digits() -> None:
    text = "90010198-0289-4101-9802-189001019802"

    assert RegionPersonId(text) == text
