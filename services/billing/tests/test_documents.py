"""What stands on a document: lines, VAT by rate, sums (BIL-9, BIL-10). Rules alone."""

from collections import Counter
from datetime import date
from fractions import Fraction
from uuid import UUID

import pytest
from billing.domain import (
    LINES_A_DOCUMENT,
    CustodyChanges,
    documents,
    issue_invoice,
    missing_changes,
    vat_by_rate,
)
from hypothesis import example, given
from hypothesis import strategies as st
from kvitt_contracts.billing import (
    ChargeKind,
    InvoiceIssuedV2,
    InvoiceLineV2,
    VatPart,
)
from kvitt_contracts.envelope import MAX_BYTES
from kvitt_contracts.types import (
    ArticleNumber,
    ChargeId,
    DeviceId,
    DeviceNumber,
    InvoiceId,
    Money,
    PayerId,
    UnitPayer,
    Word,
)

MAY_31 = date(2026, 5, 31)
AMOUNTS = st.builds(
    Money, net_ore=st.integers(0, 10**9), vat_percent=st.sampled_from([0, 6, 12, 25])
)


def a_rent(net_ore: int = 10_000, *, vat_percent: int = 25) -> InvoiceLineV2:
    """A line of rent."""
    amount = Money.model_validate({"net_ore": net_ore, "vat_percent": vat_percent})
    return InvoiceLineV2(
        kind=Word(ChargeKind.RENT), article_number=ArticleNumber("31206-01"), amount=amount
    )


def issue(*lines: InvoiceLineV2, is_credit: bool = False) -> InvoiceIssuedV2:
    """The document of these lines for May."""
    return issue_invoice(
        InvoiceId(UUID(int=1)),
        number="AC-2026-000001",
        payer=UnitPayer(payer_id=PayerId("20011")),
        month=MAY_31,
        is_credit=is_credit,
        lines=lines,
        due_days=30,
    )


@pytest.mark.rule("BIL-10d")
def test_vat_is_rounded_once_for_each_rate_and_not_for_each_line() -> None:
    issued = issue(
        a_rent(2), a_rent(2), a_rent(2), a_rent(10, vat_percent=6), a_rent(9, vat_percent=0)
    )

    assert issued.vat == (
        VatPart(vat_percent=25, net_ore=6, vat_ore=2),  # each line by itself: 1 + 1 + 1
        VatPart(vat_percent=6, net_ore=10, vat_ore=1),
        VatPart(vat_percent=0, net_ore=9, vat_ore=0),
    )
    assert (issued.net_ore, issued.vat_ore, issued.gross_ore) == (25, 3, 28)


@pytest.mark.rule("BIL-10a", "BIL-10d")
@given(amounts=st.lists(AMOUNTS, min_size=1, max_size=40))
def test_a_documents_sums_are_those_of_its_lines_and_vat_of_each_rate_is_within_half_an_ore(
    amounts: list[Money],
) -> None:
    lines = [a_rent().model_copy(update={"amount": amount}) for amount in amounts]
    issued = issue(*lines)

    assert issued.net_ore == sum(amount.net_ore for amount in amounts)
    assert issued.vat_ore == sum(part.vat_ore for part in issued.vat)
    assert issued.gross_ore == issued.net_ore + issued.vat_ore
    assert Counter(part.vat_percent for part in issued.vat) == dict.fromkeys(
        {amount.vat_percent for amount in amounts}, 1
    )
    for part in issued.vat:
        of_rate = [one.net_ore for one in amounts if one.vat_percent == part.vat_percent]
        assert part.net_ore == sum(of_rate)
        exact = Fraction(part.net_ore * part.vat_percent, 100)
        assert Fraction(-1, 2) < part.vat_ore - exact <= Fraction(1, 2)


@pytest.mark.rule("BIL-9e")
@given(amounts=st.lists(AMOUNTS, min_size=1, max_size=20))
def test_a_credit_of_a_whole_document_takes_back_each_sum_to_the_ore(amounts: list[Money]) -> None:
    lines = [a_rent().model_copy(update={"amount": amount}) for amount in amounts]
    taken_back = [a_rent(-amount.net_ore, vat_percent=amount.vat_percent) for amount in amounts]
    issued, credited = issue(*lines), issue(*taken_back, is_credit=True)

    assert credited.is_credit
    sums = [(one.net_ore, one.vat_ore, one.gross_ore) for one in (issued, credited)]
    assert [debit + credit for debit, credit in zip(*sums, strict=True)] == [0, 0, 0]
    assert [part.vat_ore for part in vat_by_rate(taken_back)] == [-p.vat_ore for p in issued.vat]


@pytest.mark.rule("BIL-9e")
def test_a_credit_among_debits_is_a_fault_and_so_is_a_debit_among_credits() -> None:
    with pytest.raises(ValueError, match="documents of their own"):
        issue(a_rent(100), a_rent(-1))
    with pytest.raises(ValueError, match="documents of their own"):
        issue(a_rent(-100), a_rent(1), is_credit=True)
    with pytest.raises(ValueError, match="needs a line"):
        issue()


@pytest.mark.rule("BIL-9h")
@pytest.mark.parametrize("is_credit", [False, True])
def test_a_line_of_nothing_goes_on_an_invoice_and_on_a_credit_note(is_credit: bool) -> None:
    issued = issue(a_rent(0), is_credit=is_credit)

    assert (issued.is_credit, issued.gross_ore) == (is_credit, 0)


@pytest.mark.rule("BIL-9b")
@given(count=st.integers(0, 3 * LINES_A_DOCUMENT + 1))
def test_each_line_stands_on_one_document_and_none_has_too_many(count: int) -> None:
    parts = list(documents(range(count)))

    assert [line for part in parts for line in part] == list(range(count))
    assert all(0 < len(part) <= LINES_A_DOCUMENT for part in parts)


@pytest.mark.rule("BIL-9h")
def test_a_document_of_as_many_lines_as_it_may_have_can_be_published() -> None:
    longest = InvoiceLineV2(
        kind=Word(ChargeKind.RENT),
        article_number=ArticleNumber("9" * 20),
        amount=Money(net_ore=-(10**10), vat_percent=25),
        device_id=DeviceId(UUID(int=2**127)),
        device_number=DeviceNumber("9" * 20),
        from_day=date(2026, 5, 1),
        to_day=MAY_31,
        charge_id=ChargeId(UUID(int=2**127)),
        quantity=10_000,
        corrects=InvoiceId(UUID(int=2**127)),
    )
    issued = issue(*[longest] * LINES_A_DOCUMENT, is_credit=True)

    assert len(issued.model_dump_json(exclude_none=True).encode()) < MAX_BYTES


@pytest.mark.rule("BIL-9g")
@example(day=1, up_to=0, besides=set(), forgone=set())
@example(day=2, up_to=0, besides={2, 3}, forgone=set())
@given(
    day=st.integers(0, 30),
    up_to=st.integers(0, 30),
    besides=st.sets(st.integers(1, 40)),
    forgone=st.sets(st.integers(1, 40), max_size=3),
)
def test_a_day_waits_for_each_number_that_is_neither_applied_nor_forgone(
    day: int, up_to: int, besides: set[int], forgone: set[int]
) -> None:
    there = {*range(1, up_to + 1), *besides, *forgone}
    applied = CustodyChanges(up_to=up_to, besides=frozenset(besides))

    missing = missing_changes(day, applied, forgone=forgone)

    assert list(missing) == [number for number in range(1, day + 1) if number not in there]
