"""How a service's database finds what its api role asks for."""

from typing import Any

from sqlalchemy import Select, event, text
from sqlalchemy.ext.asyncio import create_async_engine

from kvitt_testkit.world import REGION, ServiceUrls


async def plan(urls: ServiceUrls, query: Select[Any]) -> str:
    """The plan of a query of one column, as the api role of the region, with its parameters as they
    are.
    """
    engine = create_async_engine(urls.api)
    async with engine.connect() as api:
        await api.execute(text(f"SET LOCAL kvitt.region = '{REGION}'"))
        event.listen(engine.sync_engine, "before_cursor_execute", _explain, retval=True)
        found = (await api.scalars(query)).all()
    await engine.dispose()
    return "\n".join(str(line) for line in found)


def _explain(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> tuple[str, Any]:
    return f"EXPLAIN {statement}", parameters
