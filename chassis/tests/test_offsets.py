"""When offsets go to Kafka. The commit itself is the client's: see test_consumer_kafka."""

import asyncio
from collections.abc import Mapping

from aiokafka import TopicPartition
from kvitt_chassis.consuming import offsets
from kvitt_chassis.consuming.offsets import Offsets
from kvitt_testkit.world import wait_for

FIRST, SECOND = TopicPartition("orders", 0), TopicPartition("orders", 1)


class Committed:
    """What was asked to be committed, and what comes of it."""

    def __init__(self, *answers: bool) -> None:
        self.asked: list[dict[TopicPartition, int]] = []
        self._answers = list(answers)

    async def __call__(self, due: Mapping[TopicPartition, int]) -> bool:
        self.asked.append(dict(due))
        return self._answers.pop(0) if self._answers else True


async def test_offsets_of_many_batches_are_committed_together() -> None:
    committed = Committed()
    following = Offsets(committed)
    running = asyncio.create_task(following.run())

    following.note({FIRST: 3})
    following.note({FIRST: 5, SECOND: 1})
    await wait_for(lambda: committed.asked, within=10 * offsets.PACE)
    following.note({FIRST: 6})
    await wait_for(lambda: len(committed.asked) == 2, within=10 * offsets.PACE)
    running.cancel()

    assert committed.asked == [{FIRST: 5, SECOND: 1}, {FIRST: 6}]


async def test_what_could_not_be_committed_is_committed_later_with_what_came_meanwhile() -> None:
    committed = Committed(False)
    following = Offsets(committed)

    following.note({FIRST: 3, SECOND: 7})
    await following.flush()
    following.note({FIRST: 4})
    await following.flush()
    await following.flush()

    assert committed.asked == [{FIRST: 3, SECOND: 7}, {FIRST: 4, SECOND: 7}]


async def test_a_commit_that_is_cut_short_is_made_again() -> None:
    begun = asyncio.Event()
    asked: list[dict[TopicPartition, int]] = []

    async def never(due: Mapping[TopicPartition, int]) -> bool:
        asked.append(dict(due))
        begun.set()
        await asyncio.sleep(0 if len(asked) > 1 else 3600)
        return True

    following = Offsets(never)
    following.note({FIRST: 3})
    cut = asyncio.create_task(following.flush())
    await begun.wait()
    cut.cancel()
    await asyncio.gather(cut, return_exceptions=True)
    await following.flush()

    assert asked == [{FIRST: 3}, {FIRST: 3}]


async def test_offsets_of_partitions_that_are_anothers_are_forgotten() -> None:
    committed = Committed()
    following = Offsets(committed)

    following.note({FIRST: 3})
    following.drop()
    await following.flush()

    assert committed.asked == []
