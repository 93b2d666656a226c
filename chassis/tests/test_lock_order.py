"""A service declares in which order it locks; tests see where that is not held."""

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import pytest
from kvitt_chassis.database import Database
from kvitt_chassis.handlers import MessageRoute, RowKey, Timer
from kvitt_chassis.lock_order import LockOrder, LockOrderBroken, RowTaken
from kvitt_chassis.service import Service
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import ReleaseRefused
from kvitt_contracts.policy import Policies
from kvitt_contracts.types import OrderId, RegionCode
from kvitt_testkit.sent import Sent, sent
from kvitt_testkit.world import Given, Servers, ServiceUrls

from chassis.tests import loans
from chassis.tests.loans import BoxRow, LoanRow, PayerRow

Open = Callable[[LockOrder], AbstractAsyncContextManager[Transaction]]


@pytest.fixture(scope="module")
def urls(platform: Servers, prefix: str) -> ServiceUrls:
    urls = platform.database(loans.SERVICE, prefix, migrate=False)
    loans.make_tables(urls.owner)
    return urls


@pytest.fixture
async def opened(urls: ServiceUrls) -> Open:
    """`async with opened(order) as tx`: a transaction that locks in that order."""

    @asynccontextmanager
    async def make(order: LockOrder) -> AsyncIterator[Transaction]:
        database = Database(
            urls.worker,
            service=loans.SERVICE,
            role="worker",
            policies=Policies({}),
            lock_order=order,
        )
        try:
            async with database.unit() as unit:
                yield unit.begin(region=RegionCode("ac"))
        finally:
            await database.dispose()

    return make


def statements(tx: Transaction) -> AbstractContextManager[list[Sent]]:
    """What is sent to the database meanwhile."""
    return sent(tx.session.get_bind().engine)


def tables(statements: Iterable[str]) -> list[str]:
    """The table that each statement reads."""
    return [one.partition("FROM ")[2].split()[0] for one in statements]


async def nothing(message: object, tx: Transaction) -> None:
    """Handle nothing."""


def names(*, loads: Iterable[RowKey]) -> MessageRoute:
    """A handler that wants these rows locked."""
    named = tuple(loads)
    return MessageRoute(nothing, lambda _, tx: named)


def checked(*classes: type) -> LockOrder:
    return LockOrder(classes, is_checked=True)


async def test_a_lock_after_one_of_a_later_class_is_seen(opened: Open) -> None:
    async with opened(checked(LoanRow, BoxRow)) as tx:
        await tx.find(BoxRow, uuid4())
        with pytest.raises(LockOrderBroken, match="LoanRow is locked after BoxRow") as broken:
            await tx.find(LoanRow, uuid4())

    assert (broken.value.row_type, broken.value.after) == (LoanRow, BoxRow)


async def test_locks_in_order_and_again_in_one_class_are_fine(opened: Open) -> None:
    async with opened(checked(LoanRow, BoxRow)) as tx:
        await tx.find(LoanRow, uuid4())
        await tx.find(LoanRow, uuid4())
        await tx.find(BoxRow, uuid4())


async def test_a_lock_by_a_statement_has_its_place_too(opened: Open) -> None:
    async with opened(checked(LoanRow, BoxRow)) as tx:
        tx.will_lock(BoxRow)
        with pytest.raises(LockOrderBroken, match="LoanRow is locked after BoxRow"):
            await tx.find(LoanRow, uuid4())
    async with opened(checked(LoanRow, BoxRow)) as tx:
        await tx.find(BoxRow, uuid4())
        with pytest.raises(LockOrderBroken, match="LoanRow is locked after BoxRow"):
            tx.will_lock(LoanRow)


async def test_in_production_the_order_is_not_checked(opened: Open) -> None:
    async with opened(LockOrder((LoanRow, BoxRow))) as tx:
        await tx.find(BoxRow, uuid4())

        assert await tx.find(LoanRow, uuid4()) is None


async def test_what_is_only_read_has_no_place_in_the_order(opened: Open) -> None:
    async with opened(checked(LoanRow, BoxRow)) as tx:
        await tx.find(BoxRow, uuid4())
        await tx.look_up(LoanRow, uuid4())
        await tx.find(PayerRow, "20311")


async def test_a_new_row_may_come_at_any_time(opened: Open) -> None:
    order_id = OrderId(uuid4())
    async with opened(checked(LoanRow, BoxRow)) as tx:
        await tx.find(BoxRow, order_id)
        row = tx.start(LoanRow, order_id, loans.a_change(order_id))
        tx.record(await tx.lock(LoanRow, row.id), loans.a_change(order_id))


