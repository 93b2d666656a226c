"""Transfers over HTTP: the same handlers, the lists of BMB-8, who may read what was written."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import httpx
import pytest
from kvitt_chassis.relaying.outbox import of_key
from kvitt_contracts.access import Grantee
from kvitt_contracts.types import Role, TransferId
from kvitt_testkit.world import World, stockholm

from contracts.tests.builders.inventory import a_hold_granted
from contracts.tests.builders.story import (
    OTHER,
    OTHER_PATIENT,
    RECEIVER,
    RECEIVING,
    SENDER,
    SENDING,
    SERVICE,
    person,
)
from services.bmb.tests.worlds import Registered, registered

__all__ = ["registered"]


@asynccontextmanager
async def as_user(
    world: World, user: str, point: str, *, region: str = "ac"
) -> AsyncIterator[httpx.AsyncClient]:
    """A prescriber at a service point."""
    async with world.http(
        user=user, region=region, roles=[Role.PRESCRIBER], service_points=[point]
    ) as client:
        yield client


async def send(world: World, *, region: str = "ac") -> UUID:
    """The sender saves and executes a transfer over HTTP, and inventory holds its device."""
    body = {
        "devices": ["170098"],
        "new_prescriber": RECEIVER,
        "message": "Enligt överenskommelse",
        "execute": True,
    }
    async with as_user(world, SENDER, SENDING, region=region) as client:
        answer = await client.post("/transfers", json=body)
    assert answer.status_code == 202, answer.text
    assert answer.json()["pending"]
    transfer = UUID(answer.json()["id"])
    await world.handle(a_hold_granted(transfer=TransferId(transfer), region=region), region=region)
    return transfer


@pytest.mark.rule("BMB-2b")
async def test_a_draft_shows_the_payer_that_will_be_proposed(registered: Registered) -> None:
    async with registered() as world, as_user(world, SENDER, SENDING) as client:
        body = {"reference": "BMB-7", "devices": ["170098"], "new_prescriber": RECEIVER}
        answer = await client.post("/transfers", json=body)

        assert answer.status_code == 200  # nothing is pending
        assert answer.json()["status"] == "draft"
        assert answer.json()["proposed_payer"] == "20311"
        assert answer.json()["devices"][0]["device_number"] == "170098"


@pytest.mark.rule("REF-19a")
async def test_a_new_recipient_is_named_by_the_reference_alone(registered: Registered) -> None:
    """The region's own id can be guessed; a reference has who found or saw the person."""
    body = {"devices": ["170098"], "new_prescriber": RECEIVER}

    def naming(who: object) -> dict[str, object]:
        return body | {"new_recipient": {"kind": "patient", "person": str(who)}}

    async with registered() as world, as_user(world, SENDER, SENDING) as client:
        known = await client.post("/transfers", json=naming(person(OTHER_PATIENT)))
        unknown = await client.post("/transfers", json=naming(person("nobody")))
        guessed = await client.post("/transfers", json=naming(OTHER_PATIENT))

    assert known.json()["recipient"] == naming(person(OTHER_PATIENT))["new_recipient"]
    assert (unknown.status_code, unknown.json()["reason"]) == (404, "UNKNOWN_PERSON")
    assert unknown.json()["field"] == "new_recipient.person"
    assert guessed.status_code == 422


@pytest.mark.rule("BMB-2a", "BMB-2c")
async def test_a_draft_is_executed_or_cancelled(registered: Registered) -> None:
    async with registered() as world, as_user(world, SENDER, SENDING) as client:
        body = {"devices": ["170098"], "new_prescriber": RECEIVER}
        first = (await client.post("/transfers", json=body)).json()["id"]
        second = (await client.post("/transfers", json=body)).json()["id"]

        executed = await client.post(f"/transfers/{first}:execute")
        cancelled = await client.post(f"/transfers/{second}:cancel")

        assert (executed.status_code, executed.json()["status"]) == (202, "requested")
        assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")


@pytest.mark.rule("BMB-4c")
async def test_the_receiver_accepts_for_a_customer(registered: Registered) -> None:
    async with registered() as world:
        transfer = await send(world)
        async with as_user(world, RECEIVER, RECEIVING) as client:
            answer = await client.post(
                f"/transfers/{transfer}:accept", json={"customer_id": RECEIVING}
            )

        assert answer.status_code == 200, answer.text
        assert answer.json()["payer_id"] == "20311"
        assert answer.json()["effective_on"] == "2026-05-01"


@pytest.mark.rule("BMB-5a")
async def test_a_rejection_without_the_wanted_message_is_a_problem_that_names_the_field(
    registered: Registered,
) -> None:
    async with registered() as world:
        transfer = await send(world)
        async with as_user(world, RECEIVER, RECEIVING) as client:
            answer = await client.post(f"/transfers/{transfer}:reject", json={"message": "  "})

        problem = answer.json()
        assert answer.headers["content-type"] == "application/problem+json"
        assert (answer.status_code, problem["rule"]) == (422, "BMB-5")
        assert (problem["reason"], problem["field"]) == ("MESSAGE_MISSING", "message")


