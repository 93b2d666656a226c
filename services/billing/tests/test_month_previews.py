"""A month is previewed before it is over or issued, and what stands out of it is told first."""

from typing import Any

import pytest
from billing.app import service
from billing.models import ChargeRow, DeviceRow, InvoiceRow, RentRow
from billing.month_previews import domain
from billing.month_previews.domain import FindingKind
from kvitt_chassis.consuming.timers import TimerLoop
from kvitt_contracts.billing import InvoiceRunStarted
from kvitt_contracts.policy import Policies
from kvitt_contracts.types import Money
from kvitt_testkit.world import Given, World, stockholm, wait_for
from sqlalchemy import text

from contracts.tests.builders.inventory import (
    a_day_closed,
    an_article_listed,
    an_article_priced,
    numbered,
)
from contracts.tests.builders.reservations import a_line_delivered
from contracts.tests.builders.story import CUSHION
from services.billing.tests.builders import a_device, a_fee, an_order, lent, returned
from services.billing.tests.months import (
    JUNE,
    JUNE_1,
    MAY,
    MAY_31,
    approved_by_person,
    close,
    findings,
    fire_until,
    get,
    issued,
    post,
    previewed,
    rent_to,
)
from services.billing.tests.test_invoice_run import fail_for

MAY_20 = stockholm("2026-05-20 10:00")


async def some_of_may(world: World) -> None:
    """What is known of May on the twentieth."""
    devices = await rent_to(world, "20011", "20011", "20012", "20013")
    (back,) = numbered(returned(devices[3], since="2026-05-11"), first=5)
    await world.handle_all(
        back, an_order(fee=a_fee(10_000)), a_line_delivered(payer="20012", on="2026-05-10")
    )


# -- before there is a run -------------------------------------------------------------------------


@pytest.mark.rule("BIL-9o")
async def test_a_month_is_previewed_before_it_is_over_to_the_ore_as_it_is_issued_then(
    given: Given,
) -> None:
    async with given(service, at=MAY_20) as world:
        await some_of_may(world)
        status, asked = await post(world, f"{MAY}:preview")
        assert (status, asked["status"], asked["run_status"]) == (202, "making", None)
        shown, month = await previewed(world), await get(world, f"{MAY}:preview")
        assert (month["status"], month["payers"], month["state"]) == ("made", len(shown), None)

        await world.advance(JUNE_1)
        await close(world, MAY_31, custody_changes=5)

        made = await issued(world)
        assert made == shown
        assert month["documents"] == sum(one.documents for one in made.values())
        for name in ("net_ore", "vat_ore", "gross_ore"):
            assert month[name] == sum(getattr(one, name) for one in made.values())


@pytest.mark.rule("BIL-9h", "BIL-9o")
@pytest.mark.parametrize("kind", ["device", "charge"])
async def test_what_cannot_be_read_stands_out_and_the_others_are_foreseen(
    given: Given, kind: str
) -> None:
    async with given(service, at=MAY_20) as world:
        await some_of_may(world)
        device = (await world.rows(DeviceRow))[0].device_id
        charge = min(one.id for one in await world.rows(ChargeRow))
        async with world.worker.unit() as unit:
            broken = {
                "device": "UPDATE devices SET points = '[{}]' WHERE device_id = :id",
                "charge": "UPDATE charges SET amount = '{}' WHERE id = :id",
            }
            found = {"device": device, "charge": charge}[kind]
            await unit.session.execute(text(broken[kind]), {"id": found})
        async with world.http() as client:
            assert (await client.post(f"{MAY}:preview")).status_code == 202

        async def is_made() -> bool:
            await TimerLoop(world.worker, service.handlers)._round()
            return bool((await get(world, f"{MAY}:preview"))["status"] == "made")

        await wait_for(is_made)
        assert ("set_aside", f"{kind}/{found}") in await findings(world)
        assert (await get(world, f"{MAY}:preview"))["net_ore"] > 0


@pytest.mark.rule("BIL-9o")
async def test_a_preview_settles_nothing(given: Given) -> None:
    async with given(service, at=MAY_20) as world:
        await some_of_may(world)
        await post(world, f"{MAY}:preview")

        assert await world.rows(RentRow) == []
        assert await world.rows(InvoiceRow) == []
        assert await world.events(InvoiceRunStarted) == []


