from dataclasses import dataclass
from datetime import date

import pytest
from kvitt_contracts.billing import InvoiceRunStarted
from kvitt_contracts.copying import same_fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    month: str
    through: date
    invoices: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    month: str
    invoices: int


STARTED = InvoiceRunStarted(month="2026-05", through=date(2026, 5, 31))


def test_what_has_the_same_name_is_copied_from_an_event() -> None:
    assert same_fields(STARTED, Run) == {"month": "2026-05", "through": date(2026, 5, 31)}


def test_what_has_the_same_name_is_copied_from_a_state() -> None:
    run = Run(month="2026-05", through=date(2026, 5, 31), invoices=3)

    assert Shown(**same_fields(run, Shown)) == Shown(month="2026-05", invoices=3)


def test_a_field_that_gets_another_value_is_left_out() -> None:
    copied = same_fields(STARTED, Run, without=["month"])

    assert Run(**copied, month="2026-06", invoices=0).month == "2026-06"


def test_to_leave_out_what_is_not_copied_is_an_error() -> None:
    with pytest.raises(TypeError, match="invoices"):
        same_fields(STARTED, Run, without=["invoices"])


def test_only_classes_with_fields_are_copied() -> None:
    with pytest.raises(TypeError, match="str is neither"):
        same_fields("2026-05", Run)
