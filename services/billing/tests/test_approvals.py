"""A month that a person approves: what is issued is the preview, to the öre (BIL-9p)."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from uuid import uuid4

import pytest
from billing import domain, schedule
from billing.app import service
from billing.metrics import UNAPPROVED
from billing.models import ChargeRow, InvoiceRow, InvoiceRunRow, RentRow
from billing.month_previews import domain as month_previews
from kvitt_contracts.billing import (
    InvoiceIssuedV2,
    InvoiceLineV2,
    InvoiceRunApproved,
    InvoiceRunFinished,
    InvoiceRunPreviewed,
)
from kvitt_contracts.inventory import DeviceRegistered
from kvitt_contracts.policy import Policies
from kvitt_contracts.types import ArticleNumber, InvoiceId, Money, PayerId, UnitPayer, Word
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm

from contracts.tests.builders.inventory import an_article_priced, numbered
from contracts.tests.builders.reservations import a_line_delivered
from contracts.tests.builders.story import CUSHION, ROLLATOR
from services.billing.tests.builders import a_fee, an_order, returned
from services.billing.tests.months import (
    JULY_1,
    JUNE,
    JUNE_1,
    JUNE_30,
    MAY,
    MAY_31,
    approve,
    approved_by_person,
    close,
    get,
    issued,
    post,
    previewed,
    rent_to,
)

PAYERS = ("20011", "20011", "20012", "20013")


@pytest.fixture
def by_person(policies: Policies) -> Policies:
    """Region ac lets a person approve its months."""
    return approved_by_person(policies)


async def a_may_of_many_kinds(world: World) -> None:
    """Rent of three payers, one of them from the tenth on; a sale, and a patient's fee."""
    devices = await rent_to(world, *PAYERS)
    (back,) = numbered(returned(devices[3], since="2026-05-11"), first=5)
    await world.handle_all(
        back,
        an_order(fee=a_fee(10_000)),
        a_line_delivered(payer="20012", on="2026-05-10"),
    )
    await close(world, MAY_31, custody_changes=5)


async def net_of_documents(world: World) -> int:
    """What all documents come to, credit notes included, in öre without VAT."""
    return sum(one.net_ore for one in await world.events(InvoiceIssuedV2))


@pytest.mark.rule("BIL-9p")
@pytest.mark.parametrize(("a_step", "a_document"), [(1_000, 500), (2, 500), (2, 1), (3, 2)])
async def test_what_is_issued_is_the_preview_that_was_approved(
    given: Given, by_person: Policies, monkeypatch: pytest.MonkeyPatch, a_step: int, a_document: int
) -> None:
    monkeypatch.setattr(schedule, "LINES_A_STEP", a_step)
    monkeypatch.setattr(domain, "LINES_A_DOCUMENT", a_document)
    async with given(service, at=JUNE_1, policies=by_person) as world:
        await a_may_of_many_kinds(world)

        shown = await previewed(world)
        assert await world.rows(InvoiceRow) == []
        assert set(shown) >= {"unit/20011", "unit/20012", "unit/20013"}
        await approve(world)

        assert await issued(world) == shown
        (told,) = await world.events(InvoiceRunPreviewed)
        (finished,) = await world.events(InvoiceRunFinished)
        assert (finished.invoices, finished.set_aside) == (told.invoices, 0)
        assert told.net_ore == await net_of_documents(world)
        await assert_rows_are_folds(world)


@pytest.mark.rule("BIL-9p")
async def test_nothing_is_issued_before_a_person_has_approved(
    given: Given, by_person: Policies
) -> None:
    async with given(service, at=JUNE_1, policies=by_person) as world:
        await rent_to(world, "20011")
        await close(world, MAY_31, custody_changes=1)
        await world.advance(stockholm("2026-06-20 06:00"))

        assert await world.rows(InvoiceRow) == []
        (run,) = (await get(world, "/invoice-runs"))["items"]
        assert (run["status"], run["invoices"], run["approved_by"]) == ("previewed", 1, None)


