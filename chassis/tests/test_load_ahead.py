"""What handlers name is fetched ahead for a whole batch, and stays true while the batch goes on."""

from collections.abc import Iterable
from uuid import UUID, uuid4

from kvitt_chassis.handlers import MessageRoute, Names, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_chassis.unit_of_work import UnitOfWork
from kvitt_contracts.types import RegionCode, UserId
from kvitt_testkit.world import World
from sqlalchemy import select

from chassis.tests.letters import posted
from chassis.tests.toy import LetterRow, PostLetter, post_letter

ABOUT = uuid4()


def begun(unit: UnitOfWork) -> Transaction:
    """A transaction of region ac."""
    return unit.begin(region=RegionCode("ac"))


def names(*row_keys: RowKey) -> Names:
    """The same rows for every message."""
    return lambda _, tx: row_keys


def route(*, loads: Names | None = None, reads: Names | None = None) -> MessageRoute:
    """A handler that names these rows."""

    async def handler(message: object, tx: Transaction) -> None:
        """Do nothing."""

    return MessageRoute(handler, loads, reads)


async def is_locked(world: World, letter: UUID) -> bool:
    """True when another transaction cannot lock the letter's row now."""
    query = select(LetterRow.id).where(LetterRow.id == letter).with_for_update(skip_locked=True)
    async with world.worker.unit() as unit:
        return await unit.session.scalar(query) is None


async def test_what_is_read_is_not_locked_and_what_is_loaded_is(world: World) -> None:
    read, loaded = await posted(world), await posted(world)
    async with world.worker.unit() as unit:
        wanted = route(loads=names((LetterRow, loaded)), reads=names((LetterRow, read)))
        await unit.load_ahead([(wanted, None, begun(unit))])

        assert not await is_locked(world, read)
        assert await is_locked(world, loaded)


async def test_a_row_that_was_read_is_locked_and_read_anew_when_it_is_found(world: World) -> None:
    letter = await posted(world)
    async with world.worker.unit() as unit:
        tx = begun(unit)
        await unit.load_ahead([(route(reads=names((LetterRow, letter))), None, tx)])
        async with world.worker.unit() as other:
            row = await begun(other).lock(LetterRow, letter)
            row.reader = UserId("k201ema")
        found = await tx.find(LetterRow, letter)

        assert found is not None
        assert found.reader == "k201ema"
        assert await is_locked(world, letter)


async def test_a_fetched_row_names_the_next(world: World) -> None:
    last = await posted(world)
    first = await posted(world, about=last)

    def chain(_: object, tx: Transaction) -> Iterable[RowKey]:
        yield LetterRow, first
        row = tx.fetched(LetterRow, first)
        if row is not None:
            yield LetterRow, row.about

    async with world.worker.unit() as unit:
        tx = begun(unit)
        await unit.load_ahead([(route(reads=chain), None, tx)])
        with world.statements() as sent:
            found = await tx.look_up(LetterRow, last)

        assert found is not None
        assert sent == []


async def test_many_messages_cost_one_statement_for_each_table(world: World) -> None:
    letters = [await posted(world) for _ in range(4)]
    async with world.worker.unit() as unit:
        calls = [(route(reads=names((LetterRow, key))), None, begun(unit)) for key in letters]
        with world.statements() as sent:
            await unit.load_ahead(calls)

        assert len(sent) == 1


async def test_what_an_earlier_message_of_the_batch_makes_is_seen_where_it_was_missing(
    world: World,
) -> None:
    letter, about = uuid4(), uuid4()
    named = [(LetterRow, letter), (LetterRow.about, about)]
    async with world.worker.unit() as unit:
        earlier = unit.begin(region=RegionCode("ac"), target=letter)
        later = begun(unit)
        await unit.load_ahead([(route(reads=names(*named)), None, later)])
        assert await later.look_up(LetterRow, letter) is None
        assert await later.search(LetterRow, LetterRow.about, about) is None

        await post_letter(PostLetter(reader=UserId("k082lno"), about=about), earlier)

        assert await later.get(LetterRow, letter) is not None
        assert await later.search(LetterRow, LetterRow.about, about) is not None
        assert await later.look_up_all(LetterRow, [letter, uuid4()]) != []


async def test_a_row_is_not_found_by_a_value_that_it_no_longer_has(world: World) -> None:
    letter, another = await posted(world, about=ABOUT), uuid4()
    async with world.worker.unit() as unit:
        tx = begun(unit)
        named = [(LetterRow.about, ABOUT), (LetterRow.about, another)]
        await unit.load_ahead([(route(reads=names(*named)), None, tx)])
        (await tx.lock(LetterRow, letter)).about = another

        assert await tx.search(LetterRow, LetterRow.about, ABOUT) is None
        assert await tx.search(LetterRow, LetterRow.about, another) is not None


async def test_all_rows_that_share_a_value_are_found_and_no_other(world: World) -> None:
    first, second = [await posted(world, about=ABOUT) for _ in range(2)]
    other = await posted(world)
    async with world.worker.unit() as unit:
        tx = begun(unit)
        await unit.load_ahead([(route(reads=names((LetterRow.about, ABOUT))), None, tx)])
        await tx.look_up(LetterRow, other)

        found = await tx.search_all(LetterRow, LetterRow.about, ABOUT)

        assert {row.id for row in found} == {first, second}
