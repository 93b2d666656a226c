"""A charge that was invoiced and is not owed after all: in the ledger, and where a person approves
the month that takes it back.
"""

from collections import Counter
from datetime import date, timedelta

import pytest
from billing.app import service
from kvitt_contracts.billing import InvoiceIssuedV2, LedgerEntryPosted
from kvitt_contracts.calendar import start_of_day
from kvitt_contracts.policy import Policies
from kvitt_contracts.types import Role
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm

from services.billing.tests.builders import with_accounts
from services.billing.tests.months import approve, approved_by_person, close, get, post, previewed
from services.billing.tests.waiting_fees import back, received_device

NOON = stockholm("2026-03-02 12:00")
JUNE_30, JULY_31 = date(2026, 6, 30), date(2026, 7, 31)


async def invoiced_in_june(world: World) -> None:
    """The fee of a charger fell due on 1 June, and June is over."""
    await received_device(world)
    await world.advance(start_of_day(JUNE_30 + timedelta(days=1)))
    await close(world, JUNE_30, custody_changes=1)


async def returned_in_may_as_told_in_july(world: World) -> None:
    """It had come back before that day, and July is over."""
    await world.handle(back(on="2026-05-20"))
    await world.advance(start_of_day(JULY_31 + timedelta(days=1)))
    await close(world, JULY_31, custody_changes=2)


@pytest.mark.rule("BIL-10c", "BIL-4e")
async def test_what_is_taken_back_is_taken_back_in_the_accounts(
    given: Given, policies: Policies
) -> None:
    async with given(service, at=NOON, policies=with_accounts(policies)) as world:
        await invoiced_in_june(world)
        await returned_in_may_as_told_in_july(world)

        posted = await world.events(LedgerEntryPosted)
        assert Counter(str(one.source) for one in posted) == {
            "charge": 1,
            "cancellation": 1,
            "invoice": 2,
        }
        sums: Counter[str] = Counter()
        for line in (line for one in posted for line in one.lines):
            sums[str(line.account)] += line.debit_ore - line.credit_ore
        assert set(sums.values()) == {0}


@pytest.mark.rule("BIL-10c", "BIL-4e")
async def test_what_is_cancelled_before_it_is_invoiced_is_earned_no_more(
    given: Given, policies: Policies
) -> None:
    async with given(service, at=NOON, policies=with_accounts(policies)) as world:
        await received_device(world)
        await world.advance(stockholm("2026-06-02 06:00"))
        await world.handle(back(on="2026-05-20"))

        charged, cancelled = await world.events(LedgerEntryPosted)
        assert (charged.source, cancelled.source) == ("charge", "cancellation")
        assert [(one.account, one.debit_ore, one.credit_ore) for one in charged.lines] == [
            (one.account, one.credit_ore, one.debit_ore) for one in cancelled.lines
        ]


@pytest.mark.rule("BIL-17b", "BIL-17c")
async def test_what_is_taken_back_says_so_and_from_which_line(
    given: Given, policies: Policies
) -> None:
    async with given(service, at=NOON, policies=policies) as world:
        await invoiced_in_june(world)
        (invoice,) = await world.events(InvoiceIssuedV2)
        await returned_in_may_as_told_in_july(world)
        (_, credit) = await world.events(InvoiceIssuedV2)
        async with world.http(roles=[Role.CUSTOMER_SERVICE]) as client:
            answer = await client.get(f"/invoices/{credit.invoice_id}/lines/1:explain")

    found = answer.json()
    assert sum(part["net_ore"] for part in found["parts"]) == -50_000
    (step,) = [one for one in found["steps"] if one["about"] == "credit"]
    assert [(one["id"], one["number"], one["n"]) for one in step["links"]] == [
        (str(invoice.invoice_id), invoice.number, 1)
    ]
    (known,) = [one for one in found["steps"] if one["about"] == "known"]
    assert known["rule"] == "BIL-4c"


@pytest.mark.rule("BIL-9p", "BIL-4e")
async def test_what_a_person_approves_holds_what_is_taken_back(
    given: Given, policies: Policies
) -> None:
    by_person = approved_by_person(policies)
    async with given(service, at=NOON, policies=by_person) as world:
        await invoiced_in_june(world)
        await approve(world, "/invoice-runs/2026-06")
        (invoice,) = await world.events(InvoiceIssuedV2)

        await returned_in_may_as_told_in_july(world)
        shown = await get(world, "/invoice-runs/2026-07:preview")
        assert shown["net_ore"] == -50_000
        (payer,) = (await previewed(world, "2026-07")).values()
        assert (payer.documents, payer.net_ore) == (1, -50_000)
        await approve(world, "/invoice-runs/2026-07")

        (_, credit) = await world.events(InvoiceIssuedV2)
        assert (credit.is_credit, credit.net_ore) == (True, -50_000)
        assert [line.corrects for line in credit.lines] == [invoice.invoice_id]
        await assert_rows_are_folds(world)


@pytest.mark.rule("BIL-9p", "BIL-4e")
async def test_what_ends_while_its_preview_waits_is_in_no_preview_that_is_made_anew(
    given: Given, policies: Policies
) -> None:
    by_person = approved_by_person(policies)
    async with given(service, at=NOON, policies=by_person) as world:
        await invoiced_in_june(world)
        shown = await get(world, "/invoice-runs/2026-06:preview")
        assert shown["net_ore"] == 50_000
        await world.handle(back(on="2026-05-20"))

        status, refused = await post(
            world, "/invoice-runs/2026-06:approve", {"state": shown["state"]}
        )
        assert (status, refused["reason"]) == (409, "STALE_PREVIEW")
        await post(world, "/invoice-runs/2026-06:preview")
        assert (await get(world, "/invoice-runs/2026-06:preview"))["net_ore"] == 0
        await approve(world, "/invoice-runs/2026-06")

        assert await world.events(InvoiceIssuedV2) == []
        await assert_rows_are_folds(world)
