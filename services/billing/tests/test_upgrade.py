"""What a migration does with rows of an earlier release."""

from datetime import date

import pytest
from billing.app import service
from billing.models import DeviceRow
from kvitt_contracts.billing import InvoiceIssuedV2
from kvitt_contracts.types import Charging
from kvitt_testkit.upgrades import migration
from kvitt_testkit.world import Given, stockholm
from sqlalchemy import text

from contracts.tests.builders.inventory import (
    a_day_closed,
    an_article_listed,
    an_article_priced,
    numbered,
)
from contracts.tests.builders.story import ROLLATOR
from services.billing.tests.builders import a_device, close_may, lent, returned

_UNTOLD = """
    UPDATE devices SET points = (
        SELECT coalesce(jsonb_agg(point - 'charging' ORDER BY place), '[]')
        FROM jsonb_array_elements(points) WITH ORDINALITY AS each(point, place))
"""


@pytest.mark.rule("BIL-1f")
async def test_loans_from_before_are_charged_as_their_articles_are_at_the_upgrade(
    given: Given,
) -> None:
    rented, sold, kept = a_device("75081"), a_device("75082", article="4711"), a_device("75083")
    async with given(service, at=stockholm("2026-06-01 06:00")) as world:
        await world.handle_all(
            an_article_listed(),
            an_article_priced(ROLLATOR, 31_000),
            an_article_listed("4711", charging="sale"),
            rented,
            sold,
            kept,
            *numbered(
                lent(rented, payer="20011", since="2026-05-01"),
                returned(rented, since="2026-05-11"),
                lent(sold, payer="20011", since="2026-05-01"),
            ),
        )
        before = {row.device_id: row.points for row in await world.rows(DeviceRow)}
        async with world.worker.unit() as unit:
            await unit.session.execute(text(_UNTOLD))
        async with world.worker.unit() as unit:
            await unit.session.execute(text(migration("billing", "0008").CHARGE_AS_NOW))

        after = {row.device_id: row.points for row in await world.rows(DeviceRow)}
        assert [point.charging for point in after[rented.device_id]] == [Charging.RENT, None]
        assert [point.charging for point in after[sold.device_id]] == [Charging.SALE]
        assert after[kept.device_id] == ()
        assert before[rented.device_id] == after[rented.device_id]


@pytest.mark.rule("BIL-1f")
async def test_a_loan_from_before_whose_article_is_listed_after_the_upgrade_is_charged_as_it_is(
    given: Given,
) -> None:
    device = a_device()
    (loan,) = numbered(lent(device, payer="20011", since="2026-05-01"))
    async with given(service, at=stockholm("2026-07-01 06:00")) as world:
        await world.handle_all(device, loan)
        async with world.worker.unit() as unit:
            await unit.session.execute(text(_UNTOLD))
        await close_may(world, custody_changes=1)
        await world.handle_all(
            an_article_listed(),
            an_article_priced(ROLLATOR, 31_000),
            a_day_closed(date(2026, 6, 30), custody_changes=1),
        )
        await world.fire_timers()

        (issued,) = await world.events(InvoiceIssuedV2)
        assert issued.net_ore == 62_000
        (row,) = await world.rows(DeviceRow)
        assert [point.charging for point in row.points] == [Charging.RENT]
