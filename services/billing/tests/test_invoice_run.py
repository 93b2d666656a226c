"""The month's run: what it waits for, and that nothing of one payer or device stops it (BIL-9)."""

from collections.abc import Callable
from datetime import date

import pytest
from billing import domain, schedule
from billing.app import service
from billing.metrics import SET_ASIDE
from billing.models import CustodyChangeRow, InvoiceRow, InvoiceRunRow, SetAsideRow
from kvitt_chassis.consuming.timers import TimerLoop
from kvitt_chassis.transaction import EventTooLarge, NotYetKnown
from kvitt_contracts.billing import InvoiceIssuedV2, InvoiceRunFinished
from kvitt_contracts.inventory import DeviceRegistered
from kvitt_contracts.types import PayerId, UnitPayer
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm, wait_for
from sqlalchemy import text

from contracts.tests.builders.inventory import (
    a_day_closed,
    a_day_edited,
    an_article_listed,
    an_article_priced,
    before_numbers,
    numbered,
)
from contracts.tests.builders.reservations import (
    a_line_delivered,
)
from contracts.tests.builders.story import CUSHION, ROLLATOR
from services.billing.tests.builders import (
    a_device,
    an_order,
    handed_over,
    lent,
    returned,
)

MAY_31, JUNE_30 = date(2026, 5, 31), date(2026, 6, 30)
JUNE_1 = stockholm("2026-06-01 06:00")

RENTED = (an_article_listed(), an_article_priced(ROLLATOR, 31_000))


# -- what the run waits for ------------------------------------------------------------------------


@pytest.mark.rule("BIL-9g")
async def test_the_run_waits_for_the_very_change_that_is_missing_whatever_came_after_it(
    given: Given,
) -> None:
    parked, other = a_device("75081"), a_device("75082")
    first, second, later = numbered(
        lent(parked, payer="20011", since="2026-05-01"),
        lent(other, payer="20311", since="2026-05-02"),
        returned(other, since="2026-06-01"),
    )
    async with given(service, at=JUNE_1) as world:
        await world.handle_all(*RENTED, parked, other, second, later)

        with pytest.raises(NotYetKnown) as waits:
            await world.handle(a_day_closed(MAY_31, custody_changes=2))
        assert (waits.value.row_type, waits.value.key) == (CustodyChangeRow, 1)
        assert await world.rows(InvoiceRunRow) == []

        await world.handle(first)
        await world.handle(a_day_closed(MAY_31, custody_changes=2))
        await world.fire_timers()

        assert await invoiced(world, "2026-05") == {"20011": 31_000, "20311": 30_000}


@pytest.mark.rule("BIL-9g")
async def test_each_day_waits_for_its_own_changes_and_leaves_no_number_behind(
    given: Given,
) -> None:
    device = a_device()
    first, second, third = numbered(
        lent(device, payer="20011", since="2026-05-01"),
        handed_over(device, payer="20311", since="2026-05-30"),
        returned(device, since="2026-05-31"),
    )
    async with given(service, at=JUNE_1) as world:
        await world.handle_all(*RENTED, device, first)
        await world.handle(a_day_closed(date(2026, 5, 29), custody_changes=1))
        await world.handle(third)

        with pytest.raises(NotYetKnown) as waits:
            await world.handle(a_day_closed(MAY_31, custody_changes=3))
        assert waits.value.key == 2

        await world.handle(second)
        await world.handle(a_day_closed(MAY_31, custody_changes=3))
        assert await world.rows(CustodyChangeRow) == []

        await world.handle(a_day_closed(date(2026, 6, 1), custody_changes=3))


@pytest.mark.rule("BIL-9g")
async def test_a_change_that_an_operator_has_discarded_is_not_waited_for(given: Given) -> None:
    device = a_device()
    _, second = numbered(
        lent(a_device("75081"), payer="20011", since="2026-05-01"),
        lent(device, payer="20311", since="2026-05-01"),
    )
    async with given(service, at=JUNE_1) as world:
        await world.handle_all(*RENTED, device, second)

        await world.handle(a_day_edited(a_day_closed(MAY_31, custody_changes=2), forgone=(1,)))
        await world.fire_timers()
        assert await invoiced(world, "2026-05") == {"20311": 31_000}

        await world.handle(a_day_closed(date(2026, 6, 1), custody_changes=2))  # nor by a later day


