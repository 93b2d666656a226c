"""A region's policy: append-only versions, pinned decisions, and the three that are delivered."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from kvitt_contracts.policy import (
    FeeRule,
    Policies,
    PolicyHistory,
    RegionPolicy,
    UnknownPolicy,
    fee_free_on,
)
from kvitt_contracts.types import Money, PolicyVersion, RegionCode
from pydantic import ValidationError

DELIVERED = Path(__file__).parents[2] / "deploy" / "regions"

AC, BD, W = RegionCode("ac"), RegionCode("bd"), RegionCode("w")


def a_document(*versions: dict[str, Any]) -> dict[str, Any]:
    return {"region": "ac", "name": "Region Västerbotten", "versions": list(versions)}


def a_version(number: int = 1, since: str = "2026-01-01T00:00:00+01:00") -> dict[str, Any]:
    return {
        "version": number,
        "effective_from": since,
        "transfer": {
            "expiry": {"days": 6, "outcome": "auto_execute"},
            "clock_starts": "sent",
            "sender": "prescriber",
            "ack_payer": "follows_customer",
            "rejection_message": "mandatory",
            "patient_to_patient": "allowed",
            "notify": "main_responsible",
        },
        "stores": {"central": "500"},
        "id_format": {"customer": 5, "payer": 5, "care_unit": 5},
    }


def a_history(*versions: dict[str, Any]) -> PolicyHistory:
    return Policies.parse([a_document(*versions)]).of(AC)


def the_delivered() -> Policies:
    files = sorted(DELIVERED.glob("*.yaml"))
    return Policies.parse([yaml.safe_load(file.read_text(encoding="utf-8")) for file in files])


def _refused(*versions: dict[str, Any]) -> str:
    with pytest.raises(ValidationError) as refused:
        a_history(*versions)
    return str(refused.value)


def test_the_version_in_force_is_the_latest_that_has_begun() -> None:
    history = a_history(a_version(1), a_version(2, "2026-07-01T00:00:00+02:00"))

    assert history.in_force(datetime(2026, 6, 30, 21, 59, 59, tzinfo=UTC)).version == 1
    assert history.in_force(datetime(2026, 6, 30, 22, tzinfo=UTC)).version == 2


def test_before_the_first_version_no_policy_is_in_force() -> None:
    with pytest.raises(UnknownPolicy, match="in force"):
        a_history(a_version()).in_force(datetime(2025, 12, 31, 22, 59, tzinfo=UTC))


def test_versions_are_numbered_without_gaps() -> None:
    assert "version 3 stands where version 2" in _refused(
        a_version(1), a_version(3, "2026-07-01T00:00:00+02:00")
    )


def test_a_version_begins_after_the_one_before() -> None:
    assert "must lie after" in _refused(a_version(1), a_version(2))


def test_a_start_without_a_time_zone_is_refused() -> None:
    assert "timezone" in _refused(a_version(1, "2026-01-01T00:00:00"))


def test_an_unknown_key_is_refused() -> None:
    assert "expiry_days" in _refused({**a_version(), "expiry_days": 6})


def test_a_decision_finds_the_version_that_it_was_pinned_to() -> None:
    history = a_history(a_version(1), a_version(2, "2026-07-01T00:00:00+02:00"))

    assert history.pinned(history.versions[0].pin).version == 1


def test_a_pin_whose_content_was_changed_afterwards_is_unknown() -> None:
    changed = a_version()
    changed["transfer"] = {**changed["transfer"], "clock_starts": "received"}
    pin = a_history(a_version()).versions[0].pin

    with pytest.raises(UnknownPolicy):
        a_history(changed).pinned(pin)


def test_a_version_that_is_not_here_yet_is_unknown() -> None:
    with pytest.raises(UnknownPolicy):
        a_history(a_version()).pinned(PolicyVersion(version=2, content_hash="0" * 16))


def test_a_default_that_is_written_out_changes_no_pin() -> None:
    spelled_out = {**a_version(), "rent_proration": "by_day"}

    assert a_history(spelled_out).versions[0].pin == a_history(a_version()).versions[0].pin


def test_every_default_that_is_written_out_changes_no_pin() -> None:
    (version,) = a_history(a_version()).versions
    spelled_out = version.model_dump(mode="json", exclude={"region", "name"})

    assert set(spelled_out) | {"region", "name"} == set(RegionPolicy.model_fields)
    assert a_history(spelled_out).versions[0].pin == version.pin


@pytest.mark.parametrize(
    ("region", "content_hash"),
    [(AC, "a60d9fdc34a0ece6"), (BD, "14082ff5034d4968"), (W, "406b229cd6fab9f0")],
)
def test_the_pins_that_decisions_were_made_under_stay(
    region: RegionCode, content_hash: str
) -> None:
    """A later key must not change them (decision 0022): services would refuse to start."""
    first = the_delivered().of(region).versions[0]

    assert first.pin == PolicyVersion(version=1, content_hash=content_hash)


TO_COME: dict[str, Any] = {
    "phase_out": ["central", "own"],
    "product_areas": [
        {
            "code": "horsel",
            "sources": ["central", "own_store", "direct"],
            "exceptions": [{"service_point": "40210", "sources": ["own_store"]}],
            "pickup_reasons": ["sent_by_post"],
            "checklist": ["Laddare och sladd är med"],
        }
    ],
    "pickup": {"reasons": ["too_bulky", "not_used"], "window_days": [4, 14]},
    "reconditioning": True,
    "stocktaking": {"month": 11, "notice_days": 30},
    "scrap_below": {"net_ore": 100000},
    "home_region": {"payers": {"w": "81090"}, "state_payer": "81099", "invoice_after_months": 6},
    "supplier_invoice": {"tolerance_ore": 100},
    "invoice": {
        "approval": "person",
        "due_days": 30,
        "seller": {
            "name": "Region Västerbotten, hjälpmedel",
            "organisation_number": "556677-8899",
            "vat_number": "SE556677889901",
            "address": {"street": "Storgatan 1", "postal_code": "903 25", "city": "Umeå"},
            "endpoint": {"scheme": "0007", "id": "5566778899"},
            "bankgiro": "123-4567",
        },
        "accounts": {
            "receivable": "1510",
            "accrued": "1790",
            "vat_standard": "2611",
            "vat_reduced": "2621",
            "vat_low": "2631",
            "revenue_other": "3990",
        },
    },
    "postage": {"net_ore": 6200},
    "price_list": [
        {
            "valid_from_on": "2026-01-01",
            "prices": [{"service": "urgent_pickup", "price": {"net_ore": 60000}}],
        }
    ],
    "professions": ["audionom"],
    "inactive_after_months": 6,
    "answer_working_days": 3,
    "child_until": 20,
    "email": ["pickup_by_relatives", "stocktaking"],
    "links": [{"title": "Sortiment", "url": "https://region.example/sortiment"}],
}


def test_each_key_to_come_can_be_given_and_is_pinned() -> None:
    pins = {a_history(a_version()).versions[0].pin.content_hash}
    for key, value in TO_COME.items():
        pins.add(a_history({**a_version(), key: value}).versions[0].pin.content_hash)

    assert len(pins) == len(TO_COME) + 1


def test_a_pickup_window_opens_before_it_closes() -> None:
    assert "the window ends" in _refused(
        {**a_version(), "pickup": {"reasons": ["not_used"], "window_days": [14, 4]}}
    )


def test_price_lists_follow_one_another() -> None:
    (first,) = TO_COME["price_list"]

    assert "price list" in _refused({**a_version(), "price_list": [first, first]})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("postage", {"net_ore": -1}),
        ("scrap_below", {"net_ore": -1}),
        ("fees", {"rules": [{"fee_group": "shoes", "amount": {"net_ore": -1}}]}),
        (
            "price_list",
            [
                {
                    "valid_from_on": "2026-01-01",
                    "prices": [{"service": "urgent_pickup", "price": {"net_ore": -1}}],
                }
            ],
        ),
    ],
)
def test_no_amount_of_a_policy_is_a_credit(key: str, value: object) -> None:
    refused = _refused({**a_version(), key: value})

    assert "net_ore must be 0 or more" in refused
    assert key in refused


def test_what_costs_nothing_is_an_amount() -> None:
    given = a_history({**a_version(), "postage": {"net_ore": 0}})

    assert given.versions[0].postage == Money(net_ore=0)


def test_a_region_without_policy_is_unknown() -> None:
    with pytest.raises(UnknownPolicy, match="zz"):
        the_delivered().of(RegionCode("zz"))


def _delivered(region: RegionCode) -> RegionPolicy:
    return the_delivered().in_force(region, datetime(2026, 3, 1, tzinfo=UTC))


@pytest.mark.rule("BMB-7a", "BMB-7b", "BMB-7d", "BMB-7e")
@pytest.mark.parametrize(
    ("region", "days", "outcome", "clock"),
    [(AC, 6, "auto_execute", "sent"), (BD, 7, "lock", "sent"), (W, 7, "void", "received")],
)
def test_the_three_ways_of_expiry_are_three_regions_data(
    region: RegionCode, days: int, outcome: str, clock: str
) -> None:
    transfer = _delivered(region).transfer

    assert (transfer.expiry.days, transfer.expiry.outcome, transfer.clock_starts) == (
        days,
        outcome,
        clock,
    )


@pytest.mark.rule("BMB-2e")
def test_who_may_send_is_the_regions_choice() -> None:
    assert _delivered(AC).transfer.sender == "prescriber"
    assert _delivered(W).transfer.sender == "prescriber_and_requester"


@pytest.mark.rule("BMB-4d")
def test_whether_the_payer_is_chosen_at_acknowledgement_is_the_regions_choice() -> None:
    assert _delivered(AC).transfer.ack_payer == "follows_customer"
    assert _delivered(BD).transfer.ack_payer == "chosen"


@pytest.mark.rule("BMB-5a")
def test_whether_a_rejection_says_why_is_the_regions_choice() -> None:
    assert _delivered(AC).transfer.rejection_message == "mandatory"
    assert _delivered(BD).transfer.rejection_message == "optional"


A_FEE = FeeRule(fee_group="charge_kit", amount=Money(net_ore=50000, vat_percent=0))


@pytest.mark.rule("ORD-18a")
def test_the_fee_begins_on_the_twentieth_birthday() -> None:
    born = date(2006, 3, 14)

    assert fee_free_on(born, day=date(2026, 3, 13), rule=A_FEE, free_until="birthday")
    assert not fee_free_on(born, day=date(2026, 3, 14), rule=A_FEE, free_until="birthday")


@pytest.mark.rule("ORD-18a")
def test_a_region_may_let_the_fee_begin_after_the_year_of_the_birthday() -> None:
    born = date(2006, 3, 14)

    assert fee_free_on(born, day=date(2026, 12, 31), rule=A_FEE, free_until="end_of_year")
    assert not fee_free_on(born, day=date(2027, 1, 1), rule=A_FEE, free_until="end_of_year")
