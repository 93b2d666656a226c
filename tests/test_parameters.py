"""What stands in an address is read by its type: nothing in it makes a service fail."""

import importlib
import json
import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import cycle, islice, product
from types import SimpleNamespace
from typing import Annotated, Any, get_args, get_origin
from urllib.parse import quote
from uuid import uuid4

import pytest
from annotated_types import Ge
from fastapi import FastAPI
from kvitt_chassis.http import Body
from kvitt_chassis.operating import admin
from kvitt_chassis.service import Service
from kvitt_contracts.access import IN_REGISTER, OF_DUTIES, Grantee
from kvitt_contracts.day_bounds import HappenedOn
from kvitt_contracts.topics import SERVICES
from kvitt_contracts.types import Day
from kvitt_testkit.world import Given
from pydantic import BaseModel, Field

pytestmark = pytest.mark.long(seconds=60)

GARBAGE = (
    "a\x00b",
    "\x00",
    str(2**31),
    str(2**63),
    str(10**400),
    "-1",
    str(-(2**63)),
    "5.0",
    "1e9",
    "\u0661",
    "yes",
    "null",
    "0000-01-01",
    "10000-01-01",
    "9999-12-31",
    "2026-02-30",
    "20260501",
    "2026-05-01T00:00:00",
    "6f1c3c5e-5a0b-4d53-9c1e",
    "urn:uuid:6f1c3c5e-5a0b-4d53-9c1e-2b6a0d2d7f10",
    "%",
    "\\",
    "'",
    "\ud7ff",
    "x" * 5_000,
)
"""What a careless or an ill-willed caller puts into an address."""

_KINDS: set[str] = set()
"""Those that were tried with all."""

BY_TURNS = 2
"""So many of them are tried where a parameter of the kind was tried elsewhere with all."""

LAX_FORMS = {
    "date": ("0", "20260501", "2026-05-01T00:00:00", "1700000000", "0000-01-01", "9999-12-31"),
    "boolean": ("yes", "1", "on", "True", "t"),
    "integer": ("5.0", " 5", "1_0", "+5", "\u0665", str(2**63), str(-(2**63) - 1)),
}
"""What lax readers take for a day, a boolean, a whole number."""


def _services() -> list[Service]:
    return [importlib.import_module(f"{name}.app").service for name in sorted(SERVICES)]


SERVICE = pytest.mark.parametrize("service", _services(), ids=lambda service: service.name)


