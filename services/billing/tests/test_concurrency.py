"""Two at once: what is decided by is read under the lock of what another may change."""

from datetime import date

import pytest
from billing.app import service
from billing.approvals.commands import PreviewMonth
from billing.domain import ChargeStatus
from billing.models import ChargeRow, RentRow
from kvitt_contracts.policy import Policies
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import identify
from kvitt_testkit.meeting import meet
from kvitt_testkit.world import Given, assert_rows_are_folds, stockholm

from contracts.tests.builders.home_regions import (
    HOME_PAYER,
    a_covered_line,
    an_order_with_a_cover,
    with_home_regions,
)
from contracts.tests.builders.inventory import (
    a_custody,
    a_custody_changed_by_order,
    a_custody_changed_by_return,
    a_day_closed,
    a_device_registered,
    an_article_listed,
    an_article_priced,
    numbered,
)
from contracts.tests.builders.reservations import a_line_delivered
from contracts.tests.builders.story import CENTRAL, ROLLATOR
from services.billing.tests.months import (
    JUNE_1,
    MAY,
    MAY_31,
    approve,
    approved_by_person,
    close,
    issued,
    post,
    previewed,
    rent_to,
)


@pytest.mark.rule("BIL-1c")
async def test_a_price_that_meets_the_run_of_its_month_is_the_price_of_its_days(
    given: Given,
) -> None:
    async with given(service, at=JUNE_1) as world:
        await rent_to(world, "20011")
        await world.handle(a_day_closed(MAY_31, custody_changes=1))

        price = an_article_priced(ROLLATOR, 62_000, valid_from="2026-05-16")
        await meet(world, price, world.fire_timers())

        spans = {(row.from_day, row.to_day, row.monthly) for row in await world.rows(RentRow)}
        assert {(first, last, price.net_ore) for first, last, price in spans} == {
            (date(2026, 5, 1), date(2026, 5, 15), 31_000),
            (date(2026, 5, 16), date(2026, 5, 31), 62_000),
        }


@pytest.mark.rule("BIL-5b")
async def test_what_comes_back_while_its_delivery_is_told_is_not_owed_by_another_region(
    given: Given, policies: Policies
) -> None:
    at = stockholm("2026-03-20 12:00")
    custody = a_custody(since="2026-03-05", payer=HOME_PAYER)
    lent, back = numbered(
        a_custody_changed_by_order("75082", to=custody, charging="sale"),
        a_custody_changed_by_return("75082", store=CENTRAL, since="2026-03-09", before=custody),
    )
    async with given(service, at=at, policies=with_home_regions(policies)) as world:
        await world.handle_all(
            an_article_listed(ROLLATOR, charging="sale"),
            an_article_priced(ROLLATOR, 31_000),
            a_device_registered("75082", store=CENTRAL),
            an_order_with_a_cover(a_covered_line(ROLLATOR, marked=True)),
            lent,
        )

        told = a_line_delivered(
            article=ROLLATOR, devices=("75082",), payer=HOME_PAYER, charging="sale"
        )
        await meet(world, told, world.handle(back))

        assert [row.status for row in await world.rows(ChargeRow)] == [ChargeStatus.CANCELLED]
        await assert_rows_are_folds(world)


@pytest.mark.rule("BIL-9o")
async def test_a_month_that_ends_while_it_is_asked_for_is_previewed_once(
    given: Given, policies: Policies
) -> None:
    async with given(
        service, at=stockholm("2026-05-20 10:00"), policies=approved_by_person(policies)
    ) as world:
        await rent_to(world, "20011", "20012")
        await close(world, date(2026, 4, 30), custody_changes=2)
        await approve(world, "/invoice-runs/2026-04")
        await post(world, f"{MAY}:preview")
        await world.pass_by(JUNE_1)

        run_id = identify("ac", "invoice-run", "2026-05")
        asked = world.command(PreviewMonth(month="2026-05"), target=run_id)
        with pytest.raises(Refused) as refused:
            await meet(world, a_day_closed(MAY_31, custody_changes=2), asked)

        assert refused.value.reason == "MONTH_NOT_NEXT"
        await world.fire_timers()
        shown = await previewed(world)
        await approve(world)
        assert await issued(world) == shown
