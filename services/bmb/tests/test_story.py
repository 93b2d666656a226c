"""REF-6: why a transfer is as it is, and what comes next."""

from typing import Any, get_args

import pytest
from bmb import story
from bmb.app import service
from kvitt_contracts.bmb import TransferEvent, UnlockTransfer
from kvitt_contracts.examples import examples
from kvitt_contracts.types import UserId
from kvitt_testkit.world import World, stockholm

from contracts.tests.builders.inventory import (
    a_custody_changed_by_transfer,
    a_hold_broken,
    a_hold_refused,
)
from contracts.tests.builders.story import RECEIVER, SENDER, SERVICE, transfer_id
from services.bmb.tests.worlds import Registered, a_save, an_accept, registered, sent

__all__ = ["registered"]


async def told(world: World, *, region: str = "ac") -> dict[str, Any]:
    """The story of the transfer, as customer service is told it."""
    async with world.http(user=SERVICE, region=region) as client:
        answer = await client.get(f"/transfers/{transfer_id(region=region)}/story")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def steps(found: dict[str, Any]) -> list[tuple[str, str | None, int | None]]:
    """Rule, who, and version of the policy of each item."""
    return [(one["rule"], one["by"], one["policy_version"]) for one in found["items"]]


@pytest.mark.rule("REF-6a", "REF-6c")
async def test_a_story_says_what_happened_who_did_it_and_by_which_rule_and_policy(
    registered: Registered,
) -> None:
    async with registered() as world:
        await sent(world)
        await world.handle(an_accept(), subject="BMB-1")
        await world.handle(a_custody_changed_by_transfer())

        found = await told(world)

    assert steps(found) == [
        ("BMB-2", SENDER, None),
        ("BMB-2", SENDER, 1),
        ("BMB-7", None, 1),
        ("BMB-4", RECEIVER, 1),
        ("BMB-4", None, None),
        ("BMB-4", None, None),
    ]
    assert found["items"][3]["summary"] == (
        "Bytet godkändes för kund 40355 med betalare 20311, från och med 1 maj 2026."
    )
    assert found["next"] == []


@pytest.mark.rule("REF-6d")
async def test_a_sent_transfer_says_what_comes_of_silence_and_when(registered: Registered) -> None:
    async with registered() as world:
        await sent(world)
        found = await told(world)

    assert found["next"] == [
        {"at": "2026-05-06T22:00:00Z", "what": "Sista dagen att kvittera börjar."},
        {
            "at": "2026-05-07T22:00:00Z",
            "what": "Har ingen kvitterat då genomförs bytet automatiskt, med betalare 20311.",
        },
    ]


@pytest.mark.rule("REF-6d")
async def test_a_transfer_that_was_dissolved_waits_for_nothing(registered: Registered) -> None:
    async with registered() as world:
        await sent(world)
        await world.handle(a_hold_broken())
        found = await told(world)

    assert found["items"][-1]["summary"] == "Inget hjälpmedel är kvar: bytet upplöstes."
    assert found["next"] == []


@pytest.mark.rule("REF-6d")
async def test_a_transfer_for_a_later_day_says_when_it_takes_effect(registered: Registered) -> None:
    async with registered() as world:
        await sent(world, transfer_date="2026-05-20")
        await world.handle(an_accept(), subject="BMB-1")
        found = await told(world)

    assert [one["at"] for one in found["next"]] == ["2026-05-19T22:00:00Z"]


@pytest.mark.rule("REF-6c", "REF-6d")
async def test_a_locked_transfer_says_that_customer_service_unlocks_and_then_who_asked(
    registered: Registered,
) -> None:
    async with registered(region="bd") as world:
        await sent(world, region="bd")
        silent = await told(world, region="bd")
        await world.advance(stockholm("2026-05-09 00:00"))
        locked = await told(world, region="bd")
        unlock = UnlockTransfer(by=UserId(SERVICE), asked_by=UserId(SENDER))
        await world.handle(unlock, subject="BMB-1", region="bd")
        free = await told(world, region="bd")

    assert silent["next"][-1]["what"].endswith("låses hjälpmedlen, tills kundtjänst låser upp dem.")
    assert locked["items"][-1]["by"] is None
    assert locked["next"] == [
        {"at": None, "what": "Kundtjänst låser upp hjälpmedlen när någon ber om det."}
    ]
    assert free["items"][-1]["by"] == SERVICE
    assert SENDER in free["items"][-1]["summary"]
    assert free["next"] == []


async def test_a_refused_transfer_says_what_stands_against_it(registered: Registered) -> None:
    async with registered() as world:
        await world.handle(a_save(), subject="BMB-1")
        waiting = await told(world)
        await world.handle(a_hold_refused())
        found = await told(world)

    assert [one["what"] for one in waiting["next"]] == ["Har lagret inte svarat då nekas bytet."]
    assert found["items"][-1]["rule"] == "BMB-12"
    assert "annat byte" in found["items"][-1]["summary"]


@pytest.mark.parametrize("kind", get_args(TransferEvent), ids=lambda kind: kind.wire_type)
def test_each_event_of_a_transfer_is_told(kind: Any) -> None:
    for example in examples(kind.wire_type):
        event: Any = example.message
        said = story.tell(event)

        assert said.summary.endswith(".")
        assert "av skälet" not in said.summary


def test_the_timers_that_are_told_are_the_services() -> None:
    assert {timer.name for timer in story.TIMERS} <= service.handlers.timers.keys()
