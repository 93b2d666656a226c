"""A handler `of` a row is given it, locked; what a projection is told of is a row."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from kvitt_chassis import metrics
from kvitt_chassis.handlers import Handlers
from kvitt_chassis.service import Service
from kvitt_chassis.transaction import NotYetKnown, Transaction
from kvitt_contracts.inventory import ArticleListed, ReleaseRefused, ReservationReleased
from kvitt_contracts.orders import (
    OrderVoided,
    PayerRegistered,
    PersonInactivated,
    PersonRegistered,
    PersonsMerged,
    VoidOrder,
)
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import OrderId, PayerId, PersonRef, RegionCode, RegionPersonId, UserId
from kvitt_testkit.world import Given, Servers, ServiceUrls, World, an_envelope

from chassis.tests import loans
from chassis.tests.loans import LoanRow, PayerRow, PersonRow, Trouble
from contracts.tests.builders.reservations import (
    a_reservation_released,
)


@pytest.fixture(scope="module")
def urls(platform: Servers, prefix: str) -> ServiceUrls:
    """The database of the service of loans."""
    urls = platform.database(loans.SERVICE, prefix, migrate=False)
    loans.make_tables(urls.owner)
    return urls


@pytest.fixture
async def world(given: Given, urls: ServiceUrls) -> AsyncIterator[World]:
    """The service with empty tables."""
    async with given(loans.service, urls=urls) as world:
        yield world


async def begun(world: World, count: int = 1) -> list[OrderId]:
    """Loans with one change each; gives their ids."""
    ids = [OrderId(uuid4()) for _ in range(count)]
    async with world.worker.unit() as unit:
        tx = unit.begin(region=RegionCode("ac"))
        for order_id in ids:
            tx.start(LoanRow, order_id, loans.a_change(order_id))
    return ids


def released(order_id: UUID) -> ReservationReleased:
    return a_reservation_released(OrderId(order_id))


async def changes(world: World) -> dict[UUID, int]:
    return {row.id: row.changes for row in await world.rows(LoanRow)}


def counted() -> float:
    return metrics.REGISTRY.get_sample_value("loans_changes_total", {"service": "orders"}) or 0.0


def a_person(person: PersonRef, *, active: bool = True) -> PersonRegistered:
    return PersonRegistered(
        person=person, region_person_id=RegionPersonId("AC-P-00001"), active=active
    )


# -- a message gets its row ----------------------------------------------------------------------


async def test_an_event_gets_the_row_that_it_names(world: World) -> None:
    one, other = await begun(world, 2)

    await world.handle(released(one))

    assert await changes(world) == {one: 2, other: 1}


async def test_a_message_that_names_no_row_says_what_is_wrong_with_its_handler(
    given: Given, urls: ServiceUrls
) -> None:
    planted = Handlers()

    @planted.on(ReservationReleased, of=LoanRow, key=lambda _, __: None)
    async def on_released(row: LoanRow, event: ReservationReleased, tx: Transaction) -> None:
        raise AssertionError("it has no row")

    service = Service("orders", handlers=planted, base=loans.service.base, users=loans.UserRow)
    async with given(service, urls=urls) as world:
        with pytest.raises(ValueError, match="ReservationReleased names no LoanRow"):
            await world.handle(released(uuid4()))


async def test_a_command_gets_the_row_that_is_its_target(world: World) -> None:
    (order_id,) = await begun(world)

    await world.command(VoidOrder(by=UserId("f101")), target=order_id)

    assert await changes(world) == {order_id: 2}


async def test_an_event_about_an_unknown_row_waits(world: World) -> None:
    with pytest.raises(NotYetKnown) as waiting:
        await world.handle(released(uuid4()))

    assert waiting.value.row_type is LoanRow


async def test_a_command_about_an_unknown_row_is_refused_by_its_rule(world: World) -> None:
    with pytest.raises(Refused) as refused:
        await world.command(VoidOrder(by=UserId("f101")), target=uuid4())

    assert (refused.value.reason, refused.value.rule) == ("UNKNOWN_LOAN", "ORD-14")


async def test_a_batch_of_messages_gets_its_rows_in_one_statement(world: World) -> None:
    ids = await begun(world, 4)
    batch = [(an_envelope(message), message) for message in map(released, ids)]

    with world.statements() as sent:
        await world.handle_batch(*batch)

    assert await changes(world) == dict.fromkeys(ids, 2)
    assert len([one for one in sent if "FROM loans" in one]) == 1


async def test_messages_of_one_row_in_a_batch_mean_the_same_as_one_by_one(world: World) -> None:
    together, alone = await begun(world, 2)
    batch = [(an_envelope(message), message) for message in [released(together)] * 4]

    await world.handle_batch(*batch)
    for message in [released(alone)] * 4:
        await world.handle(message)

    assert await changes(world) == {together: 3, alone: 3}


async def test_to_record_no_event_changes_nothing(world: World) -> None:
    (order_id,) = await begun(world)
    for _ in range(3):
        await world.handle(released(order_id))

    row = await world.row(LoanRow, order_id)

    assert (row.seq, row.changes) == (3, 3)
    assert len(await world.events(OrderVoided, key=order_id)) == 3


def test_a_message_without_the_rows_key_is_an_error_when_it_is_registered() -> None:
    with pytest.raises(TypeError, match="PayerRegistered has no order_id: say which LoanRow"):

        @Handlers().on(PayerRegistered, of=LoanRow)
        async def on_payer_registered(row: LoanRow, event: PayerRegistered, tx: Any) -> None: ...


def test_a_command_about_what_is_no_aggregate_must_say_which_row() -> None:
    with pytest.raises(TypeError, match="PayerRow is no aggregate"):

        @Handlers().command(VoidOrder, of=PayerRow)
        async def void_order(row: PayerRow, command: VoidOrder, tx: Any) -> None: ...


# -- projections ---------------------------------------------------------------------------------


async def test_a_projection_is_inserted_and_then_updated(world: World) -> None:
    payer = PayerId("20311")
    await world.handle(PayerRegistered(payer_id=payer, name="Umeå"))
    async with world.worker.unit() as unit:
        row = await unit.begin(region=RegionCode("ac")).get(PayerRow, payer)
        row.note, row.visits = "kept", 3

    await world.handle(PayerRegistered(payer_id=payer, name="Umeå kommun"))

    (row,) = await world.rows(PayerRow)
    assert (row.payer_id, row.name, row.note, row.visits) == (payer, "Umeå kommun", "kept", 3)


async def test_a_new_row_of_a_projection_has_its_defaults_within_its_batch(world: World) -> None:
    message = PayerRegistered(payer_id=PayerId("20311"), name="Umeå")
    async with world.worker.unit() as unit:
        tx = unit.begin(region=RegionCode("ac"))

        await loans.messages.messages[PayerRegistered].handler(message, tx)

        assert (await tx.get(PayerRow, message.payer_id)).visits == 0


async def test_constants_and_functions_give_what_is_not_copied_by_name(world: World) -> None:
    person = PersonRef(uuid4())

    await world.handle(a_person(person))

    row = await world.row(PersonRow, person)
    assert (row.name, row.active, row.merged_into) == ("person AC-P-00001", True, None)


async def test_an_amended_row_keeps_its_other_columns(world: World) -> None:
    person, into = PersonRef(uuid4()), PersonRef(uuid4())
    await world.handle(a_person(person))

    await world.handle(
        PersonsMerged(person=person, region_person_id=RegionPersonId("AC-P-00001"), into=into)
    )

    row = await world.row(PersonRow, person)
    assert (row.name, row.active, row.merged_into) == ("person AC-P-00001", False, into)


async def test_to_amend_a_row_that_is_not_there_waits(world: World) -> None:
    with pytest.raises(NotYetKnown):
        await world.handle(PersonInactivated(person=PersonRef(uuid4())))


async def test_a_batch_of_a_projections_messages_costs_one_look(world: World) -> None:
    person = PersonRef(uuid4())
    sent = [a_person(person), PersonInactivated(person=person), a_person(PersonRef(uuid4()))]

    with world.statements() as statements:
        await world.handle_batch(*((an_envelope(message), message) for message in sent))

    assert sorted(row.active for row in await world.rows(PersonRow)) == [False, True]
    assert len([one for one in statements if "FROM persons" in one]) == 1


def test_a_column_that_gets_no_value_is_an_error_when_it_is_registered() -> None:
    with pytest.raises(TypeError, match="PersonInactivated gives no active, name of PersonRow"):
        Handlers().project(PersonInactivated, PersonRow)


def test_a_value_for_what_is_no_column_is_an_error_when_it_is_registered() -> None:
    with pytest.raises(TypeError, match="PersonRow has no activ"):
        Handlers().amend(PersonInactivated, PersonRow, activ=False)


def test_to_amend_nothing_is_an_error_when_it_is_registered() -> None:
    with pytest.raises(TypeError, match="ReleaseRefused gives nothing of PersonRow"):
        Handlers().amend(ReleaseRefused, PersonRow, key=lambda event, _: event.order_id)


def test_a_message_that_does_not_name_a_projections_row_is_an_error() -> None:
    with pytest.raises(TypeError, match="ArticleListed has no payer_id"):
        Handlers().project(ArticleListed, PayerRow)


def test_an_aggregate_is_no_projection() -> None:
    with pytest.raises(TypeError, match="LoanRow is the fold of its events"):
        Handlers().amend(ReservationReleased, LoanRow, changes=1)


# -- after the commit ----------------------------------------------------------------------------


async def test_what_is_committed_is_counted_once_each(world: World) -> None:
    ids = await begun(world, 3)
    before = counted()

    await world.handle_batch(*((an_envelope(m), m) for m in map(released, ids)))

    assert counted() - before == 3


async def test_a_batch_that_is_rolled_back_and_tried_again_counts_what_was_committed(
    world: World,
) -> None:
    (order_id,) = await begun(world)
    good, bad = released(order_id), ReleaseRefused(order_id=order_id, reason="DELIVERED")
    before = counted()

    with pytest.raises(Trouble):
        await world.handle_batch((an_envelope(good), good), (an_envelope(bad), bad))
    rolled_back = counted()
    await world.handle(good)
    with pytest.raises(Trouble):
        await world.handle(bad)

    assert (rolled_back - before, counted() - before) == (0, 1)


async def test_what_fails_after_a_commit_undoes_nothing(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    def fails() -> None:
        raise Trouble

    order_id, called = OrderId(uuid4()), list[int]()
    async with world.worker.unit() as unit:
        tx = unit.begin(region=RegionCode("ac"))
        tx.start(LoanRow, order_id, loans.a_change(order_id))
        tx.after_commit(fails)
        tx.after_commit(lambda: called.append(1))

    assert called == [1]
    assert await changes(world) == {order_id: 1}
    assert "after a commit has failed" in caplog.text
