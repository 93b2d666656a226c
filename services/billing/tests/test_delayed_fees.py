"""Delayed fees: when one is due, what is paused, what a return ends (BIL-3c, BIL-3e, BIL-4)."""

from datetime import date, timedelta

import pytest
from billing.app import service
from billing.delayed_fees import domain
from billing.delayed_fees.commands import PauseDelayedFee
from billing.domain import Charge, ChargeStatus
from billing.models import ChargeRow
from hypothesis import given as drawn
from hypothesis import strategies as st
from kvitt_contracts.billing import (
    ChargeCancelled,
    ChargeDeferred,
    ChargePaused,
    ChargeRaised,
    InvoiceIssuedV2,
)
from kvitt_contracts.calendar import is_working_day, start_of_day
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import ChargeId, Money, PatientPayer, UserId, Word
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm

from contracts.tests.builders.inventory import (
    a_custody,
    a_custody_changed_by_loss,
    a_custody_changed_by_order,
    a_custody_changed_by_return,
    a_day_closed,
    a_device_registered,
    an_article_listed,
    an_article_priced,
    numbered,
)
from contracts.tests.builders.orders import a_delayed_line, an_order_with_a_delayed_fee
from contracts.tests.builders.reservations import a_line_delivered, a_line_returned
from contracts.tests.builders.story import (
    CENTRAL,
    CUSHION,
    RECEIVER,
    ROLLATOR,
    SENDER,
    device_id,
    person,
)
from services.billing.tests.waiting_fees import back, received_device

RECEIVED, DUE, LAST_PAUSE = date(2026, 3, 2), date(2026, 6, 1), date(2026, 5, 18)
NOON = stockholm("2026-03-02 12:00")
CHARGE = ChargeId(device_id("a charge"))
DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))


# -- when it is due --------------------------------------------------------------------------------


@pytest.mark.rule("BIL-3c", "BIL-3e", "BIL-3g")
@pytest.mark.parametrize(
    ("received_on", "promised", "by_the_table"),
    [
        ("2026-01-01", "2026-05-04", "2026-04-01"),  # 1 May is a holiday, a weekend follows
        ("2026-01-31", "2026-05-04", "2026-04-01"),
        ("2026-03-02", "2026-06-01", "2026-06-01"),
        ("2026-03-03", "2026-07-01", "2026-06-01"),  # on 1 June only 89 whole days have passed
        ("2026-10-05", "2027-01-04", "2027-01-04"),
        ("2026-10-06", "2027-02-01", "2027-01-04"),
    ],
)
def test_a_fee_is_due_on_a_months_first_working_day_when_its_days_have_passed(
    received_on: str, promised: str, by_the_table: str
) -> None:
    received = date.fromisoformat(received_on)

    assert domain.due_on(received, calendar="promise") == date.fromisoformat(promised)
    assert domain.due_on(received, calendar="table") == date.fromisoformat(by_the_table)


@pytest.mark.rule("BIL-3e")
@drawn(received_on=DAYS)
def test_ninety_whole_days_have_always_passed_and_no_month_too_many(received_on: date) -> None:
    promised = domain.due_on(received_on, calendar="promise")
    tabled = domain.due_on(received_on, calendar="table")

    assert (promised - received_on).days > 90
    assert is_working_day(promised)
    assert not any(is_working_day(promised.replace(day=n)) for n in range(1, promised.day))
    month_before = promised.replace(day=1) - timedelta(days=1)
    days_of_it = (month_before.replace(day=n) for n in range(1, month_before.day + 1))
    assert (next(filter(is_working_day, days_of_it)) - received_on).days <= 90
    assert promised - timedelta(days=36) < tabled <= promised


# -- it waits, and is charged ----------------------------------------------------------------------


async def close(world: World, day: date, *, custody_changes: int) -> None:
    """Inventory has closed a day, after so many custody changes."""
    await world.handle(a_day_closed(day, custody_changes=custody_changes))
    await world.fire_timers()


