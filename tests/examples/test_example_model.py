from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kvitt_contracts.types import RegionCode, Word

from examples.generator.messages import Line, days_from
from examples.generator.model import ledger
from examples.generator.model.counting import Model
from examples.generator.model.invoices import day_share, payers_by_day, vat
from examples.generator.model.state import World
from examples.generator.model.trade import Charge
from examples.generator.month import CUT_OVER, DUE, LAST_DAY
from examples.generator.profiles import PROFILES
from examples.generator.region import Files, count, make, policy_of
from examples.generator.responsibles import HEAD, LEAVES_ON
from tests.examples.conftest import Region, region_of

pytestmark = pytest.mark.long(seconds=10)


@given(price=st.integers(0, 10**8), month=st.integers(1, 12), year=st.integers(2024, 2030))
def test_the_days_of_a_month_add_up_to_its_price(price: int, month: int, year: int) -> None:
    first = date(year, month, 1)
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)

    assert sum(day_share(price, day) for day in days_from(first, last)) == price


def test_half_an_ore_of_vat_goes_away_from_zero() -> None:
    assert [vat(net, 25) for net in (1, 2, 3, 100, -2)] == [0, 1, 1, 25, -1]


def test_the_committed_expectation_is_what_the_lines_come_to(region: Region) -> None:
    assert region.model.expected(first=CUT_OVER, last=LAST_DAY) == region.expected


@pytest.mark.parametrize("seed", range(4))
def test_no_race_decides_an_outcome(region: Region, seed: int) -> None:
    """Each day's messages in any order that keeps each key's own, time passing anywhere between."""
    rng = Random(seed)
    model = Model(
        region=region.profile.code,
        policy_on=lambda day: policy_of(region.profile, at=day),
        cut_over=CUT_OVER,
    )
    for lines in region.files.cut_over.values():
        model.take_all(_mixed(lines, rng))
    for day in region.files.mornings:
        mixed = _mixed(region.files.days.get(day, []), rng)
        cut = rng.choice((0, len(mixed), rng.randint(0, len(mixed))))
        model.begin(day)
        model.take_all(mixed[:cut])
        model.let_time_pass()
        model.take_all(mixed[cut:])
        for act in region.files.acts.get(day, []):
            model.take_act(act)

    assert model.expected(first=CUT_OVER, last=LAST_DAY) == region.expected


def test_everything_published_twice_changes_nothing_but_the_count(region: Region) -> None:
    twice = Files(
        cut_over={name: lines * 2 for name, lines in region.files.cut_over.items()},
        days={day: lines * 2 for day, lines in region.files.days.items()},
        acts=region.files.acts,
        expected={},
    )
    expected = count(region.profile, twice).expected(first=CUT_OVER, last=LAST_DAY)

    assert _without_counts(expected) == _without_counts(region.expected)
    assert expected["duplicates"] > region.expected["duplicates"]


def test_every_device_is_in_one_place_and_every_balance_counts_its_devices(region: Region) -> None:
    world = region.model.world
    for (store, article), balance in world.balances.items():
        if world.articles[article].marked:
            there = [
                device
                for device in world.devices.values()
                if device.store == store
                and device.article == article
                and (device.claim is None or device.claim[0] != "dispatch")
                and device.status in ("in_use", "investigated", "lost")
            ]
            assert balance.available + balance.reserved + balance.in_reconditioning == len(there)
        assert balance.available >= 0
        assert balance.reserved >= 0


def test_goods_are_received_delivered_or_still_there(region: Region) -> None:
    world = region.model.world
    for article in (one for one in world.articles.values() if not one.marked):
        number = article.article_number
        if article.type == "service":
            continue
        came = sum(int(str(one[2])) for one in world.booked.values() if one[1] == number)
        came += _came_direct(region, number)
        came += sum(one.differences.get(number, 0) for one in world.stocktakings.values())
        there = sum(
            balance.available + balance.reserved
            for (_, of), balance in world.balances.items()
            if of == number
        )
        back = sum(one.quantity for one in world.sent_back.values() if one.article == number)
        assert came == there + back + _gone(world, number)


