"""NTF-4: a purchase order is mailed by the real processes, over Kafka."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from kvitt_contracts.policy import Policies
from kvitt_testkit.mail_server import mail_server
from kvitt_testkit.platform import Platform
from kvitt_testkit.running import Running
from kvitt_testkit.world import Given, ServiceUrls, World, wait_for
from orders.app import service as orders
from orders.purchase_orders.domain import Status

from contracts.tests.builders.purchases import with_purchasing_store
from services.orders.tests.purchases import a_purchase, ordered, purchase_order, what_can_be_bought
from services.orders.tests.vault import give_vault_keys
from services.orders.tests.worlds import MONDAY
from tests.journeys.mailing import OURS

pytestmark = pytest.mark.long(seconds=60)


@pytest.mark.rule("NTF-4a", "ORD-11c")
async def test_a_purchase_order_is_mailed_and_sent_and_health_tells_of_a_server_that_is_away(
    given: Given,
    policies: Policies,
    running: Running,
    platform: Platform,
    service_database: Callable[[str], ServiceUrls],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    give_vault_keys(monkeypatch, tmp_path)
    async with given(orders, at=MONDAY, policies=with_purchasing_store(policies)) as world:
        await what_can_be_bought(world)
        service_database("notifications")
        keys = ("KVITT_PERSON_KEY", "KVITT_PERSON_KEYS")  # theirs opens what ours has sealed
        theirs = await running("orders", **{name: os.environ[name] for name in keys})
        with mail_server() as gone:
            port = gone.port
        ours = await running(
            "notifications",
            KVITT_MAIL_HOST="127.0.0.1",
            KVITT_MAIL_PORT=str(port),
            KVITT_MAIL_TLS="none",
            KVITT_MAIL_SENDER=OURS,
            KVITT_MAIL_ORDERS_URL=theirs.url,
            KVITT_MAIL_KEY_FILE=str(platform.tokens.of_service("notifications").key_file),
        )

        await bought(world, "O-1", "I-1")

        await wait_for(lambda: is_told_of(ours.url, "mail server away"))
        assert await ours.is_ready()
        with mail_server(port=port) as server:
            await bought(world, "O-2", "I-2")
            await wait_for(lambda: server.received)
            await wait_for(lambda: is_sent(world, "I-2"))
        assert re.search(
            r'emails_put_off_total\{away="mail_server",service="notifications"\} 1',
            await measured(ours.url),
        )
        assert "26100002" in server.received[0].letter["Subject"]
        assert "nordhjalp.example" not in ours.said() + theirs.said()


async def bought(world: World, order: str, reference: str) -> None:
    """A walker is ordered, and bought by an order that Kvitt sends."""
    await ordered(world, reference=order)
    await world.handle(a_purchase(order=order, is_sent_by_kvitt=True), subject=reference)


async def is_sent(world: World, reference: str) -> bool:
    """The supplier has it."""
    return (await purchase_order(world, reference)).status is Status.SENT


async def is_told_of(url: str, what: str) -> bool:
    """Health says so of mails."""
    async with httpx.AsyncClient() as client:
        return what in (await client.get(f"{url}/health/ready")).text


async def measured(url: str) -> str:
    """The metrics."""
    async with httpx.AsyncClient() as client:
        return (await client.get(f"{url}/metrics")).text