@pytest.mark.rule("BIL-9g")
async def test_changes_from_before_there_were_numbers_are_counted(given: Given) -> None:
    device = a_device()
    old = before_numbers(lent(device, payer="20011", since="2026-05-01"))
    (new,) = numbered(returned(device, since="2026-05-11"), first=2)
    async with given(service, at=JUNE_1) as world:
        await world.handle_all(*RENTED, device, old)
        with pytest.raises(NotYetKnown):
            await world.handle(a_day_closed(MAY_31, custody_changes=2))

        await world.handle(new)
        await world.handle(a_day_closed(MAY_31, custody_changes=2))
        await world.fire_timers()

        assert await invoiced(world, "2026-05") == {"20011": 10_000}


@pytest.mark.rule("BIL-9g")
async def test_what_an_earlier_release_has_counted_may_be_any_of_the_numbers(given: Given) -> None:
    device, other = a_device("75081"), a_device("75082")
    first, second, third = numbered(
        lent(device, payer="20011", since="2026-05-01"),
        lent(other, payer="20311", since="2026-05-01"),
        returned(other, since="2026-05-31"),
    )
    async with given(service, at=JUNE_1) as world:
        await world.handle_all(*RENTED, device, other, before_numbers(second), first)
        await world.handle(a_day_closed(date(2026, 5, 29), custody_changes=2))

        with pytest.raises(NotYetKnown) as waits:  # what was counted is counted once
            await world.handle(a_day_closed(MAY_31, custody_changes=3))
        assert waits.value.key == 3

        await world.handle(third)
        await world.handle(a_day_closed(MAY_31, custody_changes=3))


@pytest.mark.rule("BIL-9n")
async def test_months_that_close_at_once_are_invoiced_one_after_the_other(given: Given) -> None:
    async with given(service, at=stockholm("2026-08-01 06:00")) as world:
        await rent_to(world, "20011")
        for day in (MAY_31, JUNE_30, date(2026, 7, 31)):
            await world.handle(a_day_closed(day, custody_changes=1))
        await fire_until_finished(world, "2026-07")

        for month in ("2026-05", "2026-06", "2026-07"):
            assert await invoiced(world, month) == {"20011": 31_000}
        finished = [one.month for one in await world.events(InvoiceRunFinished)]
        assert finished == ["2026-05", "2026-06", "2026-07"]


# -- what fails is set aside -----------------------------------------------------------------------


@pytest.mark.rule("BIL-9h")
@pytest.mark.parametrize("monthly", [10, 1, 0])
async def test_days_whose_credit_rounds_to_nothing_stop_no_run(given: Given, monthly: int) -> None:
    device, other = a_device("75081"), a_device("75082", article="4711")
    lent_out = numbered(
        lent(device, payer="20011", since="2026-05-01"),
        lent(other, payer="20311", since="2026-05-01"),
    )
    (back,) = numbered(returned(device, since="2026-05-31"), first=3)
    async with given(service, at=JUNE_1) as world:
        await world.handle_all(
            an_article_listed(),
            an_article_priced(ROLLATOR, monthly),
            an_article_listed("4711"),
            an_article_priced("4711", 31_000),
            device,
            other,
            *lent_out,
        )
        await close(world, MAY_31, custody_changes=2)
        await world.handle(back)  # 31 May alone is credited: its share of the price is 0
        await close(world, JUNE_30, custody_changes=3)

        assert await invoiced(world, "2026-06") == {"20011": 0, "20311": 31_000}
        (credit,) = [one for one in await world.events(InvoiceIssuedV2) if one.is_credit]
        assert (credit.net_ore, credit.vat_ore, credit.gross_ore) == (0, 0, 0)
        assert await world.rows(SetAsideRow) == []


