"""A thousand random orders and withdrawals in four regions: what was shown before each was
confirmed is what came of it, line by line and to the öre.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

import pytest
from billing.order_previews.domain import LineCost
from inventory.order_previews.domain import Expected
from kvitt_contracts.billing import (
    ChargeDeferred,
    ChargeRaised,
    InvoiceIssued,
    InvoiceIssuedV2,
)
from kvitt_contracts.inventory import (
    LineDelivered,
    ReservationDeclined,
    StockBackordered,
    StockReserved,
)
from kvitt_contracts.orders import (
    LineSupply,
    OrderLineDelivered,
    OrderLinePlanned,
    OrderPlaced,
    OrderPlacedV2,
    OrderPlanned,
    SuppliedLine,
)
from kvitt_contracts.types import DeviceId, OrderLineId, PatientPayer, PayerId, UnitPayer
from orders.customer_orders.domain import line_id
from orders.customer_orders.views import PreviewLine

from tests.previews.month import NOTE_ORE, RegionMonth, Shown
from tests.previews.setting import DEARER_FROM

pytestmark = pytest.mark.long(seconds=60)

Months = Sequence[RegionMonth]
_JULY = "2026-07"


def each(months: Months) -> Iterator[tuple[RegionMonth, Shown]]:
    """Every order that was placed, with its region's month."""
    for month in months:
        for one in month.shown:
            if one.was_refused is None:
                yield month, one


def placed_of(month: RegionMonth, one: Shown) -> OrderPlaced | OrderPlacedV2:
    """The order as it was placed."""
    placed: list[OrderPlaced | OrderPlacedV2] = []
    placed += month.of(OrderPlaced, one.id)
    placed += month.of(OrderPlacedV2, one.id)
    return placed[0]


def delivered_of(month: RegionMonth, one: Shown) -> Mapping[OrderLineId, LineDelivered]:
    """What was delivered of each line."""
    return {event.line_id: event for event in month.of(LineDelivered, one.id)}


def test_a_thousand_orders_go_through_every_way(months: Months) -> None:
    """The others say nothing of what does not occur."""
    seen = Counter[str]()
    for month in months:
        for one in month.shown:
            seen["shown"] += 1
            seen["refused"] += one.refusal is not None
            seen["declined"] += one.declined is not None
            seen.update(str(line.supply) for line in one.lines)
            seen["withdrawal declined"] += bool(one.declined) and one.is_withdrawal
            seen["fee"] += any(line.fee for line in one.lines)
            seen["delivered"] += bool(delivered_of(month, one))
            seen["missing"] += any(when.missing for when in one.expected)
            seen["no price"] += any(cost.once_ore is None for cost in one.costs)
            seen["rented"] += any(cost.month_ore for cost in one.costs)
            seen["deferred"] += any(deferred_of(month, one))
            if one.command.cover and delivered_of(month, one):
                seen[one.command.cover.kind] += 1
                seen["not finished"] += one.finished_on is None
                seen["covered rent"] += any(cost.month_ore for cost in one.costs)
    assert seen["shown"] == 1_000
    assert seen["delivered"] > 500
    least = (
        *("refused", "declined", "central", "own_store", "direct"),
        *("fee", "missing", "no price", "rented", "deferred", "withdrawal declined"),
        *("home_region", "state", "not finished", "covered rent"),
    )
    assert {what: seen[what] for what in least if seen[what] < 5} == {}


@pytest.mark.rule("ORD-1f")
def test_what_is_refused_is_refused_before_and_alike(months: Months) -> None:
    for month in months:
        for one in month.shown:
            assert one.was_refused == one.refusal, (month.region, one)


@pytest.mark.rule("ORD-1f", "ORD-18b", "ORD-18c")
def test_source_payer_and_fee_of_each_line_are_those_that_were_shown(months: Months) -> None:
    for month, one in each(months):
        placed = placed_of(month, one)
        assert len(placed.lines) == len(one.lines) == len(one.command.lines)
        for line, shown in zip(placed.lines, one.lines, strict=True):
            supply = line.supply if isinstance(line, SuppliedLine) else LineSupply.OWN_STORE
            if isinstance(placed, OrderPlaced):
                supply = LineSupply(placed.supply)
            assert (line.article_number, line.quantity) == (shown.article_number, shown.quantity)
            assert (supply, line.payer_id, line.fee) == (shown.supply, shown.payer_id, shown.fee)
            delivered = delivered_of(month, one).get(line.line_id)
            assert delivered is None or delivered.payer_id == shown.payer_id


