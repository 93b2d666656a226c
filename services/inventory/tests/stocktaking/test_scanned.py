"""INV-10 on real PostgreSQL: counted by scanner, by two, on paper; seen before it is posted."""

from typing import Any

import pytest
from inventory.stocktakings.models import StocktakingRow
from kvitt_contracts.types import Role
from kvitt_testkit.world import World

from contracts.tests.builders.orders import a_device_line, a_withdrawal_placed
from contracts.tests.builders.regions import (
    a_card_set,
    a_renumbering,
    a_shelf_counted,
    an_article_stated,
    rollators_received,
)
from contracts.tests.builders.story import CUSHION, OWN, ROLLATOR, SENDER, SENDING, SERVICE
from documents.tests.reading import pages
from services.inventory.tests.stocktaking.rounds import (
    ONE,
    THREE,
    TWO,
    counted,
    later,
    opened,
    posted,
    posting,
)
from services.inventory.tests.worlds import balance, refusal

UNIT: dict[str, Any] = {
    "user": SENDER,
    "roles": (Role.PRESCRIBER,),
    "service_points": [SENDING],
}
AT = f"/stores/{OWN}/stocktaking"


async def scanned(world: World, *codes: str) -> list[tuple[str, str | None]]:
    """What the codes have come to: the answer, and the device's number."""
    await later(world)
    async with world.http(**UNIT) as client:
        answer = await client.post(f"{AT}:scan", json={"codes": codes})
        assert answer.status_code == 200, answer.text
    return [(one["answer"], one["device_number"]) for one in answer.json()["answers"]]


async def seen(world: World) -> dict[str, int]:
    """How many of each article are counted."""
    (row,) = await world.rows(StocktakingRow)
    return {one.article_number: one.counted for one in row.counts}


@pytest.mark.rule("INV-10i", "INV-5n")
async def test_each_scanned_code_gets_its_answer_and_the_good_ones_count(world: World) -> None:
    await world.handle(a_card_set(TWO, serial_number="SN-2", by=SERVICE, asked_by=SENDER))
    await opened(world)

    answers = await scanned(
        world, ONE, "(01)07350053850019(21)SN-2", ONE, "170999", "\u2603", "(01)07350053850019"
    )

    assert answers == [
        ("counted", ONE),
        ("counted", TWO),
        ("counted_before", ONE),
        ("unknown", None),
        ("unreadable", None),
        ("unreadable", None),
    ]
    assert await seen(world) == {ROLLATOR: 2}


@pytest.mark.rule("INV-5n")
async def test_the_codes_own_article_is_read_before_others_with_the_same_serial_number(
    world: World,
) -> None:
    others = [
        {"device_number": f"{number}", "serial_number": "1"} for number in range(16001, 16022)
    ]
    await world.handle_all(
        an_article_stated(version=2, gtin="07350053850019"),
        an_article_stated("30013"),
        rollators_received(article_number="30013", quantity=len(others), devices=tuple(others)),
        a_card_set(TWO, serial_number="1", by=SERVICE, asked_by=SENDER),
    )
    await opened(world)

    assert await scanned(world, "(01)07350053850019(21)1") == [("counted", TWO)]


@pytest.mark.rule("INV-10h")
async def test_what_anybody_has_scanned_of_a_shelf_stays_counted(world: World) -> None:
    await opened(world)
    await scanned(world, ONE)
    await scanned(world, TWO)
    await world.handle(a_renumbering(THREE, "170500"))
    assert await scanned(world, THREE, ONE) == [("counted", "170500"), ("counted_before", ONE)]

    done = await posted(world)

    assert (done.differences, done.missing) == ((), 0)


@pytest.mark.rule("INV-10i")
async def test_what_is_elsewhere_is_not_counted(world: World) -> None:
    await world.handle(a_withdrawal_placed(a_device_line(THREE)))
    await opened(world)

    assert await scanned(world, THREE, ONE) == [("elsewhere", THREE), ("counted", ONE)]
    assert await seen(world) == {ROLLATOR: 1}


@pytest.mark.rule("INV-10h")
async def test_what_has_left_since_it_was_scanned_is_not_there_any_more(world: World) -> None:
    await opened(world)
    await scanned(world, ONE, TWO)
    await world.handle(a_withdrawal_placed(a_device_line(ONE)))
    assert await scanned(world, ONE, THREE) == [("elsewhere", ONE), ("counted", THREE)]

    done = await posted(world)

    assert (done.differences, done.missing) == ((), 0)


@pytest.mark.rule("INV-10h")
async def test_where_two_say_different_numbers_it_is_counted_anew_until_two_agree(
    world: World,
) -> None:
    await opened(world)
    await counted(world, (CUSHION, 5, ()))
    await world.handle(a_shelf_counted((CUSHION, 4, ()), at=await world.now(), by=SERVICE))
    await later(world)

    refused = await refusal(world.handle(posting(), subject=OWN))

    assert (refused.reason, refused.rule) == ("COUNTED_APART", "INV-10")
    async with world.http(**UNIT) as client:
        (line,) = (await client.get(f"{AT}:preview")).json()["lines"]
    said = [(one["by"], one["counted"]) for one in line["tallies"]]
    assert (line["article_number"], said) == (CUSHION, [(SERVICE, 4), (SENDER, 5)])
    await counted(world, (CUSHION, 4, ()))
    await posted(world)
    assert await balance(world, CUSHION, OWN) == (4, 0, 0)


async def test_a_new_round_begins_without_what_was_counted_apart_in_the_last(world: World) -> None:
    await opened(world)
    await counted(world, (CUSHION, 5, ()))
    await posted(world)
    await opened(world)
    await world.handle(a_shelf_counted((CUSHION, 4, ()), at=await world.now(), by=SERVICE))
    await later(world)

    await posted(world)

    assert await balance(world, CUSHION, OWN) == (4, 0, 0)


@pytest.mark.rule("INV-10d")
async def test_what_would_be_posted_is_seen_before(world: World) -> None:
    await opened(world)
    await counted(world, (CUSHION, 3, ()), (ROLLATOR, 2, (ONE, TWO)))

    async with world.http(**UNIT) as client:
        seen_before = (await client.get(f"{AT}:preview")).json()

    lines = {one["article_number"]: one for one in seen_before["lines"]}
    assert seen_before["counted"] == 2
    assert (lines[CUSHION]["expected"], lines[CUSHION]["counted"]) == (5, 3)
    assert lines[ROLLATOR]["missing"] == [THREE]
    assert await balance(world, CUSHION, OWN) == (5, 0, 0)
    done = await posted(world)
    assert {(one.article_number, one.expected, one.counted) for one in done.differences} == {
        (one["article_number"], one["expected"], one["counted"]) for one in lines.values()
    }


@pytest.mark.rule("INV-10c")
async def test_the_counting_list_has_each_device_and_no_balance(world: World) -> None:
    async with world.http(**UNIT) as client:
        answer = await client.get(f"/stores/{OWN}/counting-list")

    (page,) = pages(answer.content)
    assert answer.headers["content-type"] == "application/pdf"
    assert all(number in page for number in (ONE, TWO, THREE))
    assert f"{CUSHION} " in page


async def test_nothing_is_scanned_into_what_is_not_open(world: World) -> None:
    async with world.http(**UNIT) as client:
        never = await client.post(f"{AT}:scan", json={"codes": [ONE]})
        empty = await client.post(f"{AT}:scan", json={"codes": []})
        many = await client.post(f"{AT}:scan", json={"codes": [ONE] * 501})

    assert never.json()["rule"] == "INV-10"
    assert (empty.status_code, many.status_code) == (422, 422)