@pytest.mark.rule("BIL-9o")
async def test_a_preview_is_beside_the_month_before(given: Given) -> None:
    async with given(service, at=JUNE_1) as world:
        devices = await rent_to(world, "20011", "20012")
        await close(world, MAY_31, custody_changes=2)
        (back,) = numbered(returned(devices[0], since="2026-06-16"), first=3)
        await world.handle(back)
        await post(world, f"{JUNE}:preview")

        month = await get(world, f"{JUNE}:preview")
        assert (month["net_ore"], month["last_net_ore"]) == (46_500, 62_000)
        assert month["difference_ore"] == -15_500
        listed = (await get(world, "/payer-previews?month=2026-06&sort=payer_key"))["items"]
        assert [
            (one["payer"], one["net_ore"], one["last_net_ore"], one["difference_ore"])
            for one in listed
        ] == [("unit/20011", 15_500, 31_000, -15_500), ("unit/20012", 31_000, 31_000, 0)]


@pytest.mark.rule("BIL-9o")
async def test_a_month_that_begins_to_be_invoiced_while_it_is_previewed_goes_on(
    given: Given,
) -> None:
    async with given(service, at=MAY_20) as world:
        await some_of_may(world)
        async with world.http() as client:  # it is begun, and no step of it is done
            assert (await client.post(f"{MAY}:preview", json={})).status_code == 202
        await close(world, MAY_31, custody_changes=5)

        assert (await issued(world))["unit/20012"].net_ore == 31_000 + 9_999


@pytest.mark.rule("BIL-9o")
async def test_a_month_that_is_invoiced_while_it_is_previewed_has_its_runs_preview(
    given: Given, policies: Policies
) -> None:
    async with given(service, at=MAY_20, policies=approved_by_person(policies)) as world:
        await some_of_may(world)
        async with world.http() as client:
            assert (await client.post(f"{MAY}:preview", json={})).status_code == 202
        await close(world, MAY_31, custody_changes=5)

        shown = await previewed(world)
        month = await get(world, f"{MAY}:preview")
        assert month["state"] is not None
        assert month["net_ore"] == sum(one.net_ore for one in shown.values())
        await post(world, f"{MAY}:preview")
        assert (await get(world, f"{MAY}:preview"))["state"] == month["state"]
        status, _ = await post(world, f"{MAY}:approve", {"state": month["state"]})
        assert status == 200
        assert await issued(world) == shown


@pytest.mark.rule("BIL-9o")
@pytest.mark.parametrize(
    ("month", "status", "reason"),
    [
        ("2026-05", 409, "ALREADY_INVOICED"),
        ("2026-07", 422, "MONTH_NOT_NEXT"),
        ("2026-04", 422, "MONTH_NOT_NEXT"),
    ],
)
async def test_another_month_than_the_next_is_not_previewed(
    given: Given, month: str, status: int, reason: str
) -> None:
    async with given(service, at=JUNE_1) as world:
        await rent_to(world, "20011")
        await close(world, MAY_31, custody_changes=1)

        answered, refused = await post(world, f"/invoice-runs/{month}:preview")
        assert (answered, refused["reason"], refused["rule"]) == (status, reason, "BIL-9")
        async with world.http() as client:
            missing = await client.get(f"/invoice-runs/{month}:preview")
        assert (missing.status_code, missing.json()["reason"]) == (404, "UNKNOWN_PREVIEW")


# -- what stands out -------------------------------------------------------------------------------


@pytest.mark.rule("BIL-9q")
@pytest.mark.parametrize(
    ("net", "last", "found"),
    [
        (130_000, 100_000, [FindingKind.UP]),
        (129_999, 100_000, []),
        (70_000, 100_000, [FindingKind.DOWN]),
        (70_001, 100_000, []),
        (19_999, 10_000, []),  # twice as much, and less than a hundred kronor
        (20_000, 10_000, [FindingKind.UP]),
        (-70_000, -100_000, [FindingKind.UP]),
        (10_000, 0, [FindingKind.UP]),
        (5, None, [FindingKind.NEW]),
    ],
)
def test_a_payer_stands_out_by_percent_and_by_kronor(
    net: int, last: int | None, found: list[FindingKind]
) -> None:
    compared = domain.compare_payer(
        "unit/20011", net_ore=net, last_net_ore=last, is_known=True, is_first=False
    )

    assert [one.kind for one in compared] == found


