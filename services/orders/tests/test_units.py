import pytest
from kvitt_chassis.transaction import NotYetKnown
from kvitt_contracts.orders import CustomerRegistered, PayerRegistered, UserRegistered
from kvitt_contracts.policy import Policies
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import RegionCode, Role, ServicePointId, StoreId, UserId
from kvitt_testkit.world import Given, World, assert_rows_are_folds
from orders.app import service
from orders.units.domain import (
    Reason,
    UnitRefused,
    register_care_unit,
    register_customer,
    register_payer,
)
from orders.units.models import CustomerRow

from contracts.tests.builders.regions import (
    HOME,
    a_care_unit_stated,
    a_customer_stated,
    a_payer_stated,
    a_user_stated,
)
from services.orders.tests.builders import registry


async def a_unit(world: World) -> None:
    """A payer and a service point."""
    await world.handle(a_payer_stated(), subject="20011")
    await world.handle(a_customer_stated(), subject="40201")


@pytest.mark.rule("REF-4a")
async def test_a_customer_has_a_base_link_to_its_payer(given: Given) -> None:
    async with given(service) as world:
        await a_unit(world)

        (event,) = await world.events(CustomerRegistered)
        assert (event.customer_id, event.payer_id) == ("40201", "20011")
        await assert_rows_are_folds(world)


@pytest.mark.rule("REF-4a")
async def test_a_customer_waits_for_its_payer(given: Given) -> None:
    async with given(service) as world:
        with pytest.raises(NotYetKnown):
            await world.handle(a_customer_stated(), subject="40201")


async def test_a_unit_restated_unchanged_says_nothing_and_a_changed_name_says_it_anew(
    given: Given,
) -> None:
    async with given(service) as world:
        await world.handle(a_payer_stated(), subject="20011")
        await world.handle(a_payer_stated(), subject="20011")
        await world.handle(a_payer_stated(name="Ersboda HC"), subject="20011")

        assert [event.name for event in await world.events(PayerRegistered)] == [
            "Hälsocentralen 20011",
            "Ersboda HC",
        ]


async def test_the_address_of_a_unit_is_kept_and_not_told(given: Given) -> None:
    async with given(service) as world:
        await world.handle(a_payer_stated(), subject="20011")
        await world.handle(a_customer_stated(address=HOME), subject="40201")

        (row,) = await world.rows(CustomerRow)
        (event,) = await world.events(CustomerRegistered)
        assert row.address == HOME
        assert HOME.street not in event.model_dump_json()


@pytest.mark.parametrize(
    ("region", "customer", "fits"),
    [("ac", "40201", True), ("bd", "40201", False), ("bd", "6121", True)],
)
def test_codes_have_the_length_that_the_policy_says(
    policies: Policies, region: str, customer: str, fits: bool
) -> None:
    policy = policies.of(RegionCode(region)).versions[-1]
    fact = a_customer_stated(customer, store=None)

    if fits:
        (event,) = register_customer(fact, known=None, policy=policy)
        assert event.customer_id == customer
        return
    with pytest.raises(UnitRefused) as refused:
        register_customer(fact, known=None, policy=policy)
    assert (refused.value.reason, refused.value.field) == (Reason.WRONG_LENGTH, "customer_id")


def test_payers_and_care_units_have_the_length_that_the_policy_says(policies: Policies) -> None:
    policy = policies.of(RegionCode("bd")).versions[-1]

    with pytest.raises(UnitRefused) as payer:
        register_payer(a_payer_stated("20011"), known=None, policy=policy)
    with pytest.raises(UnitRefused) as unit:
        register_care_unit(a_care_unit_stated("30110"), known=None, policy=policy)
    assert (payer.value.field, unit.value.field) == ("payer_id", "unit")


@pytest.mark.rule("REF-7e")
def test_a_private_clinic_cannot_own_a_store(policies: Policies) -> None:
    policy = policies.of(RegionCode("ac")).versions[-1]

    with pytest.raises(UnitRefused) as refused:
        register_customer(
            a_customer_stated(private_clinic=True, store="402"), known=None, policy=policy
        )
    assert (refused.value.reason, refused.value.rule) == (
        Reason.PRIVATE_CLINIC_HOLDS_NO_STOCK,
        "REF-7",
    )


@pytest.mark.rule("REF-7e")
def test_a_private_clinic_without_a_store_is_registered(policies: Policies) -> None:
    policy = policies.of(RegionCode("ac")).versions[-1]

    (event,) = register_customer(
        a_customer_stated(private_clinic=True, store=None), known=None, policy=policy
    )

    assert event.private_clinic


@pytest.mark.rule("REF-7e")
def test_a_policy_may_give_private_clinics_a_store(policies: Policies) -> None:
    policy = (
        policies.of(RegionCode("ac"))
        .versions[-1]
        .model_copy(update={"private_clinics_hold_stock": True})
    )

    (event,) = register_customer(
        a_customer_stated(private_clinic=True, store="402"), known=None, policy=policy
    )

    assert event.store == StoreId("402")