async def pause(world: World, charge: ChargeRow, *, until: str) -> None:
    """Customer service puts a charge off."""
    await world.register(RECEIVER)
    command = PauseDelayedFee(
        until_on=date.fromisoformat(until), by=UserId(SENDER), asked_by=UserId(RECEIVER)
    )
    await world.command(command, target=charge.id)


@pytest.mark.rule("BIL-3c")
async def test_a_delayed_fee_waits_and_is_charged_on_its_day(given: Given) -> None:
    async with given(service, at=NOON) as world:
        await received_device(world)

        (waiting,) = await world.rows(ChargeRow)
        assert (waiting.status, waiting.due_on) == (ChargeStatus.DEFERRED, DUE)
        assert (waiting.received_on, waiting.last_pause_on) == (RECEIVED, LAST_PAUSE)
        assert await world.events(ChargeRaised) == []
        await world.advance(start_of_day(DUE) - timedelta(seconds=1))
        assert await world.events(ChargeRaised) == []

        await world.advance(start_of_day(DUE))

        (raised,) = await world.events(ChargeRaised)
        assert (raised.charged_on, raised.amount.net_ore) == (DUE, 50_000)
        assert raised.payer == PatientPayer(person=person())
        await assert_rows_are_folds(world)


@pytest.mark.rule("BIL-3c", "BIL-3d")
async def test_a_delayed_fee_is_invoiced_with_the_month_in_which_it_is_due(given: Given) -> None:
    async with given(service, at=NOON) as world:
        await received_device(world)
        await world.advance(stockholm("2026-06-01 00:30"))
        await close(world, date(2026, 5, 31), custody_changes=1)
        assert await world.events(InvoiceIssuedV2) == []

        await world.advance(stockholm("2026-07-01 00:30"))
        await close(world, date(2026, 6, 30), custody_changes=1)

        (issued,) = await world.events(InvoiceIssuedV2)
        assert (issued.month, issued.net_ore) == ("2026-06", 50_000)
        assert issued.payer == PatientPayer(person=person())


@pytest.mark.rule("BIL-3c")
async def test_what_waits_is_on_no_invoice_even_where_its_day_has_passed(given: Given) -> None:
    async with given(service, at=NOON) as world:
        await received_device(world)

        await close(world, date(2026, 6, 30), custody_changes=1)

        assert await world.events(InvoiceIssuedV2) == []


@pytest.mark.rule("BIL-3c")
async def test_a_sold_article_is_charged_at_once_and_its_delayed_fee_later(given: Given) -> None:
    async with given(service, at=NOON) as world:
        await world.handle_all(
            an_article_listed(CUSHION, marked=False),
            an_article_priced(CUSHION, 12_000),
            an_order_with_a_delayed_fee(),
            a_line_delivered(on="2026-03-02"),
        )

        (raised,) = await world.events(ChargeRaised)
        assert raised.kind == "sale"
        (deferred,) = await world.events(ChargeDeferred)
        assert (deferred.due_on, deferred.devices, deferred.quantity) == (DUE, (), 1)


# -- pauses ----------------------------------------------------------------------------------------


def a_charge(
    *, status: ChargeStatus = ChargeStatus.DEFERRED, until_on: date | None = None
) -> Charge:
    """A delayed fee of what was received on 2 March."""
    return Charge(
        kind=Word("fee"),
        status=status,
        payer=PatientPayer(person=person()),
        quantity=1,
        amount=Money(net_ore=50_000, vat_percent=0),
        charged_on=DUE,
        received_on=RECEIVED,
        due_on=DUE,
        until_on=until_on,
        last_pause_on=LAST_PAUSE,
    )


def paused(charge: Charge, until_on: str, *, today: date = RECEIVED) -> tuple[ChargePaused, ...]:
    """What a pause of a charge says."""
    return domain.pause(
        CHARGE,
        charge,
        until_on=date.fromisoformat(until_on),
        by=UserId(SENDER),
        asked_by=UserId(RECEIVER),
        today=today,
    )


