"""ORD-1g: what an order would cost whom, before it is confirmed."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
from billing.app import service
from kvitt_contracts.types import Role
from kvitt_testkit.world import Given, World, stockholm

from contracts.tests.builders.inventory import an_article_listed, an_article_priced
from contracts.tests.builders.story import CUSHION, OTHER_PAYER, PAYER, ROLLATOR, SENDING

UNPRICED = "39997"
FEE = {"net_ore": 10_000, "vat_percent": 0}


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """A rollator is rented for 310 kr a month; a cushion is sold, and another article without a
    price.
    """
    async with given(service, at=stockholm("2026-05-12 08:00")) as world:
        await world.handle_all(
            an_article_listed(),
            an_article_priced(ROLLATOR, 31_000),
            an_article_listed(CUSHION, marked=False),
            an_article_priced(CUSHION, 9_950),
            an_article_listed(UNPRICED, marked=False),
            an_article_priced(UNPRICED, 0),
        )
        yield world


async def shown(world: World, *lines: Mapping[str, Any], status: int = 200) -> Mapping[str, Any]:
    """What is answered of lines that come on 21 May; the sending unit pays unless told."""
    base = {"quantity": 1, "payer_id": PAYER, "delivered_on": "2026-05-21"}
    async with world.http(roles=[Role.PRESCRIBER], service_points=[SENDING]) as client:
        answer = await client.post(
            "/orders:preview", json={"lines": [{**base, **one} for one in lines]}
        )
    assert answer.status_code == status, answer.text
    found: Mapping[str, Any] = answer.json()
    return found


@pytest.mark.rule("ORD-1g")
async def test_each_line_and_each_payer_says_what_it_costs_and_the_patient_what_they_pay(
    world: World,
) -> None:
    found = await shown(
        world,
        {"article_number": ROLLATOR},
        {"article_number": CUSHION, "quantity": 3, "payer_id": OTHER_PAYER, "fee": FEE},
        {"article_number": CUSHION, "quantity": 1},
    )

    assert [tuple(line.values()) for line in found["lines"]] == [
        (PAYER, 0, 11_000, 31_000, 0),
        (OTHER_PAYER, 29_850, 0, 0, 30_000),
        (PAYER, 9_950, 0, 0, 0),
    ]
    assert [tuple(payer.values()) for payer in found["payers"]] == [
        (PAYER, 9_950, 11_000, 31_000),
        (OTHER_PAYER, 29_850, 0, 0),
    ]
    assert found["patient_ore"] == 30_000


@pytest.mark.rule("ORD-1g")
async def test_what_is_charged_by_its_delivery_note_has_no_cost_before(world: World) -> None:
    found = await shown(
        world,
        {"article_number": UNPRICED, "is_direct": True},
        {"article_number": UNPRICED, "payer_id": OTHER_PAYER},
    )

    assert [line["once_ore"] for line in found["lines"]] == [None, 0]
    assert [payer["once_ore"] for payer in found["payers"]] == [None, 0]


async def test_an_unknown_article_is_refused_by_its_field(world: World) -> None:
    problem = await shown(world, {"article_number": "39998"}, status=422)

    assert (problem["reason"], problem["field"]) == ("UNKNOWN_ARTICLE", "lines.0.article_number")
