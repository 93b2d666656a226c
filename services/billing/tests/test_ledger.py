"""BIL-10c: what is earned and invoiced is entered, balanced, on the accounts of the policy."""

from collections.abc import AsyncIterator
from datetime import date

import pytest
from billing.app import service
from billing.ledger.domain import lines_of_document, lines_of_revenue
from billing.ledger.models import LedgerEntryRow
from hypothesis import given as random
from hypothesis import strategies as st
from kvitt_contracts.billing import LedgerEntryPosted, LedgerLine, VatPart
from kvitt_contracts.inventory import DeviceRegistered
from kvitt_contracts.policy import Policies, PolicyHistory
from kvitt_contracts.policy_parts import InvoicePolicy
from kvitt_contracts.types import Account, Money, RegionCode, VatPercent, Word
from kvitt_testkit.reconciled import found_by, plant
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm
from pydantic import ValidationError

from contracts.tests.builders.inventory import (
    a_day_closed,
    an_article_listed,
    an_article_priced,
    numbered,
)
from contracts.tests.builders.reservations import a_line_delivered
from contracts.tests.builders.story import CUSHION, ROLLATOR
from services.billing.tests.builders import (
    ACCOUNTS,
    a_device,
    an_order,
    close_may,
    lent,
    returned,
    with_accounts,
)

JUNE_1 = stockholm("2026-06-01 06:00")
JULY_1 = stockholm("2026-07-01 06:00")
CATALOGUE = (
    an_article_listed(),
    an_article_priced(ROLLATOR, 31_000),
    an_article_listed(CUSHION, marked=False),
    an_article_priced(CUSHION, 10_000, vat_percent=12),
)
Entered = tuple[str, str, dict[str, int]]
"""The day, what it is of, and what is moved on each account: debit above 0."""


async def in_may(world: World) -> DeviceRegistered:
    """One unit rents a rollator for 310 kronor a month, another buys a cushion for 100."""
    device = a_device()
    await world.handle_all(
        *CATALOGUE,
        device,
        *numbered(lent(device, payer="20011", since="2026-05-01")),
        an_order(),
        a_line_delivered(payer="20012", on="2026-05-10"),
    )
    return device


@pytest.fixture
async def world(given: Given, policies: Policies) -> AsyncIterator[World]:
    """A region with accounts, when May is over."""
    async with given(service, at=JUNE_1, policies=with_accounts(policies)) as world:
        yield world


async def entered(world: World) -> list[Entered]:
    """Everything that is entered, in the order of its days."""
    posted = await world.events(LedgerEntryPosted)
    found = [(f"{one.entered_on}", str(one.source), moved(one.lines)) for one in posted]
    return sorted(found, key=lambda one: (one[0], one[1], sorted(one[2].items())))


def moved(lines: tuple[LedgerLine, ...]) -> dict[str, int]:
    """What is moved on each account: debit above 0, credit below."""
    return {str(line.account): line.debit_ore - line.credit_ore for line in lines}


SALE: Entered = ("2026-05-10", "charge", {"1790": 10_000, "3020": -10_000})
RENT: Entered = ("2026-05-31", "rent", {"1790": 31_000, "3010": -31_000})
INVOICES: list[Entered] = [
    ("2026-06-01", "invoice", {"1510": 11_200, "1790": -10_000, "2621": -1_200}),
    ("2026-06-01", "invoice", {"1510": 38_750, "1790": -31_000, "2611": -7_750}),
]


@pytest.mark.rule("BIL-10c")
async def test_what_is_sold_and_rented_is_accrued_on_its_day_and_settled_by_its_document(
    world: World,
) -> None:
    await in_may(world)
    assert await entered(world) == [SALE]

    await close_may(world, custody_changes=1)

    assert await entered(world) == [SALE, RENT, *INVOICES]
    await assert_rows_are_folds(world)
    assert await found_by(world, "ledger") == []


