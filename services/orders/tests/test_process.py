from collections.abc import Callable

import httpx
from aiokafka import AIOKafkaProducer
from kvitt_contracts.envelope import Message
from kvitt_contracts.types import identify
from kvitt_testkit.platform import Platform
from kvitt_testkit.running import Running, ServiceProcess
from kvitt_testkit.wire import client_settings, read_events
from kvitt_testkit.world import ServiceUrls, an_envelope, wait_for

from contracts.tests.builders.inventory import (
    an_article_listed,
)
from contracts.tests.builders.regions import (
    HOME,
    OLD_WOMAN,
    a_care_unit_stated,
    a_customer_stated,
    a_payer_stated,
    a_person_stated,
    a_user_contact_stated,
    a_user_stated,
)
from contracts.tests.builders.reservations import (
    a_stock_reserved,
)
from contracts.tests.builders.story import CUSHION, order_id
from services.orders.tests.builders import a_line, an_order_command

OWN_TOPICS = tuple(
    f"orders.{what}" for what in ("persons", "units", "users", "customer-orders", "refusals")
)


async def say(platform: Platform, principal: str, topic: str, *told: tuple[str, Message]) -> None:
    """Publish messages under their subjects."""
    async with AIOKafkaProducer(**client_settings(platform, principal)) as producer:
        for number, (subject, message) in enumerate(told, 1):
            sequence = None if principal.startswith("region-") else number
            envelope = an_envelope(message, subject=subject, sequence=sequence)
            await producer.send_and_wait(
                topic,
                message.model_dump_json().encode(),
                key=subject.encode(),
                headers=envelope.headers(),
            )


async def heard(platform: Platform, prefix: str) -> list[tuple[str, str]]:
    """Type and body of everything that orders has published, headers included in the body."""
    topics = [f"{prefix}{topic}" for topic in OWN_TOPICS]
    found = await read_events(platform, *topics, principal="orders")
    return [(one.envelope.type, f"{one.key!r} {one.headers!r} {one.value!r}") for one in found]


async def total(client: httpx.AsyncClient, path: str) -> int:
    """How many a list holds."""
    found: int = (await client.get(path)).json()["total"]
    return found


async def test_an_order_goes_through_the_real_parts_and_no_person_leaves_the_vault(
    platform: Platform,
    prefix: str,
    service_database: Callable[[str], ServiceUrls],
    running: Running,
) -> None:
    service_database("orders")
    process: ServiceProcess = await running("orders")
    region = "region-ac"
    async with process.http() as client:
        await say(
            platform,
            region,
            f"{prefix}region.ac.persons",
            ("ac-person-1", a_person_stated()),
            ("k082lno", a_user_contact_stated()),
        )
        await say(
            platform,
            region,
            f"{prefix}region.ac.orders",
            ("k082lno", a_user_stated()),  # waits for its service point
            ("40201", a_customer_stated()),  # waits for its payer
            ("30110", a_care_unit_stated()),
            ("20011", a_payer_stated()),
        )
        article = str(identify("ac", "article", "30457"))
        await say(
            platform,
            "inventory",
            f"{prefix}inventory.articles",
            (article, an_article_listed(CUSHION, marked=False)),
        )
        for path in ("/persons", "/users", "/care-units"):
            await wait_for(lambda path=path: total(client, path))  # type: ignore[misc]
        await process.come_to_rest()
        await say(
            platform,
            region,
            f"{prefix}region.ac.orders",
            ("ORD-A", an_order_command()),
            ("ORD-B", an_order_command(a_line("99999"))),
        )
        await wait_for(lambda: total(client, "/orders"))
        order = order_id("ORD-A")
        await say(
            platform,
            "inventory",
            f"{prefix}inventory.reservations",
            (str(order), a_stock_reserved(order)),
        )

        async def planned() -> bool:
            shown = (await client.get(f"/orders/{order}")).json()
            return bool(shown["planned_dispatch_on"])

        await wait_for(planned)
        sought = {"identity": {"kind": "personal_number", "number": OLD_WOMAN}, "purpose": "case"}
        person = await client.post("/persons:find", json=sought)
        staff = await client.post("/users:find", json={"name": "förskrivare"})
        metrics = (await client.get("/metrics")).text
    await process.come_to_rest()

    told = await heard(platform, prefix)
    kinds = sorted(kind for kind, _ in told)
    receipts = kinds.count("orders.message.settled.v1")
    assert receipts == 7  # of each message but the one that was refused
    assert [kind for kind in kinds if kind != "orders.message.settled.v1"] == [
        "orders.order.placed.v1",
        "orders.order.planned.v1",
        "orders.person.registered.v1",
        "orders.refusal.recorded.v1",
        "orders.unit.care-unit-registered.v1",
        "orders.unit.customer-registered.v1",
        "orders.unit.payer-registered.v1",
        "orders.user.registered.v1",
    ]
    everything = "".join(whole for _, whole in told) + process.said() + metrics
    assert person.status_code == 200, person.text
    (found,) = staff.json()["users"]
    of_staff = (found["name"], found["phone"], found["mobile"], found["email"])
    for private in (OLD_WOMAN, OLD_WOMAN[2:], "Testsson", HOME.street, *of_staff):
        assert private not in everything
    assert process.stop() == 0
