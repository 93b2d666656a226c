"""What a transfer that ends otherwise costs whom."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from billing.app import service
from billing.models import DeviceRow
from billing.rents.domain import PricePoint
from bmb.domain import Status
from bmb.what_if.domain import Ending
from kvitt.what_if.costs import Cost, PastDevice, costs_of, points_of, together
from kvitt_contracts.inventory import DeviceEvent
from kvitt_contracts.types import Charging, CustomerId, Money, PayerId
from kvitt_testkit.world import Given, stockholm

from contracts.tests.builders.inventory import (
    a_custody,
    a_custody_changed_by_return,
    a_custody_changed_by_transfer,
    a_device_registered,
    a_device_stated_on_loan,
    an_article_listed,
    an_article_priced,
    numbered,
)
from contracts.tests.builders.orders import a_payer_registered
from contracts.tests.builders.story import (
    OTHER_PAYER,
    PAYER,
    RECEIVING,
    RECEIVING_PAYER,
    device_id,
    transfer_id,
)

SENT_AT = stockholm("2026-05-01 10:00")
THROUGH = date(2026, 5, 31)
A_DAY = 1_000  # of a month of 31 days that costs 31 000 öre


def a_past_device(
    *log: DeviceEvent, later: Sequence[DeviceEvent] = (), **changes: Any
) -> PastDevice:
    """A device with what was told of it before a transfer was sent, and `later`."""
    values: dict[str, Any] = {
        "id": device_id(),
        "log": [
            *((SENT_AT - timedelta(days=30), event) for event in log),
            *((SENT_AT + timedelta(days=2), event) for event in later),
        ],
        "prices": [
            PricePoint(
                valid_from=date(2026, 1, 1),
                price=Money.model_validate({"net_ore": 31_000, "vat_percent": 25}),
            )
        ],
        "charging": Charging.RENT,
        **changes,
    }
    return PastDevice(**values)


def on_loan(*later: DeviceEvent) -> PastDevice:
    """A device of the old stock, which another unit pays for."""
    return a_past_device(a_device_stated_on_loan(), later=later)


def in_effect(day: str = "2026-05-04", *, payer: str = RECEIVING_PAYER) -> Ending:
    """The transfer was accepted, and its device has another payer from a day on."""
    return Ending(
        status=Status.ACCEPTED,
        devices=(device_id(),),
        customer_id=CustomerId(RECEIVING),
        payer_id=PayerId(payer),
        effective_on=date.fromisoformat(day),
    )


VOID = Ending(status=Status.VOIDED)


def costs(
    device: PastDevice,
    was: Ending,
    would_be: Ending,
    *,
    to_store: bool = False,
    through: date = THROUGH,
) -> list[Cost]:
    """Of the device that is transferred by BMB-1."""
    return costs_of(
        device,
        transfer=transfer_id(),
        sent_at=SENT_AT,
        to_store=to_store,
        was=was,
        would_be=would_be,
        through=through,
    )


def a_cost(payer: str, was_days: int, would_be_days: int) -> Cost:
    """So many days of May."""
    return Cost(
        payer_id=PayerId(payer), was_ore=was_days * A_DAY, would_be_ore=would_be_days * A_DAY
    )


@pytest.mark.rule("BMB-15b")
def test_without_its_effect_the_old_payer_pays_on() -> None:
    device = on_loan(a_custody_changed_by_transfer())

    found = costs(device, in_effect(), VOID)

    assert found == [a_cost(RECEIVING_PAYER, 28, 0), a_cost(OTHER_PAYER, 0, 28)]


@pytest.mark.rule("BMB-15b")
def test_with_an_effect_that_it_did_not_have_the_new_payer_pays_from_that_day() -> None:
    found = costs(on_loan(), VOID, in_effect("2026-05-08"))

    assert found == [a_cost(RECEIVING_PAYER, 0, 24), a_cost(OTHER_PAYER, 24, 0)]


@pytest.mark.rule("BMB-15b")
def test_another_day_of_effect_moves_the_days_between() -> None:
    device = on_loan(a_custody_changed_by_transfer())

    found = costs(device, in_effect("2026-05-04"), in_effect("2026-05-06"))

    assert found == [a_cost(RECEIVING_PAYER, 28, 26), a_cost(OTHER_PAYER, 0, 2)]


@pytest.mark.rule("BMB-15b")
def test_another_payer_pays_instead() -> None:
    device = on_loan(a_custody_changed_by_transfer())

    found = costs(device, in_effect(), in_effect(payer=PAYER))

    assert found == [a_cost(PAYER, 0, 28), a_cost(RECEIVING_PAYER, 28, 0)]


@pytest.mark.rule("BMB-15b")
def test_in_a_store_nobody_pays() -> None:
    found = costs(on_loan(), VOID, in_effect("2026-05-08"), to_store=True)

    assert found == [a_cost(OTHER_PAYER, 24, 0)]


@pytest.mark.rule("BMB-15b")
@pytest.mark.parametrize(("charging", "days"), [(Charging.RENT, 24), (Charging.SALE, 0)])
def test_a_loan_that_begins_is_charged_as_its_article(charging: Charging, days: int) -> None:
    device = a_past_device(a_device_registered(), charging=charging)

    found = costs(device, VOID, in_effect("2026-05-08"))

    assert found == ([a_cost(RECEIVING_PAYER, 0, days)] if days else [])


@pytest.mark.rule("BMB-15b")
def test_what_happened_later_ends_the_other_payers_days_too() -> None:
    device = on_loan(a_custody_changed_by_return(since="2026-05-11"))

    found = costs(device, VOID, in_effect("2026-05-08"))

    assert found == [a_cost(RECEIVING_PAYER, 0, 3), a_cost(OTHER_PAYER, 3, 0)]


@pytest.mark.rule("BMB-15b")
@pytest.mark.parametrize("returned", ["2026-05-05", "2026-05-08"])
def test_what_had_left_before_the_other_day_takes_no_part(returned: str) -> None:
    device = on_loan(a_custody_changed_by_return(since=returned))

    assert costs(device, VOID, in_effect("2026-05-08")) == []


@pytest.mark.rule("BMB-15b")
def test_only_days_that_are_over_are_counted() -> None:
    tenth, before = date(2026, 5, 10), date(2026, 5, 7)

    assert costs(on_loan(), VOID, in_effect("2026-05-08"), through=tenth) == [
        a_cost(RECEIVING_PAYER, 0, 3),
        a_cost(OTHER_PAYER, 3, 0),
    ]
    assert costs(on_loan(), VOID, in_effect("2026-05-08"), through=before) == []


@pytest.mark.rule("BMB-15b")
def test_where_neither_end_has_an_effect_nobody_pays_anything_else() -> None:
    assert costs(on_loan(), VOID, Ending(status=Status.LOCKED)) == []


@pytest.mark.rule("BMB-15b")
def test_a_device_that_takes_part_in_neither_end_costs_nobody_anything_else() -> None:
    device = a_past_device(a_device_stated_on_loan(), id=device_id("170099"))

    assert costs(device, VOID, in_effect()) == []


def test_sums_are_by_payer() -> None:
    found = together([a_cost(PAYER, 1, 2), a_cost(OTHER_PAYER, 3, 0), a_cost(PAYER, 4, 0)])

    assert found == [a_cost(PAYER, 5, 2), a_cost(OTHER_PAYER, 3, 0)]


@pytest.mark.rule("BMB-15b")
async def test_who_pays_is_read_as_billing_keeps_it(given: Given) -> None:
    loan = a_device_stated_on_loan()
    changes = numbered(
        a_custody_changed_by_transfer(),
        a_custody_changed_by_return(since="2026-05-11"),
        a_custody_changed_by_transfer(
            to=a_custody(payer=PAYER, since="2026-05-11"), transfer="BMB-2"
        ),
        first=2,
    )
    async with given(service, at=datetime.fromisoformat("2026-05-20T10:00:00+02:00")) as world:
        await world.handle_all(
            a_payer_registered(OTHER_PAYER),
            a_payer_registered(RECEIVING_PAYER),
            a_payer_registered(PAYER),
            an_article_listed(),
            an_article_priced(),
            loan,
            *changes,
        )
        row = await world.row(DeviceRow, device_id())

        told = {"cause": None, "told_on": None}  # of whoever asks why, not of what it costs
        paid = tuple(point.model_copy(update=told) for point in row.points)
        assert paid == points_of(on_loan(*changes))
