"""Compares the outcome with expected.json, entry by entry, in any order. Pure: no HTTP,
no clock.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import zip_longest
from typing import Any

from kvitt_contracts.types import identify

from kvitt.story.acts import Answered
from kvitt.story.outcome import Outcome
from kvitt.story.region_client import FeedEvent
from kvitt.story.services import Json
from kvitt.story.things import (
    FAULT_REPORT,
    RESPONSIBLES,
    accounts_of,
    balance_of,
    basket_of,
    billed_of,
    case_of,
    delayed_of,
    device_of,
    home_region_of,
    invoice_line_of,
    order_of,
    payer_of,
    pickup_of,
    purchase_of,
    reconditioning_of,
    refill_of,
    region_sale_of,
    said_of,
    stocktaking_of,
    supplier_return_of,
    takeover_of,
    transfer_of,
    work_order_of,
)

Entries = dict[str, dict[str, list[Any]]]
"""By section and by a thing's name there: its values, one for each time that it is there."""

_SUMS = ("net_ore", "vat_ore", "gross_ore")
_SERVICE_OF = {"persons": "orders"}
_RECEIPTS = ("applied", "obsolete", "duplicate")


class Kind(StrEnum):
    """How an entry differs."""

    MISSING = "saknas"
    TWICE = "två gånger"
    OTHER = "annat"
    UNEXPECTED = "oväntat"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One entry that is not as expected; of two values that differ, their difference."""

    section: str
    name: str
    kind: Kind
    expected: Any = None
    found: Any = None


# decision 0091: the month is compared thing by thing, from outside
def differences(expected: Entries, found: Entries) -> list[Difference]:
    """Everything that differs, in the sections' order. Empty when nothing is missing, doubled or
    added.
    """
    return [
        difference
        for section in sorted({*expected, *found})
        for name in sorted({*expected.get(section, {}), *found.get(section, {})})
        for difference in _differing(
            section,
            name,
            expected.get(section, {}).get(name, []),
            found.get(section, {}).get(name, []),
        )
    ]


def expected_entries(
    expected: Mapping[str, Any], *, region: str, persons: Mapping[str, str]
) -> Entries:
    """The entries of a region's expected.json. `persons`: the current id of each person by any
    id.
    """
    named: dict[str, Mapping[str, Any]] = {
        "orders": expected["orders"],
        "transfers": expected["transfers"],
        "baskets": expected["baskets"],
        "pickups": expected["pickups"],
        "fault_reports": {
            str(identify(region, "fault-report", name)): one
            for name, one in expected["fault_reports"].items()
        },
        "work_orders": expected["work_orders"],
        "acts": expected["acts"],
        "cases": {
            str(identify(region, "case", name)): one for name, one in expected["cases"].items()
        },
        "responsibles": expected["responsibles"],
        "reminders": expected["reminders"],
        "later": expected["later"],
        "home_regions": expected["home_regions"],
        "purchase_orders": expected["purchase_orders"],
        "supplier_invoices": expected["supplier_invoices"],
        "stocktakings": expected["stocktakings"],
        "refills": expected["refills"],
        "reconditionings": expected["reconditionings"],
        "takeovers": expected["takeovers"],
        "region_sales": expected["region_sales"],
        "supplier_returns": {
            str(identify(region, "supplier_return", name)): one
            for name, one in expected["supplier_returns"].items()
        },
        "ledger": expected["ledger"],
        "receipts": expected["receipts"],
        "devices": {
            number: {**one, "holder": _renamed(one["holder"], persons)}
            for number, one in expected["devices"].items()
        },
        "refused": {
            name: {**one, "topic": _SERVICE_OF.get(one["topic"], one["topic"])}
            for name, one in expected["refused"].items()
        },
        "balances": {
            place: one for place, one in expected["balances"].items() if any(one.values())
        },
        "quarantined": {
            _rest(one["message_id"], f"region.{{}}.{one['topic']}", one["key"]): one["reason"]
            for one in expected["quarantined"]
        },
    }
    entries = {
        section: {name: [value] for name, value in things.items()}
        for section, things in named.items()
    }
    lines: defaultdict[str, list[Any]] = defaultdict(list)
    for payer, of_payer in expected["invoices"].items():
        lines[persons.get(payer, payer)] += of_payer
    documents = [
        (persons.get(payer, payer), one)
        for payer, of_payer in expected["documents"].items()
        for one in of_payer
    ]
    return {**entries, "invoices": dict(lines), "documents": _summed(documents)}


def found_entries(
    outcome: Outcome, *, acts: Mapping[str, Answered], first: date, last: date
) -> Entries:
    """The entries of an outcome, and what was answered to users' acts; payers by day from `first`
    to `last`, both included.
    """
    spans = {
        one["device_number"]: payers_by_day(one["periods"], first=first, last=last)
        for one in outcome.payments
    }
    numbers = {one["device_id"]: one["device_number"] for one in outcome.devices}
    payable = {one["id"]: one["due_on"] for one in outcome.payable}
    references = {one["order_id"]: str(one["reference"]) for one in outcome.orders}
    months = {one["id"]: one["month"] for one in outcome.invoices}
    prefix, blank = f"region.{outcome.region}.", "region.{}."
    return {
        "orders": _gathered((str(one["reference"]), order_of(one)) for one in outcome.orders),
        "transfers": _gathered(
            (
                str(one["reference"]),
                transfer_of(one),
            )
            for one in outcome.transfers
        ),
        "baskets": _gathered((str(one["reference"]), basket_of(one)) for one in outcome.baskets),
        "pickups": _gathered(
            (str(one["reference"]), pickup_of(one, numbers)) for one in outcome.pickups
        ),
        "reminders": _gathered(outcome.reminders.items()),
        "later": _gathered(
            (numbers[one["device_id"]], delayed_of(one))
            for one in outcome.charges
            if one["kind"] == "fee" and one["device_id"] is not None
        ),
        "home_regions": _gathered(
            (references[one["order_id"]], home_region_of(one)) for one in outcome.home_regions
        ),
        "supplier_invoices": _gathered(
            (f"{one['supplier_id']}/{one['number']}", billed_of(one, payable))
            for one in outcome.supplier_invoices
        ),
        "purchase_orders": _gathered(
            (str(one["reference"]), purchase_of(one)) for one in outcome.purchase_orders
        ),
        "refills": {
            store: [proposals]
            for store, proposals in _gathered(
                (str(one["store"]), refill_of(one)) for one in outcome.refills
            ).items()
        },
        "stocktakings": _gathered(
            (str(one["store"]), stocktaking_of(one)) for one in outcome.stocktakings
        ),
        "takeovers": _gathered(
            (str(one["device_number"]), takeover_of(one)) for one in outcome.takeovers
        ),
        "region_sales": _gathered(
            (str(one["reference"]), region_sale_of(one, numbers)) for one in outcome.region_sales
        ),
        "supplier_returns": _gathered(
            (one["id"], supplier_return_of(one, numbers)) for one in outcome.supplier_returns
        ),
        "reconditionings": _gathered(
            (str(one["device_number"]), reconditioning_of(one)) for one in outcome.reconditionings
        ),
        "ledger": _gathered((one.balance["month"], accounts_of(one)) for one in outcome.ledger),
        "fault_reports": _gathered(
            (one["fault_report_id"], said_of(one, FAULT_REPORT, numbers))
            for one in outcome.fault_reports
        ),
        "work_orders": _gathered(
            (str(one["reference"]), work_order_of(one, numbers)) for one in outcome.work_orders
        ),
        "acts": _gathered((name, _answer(one)) for name, one in acts.items()),
        "cases": _gathered((one["case_id"], case_of(one)) for one in outcome.cases),
        "responsibles": _gathered(
            (one["service_point"], {name: one[name] for name in RESPONSIBLES})
            for one in outcome.responsibles
        ),
        "devices": _gathered(
            (
                one["device_number"],
                device_of(one, spans.get(one["device_number"], []), outcome.persons),
            )
            for one in outcome.devices
        ),
        "refused": _gathered(
            (
                event.data["message_id"],
                {
                    "reason": event.data["reason"],
                    "rule": event.data["rule"],
                    "topic": event.data["service"],
                },
            )
            for event in outcome.feed
            if event.type == "region.message.refused.v1"
        ),
        "receipts": _gathered(receipts_of(outcome.feed).items()),
        "balances": _gathered(
            (f"{one['store']}/{one['article_number']}", balance)
            for one in outcome.balances
            if any((balance := balance_of(one)).values())
        ),
        # What cannot be read has no identity: sent again it is listed again, and is the same.
        "quarantined": {
            _rest(one["message_id"], one["topic"].replace(prefix, blank), one["key"]): [
                one["cause"]
            ]
            for one in outcome.quarantine
        },
        "invoices": _gathered(
            (payer_of(invoice["payer"], outcome.persons), invoice_line_of(line, invoice, months))
            for invoice in outcome.invoices
            for line in invoice["lines"]
        ),
        "documents": _summed(
            (payer_of(invoice["payer"], outcome.persons), invoice) for invoice in outcome.invoices
        ),
    }


def receipts_of(feed: Iterable[FeedEvent]) -> dict[str, int]:
    """How many messages have each receipt, of those that were not refused: that of the message
    itself, however often it was sent again.
    """
    told: dict[str, set[str]] = {}
    refused = set()
    for event in feed:
        name = event.data.get("message_id")
        if event.type == "region.message.refused.v1":
            refused.add(name)
        elif event.type == "region.message.settled.v1" and name is not None:
            told.setdefault(name, set()).add(event.data["outcome"])
    firsts = [
        next((one for one in _RECEIPTS if one in outcomes), None)
        for name, outcomes in told.items()
        if name not in refused
    ]
    return dict(Counter(one for one in firsts if one is not None))


def of_their_day(expected: Json, *, acts: Mapping[str, Answered]) -> Json:
    """The acts that are expected; what a look must show is left out where nothing was shown, since
    its day was over.
    """
    seen = {name for name, one in acts.items() if one.found is not None}
    return {
        name: one if name in seen else {key: one[key] for key in ("reason", "rule")}
        for name, one in expected.items()
    }


def payers_by_day(periods: Iterable[Json], *, first: date, last: date) -> list[list[str]]:
    """Spans [from, to, payer], both days included, of periods that each begin on a day and end
    before the next; days without a payer are left out.
    """
    begun = sorted((date.fromisoformat(one["from_day"]), one["payer_id"]) for one in periods)
    spans: list[list[str]] = []
    for (start, payer), following in zip_longest(begun, begun[1:]):
        end = min(following[0] - timedelta(days=1), last) if following else last
        start = max(start, first)
        if payer is None or end < start:
            continue
        if spans and _follows(spans[-1], start) and spans[-1][2] == payer:
            spans[-1][1] = end.isoformat()
        else:
            spans.append([start.isoformat(), end.isoformat(), payer])
    return spans


def _answer(answered: Answered) -> Json:
    said = {"reason": answered.reason, "rule": answered.rule}
    return said if answered.found is None else {**said, "found": answered.found}


def _follows(span: list[str], day: date) -> bool:
    return date.fromisoformat(span[1]) + timedelta(days=1) == day


def _differing(
    section: str, name: str, expected: list[Any], found: list[Any]
) -> Iterable[Difference]:
    wanted, had = Counter(map(_canonical, expected)), Counter(map(_canonical, found))
    missing = [json.loads(one) for one in (wanted - had).elements()]
    extra = (had - wanted).elements()
    again: list[Any] = []
    other: list[Any] = []
    for one in extra:
        (again if one in wanted else other).append(json.loads(one))
    for value in again:
        yield Difference(section=section, name=name, kind=Kind.TWICE, found=value)
    for lost, came in zip_longest(missing, other):
        if came is None:
            yield Difference(section=section, name=name, kind=Kind.MISSING, expected=lost)
        elif lost is None:
            kind = Kind.TWICE if expected and section != "invoices" else Kind.UNEXPECTED
            yield Difference(section=section, name=name, kind=kind, found=came)
        else:
            left, right = _where_they_differ(lost, came)
            yield Difference(
                section=section, name=name, kind=Kind.OTHER, expected=left, found=right
            )


def _where_they_differ(left: Any, right: Any) -> tuple[Any, Any]:
    if not (isinstance(left, dict) and isinstance(right, dict)):
        return left, right
    names = [one for one in {**left, **right} if left.get(one) != right.get(one)]
    return ({one: left.get(one) for one in names}, {one: right.get(one) for one in names})


def _gathered(named: Iterable[tuple[str, Any]]) -> dict[str, list[Any]]:
    found: defaultdict[str, list[Any]] = defaultdict(list)
    for name, value in named:
        found[name].append(value)
    return dict(found)


def _summed(documents: Iterable[tuple[str, Json]]) -> dict[str, list[Any]]:
    """What each payer's documents of a month come to, credit notes by themselves: a patient whom
    two ids name may have several.
    """
    found: dict[str, list[Any]] = {}
    for payer, document in documents:
        name = f"{payer} {document['month']}" + (" kreditnota" if document["is_credit"] else "")
        (sums,) = found.setdefault(name, [dict.fromkeys(_SUMS, 0)])
        for name in _SUMS:
            sums[name] += document[name]
    return found


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _rest(message_id: str | None, topic: str, key: str) -> str:
    return message_id or f"{topic} {key}"


def _renamed(holder: Json, persons: Mapping[str, str]) -> Json:
    return {**holder, "name": persons.get(holder["name"], holder["name"])}
