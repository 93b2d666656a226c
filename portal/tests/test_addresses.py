"""No personal number stands in an address, wherever it was written, nor is one asked a service."""

import json
import re
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
import pytest_asyncio
from kvitt_portal.services import Services

from contracts.tests.builders.regions import an_article_stated
from portal.tests.ward import Ward

PAGE = "/uttag/nytt"
NUMBER = "19890101-9802"
DASHED = "19890101–9802"
"""As an editor writes the hyphen."""


@pytest_asyncio.fixture(loop_scope="session")
async def anna(ward: Ward) -> AsyncIterator[httpx.AsyncClient]:
    """The ward's prescriber, who is not led on."""
    async with ward.system.visiting(ward.user) as client:
        yield client


async def test_a_number_with_an_editors_hyphen_finds_its_person(
    anna: httpx.AsyncClient, ward: Ward
) -> None:
    answer = await anna.post("/sok", data={"q": ward.patient.hyphenated.replace("-", "–")})

    assert answer.headers["location"].startswith("/mottagare/")


async def test_no_name_of_a_person_stands_in_the_browsers_history(
    anna: httpx.AsyncClient, ward: Ward
) -> None:
    found = await anna.post("/sok", data={"q": ward.patient.number})
    page = await anna.get(found.headers["location"])

    (title,) = re.findall("<title>(.*)</title>", page.text)
    assert ward.patient.name in page.text
    assert "Testsson" not in title


@pytest.mark.parametrize(
    "text", [f"Anna {NUMBER}", f"{NUMBER} {NUMBER}", f"pnr:{DASHED}", "8901019802 rullstol"]
)
async def test_a_number_among_other_words_is_sought_nowhere(
    anna: httpx.AsyncClient, text: str
) -> None:
    answer = await anna.post("/sok", data={"q": text})

    assert answer.status_code == 422
    assert "Skriv personnumret för sig" in answer.text


@pytest.mark.parametrize("text", ["(090) 98 07 1", "0900/98071", "090.098.071", "0900–98071"])
async def test_a_telephone_number_stands_in_no_address_however_it_is_written(
    anna: httpx.AsyncClient, text: str
) -> None:
    answer = await anna.post("/sok", data={"q": text})

    assert (answer.status_code, answer.headers.get("location")) == (200, None)
    assert "Inget hjälpmedel som du ser har det SIP-numret." in answer.text


async def test_an_article_whose_number_begins_as_a_telephone_number_does_is_found(
    anna: httpx.AsyncClient, ward: Ward
) -> None:
    number = "05123-001"
    await ward.system.state([(number, an_article_stated(number, name="Sittkil Noll"))])

    answer = await anna.post("/sok", data={"q": number})

    assert answer.headers["location"] == f"/artiklar/{number}"


@pytest.mark.parametrize("field", ["q", "quantity-0", "unit", "payer", "device-0"])
async def test_a_number_in_another_field_of_a_withdrawal_is_refused_there(
    anna: httpx.AsyncClient, ward: Ward, field: str
) -> None:
    whole = {"line": "0", "article-0": ward.cushion, "quantity-0": "1", "unit": "30110"}

    for text in (f"{NUMBER} x", DASHED):
        answer = await anna.post(PAGE, data={**whole, field: text})

        assert answer.status_code == 422, text
        assert "Ett personnummer skrivs i fältet Personnummer" in answer.text


async def test_a_number_that_is_scanned_where_articles_are_is_the_recipients(
    anna: httpx.AsyncClient, ward: Ward
) -> None:
    answer = await anna.post(PAGE, data={"q": ward.patient.hyphenated})

    assert answer.status_code == 303
    assert "person=" in answer.headers["location"]
    assert ward.patient.number not in answer.headers["location"]
    assert ward.patient.hyphenated not in answer.headers["location"]


@pytest.mark.parametrize("text", [NUMBER, DASHED, f"x {NUMBER}"])
async def test_no_service_is_asked_with_a_number_in_the_address(text: str) -> None:
    with _listening() as (address, asked):
        async with Services({"inventory": address}) as services:
            part = await services.call(
                "inventory", "GET", "/devices", token="t", query={"device_number": text}
            )
            in_path = await services.call("inventory", "GET", f"/articles/{text}", token="t")
            other = await services.call("inventory", "GET", "/devices", token="t")

    assert (part.status, other.status) == (422, 200)
    assert in_path.status in (404, 422)
    assert asked == ["/devices"]


async def test_what_is_no_address_is_an_unknown_thing() -> None:
    with _listening() as (address, asked):
        async with Services({"inventory": address}) as services:
            deleted = await services.call("inventory", "GET", "/articles/a\x7fb", token="t")
            long = await services.call(
                "inventory", "GET", "/names", token="t", query={"payer": ["å" * 4_000] * 20}
            )

    assert (deleted.status, long.status) == (404, 404)
    assert asked == []


@contextmanager
def _listening() -> Iterator[tuple[str, list[str]]]:
    """Within: the address of a service that answers everything, and what it was asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            body = json.dumps({}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
