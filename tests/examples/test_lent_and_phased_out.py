from dataclasses import replace
from datetime import date

import pytest

from examples.generator.phasing_out import NEW, OLD, OLDER
from examples.generator.region import count
from tests.examples.conftest import Region, region_of

pytestmark = pytest.mark.long(seconds=10)


def test_a_basket_costs_its_patient_the_fee_of_what_is_kept() -> None:
    region = region_of("ac")
    kept, late = (region.expected["baskets"][f"VB-KORG-{n}"] for n in (1, 2))

    assert [(one["outcome"], one["fee_ore"]) for one in kept["lines"]] == [
        ("delivered", None),
        ("put_back", None),
        ("put_back", None),
        ("delivered", 50_000),
        ("not_due", None),
    ]
    assert {one["outcome"] for one in late["lines"]} == {"put_back", "not_due"}
    fees = [one for one in region.invoiced if one["article"] == "39961-01"]
    assert [(one["kind"], one["net_ore"]) for one in fees if one["kind"] == "fee"] == [
        ("fee", 50_000)
    ]


@pytest.mark.parametrize("code", ["bd", "m", "w"])
def test_baskets_are_lent_where_a_later_policy_names_the_store(code: str) -> None:
    region = region_of(code)
    kept, late = sorted(region.expected["baskets"].items())
    goods = [line for line in late[1]["lines"] if not line["is_fee"]]
    (again,) = (
        line
        for line in region.lines
        if line.key == late[0] and line.message_id in region.expected["refused"]
    )

    assert [one["outcome"] for one in kept[1]["lines"] if not one["is_fee"]] == [
        *("delivered", "put_back", "put_back")
    ]
    assert (kept[1]["status"], kept[1]["is_told"]) == ("closed", False)
    assert late[1]["is_told"]
    assert late[1]["is_overdue"] == (goods[1]["outcome"] is None) == (code != "bd")
    assert region.expected["refused"][again.message_id]["reason"] == "LINE_ENDED"
    fees = [one["fee_ore"] for one in kept[1]["lines"] if one["outcome"] == "delivered"]
    assert fees == ([None, 40_000] if code == "bd" else [None])


def test_an_overdue_basket_is_told_of_when_its_last_day_is_over() -> None:
    region = region_of("w")
    days = {day: lines for day, lines in region.files.days.items() if day < date(2026, 9, 9)}

    shorter = count(region.profile, replace(region.files, days=days))

    assert not shorter.world.baskets["DB-KORG-2"].is_told
    assert region.model.world.baskets["DB-KORG-2"].is_told


@pytest.mark.parametrize("left_out", [None, "UTBYTE-1", "UTBYTE-5"])
def test_an_older_article_is_proposed_as_long_as_there_is_one(
    busy_region: Region, left_out: str | None
) -> None:
    """The first is proposed where there is most of; the case says whether there is any new one."""
    name = busy_region.profile.sends_order
    days = {
        day: [one for one in lines if one.key != f"{name}-{left_out}"]
        for day, lines in busy_region.files.days.items()
    }

    answered = count(busy_region.profile, replace(busy_region.files, days=days)).answered

    proposed = {
        look: (found["case"], [one["article"] for one in found["older"]])
        for look in ("both", "only-old", "one-left")
        for found in [answered[f"{name}-UTBYTE/{look}"]["found"][NEW]]
    }
    is_more_left = left_out == "UTBYTE-5"
    assert proposed["both"] == ("both", [OLDER, OLD])
    assert proposed["only-old"] == ("both" if is_more_left else "only_old", [OLDER, OLD])
    assert proposed["one-left"] == ("both" if is_more_left else "only_old", [OLDER])


def test_what_was_asked_for_first_is_kept_where_an_older_one_is_taken(
    busy_region: Region,
) -> None:
    name = f"{busy_region.profile.sends_order}-UTBYTE"
    orders = {
        of.removeprefix(f"{name}-"): one
        for of, one in busy_region.expected["orders"].items()
        if of.startswith(name)
    }
    chosen = {of: (one["lines"][0]["article"], one["status"]) for of, one in orders.items()}
    instead = {of for of, one in orders.items() if one["lines"][0].get("instead_of") == NEW}

    assert chosen == {
        "1": (OLDER, "delivered"),
        "2": (OLD, "delivered"),
        "3": (NEW, "delivered"),
        "5": (NEW, "delivered"),
        "6": (NEW, "delivered"),
        "7": (OLD, "delivered"),
        "8": (OLD, "declined"),
        "9": (OLD, "delivered"),
    }
    assert instead == {"1", "2", "7", "8"}
    assert ("NOT_AN_EQUIVALENT", "ORD-6") in {
        (one["reason"], one["rule"]) for one in busy_region.expected["refused"].values()
    }