@pytest.mark.rule("BIL-9p")
async def test_it_is_told_who_has_approved(given: Given, by_person: Policies) -> None:
    async with given(service, at=JUNE_1, policies=by_person) as world:
        await rent_to(world, "20011")
        await close(world, MAY_31, custody_changes=1)
        await approve(world)

        (approved,) = await world.events(InvoiceRunApproved)
        assert (approved.month, approved.by) == ("2026-05", "k082lno")
        (run,) = (await get(world, "/invoice-runs"))["items"]
        assert (run["status"], run["approved_by"]) == ("finished", "k082lno")
        shown = await get(world, f"{MAY}:preview")
        assert (shown["run_status"], shown["approved_by"]) == ("finished", "k082lno")
        assert (shown["payers"], shown["payers_invoiced"]) == (1, 1)


# -- stale -----------------------------------------------------------------------------------------


Happens = Callable[[World, DeviceRegistered], Awaitable[None]]


async def a_late_return(world: World, device: DeviceRegistered) -> None:
    """The device was back on 21 May already."""
    (back,) = numbered(returned(device, since="2026-05-21"), first=2)
    await world.handle(back)


async def a_late_sale(world: World, device: DeviceRegistered) -> None:
    """Something was delivered in May."""
    await world.handle_all(an_order(), a_line_delivered(payer="20011", on="2026-05-30"))


async def a_late_price(world: World, device: DeviceRegistered) -> None:
    """The rollator had another price from 17 May on."""
    await world.handle(an_article_priced(ROLLATOR, 62_000, valid_from="2026-05-17"))


LATE: Mapping[str, tuple[Happens, int, int]] = {
    "return": (a_late_return, 20_000, 0),
    "sale": (a_late_sale, 40_999, 31_000),
    "price": (a_late_price, 46_000, 62_000),
}
"""What comes late, what May comes to with it in öre, and June."""


@pytest.mark.rule("BIL-9p")
@pytest.mark.parametrize("late", LATE)
async def test_a_preview_that_is_stale_is_refused_and_made_anew(
    given: Given, by_person: Policies, late: str
) -> None:
    happens, net, _ = LATE[late]
    async with given(service, at=JUNE_1, policies=by_person) as world:
        (device,) = await rent_to(world, "20011")
        await close(world, MAY_31, custody_changes=1)
        before = await get(world, f"{MAY}:preview")
        await happens(world, device)

        status, refused = await post(world, f"{MAY}:approve", {"state": before["state"]})
        assert (status, refused["reason"], refused["rule"]) == (409, "STALE_PREVIEW", "BIL-9")
        assert "på nytt" in refused["way_on"]
        status, under_way = await post(world, f"{MAY}:preview")
        assert (status, under_way["status"], under_way["state"]) == (202, "making", None)
        anew = await get(world, f"{MAY}:preview")
        assert (anew["status"], anew["net_ore"]) == ("made", net)
        assert anew["state"] != before["state"]
        status, refused = await post(world, f"{MAY}:approve", {"state": before["state"]})
        assert (status, refused["reason"]) == (409, "STALE_PREVIEW")

        await approve(world)
        assert await net_of_documents(world) == net
        await assert_rows_are_folds(world)


@pytest.mark.rule("BIL-9p")
async def test_a_month_that_has_not_changed_has_the_same_state_anew(
    given: Given, by_person: Policies
) -> None:
    async with given(service, at=JUNE_1, policies=by_person) as world:
        await a_may_of_many_kinds(world)
        before = await get(world, f"{MAY}:preview")
        payers = await previewed(world)
        await post(world, f"{MAY}:preview")

        assert (await get(world, f"{MAY}:preview"))["state"] == before["state"]
        assert await previewed(world) == payers


