"""Bodies and addresses are read as strictly as messages are; no database is needed for that."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import httpx
import pytest
from fastapi import Query
from kvitt_chassis.filters import ForTheView
from kvitt_chassis.http import ApiRouter, Body, ListQuery
from kvitt_contracts.types import ArticleType, Money
from pydantic import Field

from chassis.tests.served import Named, an_app, token

ID = "6f1c3c5e-5a0b-4d53-9c1e-2b6a0d2d7f10"
GOOD: dict[str, Any] = {"day": "2026-05-01", "amount": {"net_ore": 100, "vat_percent": 25}}


class Part(Body):
    """A part of a body."""

    ready: bool = False


class Asked(Body):
    """Every type that a body is made of."""

    day: date
    amount: Money
    id: UUID | None = None
    at: datetime | None = None
    count: Annotated[int, Field(ge=0, le=9)] = 1
    ready: bool = False
    kind: ArticleType = ArticleType.SERVICE
    parts: tuple[Part, ...] = ()


class ThingQuery(ListQuery):
    """Every type that an address is made of."""

    day: Annotated[date | None, ForTheView()] = None
    ready: Annotated[bool | None, ForTheView()] = None
    count: Annotated[int | None, ForTheView()] = None
    id: Annotated[UUID | None, ForTheView()] = None
    name: Annotated[str | None, ForTheView()] = None
    kinds: Annotated[list[ArticleType], ForTheView()] = Field(default_factory=list)


router = ApiRouter()


@router.post("/things")
async def ask(body: Asked) -> dict[str, Any]:
    """What was read, as Python has it."""
    return {
        "read": repr(body.model_dump(exclude_unset=True)),
        "given": sorted(body.model_fields_set),
    }


@router.get("/things")
async def find(asked: Annotated[ThingQuery, Query()]) -> str:
    """What was read, as Python has it."""
    return repr({name: getattr(asked, name) for name in sorted(asked.model_fields_set)})


@pytest.fixture
def client() -> httpx.AsyncClient:
    transport = httpx.ASGITransport(an_app(router, authenticator=Named()))
    return httpx.AsyncClient(transport=transport, base_url="http://kvitt", headers=token())


async def test_a_body_in_the_forms_of_its_schema_is_read(client: httpx.AsyncClient) -> None:
    body = {
        **GOOD,
        "id": ID,
        "at": "2026-05-01T08:00:00+02:00",
        "count": 5,
        "ready": True,
        "kind": "service",
        "parts": [{"ready": True}, {}],
    }
    answer = await client.post("/things", json=body)

    assert answer.status_code == 200
    assert answer.json()["given"] == sorted(body)
    assert "datetime.date(2026, 5, 1)" in answer.json()["read"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"day": "0"}, "day"),
        ({"day": 0}, "day"),
        ({"day": "2026-05-01T00:00:00"}, "day"),
        ({"amount": {"net_ore": 1.0}}, "amount.net_ore"),
        ({"amount": {"net_ore": 1, "vat_percent": 25.0}}, "amount.vat_percent"),
        ({"id": ID.replace("-", "")}, "id"),
        ({"at": "2026-05-01T08:00:00"}, "at"),
        ({"at": 1_777_777_777}, "at"),
        ({"count": "5"}, "count"),
        ({"count": 5.0}, "count"),
        ({"count": True}, "count"),
        ({"ready": "yes"}, "ready"),
        ({"ready": 1}, "ready"),
        ({"kind": "SERVICE"}, "kind"),
        ({"parts": [{}, {"ready": "true"}]}, "parts.1.ready"),
        ({"parts": {}}, "parts"),
    ],
)
async def test_another_form_is_refused_by_the_fields_name(
    client: httpx.AsyncClient, changes: dict[str, Any], field: str
) -> None:
    answer = await client.post("/things", json={**GOOD, **changes})

    assert (answer.status_code, answer.json()["field"]) == (422, field)


@pytest.mark.parametrize(
    "text",
    [
        b'{"day": "2026-05-01", "day": "2026-05-02", "amount": {"net_ore": 1}}',
        b'{"day": "2026-05-01", "amount": {"net_ore": 1, "net_ore": 2}}',
        b'{"day": "2026-05-01", "amount": {"net_ore": NaN}}',
        b'{"day": "\xff"}',
        b"[" * 100_000,
    ],
)
async def test_a_body_with_two_meanings_or_none_is_refused(
    client: httpx.AsyncClient, text: bytes
) -> None:
    answer = await client.post(
        "/things", content=text, headers={"Content-Type": "application/json"}
    )

    assert answer.status_code == 422


async def test_a_query_in_the_forms_of_its_documentation_is_read(
    client: httpx.AsyncClient,
) -> None:
    asked = {"day": "2026-05-01", "ready": "false", "count": "-5", "id": ID, "kinds": "service"}
    answer = await client.get("/things", params=asked)

    assert answer.status_code == 200
    assert "'count': -5" in answer.json()
    assert "'ready': False" in answer.json()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("day", "0"),
        ("day", "20260501"),
        ("day", "10000-01-01"),
        ("ready", "yes"),
        ("ready", "1"),
        ("count", "5.0"),
        ("count", " 5"),
        ("count", "\u0665"),
        ("count", str(2**63)),
        ("count", "9" * 5000),
        ("limit", "1e1"),
        ("id", "{" + ID + "}"),
        ("name", "a\x00b"),
        ("sort", "\x00"),
        ("kinds", "service\x00"),
    ],
)
async def test_another_form_in_an_address_is_refused(
    client: httpx.AsyncClient, name: str, value: str
) -> None:
    answer = await client.get("/things", params={name: value})

    assert answer.status_code == 422
    assert answer.json()["field"].startswith(name)
