"""NTF-4: what users choose to have mailed beside messages, and what the region mails anyhow."""

from typing import Any

import pytest
from kvitt_contracts.envelope import Message
from kvitt_contracts.notifications import EmailQueued, PreferencesSet
from kvitt_contracts.policy import Policies
from kvitt_contracts.types import Word
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm
from notifications.app import service
from notifications.emails.letters import TEXTS
from notifications.preferences.domain import ROUTINES
from notifications.preferences.views import TITLES

from contracts.tests.builders.areas import with_policy
from contracts.tests.builders.baskets import a_basket_loan_overdue, a_basket_loan_requested
from contracts.tests.builders.bmb import (
    a_responsibles_set,
    a_responsibles_set_with_absence,
    a_transfer_rejected,
)
from contracts.tests.builders.orders import a_person_registered, an_order_delivered, an_order_placed
from contracts.tests.builders.pickups import a_pickup_registered, a_relatives_pickup
from contracts.tests.builders.purchases import a_receipt_due
from contracts.tests.builders.stocktakings import a_stocktaking_announced
from contracts.tests.builders.story import RECEIVER, SENDER, SENDING, STAND_IN
from contracts.tests.builders.work_orders import a_work_order_finished
from services.notifications.tests.worlds import AT, sent

AUTUMN = stockholm("2026-10-01 08:00")
AWAY = stockholm("2026-05-06 10:00")


async def chosen(world: World, *email: str, user: str = RECEIVER, region: str = "ac") -> Any:
    """What is answered to a user who chooses."""
    async with world.http(user=user, region=region) as client:
        answer = await client.put("/preferences", json={"email": email})
    assert answer.status_code == 200, answer.text
    return answer.json()["email"]


async def shown(world: World, *, user: str = RECEIVER, region: str = "ac") -> dict[str, Any]:
    """By each routine: whether the region mails it, and whether the user has chosen it."""
    async with world.http(user=user, region=region) as client:
        answer = await client.get("/preferences")
    found = answer.json()["email"]
    return {one["routine"]: (one["by_region"], one["chosen"]) for one in found}


async def mailed(world: World) -> list[tuple[str, str, str]]:
    """To whom mails are queued, by which routine, about what."""
    queued = await world.events(EmailQueued)
    return [(one.to.id, one.routine, one.about.kind) for one in queued]


@pytest.mark.rule("NTF-4d")
async def test_a_user_chooses_and_is_mailed_of_what_they_chose_alone(
    given: Given, policies: Policies
) -> None:
    async with given(service, at=AT) as world:
        await world.handle(a_responsibles_set())
        await sent(world, policies)
        assert await mailed(world) == []

        await chosen(world, "transfer")
        await world.handle_all(a_relatives_pickup(), a_pickup_registered())
        assert await mailed(world) == []
        await sent(world, policies)
        assert await mailed(world) == [(RECEIVER, "transfer", "transfer")]

        await chosen(world)
        await sent(world, policies)
        assert len(await mailed(world)) == 1
        await assert_rows_are_folds(world)


@pytest.mark.rule("NTF-4d")
@pytest.mark.parametrize(
    ("routine", "events"),
    [
        ("order", [an_order_placed(), an_order_delivered()]),
        ("basket_loan", [a_basket_loan_requested(), a_basket_loan_overdue()]),
        ("work_order", [a_work_order_finished()]),
    ],
)
async def test_who_a_thing_is_of_is_mailed_where_they_chose_it(
    given: Given, routine: str, events: list[Message]
) -> None:
    async with given(service, at=AT) as world:
        for user in (SENDER, RECEIVER):
            await chosen(world, *(one for one in ROUTINES if one != routine), user=user)
        await world.handle_all(*events)
        assert await mailed(world) == []

        await chosen(world, routine, user=SENDER)
        await world.handle(events[-1])
        assert await mailed(world) == [(SENDER, routine, routine)]


@pytest.mark.rule("NTF-4d")
async def test_the_sender_and_the_stand_in_are_mailed_where_they_chose_it(
    given: Given, policies: Policies
) -> None:
    async with given(service, at=AWAY) as world:
        await world.handle(a_responsibles_set_with_absence())
        for user in (SENDER, STAND_IN):
            await chosen(world, "transfer", user=user)
        await sent(world, policies)
        assert [to for to, _, _ in await mailed(world)] == [STAND_IN]

        await world.handle(a_transfer_rejected())
        assert [to for to, _, _ in await mailed(world)] == [STAND_IN, SENDER]


