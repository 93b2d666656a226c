import asyncio

import httpx
from fastapi import FastAPI
from kvitt_chassis.operating import health
from kvitt_chassis.operating.health import Health, routes


async def well() -> str | None:
    return None


async def ill() -> str | None:
    return "outbox is 61 s old"


async def ask(asked: Health, path: str) -> httpx.Response:
    app = FastAPI()
    app.include_router(routes(asked))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://kvitt") as client:
        return await client.get(path)


async def test_ready_means_that_every_check_holds() -> None:
    assert (await ask(Health("orders", {"database": well}), "/health/ready")).status_code == 200


async def test_one_failing_check_is_named() -> None:
    answer = await ask(Health("orders", {"database": well, "outbox": ill}), "/health/ready")

    assert answer.status_code == 503
    assert answer.json()["why"] == {"outbox": "outbox is 61 s old"}


async def test_a_check_that_hangs_counts_as_failed() -> None:
    async def hangs() -> str | None:
        await asyncio.Event().wait()
        return None

    health.CHECK_SECONDS, kept = 0.01, health.CHECK_SECONDS
    try:
        async with asyncio.timeout(5):
            answer = await ask(Health("orders", {"database": hangs}), "/health/ready")
    finally:
        health.CHECK_SECONDS = kept

    assert answer.status_code == 503


async def test_a_check_that_raises_says_the_kind_and_no_value() -> None:
    async def raises() -> str | None:
        raise ConnectionError("189001019802")

    answer = await ask(Health("orders", {"database": raises}), "/health/ready")

    assert answer.json()["why"] == {"database": "ConnectionError"}


async def test_an_ending_process_is_not_ready_and_still_alive() -> None:
    asked = Health("orders", {"database": well})
    asked.stop()

    assert (await ask(asked, "/health/ready")).status_code == 503
    assert (await ask(asked, "/health/live")).status_code == 200


async def test_a_consumer_whose_watchdog_gave_up_is_not_alive() -> None:
    asked = Health("orders", {}, alive=ill)

    assert (await ask(asked, "/health/live")).status_code == 503


async def test_a_loop_that_has_not_turned_is_not_alive() -> None:
    asked = Health("orders", {})
    asked._beat -= 60

    assert (await ask(asked, "/health/live")).status_code == 503


async def test_metrics_are_shown_as_prometheus_reads_them() -> None:
    answer = await ask(Health("orders", {}), "/metrics")

    assert "# TYPE http_request_seconds histogram" in answer.text
