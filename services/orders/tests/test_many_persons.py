"""What a region's many persons cost who looks at a page of them."""

from collections.abc import Callable, Sequence
from uuid import UUID

import asyncpg
import pytest
from kvitt_contracts.types import PersonRef, RegionCode
from kvitt_testkit.world import REGION, Given, ServiceUrls
from orders.app import service
from orders.people.queries import same_persons
from sqlalchemy import func, literal_column, select
from sqlalchemy.dialects import postgresql

from contracts.tests.builders.regions import a_person_stated

MANY = """
    INSERT INTO persons SELECT (jsonb_populate_record(p, jsonb_build_object(
        'id', gen_random_uuid(), 'region_person_id', 'ac-person-' || n))).*
    FROM persons p CROSS JOIN generate_series(2, 30000) n RETURNING id
    """


async def plan(refs: Sequence[UUID], urls: ServiceUrls) -> str:
    """How the references of the persons behind these are found, as the api role."""
    same = same_persons([PersonRef(ref) for ref in refs], RegionCode(REGION))
    query = select(func.count(literal_column("1"))).select_from(same)
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    sql = str(query.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
    api = await asyncpg.connect(urls.api.replace("+asyncpg", ""))
    try:
        async with api.transaction():
            await api.execute(f"SET LOCAL kvitt.region = '{REGION}'")
            return "\n".join(row[0] for row in await api.fetch(f"EXPLAIN {sql}"))
    finally:
        await api.close()


@pytest.mark.long(seconds=10)
async def test_a_page_of_references_reads_no_more_persons_than_it_names(
    given: Given, service_database: Callable[[str], ServiceUrls]
) -> None:
    urls = service_database("orders")
    async with given(service) as world:
        await world.handle(a_person_stated(), subject="ac-person-1")
        owner = await asyncpg.connect(urls.owner.replace("+asyncpg", ""))
        try:
            refs = [row["id"] for row in await owner.fetch(MANY)]
            await owner.execute("ANALYZE persons")
        finally:
            await owner.close()

        assert "Seq Scan on persons" not in await plan(refs[:200], urls)
