import json
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from kvitt_contracts.types import looks_like_personal_number

from examples.generator import registry
from examples.generator.__main__ import SEED, main
from examples.generator.messages import Pen, days_from
from examples.generator.month import AUTUMN, CUT_OVER, QUIET
from tests.examples.conftest import Region

SCHEMAS = Path(__file__).parents[2] / "contracts" / "schemas"


def test_the_same_seed_gives_the_same_bytes_as_are_committed() -> None:
    assert main(["--check"]) == 0


def test_a_changed_file_is_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--out", str(tmp_path)]) == 0
    changed = tmp_path / "ac" / "month" / "2026-05-11.jsonl"
    changed.write_text(changed.read_text(encoding="utf-8").replace("f1", "f2", 1), encoding="utf-8")

    assert main(["--check", "--out", str(tmp_path)]) == 1

    assert "differs: ac/month/2026-05-11.jsonl" in capsys.readouterr().out


def test_another_seed_gives_another_month(tmp_path: Path) -> None:
    assert main(["--check", "--seed", "7"]) == 1


def test_there_is_a_file_for_each_day_that_time_stops_at(region: Region) -> None:
    days = [*days_from(date(2026, 5, 2), date(2026, 6, 11)), date(2026, 8, 31), *AUTUMN]
    assert list(region.files.days) == [one for one in days if one not in QUIET]


def test_every_line_is_as_its_schema_says_unless_it_is_wrong_on_purpose(
    region: Region,
) -> None:
    wrong = {one["message_id"] for one in region.expected["quarantined"]}
    wrong |= {
        name
        for name, one in region.expected["refused"].items()
        if one["reason"] in ("INVALID_FIELD", "UNREADABLE", "DELIVERY_DETAILS_OVER_HTTP_ONLY")
    }
    validators: dict[str, Draft202012Validator] = {}
    failed = set()
    for line in region.lines:
        wire_type = line.headers["ce_type"]
        path = SCHEMAS / f"{wire_type}.json"
        if line.message_id in wrong or not path.exists():
            continue
        if wire_type not in validators:
            schema = json.loads(path.read_text(encoding="utf-8"))
            validators[wire_type] = Draft202012Validator(schema, format_checker=FormatChecker())
        if not validators[wire_type].is_valid(line.data):
            failed.add(line.text())
    assert failed == set()
    assert len(wrong) == (1 if region.profile.is_brief else 10)


def test_what_is_wrong_in_its_schema_is_wrong_for_the_independent_validator(region: Region) -> None:
    for line in region.lines:
        refused = region.expected["refused"].get(line.message_id, {})
        if refused.get("reason") != "INVALID_FIELD" or refused["rule"] != "contract":
            continue
        path = SCHEMAS / f"{line.headers['ce_type']}.json"
        schema = json.loads(path.read_text(encoding="utf-8"))
        validator = Draft202012Validator(schema, format_checker=FormatChecker())
        assert not validator.is_valid(line.data)


def test_numbers_stand_in_person_facts_alone(region: Region) -> None:
    for line in region.lines:
        if line.topic != "persons":
            assert not looks_like_personal_number(line.text())
        else:
            assert not looks_like_personal_number(json.dumps([line.key, dict(line.headers)]))
    assert not looks_like_personal_number(json.dumps(region.expected))


def test_every_number_is_of_the_series_for_tests(region: Region) -> None:
    identities = [line.data["identity"] for line in region.lines if "identity" in (line.data or {})]
    numbers = [one["number"] for one in identities if one["kind"] != "reserve_number"]

    assert len(numbers) > 200
    assert all(980 <= int(number[8:11]) <= 989 for number in numbers)


def test_a_number_outside_the_series_is_not_made() -> None:
    with pytest.raises(ValueError, match="series"):
        registry.number_for_tests(date(1950, 1, 1), 123, coordination=False)


def test_what_is_told_apart_comes_last_of_its_day(region: Region) -> None:
    """Decision 0475: so what is told besides keeps its ids and its times."""
    region_pen = Pen(region=region.profile.code, seed=SEED)
    apart = {
        pen.write_data("orders", "x", _PRICE, None, day=CUT_OVER).message_id
        for pen in map(region_pen.apart, ("phase-out", "articles-lent", "baskets"))
        for _ in range(100)
    }
    found = 0
    for lines in region.files.days.values():
        is_apart = [line.message_id in apart for line in lines]
        assert is_apart == sorted(is_apart)
        found += sum(is_apart)
    assert found == sum(line.message_id in apart for line in region.lines) > 10


def test_headers_are_those_of_a_cloud_event(region: Region) -> None:
    for line in region.lines:
        assert line.headers["ce_source"] == f"urn:region:{region.profile.code}:hjalpmedelssystem"
        assert line.headers["ce_specversion"] == "1.0"
        assert line.headers.get("ce_subject", line.key) == line.key


def test_messages_of_a_day_are_sent_on_that_day_and_in_order_unless_told_again(
    region: Region,
) -> None:
    told = Counter(line.message_id for line in region.lines)
    for day, lines in region.files.days.items():
        times = [line.headers["ce_time"] for line in lines if told[line.message_id] == 1]
        assert times == sorted(times)
        assert all(time[:10] == day.isoformat() for time in times)


