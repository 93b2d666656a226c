"""What inventory stored no payer of before, it reads again after its upgrade."""

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

from contracts.tests.builders.orders import a_customer_registered
from contracts.tests.builders.story import PAYER, SENDING

UNITS: dict[str, Event] = {
    str(identify("ac", "customer", SENDING)): a_customer_registered(SENDING, payer=PAYER)
}


@pytest.mark.long(seconds=15)
async def test_the_payers_of_customers_from_before_the_upgrade_are_known_after_it(
    platform: Platform,
    prefix: str,
    service_database: Callable[[str], ServiceUrls],
    running: Running,
) -> None:
    database = await asyncpg.connect(service_database("inventory").owner.replace("+asyncpg", ""))
    process = await running("inventory")

    async def known() -> list[str]:
        return [
            row["payer_id"]
            for row in await database.fetch(
                "SELECT payer_id FROM customers WHERE payer_id IS NOT NULL"
            )
        ]

    try:
        await publish(platform, f"{prefix}orders.units", UNITS, principal="orders")
        await wait_for(known)
        await process.come_to_rest()
        process.stop()
        await database.execute("UPDATE customers SET payer_id = NULL")  # as the job leaves it
        for statement in migration("inventory", "0009").READ_AGAIN:
            await database.execute(statement)
        await process.started()

        assert await wait_for(known) == [PAYER]
    finally:
        await database.close()
