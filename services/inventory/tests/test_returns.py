"""PHY-1 on real PostgreSQL: a return that is told late or again, and what happened after it."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import date

import pytest
from inventory.app import service
from inventory.devices import domain as devices
from inventory.devices.models import CustodyRow
from inventory.stock.models import StockMoveRow
from kvitt_contracts.envelope import Event
from kvitt_contracts.inventory import Custody, CustodyChanged, HoldBroken, MoveKind
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm

from contracts.tests.builders.bmb import (
    a_transfer_accepted,
    a_transfer_requested,
    a_transfer_requested_from_store,
)
from contracts.tests.builders.orders import (
    a_device_line,
    a_person_registered,
    a_withdrawal_placed,
    an_order_placed,
)
from contracts.tests.builders.regions import (
    a_device_on_loan_stated,
    a_device_returned,
    a_dispatch,
    a_sent_line,
    rollators_received,
    the_catalogue,
    the_stores,
)
from contracts.tests.builders.story import (
    CENTRAL,
    OWN,
    PAYER,
    RECEIVING_PAYER,
    ROLLATOR,
    a_patient,
    a_store,
)
from services.inventory.tests.worlds import balance, device, refusal


def march(day: int) -> date:
    """A day of the month."""
    return date(2026, 3, day)


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """A rollator on loan since 2 March; another payer took over on the 5th; it is the 20th."""
    async with given(service, at=stockholm("2026-03-02 08:00")) as world:
        await world.handle_all(*the_stores(), *the_catalogue(), a_person_registered())
        await world.handle_all(a_device_on_loan_stated(), a_transfer_requested())
        await world.handle(a_transfer_accepted(effective_on=march(5)))
        await world.advance(stockholm("2026-03-20 08:00"))
        yield world


async def payers(world: World) -> list[tuple[int, str | None]]:
    """From which day of the month who pays, as the changes were emitted."""
    rows = sorted(await world.rows(CustodyRow), key=lambda row: row.number)
    spans = devices.periods([row.custody for row in rows if row.device_id == rows[0].device_id])
    found: list[tuple[int, str | None]] = []
    for span in spans:
        payer = span.custody.payer_id
        if not found or found[-1][1] != payer:
            found.append((span.start.day, payer))
    return found


async def returned_moves(world: World) -> dict[int, int]:
    """What the ledger adds up to, by the day of a return."""
    sums: Counter[int] = Counter()
    for line in await world.rows(StockMoveRow):
        if line.kind == MoveKind.RETURNED:
            sums[line.moved_on.day] += line.available
    return {day: total for day, total in sums.items() if total}


LENT = [(2, PAYER), (5, RECEIVING_PAYER)]


@pytest.mark.rule("PHY-1a", "PHY-1b", "PHY-1d", "PHY-1i")
@pytest.mark.parametrize(
    ("days", "paid"),
    [
        ((10, 12), [*LENT, (12, None)]),
        ((10, 7), [*LENT, (7, None)]),
        ((10, 4), [(2, PAYER), (4, None)]),
        ((4, 10), [*LENT, (10, None)]),
        ((4, 12, 7, 10), [*LENT, (10, None)]),
        ((10, 3, 12, 3), [(2, PAYER), (3, None)]),
        ((10, 2), [(2, None)]),
        ((4, 4), [(2, PAYER), (4, None)]),
    ],
)
async def test_a_corrected_day_of_a_return_decides_who_pays_for_each_day(
    world: World, days: tuple[int, ...], paid: list[tuple[int, str | None]]
) -> None:
    for day in days:
        await world.handle(a_device_returned(on=march(day)))

    assert await payers(world) == paid
    assert await returned_moves(world) == {days[-1]: 1}
    assert await balance(world, ROLLATOR, OWN) == (1, 0, 0)
    assert (await device(world)).custody.holder == a_store()
    await assert_rows_are_folds(world)


@pytest.mark.rule("PHY-1d")
async def test_a_corrected_return_of_what_waits_for_an_order_is_still_set_aside(
    world: World,
) -> None:
    await world.handle(an_order_placed(a_device_line(None)))
    await world.handle(a_device_returned(on=march(10), store=CENTRAL))
    assert await balance(world, ROLLATOR) == (0, 1, 0)

    await world.handle(a_device_returned(on=march(12), store=CENTRAL))

    assert await balance(world, ROLLATOR) == (0, 1, 0)
    assert await returned_moves(world) == {12: 1}


@pytest.mark.rule("PHY-1d")
async def test_a_correction_leaves_what_has_claimed_the_device_since(world: World) -> None:
    await world.handle(a_device_returned(on=march(10)))
    await world.handle(a_transfer_requested_from_store("170098", store=OWN, transfer="BMB-2"))

    await world.handle(a_device_returned(on=march(12)))

    assert (await device(world)).claim is not None
    assert await world.events(HoldBroken) == []
    assert await balance(world, ROLLATOR, OWN) == (0, 1, 0)


@pytest.mark.rule("DAY-5b", "PHY-1c", "PHY-1d")
async def test_a_correction_does_not_reach_behind_the_loan(world: World) -> None:
    await world.handle(a_device_returned(on=march(10)))

    refused = await refusal(world.handle(a_device_returned(on=date(2026, 2, 28))))

    assert (refused.reason, refused.field) == ("RETURNED_BEFORE_LOAN", "returned_on")
    assert await payers(world) == [*LENT, (10, None)]


async def lent_again(world: World) -> None:
    """Returned on the 10th, and lent again from its own store on the 20th."""
    await world.handle(a_device_returned(on=march(10)))
    await world.handle(a_withdrawal_placed(a_device_line("170098"), placed_on=march(20)))


@pytest.mark.rule("PHY-1b")
async def test_a_return_told_again_after_a_second_loan_changes_nothing(world: World) -> None:
    await lent_again(world)
    before: list[Event] = await world.events()

    await world.handle(a_device_returned(on=march(10)))

    assert await world.events() == before
    assert (await device(world)).custody.holder == a_patient()


@pytest.mark.rule("PHY-1c")
async def test_a_corrected_day_of_a_return_before_a_second_loan_is_refused(world: World) -> None:
    await lent_again(world)
    before: list[Event] = await world.events()

    refused = await refusal(world.handle(a_device_returned(on=march(12))))

    assert (refused.reason, refused.rule) == ("RETURNED_BEFORE_LOAN", "DAY-5")
    assert "igen efter" in refused.way_on
    assert await world.events() == before


async def sent_again(world: World) -> None:
    """Returned to the central store on the 10th, sent to another patient on the 18th."""
    await world.handle(a_device_returned(on=march(10), store=CENTRAL))
    await world.handle(an_order_placed(a_device_line(None)))
    sent = a_dispatch(a_sent_line(1, 1, "170098"), on=march(18), arrives_on=march(23))
    await world.handle(sent)


@pytest.mark.rule("PHY-1c", "PHY-1j")
async def test_a_return_before_a_dispatch_breaks_nothing_of_it(world: World) -> None:
    await sent_again(world)

    refused = await refusal(world.handle(a_device_returned(on=march(12), store=CENTRAL)))
    await world.handle(a_device_returned(on=march(10), store=CENTRAL))

    assert (refused.reason, refused.rule) == ("RETURNED_BEFORE_DISPATCH", "PHY-1")
    claim = (await device(world)).claim
    assert claim is not None
    assert claim.kind is devices.ClaimKind.DISPATCH
    assert await balance(world, ROLLATOR) == (0, 0, 0)
    await world.advance(stockholm("2026-03-23 08:00"))
    assert (await device(world)).custody.since == march(23)


@pytest.mark.rule("PHY-1b", "PHY-1c", "PHY-1d")
@pytest.mark.parametrize("store", [CENTRAL, OWN])
async def test_what_came_back_on_its_way_is_told_again_without_effect(
    world: World, store: str
) -> None:
    await sent_again(world)
    await world.handle(a_device_returned(on=march(19), store=store))
    before: list[Event] = await world.events()

    await world.handle(a_device_returned(on=march(19), store=store))
    refused = await refusal(world.handle(a_device_returned(on=march(20), store=store)))

    assert (refused.reason, refused.rule) == ("NOT_ON_LOAN", "INV-7")
    assert await world.events() == before
    assert await balance(world, ROLLATOR, store) == (1, 0, 0)
    await world.advance(stockholm("2026-03-23 08:00"))
    assert (await device(world)).custody == Custody(holder=a_store(store), since=march(19))


@pytest.mark.rule("PHY-1j")
def test_goods_that_are_delivered_without_a_return_before_begin_a_course_of_their_own() -> None:
    held = Custody(holder=a_patient(), payer_id=None, since=march(2))
    history = [
        devices.Change(custody=held),
        devices.Change(custody=Custody(holder=a_store(), since=march(8))),
        # on the day of the return: in the payers' spans the stay in the store falls away
        devices.Change(custody=held.model_copy(update={"since": march(8)}), by_order=True),
    ]

    past = devices.courses(history)

    assert [(course.began_on, course.store) for course in past] == [
        (march(2), None),
        (march(8), OWN),
        (march(8), None),
    ]
    twice = devices.courses([history[0], history[2]])
    assert [course.began_on for course in twice] == [march(2), march(8)]


@pytest.mark.rule("PHY-1j")
async def test_a_return_before_a_delivery_of_the_same_day_as_the_return_is_refused(
    world: World,
) -> None:
    await world.handle(a_device_returned(on=march(20)))
    await world.handle(a_withdrawal_placed(a_device_line("170098"), placed_on=march(20)))

    refused = await refusal(world.handle(a_device_returned(on=march(15))))

    assert refused.reason == "RETURNED_BEFORE_LOAN"
    assert (await device(world)).custody.holder == a_patient()


@pytest.mark.rule("PHY-1d")
async def test_what_never_left_its_store_is_not_returned(world: World) -> None:
    await world.handle(rollators_received("170099"))

    refused = await refusal(world.handle(a_device_returned("170099")))

    assert (refused.reason, refused.field) == ("NOT_ON_LOAN", "device_number")
    assert await balance(world, ROLLATOR, OWN) == (1, 0, 0)


@pytest.mark.rule("PHY-1d")
async def test_a_return_to_a_store_where_it_is_not_is_known_or_refused(world: World) -> None:
    await lent_again(world)
    await world.handle(a_device_returned(on=march(20), store=CENTRAL))
    before = await world.events(CustodyChanged)

    await world.handle(a_device_returned(on=march(10)))
    refused = await refusal(world.handle(a_device_returned(on=march(20))))

    assert (refused.reason, refused.rule) == ("NOT_ON_LOAN", "INV-7")
    assert await world.events(CustodyChanged) == before