@pytest.mark.rule("ORD-1h", "ORD-6h", "ORD-7a", "ORD-8a")
def test_what_the_store_declines_it_was_said_to_decline(months: Months) -> None:
    reasons = Counter[str]()
    for month, one in each(months):
        said = [(one.declined.reason, one.declined.rule)] if one.declined else []
        declined = month.of(ReservationDeclined, one.id)
        assert [(event.reason, event.rule) for event in declined] == said, one
        reasons.update(reason for reason, _ in said)
    least = {"NO_LONGER_PURCHASED", "NO_BALANCE", "DEVICE_NOT_IN_STORE"}
    assert least <= reasons.keys(), reasons


@pytest.mark.rule("ORD-1f", "ORD-4a", "ORD-4b")
def test_each_line_leaves_on_the_day_that_was_shown(months: Months) -> None:
    for month, one in each(months):
        answers: list[StockReserved | StockBackordered] = [
            *month.of(StockReserved, one.id),
            *month.of(StockBackordered, one.id),
        ]
        planned = [event.planned_dispatch_on for event in month.of(OrderPlanned, one.id)]
        for line, when in zip_expected(one):
            if line.supply is LineSupply.CENTRAL:
                assert [answer.planned_dispatch_on for answer in answers] == [
                    when.planned_dispatch_on
                ]
                assert planned == [when.planned_dispatch_on]
                (held,) = [held for held in answers[0].lines if held.line_id == line.line_id]
                assert held.missing == when.missing
            elif line.supply is LineSupply.DIRECT:
                leaves = [
                    event.planned_dispatch_on
                    for event in month.of(OrderLinePlanned, one.id)
                    if event.line_id == line.line_id
                ]
                assert leaves == [when.planned_dispatch_on]


@pytest.mark.rule("ORD-1f", "ORD-4e", "ORD-7a")
def test_each_line_that_came_came_on_the_day_that_was_shown(months: Months) -> None:
    for month, one in each(months):
        delivered = delivered_of(month, one)
        told = {event.line_id: event for event in month.of(OrderLineDelivered, one.id)}
        for line, when in zip_expected(one):
            if line.line_id in delivered:
                assert delivered[line.line_id].delivered_on == when.planned_arrival_on
                assert told[line.line_id].delivered_on == when.planned_arrival_on


@pytest.mark.rule("ORD-1g", "BIL-2a", "BIL-2d", "BIL-3f", "BIL-5d")
def test_each_line_is_charged_what_was_shown_to_whom_was_shown(months: Months) -> None:
    for month, one in each(months):
        delivered = delivered_of(month, one)
        sales = Counter[OrderLineId]()
        fees = Counter[OrderLineId]()
        payers: dict[OrderLineId, set[PayerId]] = defaultdict(set)
        for charged, ore, payer in charged_of(month, one):
            if isinstance(payer, PatientPayer):
                fees[charged] += ore
            elif isinstance(payer, UnitPayer):
                sales[charged] += ore
                payers[charged].add(payer.payer_id)
        for line, _, shown, cost in costed(one):
            if line.line_id not in delivered:
                continue
            told_later = NOTE_ORE * line.quantity
            once = told_later if cost.once_ore is None else cost.once_ore
            assert (sales[line.line_id], fees[line.line_id]) == (once, cost.fee_ore), (line, cost)
            assert payers[line.line_id] <= {shown.payer_id}


