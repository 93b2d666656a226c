"""The portal without a browser: somebody's client, logged in by the local profile's page."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from kvitt_chassis.trust import trusted


@asynccontextmanager
async def visiting(
    portal: str, user: str, *, region: str, operates: str = ""
) -> AsyncIterator[httpx.AsyncClient]:
    """Within: a client of the portal at this address, whose forms the portal believes; of who
    operates one region (ops) or all (platform), where it is said.
    """
    headers = {"Origin": portal, "Sec-Fetch-Site": "same-origin"}
    async with httpx.AsyncClient(
        base_url=portal, headers=headers, timeout=30.0, verify=trusted()
    ) as client:
        form = {"user": user, "region": region, "till": "/", "operates": operates}
        answer = await client.post("/logga-in", data=form)
        assert answer.status_code == 303, f"{user} of {region}: {answer.status_code}"
        yield client


async def weight(client: httpx.AsyncClient, path: str) -> int:
    """Bytes of an answer's body on the wire, compressed."""
    async with client.stream("GET", path, headers={"Accept-Encoding": "gzip"}) as answer:
        return sum([len(piece) async for piece in answer.aiter_raw()])