@pytest.mark.rule("BIL-9q")
def test_a_patients_fees_are_not_compared() -> None:
    assert not domain.compare_payer(
        "patient/1", net_ore=90_000, last_net_ore=None, is_known=True, is_first=False
    )


@pytest.mark.rule("BIL-9q")
def test_what_loses_money_comes_before_what_has_changed() -> None:
    grave = domain.judge_price("4711", None) + domain.judge_price("4712", Money(net_ore=0))
    gone = domain.miss_payer("unit/1", last_net_ore=10**12)
    up = domain.Finding(kind=FindingKind.UP, subject="u", net_ore=10**15, last_net_ore=0)

    weights = [one.weight for one in (*grave, gone, up)]
    assert weights == sorted(weights, reverse=True)
    assert domain.judge_price("4713", Money(net_ore=1)) == ()


@pytest.mark.rule("BIL-9q")
async def test_payers_that_are_new_gone_or_in_no_register_stand_out(given: Given) -> None:
    async with given(service, at=JUNE_1) as world:
        devices = await rent_to(world, "20011", "20012")
        await close(world, MAY_31, custody_changes=2)
        unknown = a_device("75099")
        await world.handle_all(
            unknown,
            *numbered(
                returned(devices[0], since="2026-06-01"),
                lent(unknown, payer="20999", since="2026-06-01"),
                first=3,
            ),
        )
        await post(world, f"{JUNE}:preview")

        assert await findings(world, "2026-06") == [
            ("no_payer", "unit/20999"),
            ("gone", "unit/20011"),
            ("new", "unit/20999"),
        ]
        month = await get(world, f"{JUNE}:preview")
        assert month["findings"] == 3
        first = (await get(world, "/payer-previews?month=2026-06"))["items"][0]
        assert (first["payer"], first["stands_out"]) == ("unit/20999", True)


@pytest.mark.rule("BIL-9q")
async def test_what_is_lent_without_a_price_or_at_nothing_stands_out(given: Given) -> None:
    bed, lift, chair = (a_device(one, article=one) for one in ("4711", "4712", "4713"))
    async with given(service, at=MAY_20) as world:
        await rent_to(world, "20011")
        await world.handle_all(
            an_article_listed("4711"),
            an_article_listed("4712"),
            an_article_priced("4712", 0),
            an_article_listed("4713"),
            an_article_priced(CUSHION, 0, valid_from="2026-05-01"),
            bed,
            lift,
            chair,
            *numbered(
                lent(bed, payer="20011", since="2026-05-01"),
                lent(lift, payer="20011", since="2026-05-01"),
                lent(chair, payer="20011", since="2026-05-01"),
                returned(chair, since="2026-05-12"),
                first=2,
            ),
            an_order(),
            a_line_delivered(payer="20011", on="2026-05-10"),
        )
        await post(world, f"{MAY}:preview")

        assert set(await findings(world)) == {
            ("no_price", "article/4711"),
            ("price_zero", "article/4712"),
            ("price_zero", f"article/{CUSHION}"),
        }


@pytest.mark.rule("BIL-9q")
async def test_what_was_set_aside_stands_out_of_the_runs_preview(
    given: Given, policies: Policies, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with given(service, at=JUNE_1, policies=approved_by_person(policies)) as world:
        await rent_to(world, "20011", "20012")
        fail_for(monkeypatch, is_20012, ValueError)
        await world.handle(a_day_closed(MAY_31, custody_changes=2))
        await fire_until(world, "previewed")

        assert await findings(world) == [("set_aside", "unit/20012")]
        assert set(await previewed(world)) == {"unit/20011"}


def is_20012(payer: Any) -> bool:
    """True of the payer that fails."""
    return bool(payer.kind == "unit" and payer.payer_id == "20012")


@pytest.mark.rule("BIL-9q")
async def test_the_first_month_of_all_is_compared_with_nothing(given: Given) -> None:
    async with given(service, at=MAY_20) as world:
        await some_of_may(world)
        await post(world, f"{MAY}:preview")

        assert await findings(world) == []