def test_a_device_has_one_payer_a_day_and_each_day_is_invoiced_once(region: Region) -> None:
    invoiced: Counter[tuple[str, str, str]] = Counter()
    for payer, lines in region.expected["invoices"].items():
        for line in (one for one in lines if one["kind"] == "rent"):
            for day in _days(line["from"], line["to"]):
                invoiced[line["device"], day, payer] += -1 if "corrects" in line else 1
    paid = {
        (number, day, payer)
        for number, device in region.model.world.devices.items()
        if region.model.world.articles[device.article].charging == "rent"
        for first, last, payer in payers_by_day(device, first=CUT_OVER, last=DUE)
        for day in _days(first, last)
    }
    assert {one for one, count in invoiced.items() if count} == paid
    assert set(invoiced.values()) == {0, 1}


def test_a_device_lent_all_month_at_one_price_costs_the_month(region: Region) -> None:
    world = region.model.world
    of_device: dict[str, list[int]] = {}
    for lines in region.expected["invoices"].values():
        for line in (one for one in lines if one["kind"] == "rent" and one["month"] == "2026-05"):
            of_device.setdefault(line["device"], []).append(line["net_ore"])
    split = 0
    for number, device in region.expected["devices"].items():
        spans = device["payers_by_day"]
        days = sum(len(_days(first, last)) for first, last, _ in spans)
        prices = world.prices[device["article"]]
        if days == 31 and len(prices) == 1 and number in of_device:
            assert sum(of_device[number]) == prices[0].net_ore
            split += len(spans) > 1
    assert split > 10


def test_a_return_told_when_its_month_is_invoiced_is_credited_with_what_it_corrects(
    region: Region,
) -> None:
    credits = [
        (payer, line)
        for payer, lines in region.expected["invoices"].items()
        for line in lines
        if "corrects" in line
    ]
    ((payer, line),) = credits
    documents = region.expected["documents"][payer]

    assert (line["month"], line["corrects"]) == ("2026-06", "2026-05")
    assert (line["from"], line["to"]) == ("2026-05-20", "2026-05-31")
    assert [
        one["net_ore"] for one in documents if one["is_credit"] and one["month"] != "2026-05"
    ] == [line["net_ore"]]
    assert line["net_ore"] < 0


def test_each_months_accounts_go_on_from_the_month_before_and_balance(region: Region) -> None:
    months = region.expected["ledger"]
    before = Counter[str]()
    for month in months.values():
        before.update(month["moved"])
        assert {account: ore for account, ore in before.items() if ore} == month["balance"]
        assert sum(month["moved"].values()) == 0

    assert list(months) == ["2026-05", "2026-06", "2026-07", "2026-08", "2026-09"]
    has_accounts = bool(region.model.policy.invoice.accounts)
    assert bool(before) == has_accounts == (region.profile.code in ("m", "w"))


def test_what_is_to_be_paid_is_what_was_issued_since_there_were_accounts(region: Region) -> None:
    """All that is earned is invoiced on 1 September but for what waits, so nothing is accrued."""
    accounts = region.model.policy.invoice.accounts
    if not accounts:
        return
    balance = Counter(region.expected["ledger"]["2026-09"]["balance"])
    issued = [one for many in region.expected["documents"].values() for one in many]
    entered = [one for one in issued if region.profile.code == "w" or one["month"] > "2026-05"]

    assert balance[accounts[Word("receivable")]] == sum(one["gross_ore"] for one in entered)
    assert -balance[accounts[Word("vat_standard")]] - balance[accounts[Word("vat_low")]] == sum(
        one["vat_ore"] for one in entered
    )
    assert balance[accounts[Word("accrued")]] == 0


