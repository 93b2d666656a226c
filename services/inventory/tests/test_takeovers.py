"""INV-12 on real PostgreSQL: what a patient brings from another region is theirs alone to get."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date
from typing import Any

import pytest
from inventory.app import service
from inventory.devices.domain import change_custody, evolve
from inventory.stock.models import StockMoveRow
from kvitt_contracts.access import Grantee
from kvitt_contracts.envelope import Event
from kvitt_contracts.inventory import (
    CustodyCause,
    CustodyChanged,
    DeviceRegistered,
    HoldRefused,
    MoveKind,
    ReservationDeclined,
)
from kvitt_contracts.policy import Policies
from kvitt_contracts.types import Role
from kvitt_testkit.reconciled import found_by
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm

from contracts.tests.builders.areas import with_product_areas
from contracts.tests.builders.blocks import a_block_registered
from contracts.tests.builders.bmb import a_transfer_requested_from_store
from contracts.tests.builders.orders import (
    a_customer_registered,
    a_device_line,
    a_person_inactivated,
    a_person_merged,
    a_person_protection_changed,
    a_person_registered,
    a_user_registered,
    a_withdrawal_placed,
    an_order_placed,
)
from contracts.tests.builders.regions import (
    a_device_returned,
    a_dispatch,
    a_scrapping,
    a_sent_line,
    a_store_stated,
    a_take_over,
    an_article_stated,
    rollators_received,
    the_catalogue,
    the_stores,
)
from contracts.tests.builders.story import (
    CENTRAL,
    CUSHION,
    FITTING,
    OTHER,
    OTHER_PATIENT,
    OUTSIDER,
    OWN,
    PURCHASING,
    ROLLATOR,
    SENDER,
    SENDING,
    SERVICE,
    a_care_unit,
    a_patient,
    a_store,
    device_id,
    person,
)
from services.inventory.tests.worlds import balance, device, refusal

CARE = (Role.PRESCRIBER,)
STAFF: dict[str, Any] = {"user": SERVICE, "roles": (Role.CUSTOMER_SERVICE,)}
SYSTEM: dict[str, Any] = {"user": "ac-systemet", "roles": (Grantee.REGION_SYSTEM,)}
ME: dict[str, Any] = {"user": SENDER, "roles": CARE, "service_points": [SENDING]}
BODY: dict[str, Any] = {
    name: value
    for name, value in a_take_over().model_dump(mode="json").items()
    if name not in ("by", "serial_number")
} | {"person": str(person())}


@pytest.fixture
async def world(given: Given, policies: Policies) -> AsyncIterator[World]:
    """The own store of SENDER's unit is empty; two patients; it is the 2nd of March."""
    areas = with_product_areas(policies, "horsel", "syn")
    async with given(service, at=stockholm("2026-03-02 08:00"), policies=areas) as world:
        await world.handle_all(
            *the_stores(),
            *the_catalogue(),
            a_person_registered(),
            a_person_registered(OTHER_PATIENT),
        )
        await world.register(SENDER, roles=CARE, service_points=[SENDING])
        await world.register(SERVICE)
        yield world


def withdrawn_to(*, number: str = "R-1", order: str = "O-1", **changes: Any) -> Event:
    """The unit withdraws a device, to PATIENT unless told."""
    line = a_device_line(number, order=order)
    return a_withdrawal_placed(line, reference=order, **changes)


@pytest.mark.rule("INV-12a")
async def test_what_is_bought_stands_in_the_units_store_with_all_that_was_told_of_it(
    world: World,
) -> None:
    await world.handle(a_take_over(serial_number="SN-7"))

    assert await balance(world, ROLLATOR, OWN) == (1, 0, 0)
    (move,) = await world.rows(StockMoveRow)
    assert (move.kind, move.available, move.cause_id) == (
        MoveKind.RECEIVED,
        1,
        device_id("R-1"),
    )
    (told,) = await world.events(DeviceRegistered)
    asked = a_take_over(serial_number="SN-7")
    assert told.origin is not None
    assert told.origin.person == person()
    for name in (
        "from_region",
        "supplier_id",
        "supplier_article_number",
        "service_point",
        "approver",
    ):
        assert getattr(told.origin, name) == getattr(asked, name)
    for name in ("device_number", "serial_number", "article_number", "store", "bought_on", "value"):
        assert getattr(told, name) == getattr(asked, name)
    assert told.registered_on == date(2026, 3, 2)
    await assert_rows_are_folds(world)
    assert await found_by(world, "balances") == []
    assert await found_by(world, "custody") == []
    assert await found_by(world, "claims") == []


@pytest.mark.rule("INV-12b")
@pytest.mark.parametrize(
    "of_article", [{"in_assortment": False}, {"status": "phase_out"}, {"status": "discontinued"}]
)
async def test_what_is_outside_the_assortment_may_be_bought(
    world: World, of_article: dict[str, Any]
) -> None:
    await world.handle_all(an_article_stated("30013", **of_article))

    await world.handle(a_take_over(article_number="30013"))

    assert await balance(world, "30013", OWN) == (1, 0, 0)


