"""Who reads what of billing: a unit what its payers pay, the region's own staff all (REF-18)."""

from collections.abc import Sequence
from typing import Any

import httpx
import pytest
from billing.app import service
from billing.models import InvoiceRow
from kvitt_contracts.access import Grantee
from kvitt_contracts.types import PayerId, Role, UnitPayer
from kvitt_testkit.world import Given, World, stockholm

from contracts.tests.builders.inventory import (
    an_article_listed,
    an_article_priced,
    numbered,
)
from contracts.tests.builders.orders import (
    a_customer_registered,
    a_payer_registered,
    a_person_merged,
    a_person_protection_changed,
    a_person_registered,
    a_user_registered,
)
from contracts.tests.builders.reservations import (
    a_line_delivered,
)
from contracts.tests.builders.story import (
    CUSHION,
    OTHER,
    OTHER_PAYER,
    PATIENT,
    PAYER,
    RECEIVER,
    RECEIVING,
    RECEIVING_PAYER,
    ROLLATOR,
    SENDER,
    SENDING,
    person,
)
from services.billing.tests.builders import (
    a_device,
    a_fee,
    an_order,
    close_may,
    handed_over,
    lent,
    returned,
)

JUNE_1 = stockholm("2026-06-01 06:00")
STAYS, GOES = a_device("75081"), a_device("75082")
CARE = (Role.PRESCRIBER, Role.REQUESTER)
ALL_OF_IT = [[Role.CUSTOMER_SERVICE], [Grantee.REGION_SYSTEM]]


async def a_month(world: World) -> None:
    """May: of two devices that the sending unit pays for, one goes to the receiving unit's patient
    on the 11th; the sending unit buys a cushion, for which its patient pays a fee.
    """
    await world.handle_all(
        *(a_payer_registered(payer) for payer in (PAYER, RECEIVING_PAYER, OTHER_PAYER)),
        a_customer_registered(SENDING, payer=PAYER),
        a_customer_registered(RECEIVING, payer=RECEIVING_PAYER),
        a_customer_registered(OTHER, payer=OTHER_PAYER),
        an_article_listed(),
        an_article_priced(ROLLATOR, 31_000),
        an_article_listed(CUSHION, marked=False),
        an_article_priced(CUSHION, 12_000),
        STAYS,
        GOES,
        *numbered(
            lent(STAYS, payer=PAYER, since="2026-05-01"),
            lent(GOES, payer=PAYER, since="2026-05-01"),
            handed_over(GOES, payer=RECEIVING_PAYER, since="2026-05-11"),
        ),
        an_order(fee=a_fee(10_000)),
        a_line_delivered(payer=PAYER, on="2026-05-05"),
    )
    await close_may(world, custody_changes=3)


async def items(client: httpx.AsyncClient, path: str) -> list[Any]:
    """What a list shows; its count is of the same."""
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    page = answer.json()
    assert page["total"] == len(page["items"])
    return list(page["items"])


async def payers_billed(client: httpx.AsyncClient, path: str) -> list[str]:
    """Who pays what a list shows: a unit's payer, or the patient's reference."""
    found = [one["payer"] for one in await items(client, path)]
    return sorted(one.get("payer_id") or one["person"] for one in found)


PATIENT_PAYS = str(person())


@pytest.mark.rule("REF-18b")
@pytest.mark.parametrize("role", CARE)
async def test_a_unit_reads_what_its_payer_is_billed_and_nothing_of_a_patient(
    given: Given, role: Role
) -> None:
    async with given(service, at=JUNE_1) as world:
        await a_month(world)
        seen = {}
        for point in (SENDING, RECEIVING, OTHER):
            async with world.http(roles=[role], service_points=[point]) as client:
                seen[point] = [
                    await payers_billed(client, "/invoices"),
                    await payers_billed(client, "/charges"),
                    [one["payer_id"] for one in await items(client, "/payers")],
                ]

    assert seen == {
        SENDING: [[PAYER], [PAYER], [PAYER]],
        RECEIVING: [[RECEIVING_PAYER], [], [RECEIVING_PAYER]],
        OTHER: [[], [], [OTHER_PAYER]],
    }