@pytest.mark.rule("BIL-4d")
@pytest.mark.parametrize(
    ("until", "due"),
    [("2026-08-20", "2026-09-01"), ("2026-09-01", "2026-09-01"), ("2026-09-02", "2026-10-01")],
)
def test_what_was_paused_is_due_on_the_first_working_day_of_a_month_from_then(
    until: str, due: str
) -> None:
    (event,) = paused(a_charge(), until)

    assert event.due_on == date.fromisoformat(due)
    assert event.due_on - event.last_pause_on == timedelta(days=14)


@pytest.mark.rule("BIL-4b")
def test_a_pause_is_asked_for_two_weeks_before_at_the_latest() -> None:
    assert paused(a_charge(), "2026-08-20", today=LAST_PAUSE)

    with pytest.raises(Refused) as refused:
        paused(a_charge(), "2026-08-20", today=LAST_PAUSE + timedelta(days=1))
    assert (refused.value.reason, refused.value.rule) == ("PAUSE_TOO_LATE", "BIL-4")


@pytest.mark.rule("BIL-4d")
@pytest.mark.parametrize("until", ["2026-03-20", "2026-05-20", "2026-06-01"])
def test_nobody_is_charged_earlier_by_a_pause(until: str) -> None:
    with pytest.raises(Refused) as refused:
        paused(a_charge(), until)
    assert (refused.value.reason, refused.value.field) == ("NOT_LATER", "until_on")


def test_the_same_pause_again_changes_nothing() -> None:
    assert paused(a_charge(until_on=date(2026, 5, 20)), "2026-05-20") == ()