@pytest.mark.parametrize(
    ("month", "reason"),
    [("2026-08", "MONTH_NOT_OVER"), ("2026-09", "MONTH_NOT_OVER"), ("2026-06", None)],
)
def test_a_month_is_closed_when_it_is_over(month: str, reason: str | None) -> None:
    region = region_of("w")
    (day, acts) = max(region.files.acts.items())
    (name, *_) = [one.name for one in acts]
    changed = [replace(one, path=f"/ledger-periods/{month}:close") for one in acts[:1]]

    answered = count(
        region.profile, replace(region.files, acts={**region.files.acts, day: changed})
    ).answered

    assert answered[name]["reason"] == reason


def test_what_comes_to_a_closed_month_is_entered_in_the_next() -> None:
    policy = region_of("w").model.policy
    world = World(policy=policy, today=date(2026, 6, 2), first_day=CUT_OVER)
    world.open_from = date(2026, 6, 1)
    world.charges.append(
        Charge(
            kind="sale",
            day=date(2026, 5, 20),
            payer="81010",
            article="30501-01",
            quantity=1,
            net_ore=100,
            vat_percent=25,
        )
    )

    ledger.enter_charges(world)

    accounts = policy.invoice.accounts
    assert world.ledger == {
        (date(2026, 6, 1), accounts[Word("accrued")]): 100,
        (date(2026, 6, 1), accounts[Word("revenue_sale")]): -100,
    }


def test_what_is_paid_later_is_invoiced_when_it_has_fallen_due() -> None:
    region = region_of("w")
    chargers = [
        one for one in region.invoiced if one["article"] == "39931-01" and not one["device"]
    ]

    assert [(one["kind"], one["month"], one["net_ore"]) for one in chargers] == [
        ("fee", "2026-08", 50_000)
    ]
    assert {
        (one["status"], one["due_on"], one["until_on"]) for one in region.expected["later"].values()
    } == {
        ("raised", "2026-08-03", None),
        ("deferred", "2026-11-02", "2026-10-15"),
        ("cancelled", "2026-08-03", None),
    }


def test_another_region_pays_the_days_and_the_sale_when_the_fitting_is_finished() -> None:
    region = region_of("m")
    (case,) = region.expected["home_regions"].values()
    june = [
        one
        for one in region.expected["invoices"][case["payer"]]
        if one["month"] == "2026-06" and one["kind"] != "region_sale"
    ]

    assert case["reported_on"] > case["finished_on"]
    assert [(one["kind"], one["from"], one["quantity"]) for one in june] == [
        ("rent", "2026-06-08", 1),
        ("home_region", None, 1),
        ("home_region", None, 1),
    ]


def test_without_the_finish_another_region_is_not_invoiced_yet() -> None:
    region = region_of("m")
    days = {
        day: [
            one for one in lines if one.headers["ce_type"] != "billing.home-region-case.finish.v1"
        ]
        for day, lines in region.files.days.items()
    }

    found = count(region.profile, replace(region.files, days=days)).expected(
        first=CUT_OVER, last=LAST_DAY
    )

    (case,) = found["home_regions"].values()
    assert {one["kind"] for one in found["invoices"][case["payer"]]} == {"region_sale"}


def test_a_return_told_late_takes_back_what_was_decided_meanwhile(region: Region) -> None:
    taken_back = 0
    for device in region.model.world.devices.values():
        for decided, told in pairwise(device.said):
            if told.since < decided.since:
                assert decided.payer is not None
                in_between = [device.on(told.since), device.on(decided.since)]
                assert all(one is not None and one.payer is None for one in in_between)
                taken_back += 1
    assert taken_back > 0


def test_what_is_sold_is_paid_for_and_rents_nothing(region: Region) -> None:
    world = region.model.world
    sold = {one.article_number for one in world.articles.values() if one.charging == "sale"}

    for lines in region.expected["invoices"].values():
        assert all((line["kind"] == "rent") == (line["device"] is not None) for line in lines)
        assert not [line for line in lines if line["kind"] == "rent" and line["article"] in sold]