def _parameters(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path and parameter of every parameter in an address."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            for parameter in operation.get("parameters", ()):
                if parameter["in"] in ("path", "query"):
                    yield method, path, parameter


def _alternatives(schema: dict[str, Any], document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    if "anyOf" in schema:
        for one in schema["anyOf"]:
            yield from _alternatives(one, document)
    elif schema.get("type") == "array":
        yield from _alternatives(schema["items"], document)
    elif schema.get("type") != "null":
        yield schema


def _document(service: Service) -> dict[str, Any]:
    app = FastAPI()
    for router in service.routers:
        app.include_router(router)
    return app.openapi()


def _admin() -> dict[str, Any]:
    app = FastAPI()
    parts: Any = SimpleNamespace(
        service=None,
        database=None,
        consumer=None,
        quarantine=None,
        relay=None,
        timers=None,
        reconciliation=None,
        evidence=None,
        moves_clock=True,
    )
    app.include_router(admin.routes(parts))
    return app.openapi()


@pytest.mark.parametrize(
    "document",
    [_admin(), *(_document(service) for service in _services())],
    ids=["admin", *sorted(SERVICES)],
)
def test_every_parameter_has_a_type_with_an_end(document: dict[str, Any]) -> None:
    loose = []
    for method, path, parameter in _parameters(document):
        for one in _alternatives(parameter["schema"], document):
            bounded = {
                "integer": {"minimum", "maximum"} <= one.keys(),
                "boolean": True,
                "string": bool({"maxLength", "pattern", "enum", "const", "format"} & one.keys()),
            }
            if not bounded.get(one.get("type", ""), False):
                loose.append(f"{method} {path} {parameter['name']}: {one}")

    assert loose == []


def test_every_day_in_a_body_is_a_day_of_the_contracts() -> None:
    """What a body admits its command admits too: one in the year 1 was a fault."""
    _services()  # each body is known then
    unbound = [
        f"{body.__module__}.{body.__qualname__}.{name}"
        for body in _bodies()
        if body.__module__.partition(".")[0] in SERVICES
        for name, field in body.model_fields.items()
        if _is_bare_date(field.annotation, field.metadata)
    ]

    assert unbound == []


def _bodies() -> set[type[BaseModel]]:
    """Each body of a request, with the models within it."""
    left, found = [*_below(Body)], set[type[BaseModel]]()
    while left:
        if (body := left.pop()) not in found:
            found.add(body)
            for field in body.model_fields.values():
                left.extend(_models(field.annotation))
    return found


def _models(form: Any) -> Iterator[type[BaseModel]]:
    if isinstance(form, type) and issubclass(form, BaseModel):
        yield form
    for one in get_args(form):
        yield from _models(one)


def _below(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for one in model.__subclasses__():
        yield one
        yield from _below(one)


def _is_bare_date(form: Any, said: Sequence[Any]) -> bool:
    """True for `date`, alone or in an optional or a list, of which no bound is said."""
    if get_origin(form) is Annotated:
        form, *own = get_args(form)
        said = [*said, *own, *(one for field in own for one in getattr(field, "metadata", ()))]
    if form is date:
        return not any(isinstance(one, Ge) for one in said)
    return any(_is_bare_date(one, said) for one in get_args(form))


def test_a_bare_date_is_recognised() -> None:
    described = Annotated[date, Field(description="when")]

    assert _is_bare_date(described | None, [])
    assert _is_bare_date(tuple[date, ...], [])
    assert not _is_bare_date(Day | None, [])
    assert not _is_bare_date(HappenedOn | None, [])


@SERVICE
async def test_nothing_in_an_address_is_a_fault(service: Service, given: Given) -> None:
    """All that is known for each kind of parameter once, and some of it by turns wherever one of
    that kind stands.
    """
    document = _document(service)
    faults = []
    turns = cycle(GARBAGE)
    async with given(service) as world, world.http() as client:
        for method, path, parameter in _parameters(document):
            names = [one["name"] for _, p, one in _parameters(document) if p == path]
            kind = json.dumps([parameter["name"], parameter["in"], parameter["schema"]])
            values = (GARBAGE[0], *islice(turns, BY_TURNS)) if kind in _KINDS else GARBAGE
            _KINDS.add(kind)
            for value in values:
                address, query = path, {}
                for name in names:
                    address = address.replace(f"{{{name}}}", quote(str(uuid4()), safe=""))
                if parameter["in"] == "path":
                    rest = {n: str(uuid4()) for n in names}
                    address = path.format_map({**rest, parameter["name"]: quote(value, safe="")})
                else:
                    query = {parameter["name"]: value}
                body: dict[str, str] | None = None if method == "get" else {}
                answer = await client.request(method, address, params=query, json=body)
                if answer.status_code >= 500 or ("\x00" in value and answer.status_code < 400):
                    faults.append(
                        f"{method} {path} {parameter['name']}={value[:20]!r}: {answer.status_code}"
                    )

    assert faults == []


@SERVICE
async def test_a_query_is_read_in_one_form(service: Service, given: Given) -> None:
    """Asked by somebody with every role and duty, where they may not by the region's system."""
    document = _document(service)
    taken = []
    everybody = [*IN_REGISTER.values(), *OF_DUTIES.values()]
    async with (
        given(service) as world,
        world.http(roles=everybody) as client,
        world.http(roles=[Grantee.REGION_SYSTEM]) as system,
    ):
        for method, path, parameter in _parameters(document):
            if parameter["in"] != "query" or "{" in path:
                continue
            kinds = {
                one.get("format", one.get("type"))
                for one in _alternatives(parameter["schema"], document)
            }
            for value in [one for kind in kinds for one in LAX_FORMS.get(str(kind), ())]:
                asked = {parameter["name"]: value}
                answer = await client.request(method, path, params=asked)
                if answer.status_code == 403:
                    answer = await system.request(method, path, params=asked)
                if answer.status_code != 422:
                    taken.append(f"{path} {parameter['name']}={value!r}: {answer.status_code}")

    assert taken == []


UNKNOWN = (str(uuid4()), "99999", "zz999", "kvitt.nobody", "2031-01", "2031-01-31", "1")
"""What might name something, and names nothing: of each form that an address has."""


@pytest.mark.rule("REF-18c")
@SERVICE
async def test_what_nobody_has_is_not_there(service: Service, given: Given) -> None:
    """No page of it, and no list of what belongs to it: as of what is another region's. Asked by
    somebody with every role and duty, where they may not by the region's system.
    """
    wrong = []
    everybody = [*IN_REGISTER.values(), *OF_DUTIES.values()]
    async with (
        given(service) as world,
        world.http(roles=everybody) as client,
        world.http(roles=[Grantee.REGION_SYSTEM]) as system,
    ):
        for path, operations in _document(service)["paths"].items():
            names = re.findall(r"{([^}]+)}", path)
            if "get" not in operations or not names:
                continue
            answers = set()
            for unknown in product(UNKNOWN, repeat=len(names)):
                address = path.format_map(dict(zip(names, unknown, strict=True)))
                answer = await client.get(address)
                if answer.status_code == 403:
                    answer = await system.get(address)
                answers.add(answer.status_code)
            if not {404} <= answers <= {404, 422}:
                wrong.append(f"{path}: {answers}")

    assert wrong == []