@pytest.mark.rule("BIL-10c")
async def test_a_credit_note_changes_the_sides(given: Given, policies: Policies) -> None:
    async with given(service, at=JULY_1, policies=with_accounts(policies)) as world:
        device = await in_may(world)
        await close_may(world, custody_changes=1)
        before = await entered(world)
        (late,) = numbered(returned(device, since="2026-05-31"), first=2)
        await world.handle_all(late, a_day_closed(date(2026, 6, 30), custody_changes=2))
        await world.fire_timers()

        later = [one for one in await entered(world) if one not in before]
        assert later == [
            ("2026-06-30", "rent", {"1790": -1_000, "3010": 1_000}),
            ("2026-07-01", "invoice", {"1510": -1_250, "1790": 1_000, "2611": 250}),
        ]


async def test_a_region_without_accounts_enters_nothing(given: Given) -> None:
    async with given(service, at=JUNE_1) as world:
        await in_may(world)
        await close_may(world, custody_changes=1)

        assert await world.rows(LedgerEntryRow) == []


@pytest.mark.rule("BIL-10c")
async def test_a_charge_from_before_there_were_accounts_is_entered_with_its_document(
    given: Given, policies: Policies
) -> None:
    region = RegionCode("ac")
    before = policies.of(region).versions[0]
    after = with_accounts(policies).of(region).versions[0]
    begun = stockholm("2026-05-20 00:00")
    history = PolicyHistory(
        versions=(before, after.model_copy(update={"version": 2, "effective_from": begun}))
    )
    may_11 = stockholm("2026-05-11 06:00")
    async with given(service, at=may_11, policies=Policies({region: history})) as world:
        await in_may(world)
        assert await entered(world) == []

        await world.advance(JUNE_1)
        await close_may(world, custody_changes=1)

        with_its_document = ("2026-05-31", *SALE[1:])
        assert await entered(world) == [with_its_document, RENT, *INVOICES]


async def test_what_costs_nothing_is_not_entered(world: World) -> None:
    device = a_device()
    await world.handle_all(
        an_article_listed(),
        an_article_priced(ROLLATOR, 0),
        device,
        *numbered(lent(device, payer="20011", since="2026-05-01")),
    )
    await close_may(world, custody_changes=1)

    assert await entered(world) == []


RATES: st.SearchStrategy[VatPercent] = st.sampled_from([0, 6, 12, 25])
PARTS = st.dictionaries(RATES, st.integers(-10_000_000, 10_000_000))


@pytest.mark.rule("BIL-10c")
@random(nets=PARTS)
def test_every_document_is_entered_with_as_much_debit_as_credit(
    nets: dict[VatPercent, int],
) -> None:
    vat = [
        VatPart(
            vat_percent=rate,
            net_ore=net,
            vat_ore=Money(net_ore=net, vat_percent=rate).vat_ore,
        )
        for rate, net in nets.items()
    ]

    lines = lines_of_document(ACCOUNTS, net_ore=sum(nets.values()), vat=vat)

    assert sum(line.debit_ore for line in lines) == sum(line.credit_ore for line in lines)
    of_vat = {"2611": 25, "2621": 12, "2631": 6}
    found = {rate: moved(lines).get(account, 0) for account, rate in of_vat.items()}
    assert found == {
        rate: -sum(one.vat_ore for one in vat if one.vat_percent == rate) for rate in (25, 12, 6)
    }


@pytest.mark.rule("BIL-10c")
@pytest.mark.parametrize(
    ("kind", "account"), [("rent", "3010"), ("sale", "3020"), ("postage", "3990"), ("x", "3990")]
)
@pytest.mark.parametrize("ore", [1, -9_900])
def test_a_kind_without_an_account_of_its_own_is_other_revenue(
    kind: str, account: str, ore: int
) -> None:
    lines = lines_of_revenue(ACCOUNTS, kind, net_ore=ore)

    assert moved(lines) == {"1790": ore, account: -ore}