def value_error() -> Exception:
    return ValueError("of this payer")


def too_large() -> Exception:
    return EventTooLarge("of this payer")


def timed_out() -> Exception:
    return TimeoutError("of this payer")


@pytest.mark.rule("BIL-9h", "BIL-9i")
@pytest.mark.parametrize("fault", [value_error, too_large, timed_out, KeyError, ZeroDivisionError])
async def test_a_payer_whose_document_fails_is_set_aside_and_the_others_are_invoiced(
    given: Given, monkeypatch: pytest.MonkeyPatch, fault: Callable[[], Exception]
) -> None:
    async with given(service, at=JUNE_1) as world:
        await rent_to(world, "20011", "20012", "20013")
        with monkeypatch.context() as patched:
            fail_for(patched, lambda payer: payer == UnitPayer(payer_id=PayerId("20012")), fault)
            counted = SET_ASIDE.labels("billing", "ac", "unit")._value.get()
            await close(world, MAY_31, custody_changes=3)

        assert await invoiced(world, "2026-05") == {"20011": 31_000, "20013": 31_000}
        (finished,) = await world.events(InvoiceRunFinished)
        assert (finished.invoices, finished.set_aside) == (2, 1)
        assert SET_ASIDE.labels("billing", "ac", "unit")._value.get() == counted + 1
        async with world.http() as client:
            (shown,) = (await client.get("/set-aside?month=2026-05")).json()["items"]
        assert shown["subject"] == "unit/20012"
        assert shown["reason"].startswith(type(fault()).__name__)
        assert "of this payer" not in shown["reason"]

        await close(world, JUNE_30, custody_changes=3)

        assert await invoiced(world, "2026-06") == {
            "20011": 31_000,
            "20012": 62_000,
            "20013": 31_000,
        }
        numbers = sorted(row.number for row in await world.rows(InvoiceRow))
        assert numbers == [f"AC-2026-{n:06}" for n in range(1, 6)]
        await assert_rows_are_folds(world)


@pytest.mark.rule("BIL-9h")
async def test_a_device_that_cannot_be_settled_is_set_aside_and_the_others_are_invoiced(
    given: Given,
) -> None:
    async with given(service, at=JUNE_1) as world:
        devices = await rent_to(world, "20011", "20012", "20013")
        broken = devices[1].device_id
        async with world.worker.unit() as unit:
            await unit.session.execute(
                text("UPDATE devices SET points = '[{}]' WHERE device_id = :id"), {"id": broken}
            )
        await close(world, MAY_31, custody_changes=3)

        assert await invoiced(world, "2026-05") == {"20011": 31_000, "20013": 31_000}
        (aside,) = await world.rows(SetAsideRow)
        assert (aside.subject, aside.month) == (f"device/{broken}", "2026-05")


@pytest.mark.rule("BIL-9h")
async def test_a_charge_that_cannot_be_read_sets_its_payer_aside_alone(given: Given) -> None:
    async with given(service, at=JUNE_1) as world:
        await rent_to(world, "20011")
        await world.handle_all(
            an_article_listed(CUSHION, marked=False),
            an_article_priced(CUSHION, 10_000),
            an_order(),
            a_line_delivered(payer="20012", on="2026-05-10"),
        )
        async with world.worker.unit() as unit:
            await unit.session.execute(text("UPDATE charges SET amount = '{}'"))
        await close(world, MAY_31, custody_changes=1)

        assert await invoiced(world, "2026-05") == {"20011": 31_000}
        (aside,) = await world.rows(SetAsideRow)
        assert aside.subject == "unit/20012"


