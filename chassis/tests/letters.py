"""What tests share of the toy's letters: how they are posted; timers of them and their handlers."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from kvitt_chassis.consuming.timers import TimerLoop
from kvitt_chassis.database import Database
from kvitt_chassis.handlers import Handlers, Timer
from kvitt_chassis.transaction import Transaction
from kvitt_chassis.unit_of_work import UnitOfWork
from kvitt_contracts.notifications import About, MessageKind, MessagePosted, MessageRemoved, ToUser
from kvitt_contracts.policy import Policies
from kvitt_contracts.types import MessageId, RegionCode, UserId
from kvitt_testkit.platform import Platform
from kvitt_testkit.world import World
from sqlalchemy import text

from chassis.tests.toy import LetterRow, PostLetter, Status, make_tables, read

SERVICE = "notifications"
AC = RegionCode("ac")
REMOVAL = Timer("removal", LetterRow)
REMINDER = Timer("reminder", LetterRow)


@contextlib.asynccontextmanager
async def a_database(platform: Platform) -> AsyncIterator[Database]:
    """A database of its own with the tables of letters, for one test."""
    prefix = f"t{uuid4().hex[:8]}_"
    urls = platform.database(SERVICE, prefix, migrate=False)
    make_tables(urls.owner)
    opened = Database(
        urls.worker, service=SERVICE, role="worker", policies=Policies({}), pool_size=10
    )
    yield opened
    await opened.dispose()
    platform.drop_database(SERVICE, prefix)


@contextlib.asynccontextmanager
async def running(*loops: TimerLoop) -> AsyncIterator[None]:
    """Loops at work; stopped at the end."""
    tasks = [asyncio.create_task(loop.run()) for loop in loops]
    yield
    await asyncio.gather(*(loop.stop() for loop in loops))
    await asyncio.gather(*tasks)


class Removals:
    """Handlers that remove a letter, and remember what they were called with."""

    def __init__(self) -> None:
        self.handlers = Handlers()
        self.called: list[tuple[UUID, datetime, datetime]] = []
        self.reminded: list[UUID] = []
        self.before: Callable[[LetterRow, Transaction], Awaitable[None]] | None = None
        self.handlers.timer(REMOVAL)(self._remove)
        self.handlers.timer(REMINDER)(self._remind)

    async def _remove(self, row: LetterRow, due: datetime, tx: Transaction) -> None:
        self.called.append((row.id, due, tx.now))
        if self.before is not None:
            await self.before(row, tx)
        tx.record(row, MessageRemoved(message_id=MessageId(row.id), by=row.reader))

    async def _remind(self, row: LetterRow, due: datetime, tx: Transaction) -> None:
        self.reminded.append(row.id)
        tx.record(row, read(row.state(), by=row.reader))


async def posted(world: World, *, about: UUID | None = None) -> UUID:
    """Post a letter by its command. Answers its key."""
    key = uuid4()
    await world.command(PostLetter(reader=UserId("k082lno"), about=about or uuid4()), target=key)
    return key


def post(unit: UnitOfWork, *, due: timedelta, timer: Timer = REMOVAL) -> UUID:
    """Post a letter and set its timer to `due` from now. Answers its key."""
    key = uuid4()
    tx = unit.begin(region=AC)
    posted = MessagePosted(
        message_id=MessageId(key),
        to=ToUser(user_id=UserId("k082lno")),
        message=MessageKind.ORDER_DELIVERED,
        about=About(kind="order", id=uuid4()),
    )
    tx.start(LetterRow, key, posted)
    tx.schedule(timer, key=key, due=tx.now + due)
    return key


async def letters(database: Database) -> dict[UUID, Status]:
    """Each letter's status."""
    async with database.reading() as session:
        rows = await session.execute(text("SELECT id, status FROM letters"))
        return {row.id: Status(row.status) for row in rows}


async def removed(database: Database) -> set[UUID]:
    """The keys of the letters that are removed."""
    found = await letters(database)
    return {key for key, status in found.items() if status is Status.REMOVED}
