"""Things of several units of a region, and those who ask for them."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from inventory.app import service
from kvitt_contracts.access import Grantee
from kvitt_contracts.types import Role
from kvitt_testkit.world import Given, World, stockholm

from contracts.tests.builders.bmb import (
    a_transfer_drafted,
    a_transfer_requested,
)
from contracts.tests.builders.orders import (
    a_line,
    a_person_registered,
    a_withdrawal_placed,
    an_order_placed,
)
from contracts.tests.builders.regions import (
    a_balance_stated,
    a_device_on_loan_stated,
    a_store_stated,
    rollators_received,
    the_catalogue,
    the_stores,
)
from contracts.tests.builders.story import (
    CENTRAL,
    CUSHION,
    OTHER,
    OUTSIDER,
    OWN,
    RECEIVER,
    RECEIVING,
    SENDER,
    SENDING,
    SERVICE,
)

CARE = (Role.PRESCRIBER,)
INVESTIGATION, OTHERS_STORE = "900", "403"
LENT, IN_STORE, IN_CENTRAL, OTHERS, OTHERS_HELD = "170001", "170002", "170003", "170004", "170005"
ALL = [LENT, IN_STORE, IN_CENTRAL, OTHERS, OTHERS_HELD]

Who = dict[str, Any]
"""Who asks, as `World.http` takes it."""

COLLEAGUE: Who = {"user": "k082eva", "roles": CARE, "service_points": [SENDING]}
"""Works where SENDER does, and has prescribed nothing."""
AT_RECEIVING: Who = {"user": RECEIVER, "roles": CARE, "service_points": [RECEIVING]}
AT_OTHER: Who = {"user": OUTSIDER, "roles": CARE, "service_points": [OTHER]}
PRESCRIBER_ELSEWHERE: Who = {"user": SENDER, "roles": CARE, "service_points": ["40999"]}
STAFF: Who = {"user": SERVICE, "roles": (Role.CUSTOMER_SERVICE,)}
SYSTEM: Who = {"user": "ac-systemet", "roles": (Grantee.REGION_SYSTEM,)}


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """Rollators of two units, in a unit's store and in the central one, one held for a transfer;
    cushions, a withdrawal by SENDING and an order by OTHER.
    """
    async with given(service, at=stockholm("2026-03-02 08:00")) as world:
        await world.handle_all(
            *the_stores(),
            a_store_stated(OTHERS_STORE, "own", service_point=OTHER),
            a_store_stated(INVESTIGATION, "investigation"),
            *the_catalogue(),
            a_person_registered(),
        )
        await world.handle_all(
            a_device_on_loan_stated(LENT, customer_id=SENDING),
            rollators_received(IN_STORE, store=OWN),
            rollators_received(IN_CENTRAL, store=CENTRAL),
            a_device_on_loan_stated(OTHERS, customer_id=OTHER, prescriber=OUTSIDER),
            a_device_on_loan_stated(OTHERS_HELD, customer_id=OTHER, prescriber=OUTSIDER),
        )
        await world.handle_all(
            a_transfer_drafted(OTHERS_HELD, sender=OUTSIDER, sending_service_point=OTHER),
            a_transfer_requested(OTHERS_HELD, by=OUTSIDER),
        )
        await world.handle_all(
            a_balance_stated(CUSHION, 3, store=OWN), a_balance_stated(CUSHION, 5)
        )
        await world.handle_all(
            a_withdrawal_placed(a_line(CUSHION, order="O-1"), reference="O-1"),
            an_order_placed(
                a_line(CUSHION, order="O-2"),
                reference="O-2",
                service_point=OTHER,
                customer_id=OTHER,
                prescriber=OUTSIDER,
            ),
        )
        yield world


async def listed(client: httpx.AsyncClient, path: str, name: str) -> list[str]:
    """One field of each line of a list, sorted, which is counted as it is shown."""
    page = (await client.get(path)).json()
    assert page["total"] == len(page["items"])
    return sorted(str(line[name]) for line in page["items"])


async def shown(client: httpx.AsyncClient, path: str) -> int:
    """The status of a thing; what is out of reach answers as what does not exist does."""
    answer = await client.get(path)
    if answer.status_code == 404:
        *start, _ = path.split("/")
        unknown = await client.get("/".join([*start, str(uuid4())]))
        assert told(answer) == told(unknown)
    return answer.status_code


def told(answer: httpx.Response) -> dict[str, Any]:
    """What a problem says, but for its id and the address that was asked."""
    return {name: value for name, value in answer.json().items() if name not in ("instance", "id")}
