"""What a payer that is invoiced electronically states is tried where it is stated (BIL-9d)."""

from typing import Any

import pytest
from kvitt_contracts.regions import PayerStated
from kvitt_contracts.types.check_digits import gln_holds, luhn_holds
from pydantic import ValidationError

PAYER = {"version": 1, "payer_id": "81002", "name": "Umeå kommun"}


@pytest.mark.rule("BIL-9d")
@pytest.mark.parametrize(
    "stated",
    [
        {"endpoint": {"scheme": "0007", "id": "2120009028"}},
        {"endpoint": {"scheme": "0088", "id": "7350000000016"}},
        {"organisation_number": "212000-9028"},
    ],
)
def test_a_number_with_its_check_digit_is_read(stated: dict[str, Any]) -> None:
    assert (
        PayerStated.model_validate({**PAYER, **stated})
        .model_dump(exclude_none=True, exclude_defaults=True, mode="json")
        .items()
        >= {**stated}.items()
    )


@pytest.mark.rule("BIL-9d")
@pytest.mark.parametrize(
    ("field", "stated"),
    [
        ("endpoint", {"scheme": "0007", "id": "2120009029"}),
        ("endpoint", {"scheme": "0007", "id": "21200090280"}),
        ("endpoint", {"scheme": "0088", "id": "7350000000017"}),
        ("endpoint", {"scheme": "0088", "id": "2120009028"}),
        ("endpoint", {"scheme": "9999", "id": "2120009028"}),
        ("organisation_number", "212000-9029"),
    ],
)
def test_a_number_with_a_wrong_check_digit_or_of_another_kind_is_refused(
    field: str, stated: object
) -> None:
    with pytest.raises(ValidationError, match="BIL-9: ") as refused:
        PayerStated.model_validate({**PAYER, field: stated})
    assert refused.value.errors()[0]["loc"] == (field,)


def test_each_other_last_digit_is_wrong() -> None:
    assert [n for n in range(10) if luhn_holds(f"212000902{n}")] == [8]
    assert [n for n in range(10) if gln_holds(f"735000000001{n}")] == [6]
