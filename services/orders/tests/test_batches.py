"""Many orders in one transaction: what they get, and what they cost."""

from kvitt_contracts.envelope import Envelope, Message
from kvitt_contracts.orders import Delivery, PlaceOrder
from kvitt_contracts.types import CareUnitId, CareUnitRecipient
from kvitt_testkit.world import Given, World, an_envelope, assert_rows_are_folds
from orders.app import service
from orders.customer_orders.models import OrderRow
from orders.people.models import PersonDetailsRow

from contracts.tests.builders.regions import a_person_stated, a_user_stated
from contracts.tests.builders.reservations import (
    a_stock_reserved,
)
from contracts.tests.builders.story import order_id
from services.orders.tests.builders import a_line, an_identity, an_order_command, registry


def orders(count: int, *, first: int = 1) -> list[tuple[Envelope, Message]]:
    """Orders of one person: every second one with a phone, every third to a care unit."""
    batch: list[tuple[Envelope, Message]] = []
    for number in range(first, first + count):
        command: PlaceOrder = an_order_command(a_line(), a_line(quantity=2))
        if number % 3 == 0:
            unit = CareUnitRecipient(unit=CareUnitId("30110"))
            command = an_order_command(recipient=unit)
        batch.append((an_envelope(command, subject=f"O-{number}"), command))
    return batch


async def numbers(world: World, count: int) -> list[str]:
    """The numbers of orders 1 to `count`, in this order."""
    rows = await world.rows(OrderRow)
    by_id = {row.id: str(row.order_number) for row in rows}
    return [by_id[order_id(f"O-{number}")] for number in range(1, count + 1)]


async def test_orders_of_one_batch_get_the_numbers_that_they_get_one_by_one(given: Given) -> None:
    found = []
    for size in (1, 4, 9):
        async with given(service) as world:
            await registry(world)
            batch = orders(9)
            for start in range(0, 9, size):
                await world.handle_batch(*batch[start : start + size])
            await assert_rows_are_folds(world)
            found.append(await numbers(world, 9))

    assert found[0] == sorted(set(found[0]))
    assert found[1:] == [found[0], found[0]]


async def test_a_batch_of_orders_costs_the_same_statements_whatever_its_length(
    given: Given,
) -> None:
    async with given(service) as world:
        await registry(world)
        await world.handle_batch(*orders(1, first=100))
        with world.statements() as few:
            await world.handle_batch(*orders(6, first=200))
        with world.statements() as many:
            await world.handle_batch(*orders(30, first=300))

    assert many == few


async def test_a_batch_of_answers_costs_the_same_statements_whatever_its_length(
    given: Given,
) -> None:
    async with given(service) as world:
        await registry(world)
        await world.handle_batch(*orders(40))
        answers = [a_stock_reserved(order_id(f"O-{number}")) for number in range(1, 41)]
        with world.statements() as few:
            await world.handle_batch(*((an_envelope(one), one) for one in answers[:5]))
        with world.statements() as many:
            await world.handle_batch(*((an_envelope(one), one) for one in answers[5:]))

    assert many == few


async def test_an_order_sees_who_was_stated_earlier_in_its_batch(given: Given) -> None:
    person, user = a_person_stated(an_identity("201701012393")), a_user_stated("k999new")
    order = an_order_command(
        person="ac-person-2",
        prescriber=user.user_id,
        delivery=Delivery(),
    )
    async with given(service) as world:
        await registry(world)
        await world.handle_batch(
            (an_envelope(person, subject="ac-person-2"), person),
            (an_envelope(user, subject="k999new"), user),
            (an_envelope(order, subject="O-1"), order),
        )

        assert len(await world.rows(OrderRow)) == 1
        assert len(await world.rows(PersonDetailsRow)) == 2