def test_fees_are_the_patients_and_no_child_pays_one(region: Region) -> None:
    people = region.model.world.people
    for payer, lines in region.expected["invoices"].items():
        fees = [line for line in lines if line["kind"] == "fee"]
        assert not fees or people[payer].born < date(2006, 5, 31)
        assert (payer in people) == (len(fees) == len(lines))


def test_a_stand_in_answers_on_the_days_of_absence_alone(region: Region) -> None:
    (place,) = [one for one in region.expected["responsibles"].values() if one["stand_in"]]
    answered, refused = _tried(region, place["stand_in"])

    assert answered
    assert refused
    first, last = place["absent_from_on"], place["absent_to_on"]
    assert [day for day in answered if not first <= day <= last] == []
    assert [day for day in refused if first <= day <= last] == []


def test_who_leaves_answers_until_then_and_nobody_is_in_their_place(region: Region) -> None:
    (vacant,) = [one for one in region.expected["responsibles"].values() if not one["main"]]
    answered, refused = _tried(region, HEAD)

    assert vacant["substitutes"]
    assert max(answered) < LEAVES_ON.isoformat() < min(refused)


def test_nobody_answers_for_a_service_point_who_is_not_set_there(region: Region) -> None:
    set_: defaultdict[str, set[str]] = defaultdict(set)
    for line in region.lines:
        if line.headers["ce_type"] == _RESPONSIBLES:
            said = line.data
            named = (said.get("main"), *said["substitutes"], said.get("stand_in"))
            set_[said["service_point"]].update(filter(None, named))
    by: defaultdict[str, set[str]] = defaultdict(set)
    refused = region.expected["refused"]
    for line in region.lines:
        if line.headers["ce_type"] in _ANSWERS and line.message_id not in refused:
            by[region.model.world.transfers[line.key].receiving].add(line.data["by"])

    assert all(by[place] for place in set_)
    assert [place for place in set_ if by[place] - set_[place]] == []


def test_bundles_are_answered_line_by_line_where_the_region_lets_them(region: Region) -> None:
    in_part = {
        name: one["rejected"]
        for name, one in region.expected["transfers"].items()
        if one["rejected"] and one["status"] == "completed"
    }
    by_line = region.model.policy.transfer.bundle == "by_line"

    assert bool(in_part) == by_line
    for name, rejected in in_part.items():
        transfer = region.model.world.transfers[name]
        for number in rejected:
            device = region.model.world.devices[number]
            assert transfer.payer not in {one.payer for one in device.said}


def test_what_nobody_answers_goes_as_the_region_says() -> None:
    assert "locked" not in _transfer_statuses("ac")
    assert "locked" in _transfer_statuses("bd")


def test_an_application_that_is_approved_is_ordered_by_and_no_other(region: Region) -> None:
    prefix = region.profile.sends_order
    works, orders = region.expected["work_orders"], region.expected["orders"]

    assert works[f"{prefix}-AN-01"]["outcome"] == "approved"
    assert orders[f"{prefix}-AN-01-B"]["status"] == "delivered"
    assert works[f"{prefix}-AN-02"]["outcome"] == "refused"
    assert f"{prefix}-AN-02-B" not in orders
    assert f"{prefix}-AN-03" not in works
    assert region.expected["acts"][f"{prefix}-AN-03/apply"]["reason"] == "APPLICATION_INCOMPLETE"
    assert works[f"{prefix}-AN-04"]["is_late"]


def test_urgent_pickups_and_postage_cost_what_the_policy_says(region: Region) -> None:
    policy = region.model.policy
    fees = [one["net_ore"] for one in region.invoiced if one["kind"] == "urgent_pickup"]
    postage = [one["net_ore"] for one in region.invoiced if one["kind"] == "postage"]

    assert fees == [one.price.net_ore for listed in policy.price_list for one in listed.prices]
    assert postage == ([-policy.postage.net_ore] if policy.postage else [])
    assert (policy.postage is not None) == (region.profile.code == "w")


