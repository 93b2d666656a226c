"""ACT-5, ORD-5: applications outside the assortment, and what is ordered by one."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from kvitt_contracts.orders import (
    DecideApplication,
    OrderPlaced,
    WorkOrderApplicationDecided,
    WorkOrderReminderDue,
)
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import ArticleNumber, Role, UserId, Word
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm
from orders.app import service

from contracts.tests.builders.inventory import an_article_listed
from contracts.tests.builders.regions import a_person_joined
from contracts.tests.builders.story import SENDING, SERVICE, work_order_id
from services.orders.tests.builders import a_line, an_order_command
from services.orders.tests.work_orders import (
    COMPLETE,
    STAFF,
    a_unit_with_work,
    a_work_order,
    an_application,
    decided,
    registered,
    work,
)
from services.orders.tests.worlds import MONDAY, a_body, patient

OUTSIDE = "30990"


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """A unit, and an article outside the assortment."""
    async with given(service, at=MONDAY) as world:
        await a_unit_with_work(world)
        await world.handle(an_article_listed(OUTSIDE, marked=False, in_assortment=False))
        yield world


async def body(world: World, **form: Any) -> dict[str, Any]:
    """An application over HTTP, complete but for the changes."""
    return {
        "kind": "application",
        "recipient": {"kind": "patient", "person": await patient(world)},
        "service_point": SENDING,
        "application": COMPLETE | form,
    }


@pytest.mark.rule("ACT-1e", "ACT-5a")
async def test_an_application_is_stored_and_shown_as_it_was_said(world: World) -> None:
    async with world.http() as client:
        answer = await client.post("/work-orders", json=await body(world))
        assert answer.status_code == 201, answer.text
        shown = (await client.get(f"/work-orders/{answer.json()['work_order_id']}")).json()

    assert COMPLETE.items() <= shown["application"].items()
    assert (shown["waits"]["on"], shown["waits"]["until"]) == ("assortment_manager", "2026-03-16")


@pytest.mark.rule("ACT-5d")
async def test_what_is_missing_is_named_in_the_answer(world: World) -> None:
    async with world.http() as client:
        asked = await body(world, supplier=None, attests_responsibility=False)
        answer = await client.post("/work-orders", json=asked)

    problem = answer.json()
    assert (answer.status_code, problem["reason"]) == (422, "APPLICATION_INCOMPLETE")
    assert "leverantör, försäkran att förskrivarens ansvar" in problem["way_on"]


async def test_an_application_is_made_over_http_alone(world: World) -> None:
    with pytest.raises(Refused) as refused:
        await world.handle(a_work_order("application", device_number=None), subject="A-1")

    assert refused.value.reason == "APPLICATION_OVER_HTTP_ONLY"


@pytest.mark.rule("ACT-5e")
async def test_it_is_decided_with_a_reason_that_the_applicant_reads(world: World) -> None:
    target = await registered(world, an_application())

    async with world.http(**STAFF) as staff:
        said = {"outcome": "refused", "reason": "Finns i sortimentet."}
        answer = await staff.post(f"/work-orders/{target}:decide", json=said)
        assert answer.status_code == 200, answer.text
    async with world.http() as client:
        shown = (await client.get(f"/work-orders/{target}")).json()
        story = (await client.get(f"/work-orders/{target}/story")).json()

    assert (shown["outcome"], shown["decision_reason"]) == ("refused", "Finns i sortimentet.")
    assert story["items"][-1]["summary"] == f"Ansökan avslogs av {SERVICE}."
    (event,) = await world.events(WorkOrderApplicationDecided)
    assert (event.requester, event.has_reason) == ((await work(world)).requester, True)


async def test_a_region_approves_an_article_that_is_known(world: World) -> None:
    await registered(world, an_application())
    approved = DecideApplication(
        outcome=Word("approved"), article_number=ArticleNumber(OUTSIDE), by=UserId(SERVICE)
    )

    unknown = approved.model_copy(update={"article_number": ArticleNumber("404404")})
    with pytest.raises(Refused) as refused:
        await world.handle(unknown, subject="A-1")
    assert (refused.value.reason, refused.value.rule) == ("UNKNOWN_ARTICLE", "ACT-5")
    await world.handle(approved, subject="A-1")
    assert (await work(world)).article_number == OUTSIDE


async def ordered(world: World, **line: Any) -> tuple[str, str, str | None]:
    """Reason, rule and field of an order that is refused."""
    with pytest.raises(Refused) as refused:
        await world.handle(an_order_command(a_line(OUTSIDE, **line)), subject="O-9")
    return refused.value.reason, refused.value.rule, refused.value.field


@pytest.mark.rule("ACT-1e", "ACT-5f", "ORD-5a")
async def test_an_order_names_the_approved_application(world: World) -> None:
    await registered(world, an_application())
    by: dict[str, Any] = {"application": work_order_id("A-1")}

    not_in = ("ARTICLE_NOT_IN_ASSORTMENT", "ORD-5", "lines.0.article_number")
    assert await ordered(world) == not_in
    not_yet = ("ARTICLE_NOT_APPROVED", "ACT-5", "lines.0.application")
    assert await ordered(world, **by) == not_yet
    await decided(world, article=OUTSIDE)
    assert await ordered(world, application=work_order_id("A-404")) == not_yet
    prescriber: dict[str, Any] = {"roles": [Role.PRESCRIBER], "service_points": [SENDING]}
    async with world.http(**prescriber) as client:
        line = {"article_number": OUTSIDE, "quantity": 1, "application": str(by["application"])}
        answer = await client.post("/orders", json=await a_body(world, lines=[line]))
        assert answer.status_code == 201, answer.text
    assert answer.json()["lines"][0]["application"] == str(by["application"])
    (placed,) = await world.events(OrderPlaced)
    assert placed.lines[0].application == by["application"]


@pytest.mark.rule("ACT-1e", "ACT-5f")
async def test_it_permits_the_article_to_no_other_recipient(world: World) -> None:
    await registered(world, an_application())
    await decided(world, article=OUTSIDE)
    line = a_line(OUTSIDE, application=work_order_id("A-1"))

    with pytest.raises(Refused) as refused:
        await world.handle(an_order_command(line, person="ac-child"), subject="O-1")
    assert refused.value.reason == "ARTICLE_NOT_APPROVED"

    await world.handle(a_person_joined("ac-person-1"), subject="ac-child")
    await world.handle(an_order_command(line, person="ac-child"), subject="O-1")
    assert len(await world.events(OrderPlaced)) == 1


@pytest.mark.rule("ACT-3e")
async def test_an_application_that_nobody_decides_is_told_after_fourteen_days(
    world: World,
) -> None:
    await registered(world, an_application())
    await registered(world, an_application(), "A-2")
    await decided(world, "refused", reference="A-2", reason="Finns i sortimentet.")

    await world.advance(stockholm("2026-03-17 00:00"))

    (event,) = await world.events(WorkOrderReminderDue)
    assert (event.work_order_id, event.waits_for) == (work_order_id("A-1"), "decision")
    assert (await work(world)).is_late
    await decided(world, article=OUTSIDE)
    assert not (await work(world)).is_late
    await assert_rows_are_folds(world)