@pytest.mark.rule("BIL-4a")
@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (ChargeStatus.RAISED, "ALREADY_CHARGED"),
        (ChargeStatus.CANCELLED, "CHARGE_CANCELLED"),
    ],
)
def test_only_what_waits_is_paused(status: ChargeStatus, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        paused(a_charge(status=status), "2026-08-20")
    assert refused.value.reason == reason


@pytest.mark.rule("BIL-4a")
async def test_one_device_is_paused_and_another_is_charged_in_its_time(given: Given) -> None:
    async with given(service, at=NOON) as world:
        await received_device(world, "75081")
        await received_device(world, "75082", order="O-2", change=2)
        charges = {row.device_id: row for row in await world.rows(ChargeRow)}

        await pause(world, charges[device_id("75081")], until="2026-08-20")
        await world.advance(stockholm("2026-08-31 12:00"))

        (raised,) = await world.events(ChargeRaised)
        assert (raised.charge_id, raised.charged_on) == (charges[device_id("75082")].id, DUE)
        await world.advance(stockholm("2026-09-01 06:00"))
        days = [event.charged_on for event in await world.events(ChargeRaised)]
        assert days == [DUE, date(2026, 9, 1)]
        await assert_rows_are_folds(world)


# -- returned before -------------------------------------------------------------------------------


@pytest.mark.rule("BIL-4c")
@pytest.mark.parametrize(("on", "is_owed"), [("2026-05-31", False), ("2026-06-01", True)])
async def test_a_device_returned_before_its_day_is_never_charged(
    given: Given, on: str, is_owed: bool
) -> None:
    async with given(service, at=NOON) as world:
        await received_device(world)

        await world.handle(back(on=on))
        await world.advance(stockholm("2026-07-01 06:00"))

        assert len(await world.events(ChargeRaised)) == is_owed
        cancelled = await world.events(ChargeCancelled)
        assert [one.reason for one in cancelled] == ([] if is_owed else ["RETURNED_BEFORE"])
        await assert_rows_are_folds(world)


@pytest.mark.rule("BIL-4c")
async def test_a_paused_device_returned_before_its_new_day_is_never_charged(given: Given) -> None:
    async with given(service, at=NOON) as world:
        await received_device(world)
        (charge,) = await world.rows(ChargeRow)
        await pause(world, charge, until="2026-08-20")

        await world.handle(back(on="2026-07-15"))
        await world.advance(stockholm("2026-09-01 06:00"))

        assert await world.events(ChargeRaised) == []


@pytest.mark.rule("BIL-4c", "INV-15b")
@pytest.mark.parametrize("kind", ["stolen", "lost"])
@pytest.mark.parametrize("is_told_first", [False, True])
async def test_what_is_stolen_or_lost_is_not_returned_and_its_fee_is_charged(
    given: Given, kind: str, is_told_first: bool
) -> None:
    had = a_custody(since="2026-03-02")
    lent, lost = numbered(
        a_custody_changed_by_order("75082", to=had),
        a_custody_changed_by_loss("75082", kind=kind, since="2026-03-20", before=had),
    )
    delivered = a_line_delivered(article=ROLLATOR, devices=("75082",), on="2026-03-02")
    async with given(service, at=NOON) as world:
        await world.handle_all(
            an_article_listed(),
            a_device_registered("75082", store=CENTRAL),
            an_order_with_a_delayed_fee(a_delayed_line(ROLLATOR, marked=True)),
            lent,
            *((lost, delivered) if is_told_first else (delivered, lost)),
        )

        await world.advance(stockholm("2026-06-01 06:00"))

        assert await world.events(ChargeCancelled) == []
        assert len(await world.events(ChargeRaised)) == 1


@pytest.mark.rule("BIL-4c", "INV-15b")
async def test_what_was_lost_and_is_found_before_its_day_is_returned(given: Given) -> None:
    had = a_custody(since="2026-03-02")
    lost = a_custody_changed_by_loss("75082", since="2026-03-20", before=had)
    found = a_custody_changed_by_loss(
        "75082", kind="found", since="2026-04-10", before=lost.custody
    )
    async with given(service, at=NOON) as world:
        await received_device(world)

        await world.handle_all(*numbered(lost, found, first=2))
        await world.advance(stockholm("2026-06-01 06:00"))

        assert await world.events(ChargeRaised) == []
        (charge,) = await world.rows(ChargeRow)
        assert charge.status is ChargeStatus.CANCELLED


@pytest.mark.rule("BIL-4c")
async def test_a_return_that_came_ahead_of_the_delivery_counts_too(given: Given) -> None:
    delivered = a_line_delivered(article=ROLLATOR, devices=("75082",), on="2026-03-02")
    lent = a_custody_changed_by_order("75082", to=a_custody(since="2026-03-02"))
    async with given(service, at=NOON) as world:
        await world.handle_all(
            an_article_listed(),
            a_device_registered("75082", store=CENTRAL),
            an_order_with_a_delayed_fee(a_delayed_line(ROLLATOR, marked=True)),
            *numbered(lent),
            back(on="2026-03-20"),
            delivered,
        )

        await world.advance(stockholm("2026-06-01 06:00"))

        assert await world.events(ChargeRaised) == []
        (charge,) = await world.rows(ChargeRow)
        assert charge.status is ChargeStatus.CANCELLED


@pytest.mark.rule("BIL-4c")
async def test_the_return_of_the_loan_before_says_nothing_of_the_next_one(given: Given) -> None:
    first, again = a_custody(since="2026-02-02"), a_custody(since="2026-03-02")
    delivered = a_line_delivered(article=ROLLATOR, devices=("75082",), on="2026-03-02")
    changes = numbered(
        a_custody_changed_by_order("75082", to=first),
        a_custody_changed_by_return("75082", store=CENTRAL, since="2026-03-02", before=first),
        a_custody_changed_by_order("75082", to=again),
    )
    async with given(service, at=NOON) as world:
        await world.handle_all(
            an_article_listed(),
            a_device_registered("75082", store=CENTRAL),
            an_order_with_a_delayed_fee(a_delayed_line(ROLLATOR, marked=True)),
            delivered,
            *changes,
        )

        await world.advance(stockholm("2026-06-01 06:00"))

        assert await world.events(ChargeCancelled) == []
        assert len(await world.events(ChargeRaised)) == 1


@pytest.mark.rule("BIL-4e")
async def test_a_return_before_told_after_the_invoice_is_credited_once(given: Given) -> None:
    async with given(service, at=NOON) as world:
        await received_device(world)
        await world.advance(stockholm("2026-07-01 00:30"))
        await close(world, date(2026, 6, 30), custody_changes=1)
        (invoice,) = await world.events(InvoiceIssuedV2)

        await world.handle(back(on="2026-05-20"))
        for month_end in (date(2026, 7, 31), date(2026, 8, 31)):
            await world.advance(start_of_day(month_end + timedelta(days=1)))
            await close(world, month_end, custody_changes=2)

        (_, credit) = await world.events(InvoiceIssuedV2)
        assert (credit.is_credit, credit.month, credit.net_ore) == (True, "2026-07", -50_000)
        (line,) = credit.lines
        (charge,) = await world.rows(ChargeRow)
        assert (line.corrects, line.charge_id) == (invoice.invoice_id, charge.id)
        assert (charge.invoice_id, charge.credit_id) == (invoice.invoice_id, credit.invoice_id)
        await assert_rows_are_folds(world)


@pytest.mark.rule("BIL-4e")
async def test_a_return_before_told_after_the_day_and_before_the_invoice_is_on_no_document(
    given: Given,
) -> None:
    async with given(service, at=NOON) as world:
        await received_device(world)
        await world.advance(stockholm("2026-06-02 06:00"))
        assert len(await world.events(ChargeRaised)) == 1

        await world.handle(back(on="2026-05-20"))
        await world.advance(stockholm("2026-07-01 00:30"))
        await close(world, date(2026, 6, 30), custody_changes=2)

        assert await world.events(InvoiceIssuedV2) == []


async def received_units(world: World, *days: str, quantity: int = 1) -> None:
    """A patient has got so many unmarked units on each of these days."""
    await world.handle_all(
        an_article_listed(CUSHION, marked=False),
        an_article_priced(CUSHION, 0),
        an_order_with_a_delayed_fee(a_delayed_line(CUSHION, quantity * len(days))),
        *(a_line_delivered(quantity=quantity, on=day) for day in days),
    )


async def due_days(world: World) -> list[str]:
    """The days of the fees that wait or are charged."""
    rows = [row for row in await world.rows(ChargeRow) if row.due_on is not None]
    return sorted(str(row.due_on) for row in rows if row.status is not ChargeStatus.CANCELLED)


@pytest.mark.rule("BIL-4c", "BIL-3f")
async def test_of_unmarked_units_as_many_as_were_returned_before_are_not_charged(
    given: Given,
) -> None:
    async with given(service, at=NOON) as world:
        await received_units(world, "2026-03-02", quantity=3)
        assert await due_days(world) == ["2026-06-01"] * 3

        await world.handle(a_line_returned(quantity=2, on="2026-05-20"))
        await world.advance(stockholm("2026-06-01 06:00"))

        raised = [one for one in await world.events(ChargeRaised) if one.kind == "fee"]
        assert [(one.quantity, one.amount.net_ore) for one in raised] == [(1, 50_000)]
        await assert_rows_are_folds(world)


@pytest.mark.rule("BIL-4c")
async def test_of_several_deliveries_the_unit_that_is_due_first_is_returned_first(
    given: Given,
) -> None:
    async with given(service, at=NOON) as world:
        await received_units(world, "2026-03-02", "2026-03-16")
        assert await due_days(world) == ["2026-06-01", "2026-07-01"]

        await world.handle(a_line_returned(on="2026-05-20"))
        assert await due_days(world) == ["2026-07-01"]
        await world.handle(a_line_returned(on="2026-07-01"))  # not before its day

        assert await due_days(world) == ["2026-07-01"]
