"""How tasks that run until they are cancelled are ended."""

import asyncio

import pytest
from kvitt_chassis import ending
from kvitt_chassis.ending import end_tasks


async def test_a_task_that_has_lost_its_cancellation_is_cancelled_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ending, "PATIENCE", 0.01)
    lost: list[asyncio.CancelledError] = []

    async def run() -> None:
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError as error:
                lost.append(error)
                if len(lost) > 1:
                    raise

    task = asyncio.create_task(run())
    await asyncio.sleep(0)

    await asyncio.wait_for(end_tasks([task]), 5)

    assert task.cancelled()
    assert len(lost) == 2


async def test_a_task_that_ends_in_order_is_let_end_and_what_it_raises_is_nobodys() -> None:
    done: list[str] = []

    async def run() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.05)
            done.append("in order")
            raise ValueError("at the end")

    task = asyncio.create_task(run())
    await asyncio.sleep(0)

    await end_tasks([task])

    assert done == ["in order"]
    assert isinstance(task.exception(), ValueError)


async def test_nothing_to_end_is_ended_at_once() -> None:
    ending_nothing = asyncio.create_task(end_tasks([]))
    await asyncio.sleep(0)

    assert ending_nothing.done()
    assert ending_nothing.exception() is None