@pytest.mark.rule("BIL-9p")
@pytest.mark.parametrize("late", LATE)
async def test_what_comes_after_the_approval_is_the_next_months(
    given: Given, by_person: Policies, late: str
) -> None:
    happens, may, june = LATE[late]
    async with given(service, at=JUNE_1, policies=by_person) as world:
        (device,) = await rent_to(world, "20011")
        await close(world, MAY_31, custody_changes=1)
        shown = await get(world, f"{MAY}:preview")
        async with world.http() as client:
            answer = await client.post(f"{MAY}:approve", json={"state": shown["state"]})
            assert answer.status_code == 200
        await happens(world, device)
        await world.fire_timers()

        assert {payer: one.net_ore for payer, one in (await issued(world)).items()} == {
            "unit/20011": 31_000
        }
        await world.advance(JULY_1)
        await close(world, JUNE_30, custody_changes=2 if late == "return" else 1)
        await approve(world, JUNE)

        assert await net_of_documents(world) == may + june


@pytest.mark.rule("BIL-9p")
def test_a_state_is_of_each_line_and_of_no_number() -> None:
    def digest(net_ore: int, *, running: int = 0) -> str:
        line = InvoiceLineV2(
            kind=Word("sale"), article_number=ArticleNumber(CUSHION), amount=Money(net_ore=net_ore)
        )
        made = domain.issue_invoice(
            InvoiceId(uuid4()),
            number=f"AC-2026-{running:06}",
            payer=UnitPayer(payer_id=PayerId("20011")),
            month=MAY_31,
            is_credit=False,
            lines=[line],
            due_days=30,
        )
        return month_previews.digest_of([made], before="")

    assert digest(100) == digest(100, running=7)
    assert digest(100) != digest(101)
    assert month_previews.state_of("2026-05", {"unit/1": "a"}) != month_previews.state_of(
        "2026-05", {}
    )


# -- twice, at once, in between --------------------------------------------------------------------


@pytest.mark.rule("BIL-9p")
async def test_two_who_approve_at_once_issue_the_month_once(
    given: Given, by_person: Policies
) -> None:
    async with given(service, at=JUNE_1, policies=by_person) as world:
        await rent_to(world, "20011")
        await close(world, MAY_31, custody_changes=1)
        body = {"state": (await get(world, f"{MAY}:preview"))["state"]}
        async with world.http(user="anna") as anna, world.http(user="bo") as bo:
            answers = await asyncio.gather(
                *(one.post(f"{MAY}:approve", json=body) for one in (anna, bo))
            )
            assert sorted(one.status_code for one in answers) == [200, 409]
            refused = next(one.json() for one in answers if one.status_code == 409)
            assert refused["reason"] == "ALREADY_APPROVED"
            (approved,) = await world.events(InvoiceRunApproved)
            client = {"anna": anna, "bo": bo}[approved.by]
            again = await client.post(f"{MAY}:approve", json=body)
            assert again.status_code == 200
        await world.fire_timers()

        assert len(await world.events(InvoiceRunApproved)) == 1
        assert len(await world.rows(InvoiceRow)) == 1


class Killed(Exception):
    """The process ends here."""


