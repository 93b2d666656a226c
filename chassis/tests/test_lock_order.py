"""A service declares in which order it locks; tests see where that is not held."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from uuid import UUID, uuid4

import pytest
from kvitt_chassis.database import Database
from kvitt_chassis.lock_order import LockOrder, LockOrderBroken
from kvitt_chassis.service import Service
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import ReleaseRefused
from kvitt_contracts.policy import Policies
from kvitt_contracts.types import OrderId, RegionCode
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


async def test_in_production_the_order_is_not_checked(opened: Open) -> None:
    async with opened(LockOrder((LoanRow, BoxRow))) as tx:
        await tx.find(BoxRow, uuid4())
        await tx.find(LoanRow, uuid4())


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
    opened: Open, classes: tuple[type, ...]
) -> None:
    key: UUID = uuid4()
    async with opened(checked(*classes)) as tx:
        await tx._unit.load([(tx.region, (BoxRow, key)), (tx.region, (LoanRow, key))])

        assert tx._unit.last_locked is classes[-1]


async def test_the_worlds_of_tests_check_it(given: Given, urls: ServiceUrls) -> None:
    order_id = OrderId(uuid4())
    message = ReleaseRefused(order_id=order_id, reason="locks a box")
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
        Service(loans.SERVICE, handlers=loans.messages, base=loans.Base, lock_order=(LoanRow,))
