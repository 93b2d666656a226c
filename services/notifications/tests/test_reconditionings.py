"""INV-13i: who works at the device service is told of what is not ready in time."""

import pytest
from kvitt_contracts.notifications import MessagePostedV2
from kvitt_contracts.types import Role
from kvitt_testkit.world import Given, stockholm
from notifications.app import service

from contracts.tests.builders.orders import a_user_registered
from contracts.tests.builders.reconditionings import a_reconditioning_overdue
from contracts.tests.builders.story import SENDER, SENDING, SERVICE, reconditioning_id
from services.notifications.tests.worlds import whom


@pytest.mark.rule("INV-13i")
async def test_customer_service_is_told_of_what_is_late_and_nobody_else(given: Given) -> None:
    async with given(service, at=stockholm("2026-03-16 00:01")) as world:
        await world.handle_all(a_user_registered(), a_reconditioning_overdue())

        (posted,) = await world.events(MessagePostedV2)
        assert (whom(posted.to), posted.message) == ("customer_service", "reconditioning_late")
        async with world.http(user=SERVICE, roles=[Role.CUSTOMER_SERVICE]) as client:
            (shown,) = (await client.get("/messages")).json()["items"]
        async with world.http(
            user=SENDER, roles=[Role.PRESCRIBER], service_points=[SENDING]
        ) as client:
            seen = (await client.get("/messages")).json()["items"]

    assert shown["title"] == "Rekonditionering försenad"
    assert "sent sedan 16 mars 2026" in shown["text"]
    path = f"/reconditionings/{reconditioning_id()}"
    assert shown["link"] == {"service": "inventory", "path": path}
    assert seen == []
