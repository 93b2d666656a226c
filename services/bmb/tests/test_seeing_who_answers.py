"""What is seen of who answers for a service point: on a transfer, in the list, in the story."""

import pytest
from kvitt_testkit.world import stockholm

from contracts.tests.builders.orders import a_user_registered
from contracts.tests.builders.regions import a_responsibles_stated
from contracts.tests.builders.story import (
    OTHER,
    OUTSIDER,
    RECEIVER,
    RECEIVING,
    SENDER,
    SENDING,
    SERVICE,
    STAND_IN,
    SUBSTITUTE,
)
from services.bmb.tests.test_http import send
from services.bmb.tests.test_who_answers import ADDRESS, AWAY, service, team, working
from services.bmb.tests.worlds import Registered, registered, sent

__all__ = ["registered"]


@pytest.mark.rule("BMB-9c", "BMB-10a")
async def test_a_transfer_shows_both_sides_contacts_and_the_stand_in_while_away(
    registered: Registered,
) -> None:
    async with registered() as world:
        transfer = await send(world)
        await team(world, **AWAY)
        await world.handle(a_responsibles_stated(SENDING, main=SENDER), subject=SENDING)
        shown = []
        for at in ("2026-05-03 10:00", "2026-05-04 10:00"):
            await world.advance(stockholm(at))
            async with working(world, SENDER, SENDING) as client:
                shown.append((await client.get(f"/transfers/{transfer}")).json())

        before, during = shown
        assert (before["contact"], during["contact"]) == (RECEIVER, STAND_IN)
        assert before["responsibles"] == [RECEIVER, SUBSTITUTE]
        assert during["responsibles"] == [RECEIVER, STAND_IN, SUBSTITUTE]
        assert before["sender_contact"] == SENDER


@pytest.mark.rule("BMB-8c")
async def test_each_line_of_a_list_names_who_sent_it_as_the_register_has_them(
    registered: Registered,
) -> None:
    async with registered() as world:
        await send(world)
        async with working(world, RECEIVER) as client:
            (line,) = (await client.get("/transfers:to-take-over")).json()["items"]

        assert (line["sender"], line["sending_service_point"]) == (SENDER, SENDING)


@pytest.mark.rule("BMB-9g")
async def test_customer_service_sees_what_waits_where_nobody_is_main(
    registered: Registered,
) -> None:
    async with registered() as world:
        await team(world)
        await world.handle(a_responsibles_stated(OTHER, main=OUTSIDER), subject=OTHER)
        await sent(world)
        await world.handle(a_user_registered(RECEIVER, RECEIVING, active=False))
        async with service(world) as client:
            vacant = (await client.get("/responsibles?vacant=true")).json()
            held = (await client.get("/responsibles?vacant=false")).json()
            one = (await client.get(f"/responsibles?service_point={OTHER}")).json()
        async with working(world, OUTSIDER, OTHER) as client:
            own = (await client.get("/responsibles")).json()

        (line,) = vacant["items"]
        assert (line["service_point"], line["waiting"]) == (RECEIVING, 1)
        assert (line["is_vacant"], line["substitutes"]) == (True, [SUBSTITUTE])
        for found in (held, one, own):
            assert [each["service_point"] for each in found["items"]] == [OTHER]
        assert held["items"][0]["waiting"] == 0


@pytest.mark.rule("BMB-9h", "REF-6b")
async def test_it_is_told_who_named_whom_and_when(registered: Registered) -> None:
    async with registered() as world:
        await team(world, **AWAY)
        async with service(world) as client:
            await client.put(ADDRESS, json={"main": SUBSTITUTE, "asked_by": RECEIVER})
        await world.handle(a_user_registered(SUBSTITUTE, RECEIVING, active=False))
        async with service(world) as client:
            story = (await client.get(f"{ADDRESS}/story")).json()

        first, second, third = story["items"]
        assert "Vikarie från och med 4 maj 2026 till och med 5 maj 2026" in first["summary"]
        assert (second["by"], f"{RECEIVER} bad om det." in second["summary"]) == (SERVICE, True)
        assert (third["by"], third["summary"]) == (None, "Ingen är huvudansvarig.")
