"""INV-10 on real PostgreSQL: counts and steps that are refused."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from inventory.stocktakings import domain
from inventory.stocktakings.models import StocktakingRow
from kvitt_contracts.envelope import MAX_BYTES
from kvitt_contracts.inventory import (
    CancelStocktaking,
    OpenStocktaking,
    StockDifference,
    StocktakingPosted,
)
from kvitt_contracts.types import (
    ArticleNumber,
    Role,
    StocktakingId,
    StoreId,
    UserId,
)
from kvitt_testkit.world import World, stockholm

from contracts.tests.builders.orders import (
    a_device_line,
    a_line,
    a_withdrawal_placed,
    an_order_placed,
)
from contracts.tests.builders.regions import (
    a_balance_stated,
    a_renumbering,
    a_shelf_counted,
)
from contracts.tests.builders.story import (
    CENTRAL,
    CUSHION,
    OTHER,
    OUTSIDER,
    OWN,
    ROLLATOR,
    SENDER,
)
from services.inventory.tests.stocktaking.rounds import (
    INVESTIGATION,
    MONDAY,
    ONE,
    THREE,
    counted,
    opened,
    posting,
)
from services.inventory.tests.worlds import balance, refusal

LINES: list[tuple[Any, str]] = [
    ((ROLLATOR, 2, (ONE,)), "DEVICES_DO_NOT_MATCH"),
    ((ROLLATOR, 2, (ONE, ONE)), "DEVICES_DO_NOT_MATCH"),
    ((CUSHION, 1, (ONE,)), "DEVICES_DO_NOT_MATCH"),
    ((ROLLATOR, 1, ("990099",)), "UNKNOWN_DEVICE"),
    (("30457-X", 1, ()), "UNKNOWN_ARTICLE"),
]


@pytest.mark.parametrize(("line", "reason"), LINES)
async def test_a_count_that_cannot_be_so_is_refused(world: World, line: Any, reason: str) -> None:
    await opened(world)

    body = {
        "counted_at": (await world.now()).isoformat(),
        "lines": [
            {"article_number": line[0], "counted": line[1], "devices": list(line[2])},
        ],
    }
    async with world.http() as client:
        answer = await client.post(f"/stores/{OWN}/stocktaking:count", json=body)

    assert answer.json()["reason"] == reason
    assert (await world.rows(StocktakingRow))[0].counts == ()


@pytest.mark.rule("INV-6a")
async def test_a_device_is_counted_once_by_whichever_of_its_numbers(world: World) -> None:
    await world.handle(a_renumbering(ONE, "170500"))
    await opened(world)

    refused = await refusal(counted(world, (ROLLATOR, 2, (ONE, "170500"))))

    assert (refused.reason, refused.field) == ("DEVICES_DO_NOT_MATCH", "lines.0.devices")


async def test_a_device_that_was_elsewhere_is_refused(world: World) -> None:
    await world.handle(a_withdrawal_placed(a_device_line(THREE)))
    await opened(world)

    refused = await refusal(counted(world, (ROLLATOR, 1, (THREE,))))

    assert (refused.reason, refused.field) == ("DEVICE_NOT_IN_STORE", "lines.0.devices")


async def test_each_step_needs_the_one_before(world: World) -> None:
    assert (await refusal(world.handle(posting(), subject=OWN))).rule == "INV-10"
    await opened(world)
    assert (await refusal(opened(world))).reason == "ALREADY_OPEN"
    assert (await refusal(world.handle(posting(), subject=OWN))).reason == "NOTHING_COUNTED"
    early = a_shelf_counted((CUSHION, 1, ()), at=MONDAY - timedelta(hours=1))
    assert (await refusal(world.handle(early))).reason == "COUNTED_OUTSIDE"
    await world.handle(CancelStocktaking(store=StoreId(OWN), by=UserId(SENDER)), subject=OWN)
    late = a_shelf_counted((CUSHION, 1, ()), at=await world.now())
    assert (await refusal(world.handle(late))).reason == "NOT_OPENED"
    assert (await refusal(opened(world, INVESTIGATION))).reason == "NOT_COUNTED"


async def test_what_the_store_has_promised_to_orders_is_not_taken_from_them(world: World) -> None:
    await world.handle_all(
        a_balance_stated(CUSHION, 3), an_order_placed(a_line(CUSHION, quantity=3))
    )
    await opened(world, CENTRAL)
    await world.handle(a_shelf_counted((CUSHION, 1, ()), at=await world.now(), store=CENTRAL))

    refused = await refusal(world.handle(posting(CENTRAL), subject=CENTRAL))

    assert refused.reason == "PROMISED_IS_MISSING"
    assert await balance(world, CUSHION, CENTRAL) == (0, 3, 0)


async def test_nobody_counts_the_store_of_others(world: World) -> None:
    await world.register(OUTSIDER, roles=(Role.PRESCRIBER,), service_points=[OTHER])
    opening = OpenStocktaking(store=StoreId(OWN), by=UserId(OUTSIDER))

    refused = await refusal(world.handle(opening, subject=OWN))

    assert (refused.reason, refused.field) == ("STORE_ELSEWHERE", "by")


@pytest.mark.rule("INV-10d")
def test_more_differences_than_an_event_has_room_for_are_posted_in_parts() -> None:
    taking = domain.Stocktaking(
        store=StoreId("402"),
        service_point=None,
        is_private_clinic=False,
        status=domain.Status.OPENED,
        planned_on=date(2026, 11, 30),
        basis_at=stockholm("2026-11-02 08:00"),
        counts=(
            domain.Counted(
                article_number=ArticleNumber("10000"),
                counted=1,
                counted_at=stockholm("2026-11-02 09:00"),
            ),
        ),
    )
    most = [
        StockDifference(
            article_number=ArticleNumber(f"{number:020}"), expected=10_000_000, counted=0
        )
        for number in range(domain.DIFFERENCES_AT_MOST)
    ]

    def post(differences: list[StockDifference]) -> StocktakingPosted:
        return domain.post(
            StocktakingId(UUID(int=1)),
            taking,
            differences=differences,
            missing_devices=0,
            on=date(2026, 11, 3),
            by=UserId("k082lno"),
        )

    assert len(post(most).model_dump_json()) < MAX_BYTES
    with pytest.raises(domain.StocktakingRefused) as refused:
        post([*most, most[0]])
    assert refused.value.reason == "TOO_MANY_DIFFERENCES"
