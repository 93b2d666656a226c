"""`kvitt explain` before it has asked anybody: what it refuses. What it tells of a running system
is in tests/journeys/lived/test_looking_back.py.
"""

import pytest
from kvitt.local.problems import LocalProblem

from deploy.tests.printing import printed

NOUNS = ["transfer", "device", "order", "invoice"]


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Services elsewhere of which none answers: whoever asks them is told of that."""
    monkeypatch.setenv("KVITT_URLS", "orders=http://127.0.0.1:1,bmb=http://127.0.0.1:1")
    monkeypatch.setenv("KVITT_TOKEN", "a-token")


@pytest.mark.usefixtures("nobody")
def test_elsewhere_the_region_is_named() -> None:
    with pytest.raises(LocalProblem) as told:
        printed("explain", "device", "170098")

    assert "--region" in told.value.remedy


@pytest.mark.usefixtures("nobody")
def test_elsewhere_a_token_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KVITT_TOKEN")

    with pytest.raises(LocalProblem, match="KVITT_TOKEN is not set"):
        printed("explain", "device", "170098", "--region", "ac")


@pytest.mark.usefixtures("nobody")
@pytest.mark.parametrize("noun", NOUNS)
@pytest.mark.parametrize("number", ["201701012393", "20170101-2393"])
def test_a_personal_number_is_asked_of_no_service_and_repeated_to_nobody(
    noun: str, number: str
) -> None:
    with pytest.raises(LocalProblem, match="nobody was asked for it") as told:
        printed("explain", noun, number, "--region", "ac")

    assert number not in f"{told.value.what} {told.value.remedy}"


@pytest.mark.usefixtures("nobody")
@pytest.mark.parametrize("named", ["7" * 31, "R 40292", "R40292/1"])
def test_what_cannot_be_a_device_number_is_no_device_and_nobody_is_asked(named: str) -> None:
    with pytest.raises(LocalProblem, match=f"There is no device {named} in ac"):
        printed("explain", "device", named, "--region", "ac")