@pytest.mark.rule("BIL-10c")
@pytest.mark.parametrize("lacking", ["receivable", "accrued", "vat_reduced", "revenue_other"])
def test_accounts_on_which_not_all_can_be_entered_are_refused(lacking: str) -> None:
    given = {key: account for key, account in ACCOUNTS.items() if key != lacking}

    with pytest.raises(ValidationError, match=f"BIL-10: .*{lacking}"):
        InvoicePolicy(accounts=given)


@pytest.mark.parametrize(
    ("key", "account", "says"),
    [("vat_out", "2610", "an account is called"), ("revenue_fee", "1790", "of nothing else")],
)
def test_an_account_that_means_nothing_or_two_things_is_refused(
    key: str, account: str, says: str
) -> None:
    with pytest.raises(ValidationError, match=says):
        InvoicePolicy(accounts={**ACCOUNTS, Word(key): Account(account)})


# -- what is read --------------------------------------------------------------------------------


async def test_entries_are_found_by_month_source_and_account(world: World) -> None:
    await in_may(world)
    await close_may(world, custody_changes=1)

    async with world.http() as client:

        async def found(query: str) -> list[tuple[str, str]]:
            page = (await client.get(f"/ledger-entries?sort=entered_on&{query}")).json()
            return [(one["entered_on"], one["source"]) for one in page["items"]]

        assert await found("month=2026-05") == [("2026-05-10", "charge"), ("2026-05-31", "rent")]
        assert await found("source=rent") == [("2026-05-31", "rent")]
        assert await found("account=2611") == [("2026-06-01", "invoice")]
        assert len(await found("")) == 4
        assert (await client.get("/ledger-entries?month=2026-13")).status_code == 422


@pytest.mark.rule("BIL-10c")
async def test_a_trial_balance_adds_up_to_nothing(world: World) -> None:
    await in_may(world)
    await close_may(world, custody_changes=1)

    async with world.http() as client:
        may = (await client.get("/ledger:trial-balance?month=2026-05")).json()
        june = (await client.get("/ledger:trial-balance?month=2026-06")).json()

    assert (may["debit_ore"], may["credit_ore"], may["is_closed"]) == (41_000, 41_000, False)
    assert balances(may, "outgoing_ore") == {"1790": 41_000, "3010": -31_000, "3020": -10_000}
    assert balances(june, "incoming_ore") == {
        **balances(may, "outgoing_ore"),
        **dict.fromkeys(("1510", "2611", "2621"), 0),
    }
    after = balances(june, "outgoing_ore")
    assert (after["1790"], sum(after.values())) == (0, 0)
    assert (june["debit_ore"], june["credit_ore"]) == (49_950, 49_950)
    names = {one["account"]: one["name"] for one in june["accounts"]}
    assert (names["1790"], names["3010"]) == ("Upplupna intäkter", "Hyresintäkter")


def balances(shown: dict[str, list[dict[str, int]]], which: str) -> dict[str, int]:
    """A balance of each account."""
    return {str(one["account"]): one[which] for one in shown["accounts"]}


# -- what the night compares ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("planted", "table"),
    [
        (
            """UPDATE ledger_entries SET lines = jsonb_set(lines, '{0,debit_ore}', '7')
               WHERE source = 'charge'""",
            ["ledger_entries", "charges"],
        ),
        ("UPDATE charges SET amount = amount || '{\"net_ore\": 9999}'", ["charges"]),
        ("DELETE FROM ledger_entries WHERE source = 'charge'", ["charges"]),
    ],
    ids=["unbalanced", "another amount", "not entered"],
)
async def test_what_is_not_entered_as_it_is_is_found(
    world: World, planted: str, table: list[str]
) -> None:
    await in_may(world)
    await close_may(world, custody_changes=1)

    await plant(world, planted)

    assert [one.table for one in await found_by(world, "ledger")] == table