@pytest.mark.rule("BIL-9h")
async def test_what_fails_once_is_tried_again_and_nothing_is_set_aside(
    given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with given(service, at=JUNE_1) as world:
        await rent_to(world, "20011", "20012")
        left = [True] * 4  # twice in a step of many, twice by itself
        fail_for(monkeypatch, lambda _: bool(left) and left.pop(), ValueError)
        await close(world, MAY_31, custody_changes=2)

        assert await invoiced(world, "2026-05") == {"20011": 31_000, "20012": 31_000}
        assert await world.rows(SetAsideRow) == []


@pytest.mark.rule("BIL-9b")
async def test_a_payer_with_very_many_lines_gets_several_documents(
    given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(domain, "LINES_A_DOCUMENT", 2)
    async with given(service, at=JUNE_1) as world:
        await rent_to(world, "20011", "20011", "20011")
        await close(world, MAY_31, custody_changes=3)

        issued = await world.events(InvoiceIssuedV2)
        assert [len(one.lines) for one in issued] == [2, 1]
        assert sum(one.net_ore for one in issued) == 93_000


@pytest.mark.rule("BIL-9h")
async def test_no_step_takes_more_lines_than_a_timer_has_time_for(
    given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedule, "LINES_A_STEP", 2)
    async with given(service, at=JUNE_1) as world:
        await rent_to(world, "20011", "20011", "20011", "20011", "20011", "20012", "20013")
        await world.handle_all(
            an_article_listed(CUSHION, marked=False),
            an_article_priced(CUSHION, 10_000),
            an_order(),
            a_line_delivered(payer="20011", on="2026-05-10"),
        )
        await close(world, MAY_31, custody_changes=7)

        assert await invoiced(world, "2026-05") == {
            "20011": 5 * 31_000 + 10_000,
            "20012": 31_000,
            "20013": 31_000,
        }
        assert [len(one.lines) for one in await world.events(InvoiceIssuedV2)] == [2, 2, 2, 1, 1]
        async with world.worker.reading() as session:
            steps = await session.scalars(text(_LINES_BY_STEP))
            assert list(steps) == [2, 2, 2, 2]


_LINES_BY_STEP = """
    SELECT sum(jsonb_array_length(payload::jsonb -> 'lines')) FROM events
    WHERE topic = 'billing.invoices' GROUP BY xid ORDER BY xid
    """


async def rent_to(world: World, *payers: str) -> list[DeviceRegistered]:
    """A rollator of its own is lent to each payer from 1 May on."""
    devices = [a_device(str(75080 + number)) for number, _ in enumerate(payers)]
    loans = (
        lent(device, payer=payer, since="2026-05-01")
        for device, payer in zip(devices, payers, strict=True)
    )
    await world.handle_all(*RENTED, *devices, *numbered(*loans))
    return devices


async def close(world: World, day: date, *, custody_changes: int) -> None:
    """The month closes, and its run goes on by real timers until it has finished."""
    await world.handle(a_day_closed(day, custody_changes=custody_changes))
    await fire_until_finished(world, f"{day:%Y-%m}")


async def fire_until_finished(world: World, month: str) -> None:
    """Runs go on by real timers until the one of the month has finished."""
    loop = TimerLoop(world.worker, service.handlers, handler_seconds=60)

    async def is_finished() -> bool:
        await loop._round()
        runs = await world.rows(InvoiceRunRow)
        return any(run.month == month and run.status == "finished" for run in runs)

    await wait_for(is_finished)


async def invoiced(world: World, month: str) -> dict[str, int]:
    """Each unit's net of a month, in öre, credits taken off."""
    nets: dict[str, int] = {}
    for one in await world.rows(InvoiceRow):
        if one.month == month and isinstance(one.payer, UnitPayer):
            nets[one.payer.payer_id] = nets.get(one.payer.payer_id, 0) + one.net_ore
    return nets


def fail_for(
    patched: pytest.MonkeyPatch,
    is_chosen: Callable[[object], bool],
    fault: Callable[[], Exception],
) -> None:
    """No document of a chosen payer can be issued; each is asked for when it is to be."""
    real = domain.issue_invoice

    def issue(*args: object, **named: object) -> InvoiceIssuedV2:
        if is_chosen(named["payer"]):
            raise fault()
        return real(*args, **named)  # type: ignore[arg-type]

    patched.setattr(domain, "issue_invoice", issue)