@pytest.mark.parametrize("classes", [(LoanRow, BoxRow), (BoxRow, LoanRow)])
async def test_what_is_fetched_together_is_locked_in_the_declared_order(
    opened: Open, classes: tuple[type[Any], ...]
) -> None:
    key: UUID = uuid4()
    both = [(BoxRow, key), (LoanRow, key)]
    async with opened(checked(*classes)) as tx:
        with statements(tx) as sent:
            await tx._unit.load_ahead([(names(loads=both), None, tx)])

    assert tables(sent) == [row.__tablename__ for row in classes]


async def test_what_is_read_comes_first_so_that_the_locks_that_it_leads_to_are_in_order(
    opened: Open,
) -> None:
    key = uuid4()

    def once_read(_: object, tx: Transaction) -> Iterable[RowKey]:
        return [(LoanRow, key)] if tx._unit.has(PayerRow, tx.region, "20311") else []

    found_late = MessageRoute(nothing, once_read, reads=lambda _, tx: [(PayerRow, "20311")])
    async with opened(checked(LoanRow, BoxRow)) as tx:
        other = tx._unit.begin(region=tx.region)
        with statements(tx) as sent:
            await tx._unit.load_ahead(
                [(names(loads=[(BoxRow, key)]), None, other), (found_late, None, tx)]
            )

    assert tables(sent) == ["payers", "loans", "boxes"]


async def test_what_names_a_lock_by_what_was_locked_after_it_is_seen(opened: Open) -> None:
    key = uuid4()
    async with opened(checked(LoanRow, BoxRow)) as tx:

        def late(_: object, tx: Transaction) -> Iterable[RowKey]:
            yield BoxRow, key
            if tx._unit.has(BoxRow, tx.region, key):
                yield LoanRow, key

        with pytest.raises(LockOrderBroken, match="LoanRow is locked after BoxRow"):
            await tx._unit.load_ahead([(MessageRoute(nothing, late), None, tx)])


@pytest.mark.parametrize("is_checked", [True, False])
async def test_what_a_row_names_that_has_changed_since_it_was_read_is_begun_anew(
    opened: Open, is_checked: bool
) -> None:
    key = OrderId(uuid4())
    async with opened(LockOrder()) as tx:
        tx.start(LoanRow, key, loans.a_change(key))

    def by_the_loan(_: object, tx: Transaction) -> Iterable[RowKey]:
        yield LoanRow, key
        loan = tx.fetched(LoanRow, key)
        if loan is not None and loan.changes > 1:
            yield BoxRow, key

    async with opened(LockOrder((BoxRow, LoanRow), is_checked=is_checked)) as tx:
        reads = MessageRoute(nothing, None, reads=lambda _, tx: [(LoanRow, key)])
        await tx._unit.load_ahead([(reads, None, tx)])
        async with opened(LockOrder()) as other:
            other.record(await other.lock(LoanRow, key), loans.a_change(key))

        with pytest.raises(RowTaken):
            await tx._unit.load_ahead([(MessageRoute(nothing, by_the_loan), None, tx)])


async def test_a_timers_row_is_locked_in_order_with_what_the_timer_names(opened: Open) -> None:
    key = uuid4()
    timer = Timer("return", BoxRow, loads=lambda key, _: [(LoanRow, key)])
    async with opened(checked(LoanRow, BoxRow)) as tx:
        with statements(tx) as sent:
            await tx._unit.load_ahead([(timer.route, key, tx)])

    assert tables(sent) == ["loans", "boxes"]


async def test_each_message_of_a_batch_has_its_own_place_in_the_order(opened: Open) -> None:
    async with opened(checked(LoanRow, BoxRow)) as first:
        second = first._unit.begin(region=first.region)
        await first.find(BoxRow, uuid4())
        await second.find(LoanRow, uuid4())
        with pytest.raises(LockOrderBroken):
            await first.find(LoanRow, uuid4())


async def test_the_worlds_of_tests_check_it(given: Given, urls: ServiceUrls) -> None:
    order_id = OrderId(uuid4())
    message = ReleaseRefused(order_id=order_id, reason="DECLINED")
    for service in (loans.service, loans.upside_down):
        async with given(service, urls=urls) as world:
            async with world.worker.unit() as unit:
                tx = unit.begin(region=RegionCode("ac"))
                tx.start(LoanRow, order_id, loans.a_change(order_id))
            if service is loans.service:
                await world.handle(message)
                continue
            with pytest.raises(LockOrderBroken, match="BoxRow is locked after LoanRow"):
                await world.handle(message)


def test_a_lock_order_leaves_out_nothing_that_is_locked() -> None:
    with pytest.raises(ValueError, match="to name what is locked: BoxRow"):
        Service(
            loans.SERVICE,
            handlers=loans.messages,
            base=loans.Base,
            users=loans.UserRow,
            lock_order=(LoanRow,),
        )