async def nothing(world: World) -> None:
    pass


async def private(world: World) -> None:
    await world.handle(a_customer_registered(SENDING, store=OWN, private_clinic=True))


async def inactive(world: World) -> None:
    await world.handle(a_person_inactivated())


async def has_left(world: World) -> None:
    await world.register(OUTSIDER, active=False)


async def taken(world: World) -> None:
    await world.handle(rollators_received("R-1", store=CENTRAL))


async def of_another_area(world: World) -> None:
    await world.handle_all(
        an_article_stated("30013", product_area="syn"),
        a_user_registered(SENDER, SENDING, product_areas=("horsel",)),
    )


async def others_store(world: World) -> None:
    await world.handle_all(
        a_store_stated("403", "own", service_point=OTHER), a_customer_registered(SENDING, store=OWN)
    )


Before = Callable[[World], Awaitable[None]]


@pytest.mark.rule("INV-12c")
@pytest.mark.parametrize(
    ("before", "changes", "reason", "rule", "field"),
    [
        (nothing, {"from_region": "ac"}, "FROM_THE_SAME_REGION", "INV-12", "from_region"),
        (nothing, {"article_number": "99999"}, "UNKNOWN_ARTICLE", "INV-12", "article_number"),
        (nothing, {"article_number": CUSHION}, "ARTICLE_IS_NOT_MARKED", "INV-5", "article_number"),
        (
            nothing,
            {"article_number": FITTING},
            "SERVICE_IS_NEVER_STOCKED",
            "INV-4",
            "article_number",
        ),
        (
            of_another_area,
            {"article_number": "30013"},
            "OUTSIDE_PRODUCT_AREAS",
            "REF-11",
            "article_number",
        ),
        (nothing, {"store": "999"}, "UNKNOWN_STORE", "INV-12", "store"),
        (nothing, {"store": CENTRAL}, "NOT_THE_UNITS_STORE", "INV-12", "store"),
        (nothing, {"store": PURCHASING}, "PURCHASING_STORE_HAS_NO_BALANCE", "INV-4", "store"),
        (nothing, {"service_point": OTHER}, "NOT_THE_UNITS_STORE", "INV-12", "store"),
        (others_store, {"store": "403"}, "NOT_THE_UNITS_STORE", "INV-12", "store"),
        (private, {}, "PRIVATE_CLINIC_HOLDS_NO_STOCK", "REF-7", "store"),
        (taken, {}, "DEVICE_NUMBER_TAKEN", "INV-5", "device_number"),
        (inactive, {}, "INACTIVE_RECIPIENT", "REF-14", "person"),
        (nothing, {"approver": "nobody"}, "UNKNOWN_USER", "REF-3", "approver"),
        (has_left, {"approver": OUTSIDER}, "APPROVER_NOT_ACTIVE", "INV-12", "approver"),
    ],
)
async def test_what_is_outside_the_regions_rules_is_not_bought(
    world: World, before: Before, changes: dict[str, Any], reason: str, rule: str, field: str
) -> None:
    await before(world)
    earlier: list[Event] = await world.events()

    refused = await refusal(world.handle(a_take_over(**changes)))

    assert (refused.reason, refused.rule, refused.field) == (reason, rule, field)
    assert refused.way_on
    assert await world.events() == earlier


async def test_a_unit_draws_from_a_store_that_it_shares(world: World) -> None:
    await world.handle(a_customer_registered(OTHER, store=OWN))

    await world.handle(a_take_over(service_point=OTHER))

    assert await balance(world, ROLLATOR, OWN) == (1, 0, 0)


@pytest.mark.rule("INV-12d")
async def test_it_is_withdrawn_to_its_patient_and_to_nobody_else(world: World) -> None:
    await world.handle(a_take_over())

    await world.handle(withdrawn_to(order="O-1", recipient=a_patient(OTHER_PATIENT)))
    await world.handle(withdrawn_to(order="O-2", recipient=a_care_unit()))
    declined = await world.events(ReservationDeclined)
    assert [(one.reason, one.rule) for one in declined] == [("MEANT_FOR_ANOTHER", "INV-12")] * 2
    assert await world.events(CustodyChanged) == []

    await world.handle(withdrawn_to(order="O-3"))
    (changed,) = await world.events(CustodyChanged)
    assert changed.custody.holder == a_patient()
    assert await balance(world, ROLLATOR, OWN) == (0, 0, 0)
    assert (await device(world, "R-1")).meant_for is None
    await assert_rows_are_folds(world)


@pytest.mark.rule("INV-12d")
async def test_the_patient_is_known_by_any_reference_of_theirs(world: World) -> None:
    await world.handle_all(a_take_over(), a_person_merged("P-20417", into=OTHER_PATIENT))

    await world.handle(withdrawn_to(recipient=a_patient(OTHER_PATIENT)))

    (changed,) = await world.events(CustodyChanged)
    assert changed.custody.holder == a_patient(OTHER_PATIENT)