@pytest.mark.rule("NTF-4d")
async def test_what_is_told_to_a_service_point_is_mailed_to_nobody(given: Given) -> None:
    async with given(service, at=AT) as world:
        await chosen(world, *ROUTINES)
        await world.handle(a_receipt_due())
        assert await mailed(world) == []

        await world.handle_all(a_responsibles_set(), a_responsibles_set(service_point=SENDING))
        await world.handle(a_receipt_due())
        await world.handle(a_stocktaking_announced())
        assert [routine for _, routine, _ in await mailed(world)] == [
            "direct_delivery",
            "stocktaking",
        ]


@pytest.mark.rule("NTF-4d")
async def test_a_choice_is_ones_own_and_its_regions(given: Given) -> None:
    async with given(service, at=AT) as world:
        answered = await chosen(world, "stocktaking", "transfer", "stocktaking")

        mine = {one["routine"] for one in answered if one["chosen"]}
        assert mine == {"transfer", "stocktaking"}
        assert (await shown(world))["transfer"] == (False, True)
        assert (await shown(world, user=SENDER))["transfer"] == (False, False)
        assert (await shown(world, region="bd"))["transfer"] == (False, False)
        (event,) = await world.events(PreferencesSet)
        assert (event.user_id, event.email) == (RECEIVER, ("transfer", "stocktaking"))


@pytest.mark.rule("NTF-4d")
async def test_what_is_chosen_already_is_said_once_and_nothing_is_said_of_nothing(
    given: Given,
) -> None:
    async with given(service, at=AT) as world:
        await chosen(world)
        assert await world.events(PreferencesSet) == []
        await chosen(world, "order", "transfer")
        await chosen(world, "transfer", "order")
        await chosen(world)
        assert [one.email for one in await world.events(PreferencesSet)] == [
            ("transfer", "order"),
            (),
        ]


@pytest.mark.rule("NTF-4e")
async def test_what_the_region_mails_nobody_chooses_away(given: Given, policies: Policies) -> None:
    routines = (Word("pickup_by_relatives"), Word("transfer"))
    mailed_to_all = with_policy(policies, email=routines)
    async with given(service, at=AT, policies=mailed_to_all) as world:
        await world.handle(a_responsibles_set())
        await chosen(world, "stocktaking")
        await chosen(world)
        assert (await shown(world))["pickup_by_relatives"] == (True, False)
        assert (await shown(world))["stocktaking"] == (False, False)

        await world.handle(a_person_registered())
        await world.handle_all(a_relatives_pickup(), a_pickup_registered())
        await sent(world, mailed_to_all)
        assert await mailed(world) == [
            (RECEIVER, "pickup_by_relatives", "pickup"),
            (RECEIVER, "transfer", "transfer"),
        ]


@pytest.mark.rule("NTF-4e")
async def test_what_the_region_mails_comes_once_to_who_chose_it_too(given: Given) -> None:
    async with given(service, at=AUTUMN) as world:  # w has the routine in its policy then
        await chosen(world, "pickup_by_relatives", region="w")
        assert (await shown(world, region="w"))["pickup_by_relatives"] == (True, True)
        known = (a_person_registered(), a_responsibles_set())
        for event in (*known, a_relatives_pickup(), a_pickup_registered()):
            await world.handle(event, region="w")

        assert await mailed(world) == [(RECEIVER, "pickup_by_relatives", "pickup")]


@pytest.mark.rule("NTF-4d")
@pytest.mark.parametrize(
    ("email", "reason", "field"),
    [
        (["purchase_order"], "UNKNOWN_ROUTINE", "email"),
        (["transfer", "everything"], "UNKNOWN_ROUTINE", "email"),
        (["Byten!"], None, "email.0"),
        ([""], None, "email.0"),
        (["x" * 10_000], None, "email.0"),
        (["transfer"] * 41, None, "email"),
        ("transfer", None, "email"),
        (None, None, "email"),
    ],
)
async def test_what_cannot_be_chosen_is_refused_by_its_field_and_changes_nothing(
    given: Given, email: Any, reason: str | None, field: str
) -> None:
    async with given(service, at=AT) as world:
        await chosen(world, "order")
        async with world.http(user=RECEIVER) as client:
            answer = await client.put("/preferences", json={"email": email})

        problem = answer.json()
        fields = [one["field"] for one in problem.get("fields", ())] or [problem["field"]]
        assert (answer.status_code, fields) == (422, [field])
        if reason is not None:
            assert (problem["reason"], problem["rule"]) == (reason, "NTF-4")
            assert problem["way_on"]
        assert (await shown(world))["order"] == (False, True)


def test_each_routine_has_a_title_and_a_letter() -> None:
    assert set(TITLES) == set(ROUTINES)
    assert set(ROUTINES) <= set(TEXTS)