@pytest.mark.rule("REF-18b")
@pytest.mark.parametrize("roles", ALL_OF_IT)
async def test_customer_service_and_the_regions_system_read_what_patients_are_billed_too(
    given: Given, roles: Sequence[Role | Grantee]
) -> None:
    async with given(service, at=JUNE_1) as world:
        await a_month(world)
        async with world.http(roles=roles) as client:
            invoices = await payers_billed(client, "/invoices")
            charges = await payers_billed(client, "/charges")
            devices = await items(client, "/devices")
            of_the_patient = await payers_billed(client, f"/invoices?person={PATIENT_PAYS}")

    assert invoices == sorted([PAYER, RECEIVING_PAYER, PATIENT_PAYS])
    assert charges == sorted([PAYER, PATIENT_PAYS])
    assert len(devices) == 2
    assert of_the_patient == [PATIENT_PAYS]


@pytest.mark.rule("REF-19e")
@pytest.mark.parametrize("known_as", [PATIENT, "P-10001"])
async def test_what_a_protected_person_is_billed_is_the_regions_systems_alone(
    given: Given, known_as: str
) -> None:
    async with given(service, at=JUNE_1) as world:
        await world.handle_all(
            a_person_registered(), a_person_registered("P-10001"), a_person_registered("P-10002")
        )
        await a_month(world)
        if known_as != PATIENT:
            await world.handle(a_person_merged(PATIENT, into=known_as))
        await world.handle_all(
            a_person_protection_changed(known_as), a_person_protection_changed("P-10002")
        )
        theirs = [one for one in await world.rows(InvoiceRow) if one.payer.kind == "patient"]
        seen = {}
        for role in (Role.CUSTOMER_SERVICE, Grantee.REGION_SYSTEM):
            async with world.http(roles=[role]) as client:
                shown = await client.get(f"/invoices/{theirs[0].id}/pdf")
                seen[role] = [
                    await payers_billed(client, "/invoices"),
                    await payers_billed(client, "/charges"),
                    len(await items(client, f"/invoices?person={PATIENT_PAYS}")),
                    shown.status_code == 404,
                ]
        await world.handle(a_person_protection_changed(known_as, is_protected=False))
        async with world.http(roles=[Role.CUSTOMER_SERVICE]) as client:
            afterwards = await payers_billed(client, "/charges")

    assert seen == {
        Role.CUSTOMER_SERVICE: [sorted([PAYER, RECEIVING_PAYER]), [PAYER], 0, True],
        Grantee.REGION_SYSTEM: [
            sorted([PAYER, RECEIVING_PAYER, PATIENT_PAYS]),
            sorted([PAYER, PATIENT_PAYS]),
            1,
            False,
        ],
    }
    assert afterwards == sorted([PAYER, PATIENT_PAYS])


@pytest.mark.rule("REF-18b")
async def test_a_filter_shows_no_more_than_the_list_that_it_narrows(given: Given) -> None:
    async with given(service, at=JUNE_1) as world:
        await a_month(world)
        async with world.http(roles=CARE, service_points=[SENDING]) as client:
            found = [
                await items(client, path)
                for path in (
                    f"/invoices?person={PATIENT_PAYS}",
                    f"/invoices?payer_id={RECEIVING_PAYER}",
                    f"/charges?payer_id={RECEIVING_PAYER}",
                    "/charges?kind=fee",
                )
            ]

    assert found == [[], [], [], []]


@pytest.mark.rule("REF-18c")
async def test_what_is_billed_to_others_is_as_if_it_did_not_exist(given: Given) -> None:
    async with given(service, at=JUNE_1) as world:
        await a_month(world)
        theirs = [
            i for i in await world.rows(InvoiceRow) if i.payer != UnitPayer(payer_id=PayerId(PAYER))
        ]
        nobodys = "00000000-0000-0000-0000-000000000001"
        async with world.http(roles=CARE, service_points=[SENDING]) as client:
            for path in ("/invoices/{}", "/invoices/{}/pdf"):
                unknown = await client.get(path.format(nobodys))
                assert unknown.status_code == 404
                for one in theirs:
                    answer = await client.get(path.format(one.id))
                    assert answer.status_code == 404
                    assert told(answer) == told(unknown)
        async with world.http(roles=CARE, service_points=[OTHER]) as client:
            unknown = await client.get(f"/devices/{nobodys}/payers")
            answer = await client.get(f"/devices/{STAYS.device_id}/payers")

    assert len(theirs) == 2
    assert (answer.status_code, told(answer)) == (404, told(unknown))