def test_a_shorter_month_has_an_end_of_its_own(busy_region: Region) -> None:
    short = make(busy_region.profile, seed=20260501, last_day=date(2026, 5, 6))

    assert [day for day, lines in short.days.items() if not lines] == list(
        days_from(date(2026, 5, 7), date(2026, 5, 31))
    )
    assert short.expected == count(busy_region.profile, short).expected(
        first=CUT_OVER, last=LAST_DAY
    )
    assert short.expected["invoices"]


@pytest.mark.parametrize("left_out", ["SB-INLEVERANS-1", "SB-INLEVERANS-2"])
def test_what_was_not_received_is_not_to_be_paid(left_out: str) -> None:
    region = region_of("m")
    days = {
        day: [one for one in lines if one.key != left_out]
        for day, lines in region.files.days.items()
    }

    billed = count(region.profile, replace(region.files, days=days)).expected(
        first=CUT_OVER, last=LAST_DAY
    )["supplier_invoices"]
    said = region.expected["supplier_invoices"].items()

    assert {name: one["status"] for name, one in said if name.startswith("L7501")} == {
        "L7501/F-1001": "cleared",
        "L7501/F-1002": "cleared",
        "L7501/F-1003": "held",
    }
    received = "L7501/F-1002" if left_out == "SB-INLEVERANS-1" else "L7501/F-1001"
    payable = {name for name, one in billed.items() if one["payable_on"]}
    assert {name for name in payable if name.startswith("L7501")} == {received}


def _came_direct(region: Region, article: str) -> int:
    """How many of an article receipts say that came from a supplier."""
    world = region.model.world
    orders = {one.number: world.orders[one.order] for one in world.purchases.values()}
    return sum(
        came["quantity"]
        for line in region.lines
        if line.headers["ce_type"] == "orders.receipt.report.v1"
        for came in line.data["lines"]
        if orders[line.data["number"]].lines[came["line"] - 1].article == article
    )


def _tried(region: Region, user: str) -> tuple[list[str], list[str]]:
    """The days on which a user's acceptances had effect, and on which they were refused."""
    days: tuple[list[str], list[str]] = ([], [])
    for line in region.lines:
        if line.headers["ce_type"] in _ANSWERS and line.data.get("by") == user:
            is_refused = line.message_id in region.expected["refused"]
            days[is_refused].append(line.headers["ce_time"][:10])
    return days


_RESPONSIBLES = "region.responsibles.stated.v1"
_ANSWERS = ("bmb.transfer.accept.v1", "bmb.transfer.reject.v1")


def _transfer_statuses(code: str) -> set[str]:
    made = make(PROFILES[RegionCode(code)], seed=3)
    return {one["status"] for one in made.expected["transfers"].values()}


def _mixed(lines: list[Line], rng: Random) -> list[Line]:
    queues: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        queues.setdefault((line.topic, line.key), []).append(line)
    keys = [(line.topic, line.key) for line in lines]
    rng.shuffle(keys)
    return [queues[key].pop(0) for key in keys]


def _gone(world: World, article: str) -> int:
    """Delivered to who is no store, or on its way out."""
    delivered = sum(
        line.delivered
        for order in world.orders.values()
        for line in order.lines
        if line.article == article and order.recipient[0] != "store"
    )
    on_its_way = sum(
        quantity
        for order in world.orders.values()
        for shipment in order.shipments
        for number, quantity, _ in shipment.lines
        if order.lines[number - 1].article == article
    )
    return delivered + on_its_way


def _days(first: str, last: str) -> list[str]:
    days = days_from(date.fromisoformat(first), date.fromisoformat(last))
    return [day.isoformat() for day in days]


def _without_counts(expected: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in expected.items() if isinstance(value, dict)}
