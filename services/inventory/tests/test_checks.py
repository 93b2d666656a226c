"""The night's comparisons of inventory: nothing is found where nothing is wrong, and each planted
difference is found by its key.
"""

from collections.abc import Sequence
from datetime import date

import pytest
from kvitt_contracts.envelope import Event
from kvitt_contracts.topics import BMB_TRANSFERS
from kvitt_testkit.reconciled import SaidBefore, found_by, plant
from kvitt_testkit.world import World, stockholm

from contracts.tests.builders.bmb import (
    a_transfer_accepted,
    a_transfer_locked,
    a_transfer_rejected,
    a_transfer_requested,
    a_transfer_requested_from_store,
    a_transfer_sent,
    a_transfer_unlocked,
    a_transfer_withdrawn,
)
from contracts.tests.builders.orders import a_device_line, an_order_placed
from contracts.tests.builders.regions import (
    a_device_on_loan_stated,
    a_device_returned,
    a_dispatch,
    a_sent_line,
    rollators_received,
)
from contracts.tests.builders.story import CENTRAL, OWN, ROLLATOR, device_id, order_id, transfer_id

SENT = (a_transfer_requested(), a_transfer_sent())
"""A transfer that the receiver has not answered."""

Found = list[tuple[str, str, tuple[str, ...]]]
"""Table, key and what is wrong."""


async def found(world: World, name: str, *said: Event) -> Found:
    """What a check finds when bmb has said this."""
    heard = SaidBefore(*said, key="transfer_id")
    differences = await found_by(world, name, BMB_TRANSFERS, heard)
    assert {one.region for one in differences} <= {"ac"}
    return [(one.table, one.key, one.fields) for one in differences]


async def lived_through(world: World, *said: Event) -> None:
    """A rollator on loan, and what bmb said of a transfer of it that inventory hears."""
    handled = tuple(world.service.handlers.messages)
    await world.handle(a_device_on_loan_stated())
    await world.handle_all(*[event for event in said if isinstance(event, handled)])


DEVICE, TRANSFER = str(device_id()), str(transfer_id())


# -- custody -------------------------------------------------------------------------------------


async def test_a_life_that_its_table_tells_otherwise_is_found_with_field_and_day(
    world: World,
) -> None:
    accepted = a_transfer_accepted(effective_on=date(2026, 3, 5))
    await lived_through(world, *SENT, accepted)
    await world.advance(stockholm("2026-03-06 08:00"))
    assert await found_by(world, "custody") == []

    await plant(
        world,
        "UPDATE custody_changes SET custody ="
        " jsonb_set(CAST(custody AS jsonb), '{payer_id}', '\"20999\"') WHERE number = 2",
    )

    assert await found(world, "custody") == [("custody_changes", DEVICE, ("payer_id@2026-03-05",))]


async def test_a_change_that_its_table_lacks_or_has_on_another_day_is_found(world: World) -> None:
    await lived_through(world, *SENT, a_transfer_accepted(effective_on=date(2026, 3, 2)))
    await plant(world, "DELETE FROM custody_changes WHERE number = 2")

    ((_, key, fields),) = await found(world, "custody")

    assert key == DEVICE
    assert {"payer_id@2026-03-02", "cause@2026-03-02"} <= set(fields)


# -- claims --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [
        SENT,
        (*SENT, a_transfer_accepted(effective_on=date(2026, 3, 2))),
        (*SENT, a_transfer_accepted(effective_on=date(2026, 3, 9))),
        (*SENT, a_transfer_rejected()),
        (*SENT, a_transfer_withdrawn()),
        (*SENT, a_transfer_locked()),
        (*SENT, a_transfer_locked(), a_transfer_unlocked()),
        (a_transfer_requested_from_store("170098", store=OWN),),
    ],
    ids=["sent", "done", "waits", "rejected", "withdrawn", "locked", "unlocked", "refused"],
)
async def test_transfers_holds_and_claims_that_agree_are_no_difference(
    world: World, said: Sequence[Event]
) -> None:
    await lived_through(world, *said)

    assert await found(world, "claims", *said) == []