@pytest.mark.rule("INV-12d")
async def test_no_transfer_and_no_dispatch_takes_it_before_its_patient_has_it(
    world: World,
) -> None:
    await world.handle(a_take_over())

    await world.handle(a_transfer_requested_from_store("R-1", store=OWN))
    (refused,) = await world.events(HoldRefused)
    assert [one.reason for one in refused.refused] == ["MEANT_FOR_PATIENT"]
    await world.handle(an_order_placed(a_device_line(None), store=OWN))
    sent = a_dispatch(a_sent_line(1, 1, "R-1"), on="2026-03-02", arrives_on="2026-03-03")
    late = await refusal(world.handle(sent))
    assert (late.reason, late.rule) == ("MEANT_FOR_PATIENT", "INV-12")


async def test_once_it_has_come_back_from_its_patient_it_is_anybodys(world: World) -> None:
    await world.handle_all(a_take_over(), withdrawn_to(order="O-1"))
    await world.advance(stockholm("2026-03-04 08:00"))
    await world.handle(a_device_returned("R-1", on="2026-03-04"))

    await world.handle(
        withdrawn_to(order="O-2", recipient=a_patient(OTHER_PATIENT), placed_on=date(2026, 3, 4))
    )

    assert (await device(world, "R-1")).custody.holder == a_patient(OTHER_PATIENT)
    await assert_rows_are_folds(world)


@pytest.mark.rule("INV-12a", "INV-12d", "REF-12l")
async def test_customer_service_registers_it_over_http_and_its_unit_sees_whose_it_is(
    world: World,
) -> None:
    async with world.http(**STAFF) as client:
        answer = await client.post("/devices:take-over", json=BODY)
        unknown = BODY | {"person": "00000000-0000-4000-8000-000000000000", "device_number": "R-2"}
        nobody = await client.post("/devices:take-over", json=unknown)
    assert (answer.status_code, answer.json()["holder"]["store"]) == (201, OWN)
    assert nobody.status_code == 404

    async with world.http(**ME) as client:
        refused = await client.post("/devices:take-over", json=BODY | {"device_number": "R-3"})
        card = (await client.get(f"/devices/{device_id('R-1')}")).json()
        story = (await client.get(f"/devices/{device_id('R-1')}/story")).json()
    assert (refused.status_code, refused.json()["reason"]) == (403, "CUSTOMER_SERVICE_ONLY")
    assert card["origin"] == {
        "from_region": "w",
        "supplier_id": "L1042",
        "supplier_article_number": "TRO-24",
        "approver": SENDER,
        "service_point": SENDING,
        "person": str(person()),
        "bought_on": "2024-05-14",
        "value": {"net_ore": 420_000, "vat_percent": 25},
        "is_meant_for_patient": True,
    }
    assert story["items"][0]["rule"] == "INV-12"
    assert story["items"][0]["by"] == SERVICE


async def test_of_a_protected_patient_the_unit_alone_is_told_who_it_is(world: World) -> None:
    await world.handle_all(a_take_over(), a_person_protection_changed())

    assert await brought_by(world, ME) == str(person())
    assert await brought_by(world, STAFF) is None
    assert await brought_by(world, SYSTEM) == str(person())


@pytest.mark.rule("REF-25b", "REF-25f")
async def test_who_brought_it_is_blocked_for_other_units_once_the_patient_has_had_it(
    world: World,
) -> None:
    await world.handle_all(a_take_over(), a_block_registered(person(), service_point=SENDING))
    assert await brought_by(world, STAFF) == str(person())

    await world.handle(withdrawn_to(order="O-1"))
    await world.advance(stockholm("2026-03-04 08:00"))
    await world.handle(a_device_returned("R-1", on="2026-03-04"))

    assert await brought_by(world, STAFF) is None
    assert await brought_by(world, SYSTEM) == str(person())


async def brought_by(world: World, who: dict[str, Any]) -> str | None:
    """Who is named as a device's patient from another region, on its card."""
    async with world.http(**who) as client:
        card = (await client.get(f"/devices/{device_id('R-1')}")).json()
    named: str | None = card["origin"]["person"]
    return named


async def test_what_nobody_is_to_have_is_scrapped(world: World) -> None:
    await world.handle_all(a_take_over(), a_scrapping("R-1"))

    assert await balance(world, ROLLATOR, OWN) == (0, 0, 0)
    assert (await device(world, "R-1")).state().is_gone


async def test_it_is_the_patients_wherever_it_was_looked_for(world: World) -> None:
    await world.handle(a_take_over())
    known = (await device(world, "R-1")).state()
    missed = change_custody(
        device_id("R-1"),
        known,
        holder=a_store(CENTRAL),
        payer_id=None,
        customer_id=None,
        prescriber=None,
        since=date(2026, 3, 2),
        cause=CustodyCause(),
    )

    assert evolve(known, missed).meant_for == person()


async def test_a_device_is_registered_once(world: World) -> None:
    await world.handle(a_take_over())

    again = await refusal(world.handle(a_take_over()))

    assert again.reason == "DEVICE_NUMBER_TAKEN"
    assert await balance(world, ROLLATOR, OWN) == (1, 0, 0)
