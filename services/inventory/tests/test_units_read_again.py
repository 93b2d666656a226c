"""What inventory stored no payer of before, it reads again after its upgrade."""

from collections.abc import Callable

import asyncpg
import pytest
from aiokafka import AIOKafkaProducer
from kvitt_contracts.orders import UnitEvent
from kvitt_contracts.types import identify
from kvitt_testkit.platform import Platform
from kvitt_testkit.running import Running
from kvitt_testkit.upgrades import migration
from kvitt_testkit.wire import client_settings
from kvitt_testkit.world import ServiceUrls, an_envelope, wait_for

from contracts.tests.builders.orders import a_customer_registered
from contracts.tests.builders.story import PAYER, SENDING

UNITS: dict[tuple[str, str], UnitEvent] = {
    ("customer", SENDING): a_customer_registered(SENDING, payer=PAYER)
}


async def tell(platform: Platform, topic: str) -> None:
    """Orders has published its units."""
    async with AIOKafkaProducer(**client_settings(platform, "orders")) as producer:
        for (noun, code), event in UNITS.items():
            key = str(identify("ac", noun, code))
            await producer.send_and_wait(
                topic,
                event.model_dump_json().encode(),
                key=key.encode(),
                headers=an_envelope(event, subject=key).headers(),
            )


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
        await tell(platform, f"{prefix}orders.units")
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