async def test_goods_on_their_way_are_claimed_by_their_order(world: World) -> None:
    await world.handle_all(
        rollators_received("170098", store=CENTRAL),
        an_order_placed(a_device_line(None)),
        a_dispatch(a_sent_line(1, 1, "170098")),
    )
    assert await found(world, "claims") == []

    await plant(world, "UPDATE reservations SET in_transit = '[]'")

    assert await found(world, "claims") == [("devices", DEVICE, ("claimed_by_nothing",))]


async def test_what_was_returned_under_a_transfer_is_no_difference(world: World) -> None:
    await lived_through(world, *SENT)
    await world.handle(a_device_returned())

    assert await found(world, "claims", *SENT) == []


@pytest.mark.parametrize(
    ("handled", "planted", "said", "wrong"),
    [
        pytest.param(
            SENT,
            "UPDATE devices SET claim_kind = NULL, claimed_by = NULL",
            SENT,
            [("devices", DEVICE, ("held_and_not_claimed",))],
            id="a claim is gone",
        ),
        pytest.param(
            (),
            f"UPDATE devices SET claim_kind = 'transfer', claimed_by = '{TRANSFER}'",
            (),
            [("devices", DEVICE, ("claimed_by_nothing",))],
            id="a claim of no hold",
        ),
        pytest.param(
            (),
            f"UPDATE devices SET claim_kind = 'dispatch', claimed_by = '{order_id()}'",
            (),
            [("devices", DEVICE, ("claimed_by_nothing",))],
            id="a claim of no goods",
        ),
        pytest.param(
            (*SENT, a_transfer_locked()),
            "UPDATE devices SET claim_kind = 'transfer'",
            (*SENT, a_transfer_locked()),
            [("devices", DEVICE, ("lock",))],
            id="a lock that is none",
        ),
        pytest.param(
            SENT,
            None,
            (*SENT, a_transfer_rejected()),
            [("holds", TRANSFER, ("held_after_the_end",))],
            id="a hold that its transfer's end did not reach",
        ),
        pytest.param(
            (),
            None,
            SENT,
            [("holds", TRANSFER, ("no_hold",))],
            id="a transfer without a hold",
        ),
        pytest.param(
            SENT,
            None,
            (),
            [("holds", TRANSFER, ("no_transfer",))],
            id="a hold without a transfer",
        ),
        pytest.param(
            (*SENT, a_transfer_rejected()),
            None,
            SENT,
            [("holds", TRANSFER, ("released_while_open",))],
            id="a hold let go too early",
        ),
    ],
)
async def test_a_claim_that_does_not_agree_is_found_by_its_key(
    world: World, handled: Sequence[Event], planted: str | None, said: Sequence[Event], wrong: Found
) -> None:
    await lived_through(world, *handled)
    if planted is not None:
        await plant(world, planted)

    assert await found(world, "claims", *said) == wrong


# -- balances ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("planted", "numbers"),
    [
        ("UPDATE balances SET available = available + 1", ("available",)),
        ("UPDATE balances SET reserved = 2, on_order = 1", ("reserved", "on_order")),
        ("DELETE FROM stock_moves", ("available",)),
    ],
)
async def test_a_balance_that_its_moves_do_not_make_is_found(
    world: World, planted: str, numbers: tuple[str, ...]
) -> None:
    await world.handle(rollators_received("170098", "170099"))
    assert await found_by(world, "balances") == []

    await plant(world, planted)

    ((table, _, fields),) = await found(world, "balances")
    assert (table, fields) == ("balances", numbers)


async def test_moves_that_no_balance_is_made_of_are_found_by_article_and_store(
    world: World,
) -> None:
    await world.handle(rollators_received("170098"))
    await plant(world, "DELETE FROM balances")

    assert await found(world, "balances") == [("balances", f"{ROLLATOR} {OWN}", ("available",))]
