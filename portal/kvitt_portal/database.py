"""The portal's pool of connections, by the database's address as it is now. Has no statement."""

import asyncio
from typing import Any

import asyncpg
from kvitt_chassis.secret_files import Live

_CONNECTIONS = 6
_EVERY_SECONDS = 5.0


# decision 0539
def pool_of(live: Live) -> asyncpg.Pool:
    """A pool whose connections are opened by the newest address, by the older one where the
    database refuses that.
    """

    async def connect(*_: Any, **options: Any) -> Any:
        urls = [one.replace("+asyncpg", "") for one in live.values()]
        for url in urls[:-1]:
            try:
                return await asyncpg.connect(url, **options)
            except asyncpg.InvalidAuthorizationSpecificationError:  # a wrong password is one too
                continue
        return await asyncpg.connect(urls[-1], **options)

    return asyncpg.create_pool(
        min_size=0, max_size=_CONNECTIONS, command_timeout=5.0, connect=connect
    )


async def keep_new(pool: asyncpg.Pool, live: Live) -> None:
    """Let no connection live on that was opened by an address that was replaced. For ever."""
    version = live.version
    while True:
        await asyncio.sleep(_EVERY_SECONDS)
        live.values()
        if live.version != version:
            version = live.version
            await pool.expire_connections()