def told(answer: httpx.Response) -> dict[str, Any]:
    """What a problem says, but for the address that was asked."""
    return {name: value for name, value in answer.json().items() if name != "instance"}


@pytest.mark.rule("REF-18b")
async def test_an_invoice_of_ones_own_unit_is_read_with_its_lines_and_as_a_document(
    given: Given,
) -> None:
    async with given(service, at=JUNE_1) as world:
        await a_month(world)
        async with world.http(roles=CARE, service_points=[RECEIVING]) as client:
            (invoice,) = await items(client, "/invoices")
            shown = await client.get(f"/invoices/{invoice['id']}")
            pdf = await client.get(f"/invoices/{invoice['id']}/pdf")

    (line,) = shown.json()["lines"]
    assert line["device_number"] == GOES.device_number
    assert pdf.content.startswith(b"%PDF-")


Since = Sequence[tuple[str, str | None]]


@pytest.mark.rule("REF-18b")
@pytest.mark.parametrize(
    ("point", "shown"),
    [
        (SENDING, [("2026-05-01", PAYER), ("2026-05-11", None)]),
        (RECEIVING, [("2026-05-11", RECEIVING_PAYER), ("2026-05-21", None)]),
        (OTHER, [("2026-05-23", OTHER_PAYER), ("2026-05-25", None)]),
    ],
)
async def test_a_unit_sees_its_own_payers_days_of_a_device_and_not_who_pays_besides(
    given: Given, point: str, shown: Since
) -> None:
    async with given(service, at=JUNE_1) as world:
        await a_month(world)
        await world.handle_all(
            *numbered(
                returned(GOES, since="2026-05-21"),
                lent(GOES, payer=OTHER_PAYER, since="2026-05-23"),
                handed_over(GOES, payer="20999", since="2026-05-25"),
                first=4,
            )
        )
        async with world.http(roles=CARE, service_points=[point]) as client:
            alone = (await client.get(f"/devices/{GOES.device_id}/payers")).json()
            listed = [
                one
                for one in await items(client, "/devices")
                if one["device_number"] == GOES.device_number
            ]
        async with world.http(roles=[Role.CUSTOMER_SERVICE]) as client:
            whole = (await client.get(f"/devices/{GOES.device_id}/payers")).json()

    assert [(one["from_day"], one["payer_id"]) for one in alone["periods"]] == shown
    assert listed == [alone]
    assert len(whole["periods"]) == 5


@pytest.mark.rule("REF-18d")
async def test_reach_is_what_the_register_says_now(given: Given) -> None:
    async with given(service, at=JUNE_1) as world:
        await a_month(world)
        async with world.http(user=SENDER, roles=CARE, service_points=[SENDING]) as client:
            before = await payers_billed(client, "/invoices")
            await world.handle(a_user_registered(SENDER, RECEIVING))
            moved = await payers_billed(client, "/invoices")
            await world.handle(a_customer_registered(RECEIVING, payer=PAYER))
            now_paid_by_another = await payers_billed(client, "/invoices")

    assert (before, moved, now_paid_by_another) == ([PAYER], [RECEIVING_PAYER], [PAYER])


@pytest.mark.rule("REF-18e")
async def test_who_is_inactive_reads_nothing_at_once(given: Given) -> None:
    async with given(service, at=JUNE_1) as world:
        await a_month(world)
        async with world.http(user=RECEIVER, roles=CARE, service_points=[RECEIVING]) as client:
            assert await items(client, "/invoices")
            await world.handle(a_user_registered(RECEIVER, RECEIVING, active=False))
            refused = await client.get("/invoices")

    assert (refused.status_code, refused.json()["reason"]) == (403, "FORBIDDEN")


@pytest.mark.rule("REF-18b")
async def test_a_unit_of_the_same_name_in_another_region_reads_nothing_here(given: Given) -> None:
    async with given(service, at=JUNE_1) as world:
        await a_month(world)
        await world.handle_all(
            a_payer_registered(PAYER), a_customer_registered(SENDING, payer=PAYER), region="bd"
        )
        async with world.http(region="bd", roles=CARE, service_points=[SENDING]) as client:
            found = [await items(client, path) for path in ("/invoices", "/charges", "/devices")]

    assert found == [[], [], []]
