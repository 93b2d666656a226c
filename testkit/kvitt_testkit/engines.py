"""The engines of the services' tests. What SQLAlchemy has compiled for one test serves the next: a
fifth of the time of a test that asks a service over HTTP was compiling the same statements anew.
"""

from collections import defaultdict
from typing import Any

from kvitt_chassis.database import Database
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine

_FREE: dict[tuple[str, str], list[AsyncEngine]] = defaultdict(list)
"""Those that no test uses now, without a connection, by service and role."""


# decision 0577: what is the same for every test is made once
def take(database: Database) -> None:
    """Let a database that is new use an engine that an earlier one has given back, if there is one
    of its service and role. `database` must be made with the same options as those before.
    """
    free, made = _FREE[database.service, database.role], database.engine
    if not free:
        event.listen(made.sync_engine, "do_connect", _connect_to_its_url(made))
        return
    database.engine = free.pop()
    database.engine.sync_engine.url = made.url


async def give_back(database: Database) -> None:
    """Close its connections, which are the event loop's that ends, and keep the engine."""
    await database.dispose()
    _FREE[database.service, database.role].append(database.engine)


def _connect_to_its_url(engine: AsyncEngine) -> Any:
    def connect(dialect: Any, _: Any, __: Any, options: dict[str, Any]) -> None:
        options |= dialect.create_connect_args(make_url(engine.url))[1]

    return connect