@pytest.mark.rule("BMB-7c")
async def test_only_a_locked_transfer_is_unlocked(registered: Registered) -> None:
    async with registered() as world:
        transfer = await send(world)
        async with world.http(user=SERVICE, roles=[Role.CUSTOMER_SERVICE]) as client:
            answer = await client.post(f"/transfers/{transfer}:unlock", json={"asked_by": SENDER})

        assert (answer.status_code, answer.json()["reason"]) == (409, "NOT_LOCKED")


@pytest.mark.rule("BMB-7c")
async def test_customer_service_unlocks_over_http(registered: Registered) -> None:
    async with registered(region="bd") as world:
        transfer = await send(world, region="bd")
        await world.advance(stockholm("2026-05-09 00:00"))

        async with world.http(user=SERVICE, region="bd", roles=[Role.CUSTOMER_SERVICE]) as client:
            answer = await client.post(f"/transfers/{transfer}:unlock", json={"asked_by": SENDER})

        assert (answer.status_code, answer.json()["status"]) == (200, "unlocked")


@pytest.mark.rule("BMB-8a", "BMB-8b")
async def test_what_is_to_be_taken_over_shows_in_the_receivers_list(registered: Registered) -> None:
    async with registered() as world:
        transfer = await send(world)
        async with as_user(world, SENDER, SENDING) as client:
            mine = (await client.get("/transfers:to-take-over")).json()
            unanswered = (await client.get("/transfers:unanswered")).json()
        async with as_user(world, RECEIVER, RECEIVING) as client:
            theirs = (await client.get("/transfers:to-take-over")).json()

        assert (mine["total"], unanswered["total"], theirs["total"]) == (0, 1, 1)
        (line,) = theirs["items"]
        assert (line["id"], line["sender"]) == (str(transfer), SENDER)
        assert line["recipient"]["kind"] == "patient"
        assert line["sent_at"]


@pytest.mark.rule("BMB-8b")
async def test_what_nobody_answered_shows_as_unanswered_also_once_it_is_locked(
    registered: Registered,
) -> None:
    async with registered(region="bd") as world:
        transfer = await send(world, region="bd")
        await world.advance(stockholm("2026-05-09 00:00"))
        async with as_user(world, SENDER, SENDING, region="bd") as client:
            (line,) = (await client.get("/transfers:unanswered")).json()["items"]

        assert (line["id"], line["status"]) == (str(transfer), "locked")
        assert (line["transfer_date"], line["prescriber"]) == ("2026-05-01", RECEIVER)


@pytest.mark.rule("BMB-4g")
async def test_the_sender_reads_what_the_acceptance_says(registered: Registered) -> None:
    async with registered() as world:
        transfer = await send(world)
        async with as_user(world, RECEIVER, RECEIVING) as client:
            body = {"customer_id": RECEIVING, "message": "Vi tar över från måndag"}
            await client.post(f"/transfers/{transfer}:accept", json=body)
        async with as_user(world, SENDER, SENDING) as client:
            shown = (await client.get(f"/transfers/{transfer}")).json()

        assert shown["answer"] == "Vi tar över från måndag"


@pytest.mark.rule("BIL-16a")
async def test_who_is_to_answer_sees_from_which_day_it_would_count(registered: Registered) -> None:
    async with registered() as world:
        transfer = await send(world)
        await world.advance(stockholm("2026-05-03 08:00"))
        async with as_user(world, RECEIVER, RECEIVING) as client:
            shown = (await client.get(f"/transfers/{transfer}")).json()
            body = {"customer_id": RECEIVING}
            accepted = (await client.post(f"/transfers/{transfer}:accept", json=body)).json()

        assert (shown["transfer_date"], shown["would_take_effect_on"]) == (
            "2026-05-01",
            "2026-05-03",
        )
        assert accepted["effective_on"] == shown["would_take_effect_on"]
        assert accepted["would_take_effect_on"] is None


@pytest.mark.rule("BMB-2d")
async def test_a_payer_that_the_sender_says_is_not_set(registered: Registered) -> None:
    async with registered() as world, as_user(world, SENDER, SENDING) as client:
        body = {"devices": ["170098"], "new_prescriber": RECEIVER, "payer_id": "20011"}
        answer = await client.post("/transfers", json=body)

        assert answer.json()["payer_id"] is None
        assert answer.json()["proposed_payer"] == "20311"  # the receiver's, whatever was said