@pytest.mark.rule("BIL-9p")
@pytest.mark.parametrize("at", range(8))
async def test_a_run_that_is_killed_in_between_goes_on_to_the_same_end(
    given: Given, by_person: Policies, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    monkeypatch.setattr(schedule, "LINES_A_STEP", 2)
    async with given(service, at=JUNE_1, policies=by_person) as world:
        killed = kill_at(monkeypatch, at)
        try:
            await a_may_of_many_kinds(world)
        except Killed:
            await world.fire_timers()
        shown = await previewed(world)
        assert len(await world.events(InvoiceRunPreviewed)) == 1
        state = (await get(world, f"{MAY}:preview"))["state"]
        try:
            await post(world, f"{MAY}:approve", {"state": state})
        except Killed:
            await world.fire_timers()

        assert not killed
        assert await issued(world) == shown
        assert all(row.invoice_id for row in await world.rows(RentRow))
        assert all(row.invoice_id for row in await world.rows(ChargeRow))
        await assert_rows_are_folds(world)


def kill_at(patched: pytest.MonkeyPatch, at: int) -> list[int]:
    """The process ends at the so-manieth document that it previews or issues, before the commit."""
    real, left = domain.issue_invoice, list(range(at + 1))

    def issue(*args: object, **named: object) -> object:
        if left:
            left.pop()
            if not left:
                raise Killed
        return real(*args, **named)  # type: ignore[arg-type]

    patched.setattr(domain, "issue_invoice", issue)
    return left


# -- refused ---------------------------------------------------------------------------------------

STATE = {"state": "0123456789abcdef"}


@pytest.mark.rule("BIL-9p")
@pytest.mark.parametrize(
    ("month", "status", "reason", "field"),
    [
        ("2026-06", 422, "MONTH_NOT_OVER", "month"),
        ("2026-12", 422, "MONTH_NOT_OVER", "month"),
        ("2026-05", 404, "UNKNOWN_INVOICE_RUN", None),
        ("2026-13", 422, "INVALID_FIELD", None),
    ],
)
async def test_a_month_without_a_run_is_not_approved(
    given: Given, by_person: Policies, month: str, status: int, reason: str, field: str | None
) -> None:
    async with given(service, at=JUNE_1, policies=by_person) as world:
        answered, refused = await post(world, f"/invoice-runs/{month}:approve", STATE)

        assert (answered, refused["reason"]) == (status, reason)
        assert refused.get("field") == field or reason == "INVALID_FIELD"
        assert refused["rule"] == "BIL-9" or reason == "INVALID_FIELD"
        assert refused["way_on"]


@pytest.mark.rule("BIL-9p")
async def test_a_month_of_a_region_without_approval_is_issued_by_itself(given: Given) -> None:
    async with given(service, at=JUNE_1) as world:
        await rent_to(world, "20011")
        await close(world, MAY_31, custody_changes=1)

        assert len(await world.rows(InvoiceRow)) == 1
        status, refused = await post(world, f"{MAY}:approve", STATE)
        assert (status, refused["reason"]) == (409, "APPROVAL_IS_AUTOMATIC")
        assert await world.events(InvoiceRunPreviewed) == []


@pytest.mark.rule("BIL-9p")
async def test_a_preview_that_is_being_made_is_not_approved(
    given: Given, by_person: Policies
) -> None:
    async with given(service, at=JUNE_1, policies=by_person) as world:
        await rent_to(world, "20011")
        await close(world, MAY_31, custody_changes=1)
        state = {"state": (await get(world, f"{MAY}:preview"))["state"]}
        async with world.http() as client:
            await client.post(f"{MAY}:preview", json={})
            refused = (await client.post(f"{MAY}:approve", json=state)).json()

        assert refused["reason"] == "NOT_PREVIEWED_YET"


@pytest.mark.rule("BIL-9p")
async def test_a_later_month_waits_until_the_one_before_it_is_approved(
    given: Given, by_person: Policies
) -> None:
    async with given(service, at=JULY_1, policies=by_person) as world:
        await rent_to(world, "20011")
        await close(world, MAY_31, custody_changes=1)
        await close(world, JUNE_30, custody_changes=1)
        assert [one.month for one in await world.events(InvoiceRunPreviewed)] == ["2026-05"]

        await approve(world)
        await world.advance(stockholm("2026-07-01 08:00"))
        assert [one.month for one in await world.events(InvoiceRunPreviewed)][-1] == "2026-06"
        await approve(world, JUNE)
        assert (await issued(world, "2026-06"))["unit/20011"].net_ore == 31_000


@pytest.mark.rule("BIL-9p")
async def test_somebody_is_alarmed_when_nobody_has_approved_in_five_working_days(
    given: Given, by_person: Policies
) -> None:
    alarms = UNAPPROVED.labels("billing", "ac")._value
    async with given(service, at=JUNE_1, policies=by_person) as world:
        await rent_to(world, "20011")
        await close(world, MAY_31, custody_changes=1)
        before = alarms.get()

        await world.advance(stockholm("2026-06-08 23:59"))  # the fifth working day
        assert alarms.get() == before
        await world.advance(stockholm("2026-06-09 00:01"))
        assert alarms.get() == before + 1
        await world.advance(stockholm("2026-06-10 12:00"))
        assert alarms.get() == before + 2

        await approve(world)
        await world.advance(stockholm("2026-06-30 12:00"))
        assert alarms.get() == before + 2
        (run,) = await world.rows(InvoiceRunRow)
        assert run.status == "finished"
