"""Transfers are found by what they name, and without reading those of others."""

from collections.abc import Callable

import asyncpg
import pytest
from bmb.models import TransferRow, TransferSubjectRow
from bmb.queries import SHOWN, concerns, was_rejected
from kvitt_chassis.access import Caller, Grant
from kvitt_contracts.access import Reach
from kvitt_contracts.access.asked import act_called
from kvitt_contracts.types import RegionCode, ServicePointId, UserId
from kvitt_testkit.plans import plan
from kvitt_testkit.upgrades import migration
from kvitt_testkit.world import REGION, ServiceUrls, World
from sqlalchemy import delete, select, text

from contracts.tests.builders.blocks import a_consent_given
from contracts.tests.builders.inventory import a_device_stated_on_loan
from contracts.tests.builders.orders import a_person_merged, a_person_registered
from contracts.tests.builders.story import (
    OTHER,
    OTHER_PATIENT,
    OUTSIDER,
    PATIENT,
    SENDER,
    SENDING,
    device_id,
    person,
)
from services.bmb.tests.test_http import as_user
from services.bmb.tests.worlds import TO_PATIENT, Registered, a_save, registered

__all__ = ["registered"]

MANY = """
    INSERT INTO transfers SELECT (jsonb_populate_record(t, jsonb_build_object(
        'id', gen_random_uuid(),
        'reference', 'MANY-' || n,
        'devices', jsonb_build_array(gen_random_uuid()),
        'current_recipient', jsonb_build_object('kind', 'patient', 'person', gen_random_uuid()),
        'status', CASE n % 100 WHEN 0 THEN 'rejected' ELSE 'completed' END))).*
    FROM transfers t CROSS JOIN generate_series(1, 20000) n
    """
ELSEWHERE = Caller(
    user_id=UserId(OUTSIDER),
    region=RegionCode(REGION),
    grantees=frozenset(),
    service_points=frozenset([ServicePointId(OTHER)]),
)
LISTED = Grant(caller=ELSEWHERE, act=act_called("bmb.transfers.list"), reach=Reach.UNITS)
OF_THE_REGION = TransferRow.region == REGION
FEW_AGAIN = "DELETE FROM transfers WHERE reference LIKE 'MANY-%'"
"""What is no fold of any events."""


async def found(world: World, *queries: str) -> list[int]:
    """How many transfers the sender is shown for each of the queries."""
    async with as_user(world, SENDER, SENDING) as client:
        return [(await client.get(f"/transfers?{one}")).json()["total"] for one in queries]


async def test_a_transfer_is_found_by_who_has_the_device_and_by_who_is_to_have_it(
    registered: Registered,
) -> None:
    async with registered() as world:
        await world.handle(a_save(new_recipient=TO_PATIENT, attested=True), subject="BMB-1")

        both = await found(world, f"person={person()}", f"person={person(OTHER_PATIENT)}")

    assert both == [1, 1]


async def test_a_draft_that_is_saved_anew_is_found_by_what_it_names_now(
    registered: Registered,
) -> None:
    queries = ("device=170098", "device=157792", f"person={person(OTHER_PATIENT)}")
    async with registered() as world:
        await world.handle(a_device_stated_on_loan("157792"))
        await world.handle(
            a_save(new_recipient=TO_PATIENT, attested=True, execute=False), subject="BMB-1"
        )
        first = await found(world, *queries)

        await world.handle(a_save(devices=("157792",), execute=False), subject="BMB-1")

        assert (first, await found(world, *queries)) == ([1, 0, 1], [0, 1, 0])


async def test_what_was_sent_before_the_upgrade_is_found_after_it(registered: Registered) -> None:
    queries = ("device=170098", f"person={person(PATIENT)}")
    async with registered() as world:
        await world.handle(a_save(), subject="BMB-1")
        async with world.worker.unit() as unit:
            await unit.session.execute(delete(TransferSubjectRow))
        assert await found(world, *queries) == [0, 0]

        async with world.worker.unit() as unit:
            await unit.session.execute(text(migration("bmb", "0016").SUBJECTS.format(narrowed="")))

        assert await found(world, *queries) == [1, 1]


@pytest.mark.long(seconds=10)
async def test_among_many_no_more_transfers_are_read_than_are_asked_for(
    registered: Registered, service_database: Callable[[str], ServiceUrls]
) -> None:
    urls = service_database("bmb")
    sent_from_here = TransferRow.sending_service_point == SENDING
    async with registered() as world:
        await world.handle(a_save(), subject="BMB-1")
        await world.handle(a_consent_given(person(), service_point=OTHER))
        owner = await asyncpg.connect(urls.owner.replace("+asyncpg", ""))
        try:
            await owner.execute(MANY)
            await owner.execute("ANALYZE transfers, transfer_subjects, consents")
            plans = [
                await plan(urls, select(TransferRow.reference).where(OF_THE_REGION, one))
                for one in (
                    concerns([person()], RegionCode(REGION)),
                    concerns([device_id()], RegionCode(REGION)),
                    sent_from_here & was_rejected(),
                    SHOWN.within(LISTED),
                )
            ]
            await owner.execute(FEW_AGAIN)
        finally:
            await owner.close()

    assert not [one for one in plans if "Seq Scan on transfers" in one]
    assert "ix_transfers_rejected" in plans[2]


async def test_a_transfer_is_found_by_every_reference_of_a_merged_person(
    registered: Registered,
) -> None:
    async with registered() as world:
        await world.handle_all(a_person_registered("P-40001"), a_person_registered("P-40002"))
        await world.handle(a_save(new_recipient=TO_PATIENT, attested=True), subject="BMB-1")
        await world.handle_all(
            a_person_merged(PATIENT, into="P-40001"), a_person_merged("P-40001", into="P-40002")
        )

        by_each = await found(
            world, *(f"person={person(one)}" for one in (PATIENT, "P-40001", "P-40002"))
        )

    assert by_each == [1, 1, 1]
