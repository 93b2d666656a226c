"""The table of access in one place of the chassis: what a route, a command and a caller must have,
and how what is denied is answered and recorded.
"""

import json
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from uuid import uuid4

import pytest
from fastapi import APIRouter
from kvitt_chassis import denials
from kvitt_chassis.auth import Identity
from kvitt_chassis.handlers import Handlers
from kvitt_chassis.http import ApiRouter, Commands
from kvitt_chassis.metrics import REGISTRY
from kvitt_chassis.service import Service
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.access import Grantee
from kvitt_contracts.notifications import MessageRead
from kvitt_contracts.orders import VoidOrder
from kvitt_contracts.types import OrderId, RegionCode, Role, ServicePointId, UserId, Word
from kvitt_testkit.cells import CALLER, POINT
from kvitt_testkit.world import Given, Servers, ServiceUrls, World

from chassis.tests import loans, toy, trail
from chassis.tests.test_access_cells import OTHER, letter
from chassis.tests.trail import Log

AC = RegionCode("ac")
A_USER = Identity(user_id=CALLER, region=AC)


@pytest.fixture(scope="module")
def loans_urls(platform: Servers, prefix: str) -> ServiceUrls:
    urls = platform.database(loans.SERVICE, prefix, migrate=False)
    loans.make_tables(urls.owner)
    return urls


@pytest.fixture
def denied(caplog: pytest.LogCaptureFixture) -> Callable[[], list[tuple[str, str, str]]]:
    """The lines of what was denied so far: whom, what, and which line it is."""
    caplog.set_level(logging.WARNING)

    def lines() -> list[tuple[str, str, str]]:
        return [
            (getattr(one, "user", "-"), getattr(one, "act", "-"), one.message)
            for one in caplog.records
            if one.name == denials.__name__
        ]

    return lines


def count(act: str, why: str, service: str = "notifications") -> float:
    """Of all regions, and of who is of none."""
    labels = {"service": service, "act": act, "why": why}
    return sum(
        REGISTRY.get_sample_value("access_denied_total", labels | {"region": region}) or 0.0
        for region in ("ac", "bd", "-")
    )


# -- nothing starts without a row ----------------------------------------------------------------


def a_service(*, router: APIRouter | None = None, handlers: Handlers | None = None) -> Service:
    return Service(
        "orders",
        handlers=handlers or Handlers(),
        routers=[router] if router else [],
        base=loans.Base,
        users=loans.UserRow,
    )


@pytest.mark.rule("REF-18a")
def test_a_route_without_a_row_stops_the_start() -> None:
    router = ApiRouter()

    @router.get("/orders/{order_id}/secrets")
    async def secrets() -> None:
        raise AssertionError("it has no row")

    with pytest.raises(LookupError, match=r"GET /orders/\{order_id\}/secrets of orders is in no"):
        a_service(router=router)


@pytest.mark.rule("REF-18a")
def test_a_route_that_asks_no_table_stops_the_start() -> None:
    router = APIRouter()

    @router.get("/orders")
    async def orders() -> None:
        raise AssertionError("nobody was asked")

    with pytest.raises(LookupError, match="no route of an ApiRouter"):
        a_service(router=router)


@pytest.mark.rule("REF-18g")
def test_a_command_of_a_region_without_a_row_stops_the_start() -> None:
    with pytest.raises(LookupError, match="VoidOrder is in no row"):
        Service("orders", handlers=loans.messages, base=loans.Base, users=loans.UserRow, acts=())


async def test_a_route_whose_address_names_a_thing_says_whose_it_is(world: World) -> None:
    router = ApiRouter()

    @router.post("/letters/{letter_id}:read")
    async def read_it(letter_id: str, commands: Commands) -> None:
        await commands.run(toy.ReadLetter(), target=uuid4(), show=toy._letter(uuid4()))

    careless = Service(
        "notifications",
        handlers=toy.messages,
        routers=[router],
        base=toy.Base,
        users=toy.UserRow,
        acts=toy.ACTS,
    )
    world.service = careless
    async with world.http() as client:
        assert (await client.post("/letters/x:read")).status_code == 500


# -- who calls -----------------------------------------------------------------------------------


@pytest.mark.rule("REF-18e")
async def test_who_becomes_inactive_may_do_nothing_from_the_next_request_on(world: World) -> None:
    async with world.http(user=CALLER) as client:
        before = await client.get("/letters")
        await world.register(CALLER, active=False)
        after = await client.get("/letters")
        wrote = await client.post("/letters", json={"reader": CALLER, "about": str(uuid4())})

    assert (before.status_code, after.status_code, wrote.status_code) == (200, 403, 403)


