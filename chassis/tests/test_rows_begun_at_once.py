"""Two transactions that look for the same row, do not find it, and begin it."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
from kvitt_chassis.database import Database, is_lock_trouble
from kvitt_chassis.lock_order import RowTaken
from kvitt_chassis.unit_of_work import UnitOfWork
from kvitt_contracts.notifications import About, MessageKind, MessagePosted, ToUser
from kvitt_contracts.types import MessageId, UserId
from kvitt_testkit.platform import Platform

from chassis.tests.letters import AC, a_database, letters
from chassis.tests.toy import LetterRow


@pytest.fixture
async def database(platform: Platform) -> AsyncIterator[Database]:
    async with a_database(platform) as opened:
        yield opened


async def begin(unit: UnitOfWork, key: UUID, *, looks: bool) -> None:
    tx = unit.begin(region=AC)
    if looks:
        assert await tx.find(LetterRow, key) is None
    posted = MessagePosted(
        message_id=MessageId(key),
        to=ToUser(user_id=UserId("k082lno")),
        message=MessageKind.ORDER_DELIVERED,
        about=About(kind="order", id=uuid4()),
    )
    tx.start(LetterRow, key, posted)


@pytest.mark.parametrize(("looks", "raised"), [(True, RowTaken), (False, Exception)])
async def test_the_later_of_two_is_tried_again_if_it_has_looked(
    database: Database, looks: bool, raised: type[Exception]
) -> None:
    key = uuid4()

    async def both() -> None:
        async with database.unit() as later:
            await begin(later, key, looks=looks)
            async with database.unit() as first:
                await begin(first, key, looks=True)

    with pytest.raises(raised) as ended:
        await both()

    assert is_lock_trouble(ended.value) is looks
    assert set(await letters(database)) == {key}