def test_nothing_else_is_sent_for_a_key_that_is_set_aside(region: Region) -> None:
    sent = Counter((line.topic, line.key) for line in region.lines)
    for one in region.expected["quarantined"]:
        assert sent[one["topic"], one["key"]] == 1


def test_arrival_is_on_a_later_day_than_dispatch(busy_region: Region) -> None:
    sent = [line.data for line in busy_region.lines if line.headers["ce_type"] == _DISPATCHED]

    assert len(sent) > 150
    for data in sent:
        left, arrives = (date.fromisoformat(data[name]) for name in ("dispatched_on", "arrives_on"))
        assert arrives >= left + timedelta(days=1)


def test_a_price_is_stated_before_the_day_it_counts_from(busy_region: Region) -> None:
    prices = [
        (day, line.data["valid_from"])
        for day, lines in busy_region.files.days.items()
        for line in lines
        if line.headers["ce_type"] == _PRICE
        and line.message_id not in busy_region.expected["refused"]
    ]
    assert len(prices) > 3
    assert all(day.isoformat() < valid_from for day, valid_from in prices)


def test_the_month_holds_every_kind_of_business(busy_region: Region) -> None:
    orders = Counter(one["status"] for one in busy_region.expected["orders"].values())
    transfers = Counter(one["status"] for one in busy_region.expected["transfers"].values())
    reasons = {one["reason"] for one in busy_region.expected["refused"].values()}
    kinds = Counter(
        line["kind"] for lines in busy_region.expected["invoices"].values() for line in lines
    )

    assert set(orders) == {"registered", "part_delivered", "delivered", "voided", "declined"}
    assert {"rejected", "refused", "completed", "cancelled"} <= set(transfers)
    assert set(kinds) == {"rent", "sale", "fee", "service"}
    assert reasons >= {
        "UNKNOWN_ARTICLE",
        "ARTICLE_NOT_IN_ASSORTMENT",
        "RECIPIENT_INACTIVE",
        "PICKING_BEGUN",
        "FOREIGN_REGION",
        "UNKNOWN_TYPE",
        "UNREADABLE",
        "INVALID_FIELD",
        "NOT_RESPONSIBLE",
        "CUSTOMER_SERVICE_ONLY",
        "FORBIDDEN",
        "UNKNOWN_USER",
    }
    assert busy_region.expected["duplicates"] >= 3
    assert busy_region.expected["obsolete"] >= 1


def test_the_month_fetches_devices_and_answers_faults(region: Region) -> None:
    pickups = region.expected["pickups"].values()
    faults = region.expected["fault_reports"].values()
    reasons = {(one["reason"], one["rule"]) for one in region.expected["refused"].values()}

    assert {one["status"] for one in pickups} == {"registered", "refused", "voided", "closed"}
    assert {one["ordered_by"] for one in pickups} == {"unit", "patient", "relative"}
    assert {one["is_overdue"] for one in pickups if one["status"] == "closed"} == {True, False}
    assert {reason for one in pickups for reason in one["refused"].values()} == {
        "IN_TRANSFER",
        "IN_PICKUP",
    }
    assert {one["status"] for one in faults} == {"waiting", "prescribed", "forwarded", "closed"}
    assert {one["use"] for one in faults} == {None, "forbidden"}
    assert any(one["is_escalated"] for one in faults)
    assert reasons >= {
        ("OUTSIDE_WINDOW", "PCK-3"),
        ("PHONE_MISSING", "PCK-1"),
        ("NOT_YOUR_PICKUP", "REF-3"),
        ("HAS_PRESCRIBER", "ACT-6"),
        ("NOT_RESPONSIBLE", "ACT-6"),
    }


def test_the_month_mends_devices_and_asks_customer_service(region: Region) -> None:
    all_works = region.expected["work_orders"].values()
    works = [one for one in all_works if one["kind"] != "application"]
    cases = region.expected["cases"].values()
    reasons = {(one["reason"], one["rule"]) for one in region.expected["refused"].values()}

    assert {one["status"] for one in works} == {"planned", "started", "finished", "voided"}
    assert {one["outcome"] for one in works} == {
        "replaced",
        "repaired",
        "not_warranty",
        "done",
        None,
    }
    assert "special_adaptation" in {one["kind"] for one in works if one["status"] == "finished"}
    assert any(line["kind"] == "service" for line in region.invoiced)
    assert not any(one["waits"] for one in works if one["outcome"] == "replaced")
    assert {one["status"] for one in cases} == {"waiting", "answered", "withdrawn"}
    assert {one["outcome"] for one in cases} == {"done", "refused", None}
    assert any(one["is_reminded"] for one in cases)
    assert any(one["is_urgent"] for one in region.expected["pickups"].values())
    assert reasons >= {
        ("APPLICATION_OVER_HTTP_ONLY", "ACT-5"),
        ("OUTCOME_NOT_OF_KIND", "ACT-4"),
        ("SERVICE_MISSING", "ACT-1"),
        ("NOT_ATTESTED", "ACT-1"),
        ("ARTICLE_NOT_APPROVED", "ACT-5"),
        ("TEXT_MISSING", "CAS-1"),
        ("CUSTOMER_SERVICE_ONLY", "REF-12"),
    }


_DISPATCHED = "region.goods.dispatched.v1"
_PRICE = "region.article-price.stated.v1"