@pytest.mark.rule("BMB-8b")
async def test_a_rejected_transfer_shows_in_the_senders_list_of_rejected(
    registered: Registered,
) -> None:
    async with registered() as world:
        transfer = await send(world)
        async with as_user(world, RECEIVER, RECEIVING) as client:
            await client.post(f"/transfers/{transfer}:reject", json={"message": "Fel enhet"})
        async with as_user(world, SENDER, SENDING) as client:
            rejected = (await client.get("/transfers:rejected")).json()
            unanswered = (await client.get("/transfers:unanswered")).json()

        assert [line["prescriber"] for line in rejected["items"]] == [RECEIVER]
        assert unanswered["total"] == 0


async def test_transfers_are_filtered_by_status_service_point_and_device(
    registered: Registered,
) -> None:
    async with registered() as world, as_user(world, SENDER, SENDING) as client:
        await send(world)
        found = {
            query: (await client.get(f"/transfers?{query}")).json()["total"]
            for query in (
                "status=sent",
                "status=draft&status=sent",
                "status=draft",
                f"incoming={RECEIVING}",
                f"incoming={OTHER}",
                f"outgoing={SENDING}",
                "device=170098",
                "device=999999",
                f"sender={SENDER}",
            )
        }

    assert list(found.values()) == [1, 1, 0, 1, 0, 1, 1, 0, 1]


@pytest.mark.rule("BMB-3a")
async def test_only_the_two_sides_and_customer_service_read_what_was_written(
    registered: Registered,
) -> None:
    async with registered() as world:
        transfer = await send(world)
        async with as_user(world, SENDER, SENDING) as client:
            mine = (await client.get(f"/transfers/{transfer}")).json()["message"]
        async with as_user(world, RECEIVER, RECEIVING) as client:
            theirs = (await client.get(f"/transfers/{transfer}")).json()["message"]
        async with as_user(world, RECEIVER, OTHER) as client:
            named = (await client.get(f"/transfers/{transfer}")).json()["message"]
        async with world.http(user="ac-systemet", roles=[Grantee.REGION_SYSTEM]) as client:
            systems = (await client.get(f"/transfers/{transfer}")).json()["message"]
        async with world.http(user=SERVICE, roles=[Role.CUSTOMER_SERVICE]) as client:
            staffs = (await client.get(f"/transfers/{transfer}")).json()["message"]

    assert (mine, theirs, named, staffs) == ("Enligt överenskommelse",) * 4
    assert systems is None


@pytest.mark.rule("BMB-8c")
async def test_several_transfers_are_read_at_once_as_each_is_read_by_itself(
    registered: Registered,
) -> None:
    async with registered() as world:
        one = await send(world)
        nobodys = UUID(int=4711)
        async with as_user(world, RECEIVER, RECEIVING) as client:
            both = {"id": [str(nobodys), str(one)]}
            named = (await client.get("/transfers:named", params=both)).json()
            by_itself = (await client.get(f"/transfers/{one}")).json()
            too_many = await client.get("/transfers:named", params={"id": [str(one)] * 51})
            none = await client.get("/transfers:named")
        async with as_user(world, "f999", "99999") as client:
            out_of_reach = (await client.get("/transfers:named", params=both)).json()

    assert named == {"items": [by_itself]}
    assert out_of_reach == {"items": []}
    assert [(answer.status_code, answer.json()["field"]) for answer in (too_many, none)] == [
        (422, "id"),
        (422, "id"),
    ]


async def test_another_regions_transfer_does_not_exist(registered: Registered) -> None:
    async with registered() as world:
        transfer = await send(world)
        async with world.http(user=SENDER, region="bd") as client:
            answer = await client.get(f"/transfers/{transfer}")

    assert (answer.status_code, answer.json()["reason"]) == (404, "UNKNOWN_TRANSFER")


async def test_the_same_idempotency_key_saves_one_transfer(registered: Registered) -> None:
    async with registered() as world, as_user(world, SENDER, SENDING) as client:
        body = {"devices": ["170098"], "new_prescriber": RECEIVER}
        headers = {"Idempotency-Key": "spara-en-gang"}
        first = await client.post("/transfers", json=body, headers=headers)
        again = await client.post("/transfers", json=body, headers=headers)

        assert first.json() == again.json()
        assert (await client.get("/transfers")).json()["total"] == 1


@pytest.mark.rule("BMB-13b")
async def test_every_step_of_a_transfer_can_be_read_afterwards_with_who_took_it(
    registered: Registered,
) -> None:
    async with registered() as world:
        transfer = await send(world)
        async with as_user(world, RECEIVER, RECEIVING) as client:
            await client.post(f"/transfers/{transfer}:accept", json={"customer_id": RECEIVING})

        async with world.worker.reading() as session:
            rows = await of_key(session, "bmb.transfers", str(transfer), from_seq=1, limit=10)
        assert [(row.type.split(".")[2], row.actor) for row in rows] == [
            ("drafted", SENDER),
            ("requested", SENDER),
            ("sent", None),
            ("accepted", RECEIVER),
        ]
