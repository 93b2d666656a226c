"""What stands in front of every page, over real connections."""

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import httpx
import pytest

from portal.tests.system import PortalSystem


async def test_a_body_of_unknown_size_is_refused_before_it_comes(
    portal_system: PortalSystem,
) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"q=" + b"x" * 1_000

    async with portal_system.visiting("f101") as client:
        answer = await client.post("/sok", content=pieces())

    assert answer.status_code == 411


async def test_what_is_no_file_of_ours_is_kept_by_no_browser(portal_system: PortalSystem) -> None:
    async with httpx.AsyncClient(base_url=portal_system.url) as client:
        there = await client.get("/static/kvitt.css?abc")
        missing = await client.get("/static/missing.css?abc")
        refused = await client.get("/static/kvitt.css?19890101-9802")

    assert "immutable" in there.headers["cache-control"]
    assert (missing.status_code, missing.headers["cache-control"]) == (404, "no-store")
    assert (refused.status_code, refused.headers["cache-control"]) == (400, "no-store")


@pytest.mark.parametrize("path", ["/lager/", "/logga-in/", "//elsewhere.test/lager/"])
async def test_no_answer_leads_to_where_the_host_header_says(
    portal_system: PortalSystem, path: str
) -> None:
    parts = urlsplit(portal_system.url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    writer.write(
        f"GET {path} HTTP/1.1\r\nHost: elsewhere.test\r\nConnection: close\r\n\r\n".encode()
    )
    answer = (await reader.read()).decode()
    writer.close()
    await writer.wait_closed()

    assert answer.startswith("HTTP/1.1 404")
    assert "\r\nlocation:" not in answer.lower()


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
async def test_a_form_from_elsewhere_does_nothing(portal_system: PortalSystem, site: str) -> None:
    async with portal_system.visiting("f101") as client:
        for headers in ({"Sec-Fetch-Site": site}, {"Origin": "null"}, {"Origin": "http://a.test"}):
            answer = await client.post("/logga-ut", headers=headers)
            assert answer.status_code == 403, headers
        own = await client.get("/mina-uppgifter")

    assert own.status_code == 200
    assert own.headers["cache-control"] == "no-store"
    assert "form-action 'self'" in own.headers["content-security-policy"]