@pytest.mark.rule("REF-3a")
async def test_a_user_has_several_service_points_and_one_default(given: Given) -> None:
    async with given(service) as world:
        await a_unit(world)
        await world.handle(a_customer_stated("61202", store="602"), subject="61202")
        await world.handle(
            a_user_stated(
                "k082lno", "40201", "61202", default_service_point=ServicePointId("61202")
            ),
            subject="k082lno",
        )

        (event,) = await world.events(UserRegistered)
        assert event.service_points == ("40201", "61202")
        assert event.default_service_point == "61202"


@pytest.mark.rule("REF-3a")
async def test_a_default_that_is_not_among_the_service_points_is_refused(given: Given) -> None:
    async with given(service) as world:
        await a_unit(world)

        with pytest.raises(UnitRefused) as refused:
            await world.handle(
                a_user_stated(default_service_point=ServicePointId("61209")), subject="k082lno"
            )
        assert refused.value.field == "default_service_point"


@pytest.mark.rule("REF-3a")
async def test_a_user_works_at_service_points_alone(given: Given) -> None:
    async with given(service) as world:
        await world.handle(a_payer_stated(), subject="20011")
        await world.handle(a_customer_stated(is_service_point=False), subject="40201")

        with pytest.raises(UnitRefused) as refused:
            await world.handle(a_user_stated(), subject="k082lno")
        assert refused.value.reason == Reason.NOT_A_SERVICE_POINT


@pytest.mark.rule("REF-3b")
async def test_a_requester_is_connected_to_several_prescribers(given: Given) -> None:
    async with given(service) as world:
        await a_unit(world)
        prescribers = (UserId("k082lno"), UserId("k083abc"))
        await world.handle(
            a_user_stated("b001req", roles=(Role.REQUESTER,), acts_for=prescribers),
            subject="b001req",
        )

        (event,) = await world.events(UserRegistered)
        assert event.acts_for == prescribers


async def test_a_fact_under_another_subject_than_its_own_id_is_refused(given: Given) -> None:
    async with given(service) as world:
        with pytest.raises(Refused) as refused:
            await world.handle(a_payer_stated(), subject="61299")

        assert (refused.value.reason, refused.value.field) == ("SUBJECT_DIFFERS", "ce_subject")


@pytest.mark.rule("REF-4c")
async def test_it_can_be_looked_up_which_payer_a_customer_has(given: Given) -> None:
    async with given(service) as world, world.http(roles=[Role.PRESCRIBER]) as client:
        await registry(world)

        customer = (await client.get("/customers/40201")).json()
        of_payer = (await client.get("/customers", params={"payer_id": "20011"})).json()

        assert customer["payer_id"] == "20011"
        assert [one["customer_id"] for one in of_payer["items"]] == ["40201"]


async def test_units_and_users_are_listed_with_filters_and_sorting(given: Given) -> None:
    async with given(service) as world, world.http() as client:
        await registry(world)
        await world.handle(a_payer_stated("61300", name="Ålidhem"), subject="61300")
        await world.handle(a_customer_stated("61301", payer="61300", store=None), subject="61301")

        payers = (await client.get("/payers", params={"sort": "-payer_id"})).json()
        customers = (await client.get("/customers", params={"payer_id": "61300"})).json()
        named = (await client.get("/payers", params={"name": "häls"})).json()
        users = (
            await client.get("/users", params={"service_point": "40201", "role": "prescriber"})
        ).json()
        nobody = (await client.get("/users", params={"role": "ops"})).json()
        care_units = (await client.get("/care-units")).json()
        wrong_sort = await client.get("/payers", params={"sort": "colour"})

        assert [one["payer_id"] for one in payers["items"]] == ["61300", "20011"]
        assert [one["customer_id"] for one in customers["items"]] == ["61301"]
        assert [one["payer_id"] for one in named["items"]] == ["20011"]
        assert [one["user_id"] for one in users["items"]] == ["k082lno"]
        assert nobody["total"] == 0
        assert [one["unit"] for one in care_units["items"]] == ["30110"]
        assert wrong_sort.status_code == 422


@pytest.mark.parametrize(
    "path", ["/payers/20011", "/customers/40201", "/care-units/30110", "/users/k082lno"]
)
async def test_each_is_shown_by_its_own_code_and_an_unknown_one_is_a_problem(
    given: Given, path: str
) -> None:
    async with given(service) as world, world.http() as client:
        await registry(world)

        shown = await client.get(path)
        unknown = await client.get(path[:-1] + "9")

        assert shown.status_code == 200
        assert unknown.status_code == 404
        assert unknown.headers["content-type"] == "application/problem+json"
