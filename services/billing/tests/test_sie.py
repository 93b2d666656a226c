"""BIL-10f: a month's entries as a SIE file, judged by a reader of the tests' own."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import date
from decimal import Decimal

import pytest
from billing.app import service
from billing.ledger import queries, sie
from kvitt_contracts.billing import LedgerLine
from kvitt_contracts.policy import Policies
from kvitt_contracts.types import Account
from kvitt_testkit.world import Given, World, stockholm

from services.billing.tests.builders import SELLER, close_may, with_accounts
from services.billing.tests.sie_reading import NotSie, SieFile, read_sie
from services.billing.tests.test_ledger import in_may

JUNE_1 = date(2026, 6, 1)
LINES = (
    LedgerLine(account=Account("1510"), debit_ore=12_505, credit_ore=0),
    LedgerLine(account=Account("3010"), debit_ore=0, credit_ore=12_500),
    LedgerLine(account=Account("3740"), debit_ore=0, credit_ore=5),
)
HEAD = sie.head(
    region_name="Region Västerbotten",
    seller=None,
    year=2026,
    written_on=JUNE_1,
    accounts=[(Account("1510"), "Kundfordringar")],
)


@pytest.fixture
async def world(given: Given, policies: Policies) -> AsyncIterator[World]:
    """A region that has invoiced what it sold and rented in May."""
    at = stockholm("2026-06-01 06:00")
    async with given(service, at=at, policies=with_accounts(policies, seller=SELLER)) as world:
        await in_may(world)
        await close_may(world, custody_changes=1)
        yield world


async def exported(world: World, month: str) -> SieFile:
    """The month's file, as the reader reads it."""
    async with world.http() as client:
        answer = await client.get(f"/ledger:export?month={month}")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == f'attachment; filename="ac-{month}.si"'
    return read_sie(answer.content)


@pytest.mark.rule("BIL-10f")
async def test_a_months_file_has_its_entries_and_whose_they_are(world: World) -> None:
    may, june = await exported(world, "2026-05"), await exported(world, "2026-06")

    assert may.head["FNAMN"] == ['Region Västerbotten, "hjälpmedel"']
    assert may.head["ORGNR"] == ["232100-0222"]
    assert may.head["RAR"] == ["0", "20260101", "20261231"]
    assert may.head["GEN"] == ["20260601"]
    assert may.accounts["3010"] == "Hyresintäkter"
    assert [(one.day, one.moved) for one in may.vouchers] == [
        (date(2026, 5, 10), [("1790", Decimal("100.00")), ("3020", Decimal("-100.00"))]),
        (date(2026, 5, 31), [("1790", Decimal("310.00")), ("3010", Decimal("-310.00"))]),
    ]
    assert {(one.series, one.number) for one in may.vouchers} == {("", "")}
    assert sorted(one.text for one in june.vouchers) == [
        "Faktura AC-2026-000001",
        "Faktura AC-2026-000002",
    ]


@pytest.mark.rule("BIL-10f")
async def test_a_file_says_what_the_trial_balance_says(world: World) -> None:
    async with world.http() as client:
        shown = (await client.get("/ledger:trial-balance?month=2026-06")).json()

    moved: Counter[str] = Counter()
    for voucher in (await exported(world, "2026-06")).vouchers:
        for account, kronor in voucher.moved:
            moved[account] += int(kronor * 100)
    assert moved == {
        one["account"]: one["debit_ore"] - one["credit_ore"]
        for one in shown["accounts"]
        if one["debit_ore"] or one["credit_ore"]
    }


@pytest.mark.rule("BIL-10f")
async def test_a_month_of_many_entries_is_read_piece_by_piece_and_whole(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = [await exported(world, month) for month in ("2026-05", "2026-06")]
    monkeypatch.setattr(queries, "ENTRIES_AT_ONCE", 1)

    assert [await exported(world, month) for month in ("2026-05", "2026-06")] == whole
    assert [len(one.vouchers) for one in whole] == [2, 2]


async def test_a_month_without_entries_is_a_file_without_vouchers(world: World) -> None:
    assert (await exported(world, "2026-04")).vouchers == []


@pytest.mark.rule("BIL-10f")
def test_amounts_are_in_kronor_with_two_decimals() -> None:
    (voucher,) = read_sie(HEAD + sie.verification(JUNE_1, "x", LINES)).vouchers

    assert [str(amount) for _, amount in voucher.moved] == ["125.05", "-125.00", "-0.05"]


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ('Enheten "Åre"', 'Enheten "Åre"'),
        ("till höger\\", "till höger/"),
        ("två\r\nrader\x00", "två  rader "),
        ("kostar 5 € – ō", "kostar 5 ? ? ?"),
        ("", ""),
    ],
)
def test_a_text_is_written_so_that_it_is_read_again(said: str, read: str) -> None:
    (voucher,) = read_sie(HEAD + sie.verification(JUNE_1, said, LINES)).vouchers

    assert voucher.text == read


def test_without_a_seller_the_region_is_named() -> None:
    head = read_sie(HEAD).head

    assert head["FNAMN"] == ["Region Västerbotten"]
    assert "ORGNR" not in head


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        (b"\r\n", b"\n"),
        (b"125.05", b"125,05"),
        (b"125.05", b"125.06"),
        (b"#FORMAT PC8\r\n", b""),
        (b'"Kundfordringar"', b'"Kund"fordringar"'),
        (b"}\r\n", b""),
        (b"20260601 ", b"2026-06-01 "),
        (b"#KONTO 1510", b"#KONTO kund"),
    ],
)
def test_the_reader_takes_no_file_that_is_broken(good: bytes, bad: bytes) -> None:
    content = HEAD + sie.verification(JUNE_1, "x", LINES)
    assert good in content

    with pytest.raises(NotSie):
        read_sie(content.replace(good, bad))
