"""The driver (asyncpg) beneath SQLAlchemy, for the few statements of the chassis that every message
pays for.
"""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

listeners: list[Callable[[str, Sequence[object]], None]] = []
"""Each is called with every statement that is about to be sent, and its values: for tests."""


async def fetch(session: AsyncSession, statement: str, *values: object) -> Sequence[Any]:
    """Run a statement by asyncpg itself, in the session's transaction: a quarter of the cost by
    SQLAlchemy.

    `statement` has asyncpg's placeholders (`$1`), arrays are lists; answers asyncpg's records. Rows
    that the session has not flushed are not seen. Raises asyncpg's own errors (see
    `is_lock_trouble`), and RuntimeError when no statement of the session has begun the transaction
    yet.
    """
    driver: Any = session.info.get(fetch)
    if driver is None:
        raw = await (await session.connection()).get_raw_connection()
        driver = session.info[fetch] = raw.driver_connection
    if not driver.is_in_transaction():
        raise RuntimeError("the session's transaction is begun by a statement of its own")
    for listener in listeners:
        listener(statement, values)
    rows: Sequence[Any] = await driver.fetch(statement, *values)
    return rows