@pytest.mark.rule("REF-18e")
async def test_who_becomes_inactive_while_the_body_comes_does_nothing_either(world: World) -> None:
    body = json.dumps({"reader": CALLER, "about": str(uuid4())}).encode()

    async def slowly() -> AsyncIterator[bytes]:
        yield body[:5]
        await world.register(CALLER, active=False)
        yield body[5:]

    async with world.http(user=CALLER) as client:
        answer = await client.post(
            "/letters", content=slowly(), headers={"Content-Type": "application/json"}
        )

    assert (answer.status_code, await world.rows(toy.LetterRow)) == (403, [])


@pytest.mark.rule("REF-18d", "REF-18e")
async def test_what_the_register_says_is_of_one_region(world: World) -> None:
    await world.register(CALLER, region="bd")

    async with world.client(A_USER) as client:
        answer = await client.get("/letters")

    assert answer.status_code == 403


@pytest.mark.rule("REF-18d")
async def test_roles_and_units_are_the_registers_as_it_is_now(world: World) -> None:
    ours = await letter(world, OTHER, place=POINT)
    await world.register(CALLER, roles=[Role.REQUESTER], service_points=[POINT])
    async with world.client(A_USER) as client:
        there = await client.get(f"/letters/{ours}")
        await world.register(CALLER, roles=[Role.REQUESTER], service_points=["40999"])
        elsewhere = await client.get(f"/letters/{ours}")
        await world.register(CALLER, roles=[])
        nowhere = await client.get(f"/letters/{ours}")

    assert [one.status_code for one in (there, elsewhere, nowhere)] == [200, 404, 403]


@pytest.mark.rule("REF-16b", "REF-16c")
@pytest.mark.parametrize(
    ("employer", "kinds", "expected"),
    [
        ("municipality", {"municipality"}, 200),
        ("contractor", {"municipality", "contractor"}, 200),
        ("region", {"municipality"}, 401),
        (None, {"municipality"}, 401),
        (None, None, 200),
        ("contractor", None, 200),
    ],
)
async def test_each_employers_users_sign_in_by_their_own_way(
    world: World,
    denied: Callable[[], list[tuple[str, str, str]]],
    employer: str | None,
    kinds: set[str] | None,
    expected: int,
) -> None:
    await world.register(CALLER, roles=[Role.REQUESTER], employer_kind=employer)
    way = frozenset(map(Word, kinds)) if kinds is not None else None

    async with world.client(replace(A_USER, employer_kinds=way)) as client:
        answer = await client.get("/letters")

    assert answer.status_code == expected, answer.text
    if expected == 401:
        assert answer.json()["reason"] == "OTHER_WAY_TO_SIGN_IN"
        assert answer.json()["rule"] == "REF-16"
        assert len(denied()) == 1


@pytest.mark.rule("REF-18j")
async def test_a_duty_is_granted_acts_as_a_role_is(world: World) -> None:
    await world.register(CALLER, roles=[Role.REQUESTER, Grantee.UNIT_HEAD])
    both = await world.service.access.caller(A_USER, world.api)
    await world.register(CALLER, roles=[Grantee.UNIT_HEAD], active=False)
    gone = await world.service.access.caller(A_USER, world.api)

    assert both.grantees == {Grantee.REQUESTER, Grantee.UNIT_HEAD}
    assert gone.grantees == frozenset()


@pytest.mark.rule("REF-18d")
async def test_what_a_token_says_of_a_system_is_asked_of_no_register(world: World) -> None:
    system = Identity(user_id=CALLER, region=AC, said=frozenset({Grantee.REGION_SYSTEM}))
    await world.register(CALLER, active=False)

    async with world.client(system) as client:
        assert (await client.get("/letters")).status_code == 200


async def test_who_calls_costs_one_look_up(world: World) -> None:
    async with world.http(roles=[Role.REQUESTER]) as client:
        with world.api_statements() as sent:
            await client.get("/fault")

    assert [one.split()[0] for one in sent] == ["BEGIN", "SELECT", "ROLLBACK"]


# -- what is out of reach ------------------------------------------------------------------------