@pytest.mark.rule("ORD-1g", "BIL-1b", "BIL-1c", "BIL-5f")
def test_each_device_costs_the_rent_that_was_shown(months: Months) -> None:
    compared = 0
    for month, one in each(months):
        rents = rents_of(month)
        delivered = delivered_of(month, one)
        for line, when, shown, cost in costed(one):
            if line.line_id not in delivered or not cost.month_ore:
                continue
            (device,) = delivered[line.line_id].devices
            first = f"{when.planned_arrival_on:%Y-%m}"
            if one.command.cover is not None:
                continue
            assert rents[device, first] == {shown.payer_id: cost.first_ore}
            if first != _JULY and when.planned_arrival_on >= DEARER_FROM:
                assert rents[device, _JULY] == {shown.payer_id: cost.month_ore}
                compared += 1
    assert compared > 20


@pytest.mark.rule("ORD-1g", "BIL-5f")
def test_what_another_pays_in_rent_is_what_was_shown_once_the_fitting_is_finished(
    months: Months,
) -> None:
    compared = Counter[bool]()
    for month, one in each(months):
        rents = rents_of(month)
        delivered = delivered_of(month, one) if one.command.cover else {}
        for line, when, shown, cost in costed(one):
            is_july = f"{when.planned_arrival_on:%Y-%m}" == _JULY
            is_foreseen = is_july or when.planned_arrival_on >= DEARER_FROM
            if line.line_id not in delivered or not cost.month_ore or not is_foreseen:
                continue
            (device,) = delivered[line.line_id].devices
            total = Counter[PayerId]()
            for of in ("2026-06", _JULY):
                total.update(rents[device, of])
            owed = (cost.first_ore or 0) + (0 if is_july else cost.month_ore)
            assert total == ({shown.payer_id: owed} if one.finished_on else {}), line
            compared[one.finished_on is not None] += 1
    assert min(compared[True], compared[False]) > 2


# -- what came of them ---------------------------------------------------------------------------


def zip_expected(one: Shown) -> list[tuple["Line", Expected]]:
    """Each line, with when it was expected; none of what the store declines."""
    if not one.expected:
        return []
    return [(Line(one, number), when) for number, when in enumerate(one.expected, start=1)]


def costed(one: Shown) -> list[tuple["Line", Expected, PreviewLine, LineCost]]:
    """Each line as it was expected, with how it was shown and what it would cost; as above."""
    expected = zip_expected(one)
    shown = one.lines if expected else ()
    return [
        (line, when, said, cost)
        for (line, when), said, cost in zip(expected, shown, one.costs, strict=True)
    ]


class Line:
    """A line as it was shown, with the id that it has since it was placed."""

    def __init__(self, one: Shown, number: int) -> None:
        shown = one.lines[number - 1]
        self.line_id = line_id(one.id, number)
        self.supply, self.quantity, self.article = (
            shown.supply,
            shown.quantity,
            shown.article_number,
        )

    def __repr__(self) -> str:
        return f"{self.quantity} × {self.article} {self.supply}"


def deferred_of(month: RegionMonth, one: Shown) -> list[ChargeDeferred]:
    """What is charged later of an order."""
    return [
        event
        for event in month.events[""]
        if isinstance(event, ChargeDeferred) and event.cause.order_id == one.id
    ]


def charged_of(
    month: RegionMonth, one: Shown
) -> Iterator[tuple[OrderLineId, int, PatientPayer | UnitPayer]]:
    """What has been charged of an order, or will be: the line, öre, and who pays."""
    for event in month.of(ChargeRaised, one.id):
        yield event.line_id, event.amount.net_ore, event.payer
    for later in deferred_of(month, one):
        assert later.cause.line_id is not None
        yield later.cause.line_id, later.amount.net_ore, later.payer


def rents_of(month: RegionMonth) -> Mapping[tuple[DeviceId, str], Mapping[PayerId, int]]:
    """What was invoiced for each device's days of each month."""
    found: dict[tuple[DeviceId, str], Counter[PayerId]] = defaultdict(Counter)
    for event in month.events[""]:
        if isinstance(event, InvoiceIssued | InvoiceIssuedV2):
            for line in event.lines:
                if line.kind == "rent" and line.device_id and isinstance(event.payer, UnitPayer):
                    assert line.from_day is not None
                    of_month = found[line.device_id, f"{line.from_day:%Y-%m}"]
                    of_month[event.payer.payer_id] += line.amount.net_ore
    return found
