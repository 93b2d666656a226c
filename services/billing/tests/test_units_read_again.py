"""What billing passed over before it knew of customers, it reads again after its upgrade."""

from collections.abc import Callable

import asyncpg
import pytest
from kvitt_contracts.envelope import Event
from kvitt_contracts.types import identify
from kvitt_testkit.platform import Platform
from kvitt_testkit.running import Running
from kvitt_testkit.upgrades import migration
from kvitt_testkit.wire import publish
from kvitt_testkit.world import ServiceUrls, wait_for

from contracts.tests.builders.orders import a_customer_registered, a_payer_registered
from contracts.tests.builders.story import PAYER, SENDING

UNITS: dict[str, Event] = {
    str(identify("ac", "payer", PAYER)): a_payer_registered(PAYER),
    str(identify("ac", "customer", SENDING)): a_customer_registered(SENDING, payer=PAYER),
}


@pytest.mark.long(seconds=15)
async def test_customers_from_before_the_upgrade_are_known_after_it(
    platform: Platform,
    prefix: str,
    service_database: Callable[[str], ServiceUrls],
    running: Running,
) -> None:
    database = await asyncpg.connect(service_database("billing").owner.replace("+asyncpg", ""))
    process = await running("billing")

    async def known() -> list[str]:
        return [row["payer_id"] for row in await database.fetch("SELECT payer_id FROM customers")]

    try:
        await publish(platform, f"{prefix}orders.units", UNITS, principal="orders")
        await wait_for(known)
        await process.come_to_rest()
        process.stop()
        await database.execute("DELETE FROM customers")  # the release before stored none
        for statement in migration("billing", "0010").READ_AGAIN:
            await database.execute(statement)
        await process.started()

        assert await wait_for(known) == [PAYER]
        await process.come_to_rest()
        assert [row["payer_id"] for row in await database.fetch("SELECT * FROM payers")] == [PAYER]
    finally:
        await database.close()