@pytest.mark.rule("REF-18c")
async def test_what_is_out_of_reach_is_answered_as_what_does_not_exist(world: World) -> None:
    theirs, nothing = await letter(world, OTHER), uuid4()
    async with world.http(user=CALLER, roles=[Role.PRESCRIBER]) as client:
        shown = [await client.get(f"/letters/{one}") for one in (theirs, nothing)]
        acted = [await client.post(f"/letters/{one}:read") for one in (theirs, nothing)]

    for there, missing in (shown, acted):
        assert (there.status_code, there.content) == (404, missing.content)
        assert there.headers == missing.headers
    assert shown[0].content == acted[0].content
    assert await world.events(MessageRead) == []


@pytest.mark.rule("REF-18b")
async def test_a_list_says_nothing_of_what_is_out_of_reach(world: World) -> None:
    mine = await letter(world, CALLER)
    for place in (None, ServicePointId("40999")):
        await letter(world, OTHER, place=place)

    async with world.http(user=CALLER, roles=[Role.PRESCRIBER], service_points=[POINT]) as client:
        page = (await client.get("/letters")).json()

    assert ([one["id"] for one in page["items"]], page["total"]) == ([str(mine)], 1)


# -- a region's command --------------------------------------------------------------------------


async def test_who_acts_by_a_regions_command_costs_no_statement_of_its_own(
    given: Given, loans_urls: ServiceUrls
) -> None:
    commands = Handlers()

    @commands.command(VoidOrder, reads=lambda command, _: [(loans.UserRow, command.by)])
    async def void_order(command: VoidOrder, tx: Transaction) -> None:
        assert tx.fetched(loans.UserRow, command.by) is not None

    service = a_service(handlers=commands)
    async with given(service, urls=loans_urls) as world:
        await world.register(CALLER)
        with world.statements() as sent:
            await world.handle(VoidOrder(by=CALLER))

    assert len([one for one in sent if "FROM users" in one]) == 1


# -- what is denied is recorded once -------------------------------------------------------------


@pytest.mark.rule("REF-18i")
async def test_a_denied_request_is_a_line_and_a_count_whatever_it_lacks(
    world: World, denied: Callable[[], list[tuple[str, str, str]]]
) -> None:
    acts = [("-", "token"), ("toy.letter.read", "role"), ("toy.letter.show", "reach")]
    before = [count(*one) for one in acts]
    theirs = await letter(world, OTHER)

    async with world.http(user=CALLER, roles=[Role.PRESCRIBER]) as client:
        await client.get("/letters", headers={"Authorization": ""})
        await client.get(f"/letters/{theirs}")
    async with world.http(user=CALLER, roles=[Role.REQUESTER]) as client:
        await client.post(f"/letters/{theirs}:read")
        await client.get("/letters")

    assert [(who, act) for who, act, _ in denied()] == [
        ("-", "-"),
        (CALLER, "toy.letter.show"),
        (CALLER, "toy.letter.read"),
    ]
    assert len({line for _, _, line in denied()}) == 3
    assert [count(*one) for one in acts] == [one + 1 for one in before]


@pytest.mark.rule("REF-18i")
async def test_a_denial_names_who_is_not_known_to_the_register(
    world: World, denied: Callable[[], list[tuple[str, str, str]]]
) -> None:
    nobody = Identity(user_id=UserId("nobody"), region=AC)

    async with world.client(nobody) as client:
        answer = await client.get("/letters")

    assert answer.status_code == 403
    assert [who for who, _, _ in denied()] == ["nobody"]


@pytest.mark.rule("REF-18g", "REF-18i")
async def test_a_denied_command_is_recorded_once_however_often_its_batch_is_tried(
    given: Given, loans_urls: ServiceUrls, denied: Callable[[], list[tuple[str, str, str]]]
) -> None:
    log, order, act = Log(), uuid4(), "orders.order.void"
    before = count(act, "role", loans.SERVICE)
    async with given(loans.service, urls=loans_urls) as world:
        await world.register("f101", roles=[])
        async with world.worker.unit() as unit:
            tx = unit.begin(region=AC)
            tx.start(loans.LoanRow, order, loans.a_change(OrderId(order)))
        consumer = trail.a_consumer(
            world.worker, handlers=loans.service.handlers, tuning=trail.quick()
        )
        # an event that fails lets the batch be tried again, without it
        await consumer.settle([log.void("order-1", by="f101"), log.refused(order, 1, "DELIVERED")])
        answered = await trail.table(world.worker, "SELECT reason, rule, field FROM refusals")

        parked = await trail.table(world.worker, "SELECT state FROM parked_keys")

    assert (answered, parked) == ([("FORBIDDEN", "REF-18", "by")], [("waiting",)])
    assert [(who, what) for who, what, _ in denied()] == [("f101", act)]
    assert count(act, "role", loans.SERVICE) == before + 1
