"""The months' invoices and credit notes: the lines of rent by device and days, of sales and fees,
and their sums (BIL-1 … BIL-3, BIL-9, BIL-10).
"""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from examples.generator.messages import days_from
from examples.generator.model import ledger
from examples.generator.model.state import Device, World
from examples.generator.model.trade import Charge, Document, Owed


def fall_due(world: World) -> None:
    """Invoice each month that is over, one after the other: what its days and those before it cost,
    less what is invoiced (BIL-9).
    """
    while True:
        first = _month_after(world.documents_until) if world.documents_until else world.first_day
        last = _month_after(first) - timedelta(days=1)
        if last >= world.today:
            return
        _invoice(world, first, last)
        world.documents_until = last


def lines(world: World) -> dict[str, list[dict[str, Any]]]:
    """The lines of each payer's documents of all months, each with its month."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in world.documents:
        found[one.payer] += [{"month": one.month, **line} for line in one.lines]
    return {payer: sorted(found[payer], key=_place) for payer in sorted(found)}


def documents(world: World) -> dict[str, list[dict[str, Any]]]:
    """What each document of a payer comes to; VAT is rounded once for each rate, as EN 16931
    does.
    """
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in sorted(world.documents, key=lambda one: (one.payer, one.month, one.is_credit)):
        net, tax = sums(one)
        found[one.payer].append(
            {
                "month": one.month,
                "is_credit": one.is_credit,
                "net_ore": net,
                "vat_ore": tax,
                "gross_ore": net + tax,
            }
        )
    return dict(found)


def sums(document: Document) -> tuple[int, int]:
    """A document's net and VAT in öre."""
    nets = _nets(document)
    return sum(nets.values()), sum(vat(nets[percent], percent) for percent in nets)


def payers_by_day(device: Device, *, first: date, last: date) -> list[list[str]]:
    """Spans [from, to, payer], both days included; days on which nobody pays are left out."""
    spans: list[list[str]] = []
    for day in days_from(first, last):
        custody = device.on(day)
        if custody is None or custody.payer is None:
            continue
        before = (day - timedelta(days=1)).isoformat()
        if spans and spans[-1][1:] == [before, custody.payer]:
            spans[-1][1] = day.isoformat()
        else:
            spans.append([day.isoformat(), day.isoformat(), custody.payer])
    return spans


def day_share(monthly_ore: int, day: date) -> int:
    """Day k of n costs round(p·k/n) − round(p·(k−1)/n), half up: the days add up to the month."""
    length = monthrange(day.year, day.month)[1]
    upto = [(2 * monthly_ore * k + length) // (2 * length) for k in (day.day - 1, day.day)]
    return upto[1] - upto[0]


def vat(net_ore: int, percent: int) -> int:
    """VAT of an amount, half öre away from zero."""
    rounded = (2 * abs(net_ore) * percent + 100) // 200
    return -rounded if net_ore < 0 else rounded


def _invoice(world: World, first: date, last: date) -> None:
    """The documents of a month: what is owed, and of what is taken back credit notes."""
    month = f"{first:%Y-%m}"
    ledger.enter_charges(world)
    found: dict[tuple[str, bool], list[dict[str, Any]]] = defaultdict(list)
    waiting = {
        number
        for case in world.home_region_cases.values()
        if case.reported_on is None or case.reported_on > last
        for number in case.devices
    }
    for device in world.devices.values():
        if device.number not in waiting:
            for payer, line in _rent(world, device, last, month):
                found[payer, line["net_ore"] < 0].append(line)
    for place, charge in enumerate(world.charges):
        if place not in world.invoiced and charge.day <= last:
            world.invoiced.add(place)
            ledger.enter_charged_before(world, place, on=last)
            found[charge.payer, charge.net_ore < 0].append(_charge_line(charge))
    for (payer, is_credit), of_payer in found.items():
        made = Document(payer=payer, month=month, is_credit=is_credit, lines=of_payer)
        taxed = {percent: vat(net, percent) for percent, net in _nets(made).items()}
        ledger.enter_document(world, made, vat=taxed, last=last)
        world.documents.append(made)


def _nets(document: Document) -> dict[int, int]:
    nets: dict[int, int] = defaultdict(int)
    for line in document.lines:
        nets[line["vat_percent"]] += line["net_ore"]
    return nets


def _charge_line(charge: Charge) -> dict[str, Any]:
    return {
        "kind": charge.kind,
        "article": charge.article,
        "device": None,
        "from": None,
        "to": None,
        "quantity": charge.quantity,
        "net_ore": charge.net_ore,
        "vat_percent": charge.vat_percent,
    }


def _rent(
    world: World, device: Device, last: date, month: str
) -> Iterator[tuple[str, dict[str, Any]]]:
    """What a device's days until `last` cost, less what stands on an invoice; a day that costs
    another payer or price than was invoiced is credited whole. Consecutive days of the same payer
    and price are one line, of credits also of the same invoice.
    """
    issued = world.rents[device.number]
    debits: dict[date, Owed] = {}
    credits: dict[date, Owed] = {}
    for day in days_from(world.first_day, last):
        owed, before = _owed(world, device, day), issued.get(day)
        if before is not None and (owed is None or owed != replace(before, month="")):
            credits[day] = issued.pop(day)
        if owed is not None and day not in issued:
            debits[day], issued[day] = owed, replace(owed, month=month)
    for is_credit, days in ((False, debits), (True, credits)):
        for owed, run in _runs(days):
            line = _rent_line(device, run, owed.net_ore, owed.vat_percent)
            if is_credit:
                line |= {"net_ore": -line["net_ore"], "corrects": owed.month}
            yield owed.payer, line


def _owed(world: World, device: Device, day: date) -> Owed | None:
    custody = device.on(day)
    if custody is None or custody.payer is None or custody.charging != "rent":
        return None
    price = world.price(device.article, day)
    if price is None:
        return None
    return Owed(payer=custody.payer, net_ore=price.net_ore, vat_percent=price.vat_percent)


def _runs(days: dict[date, Owed]) -> Iterator[tuple[Owed, list[date]]]:
    run: list[date] = []
    for day, owed in sorted(days.items()):
        if run and (days[run[-1]] != owed or run[-1] + timedelta(days=1) != day):
            yield days[run[-1]], run
            run = []
        run.append(day)
    if run:
        yield days[run[-1]], run


def _month_after(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _rent_line(device: Device, run: list[date], monthly_ore: int, percent: int) -> dict[str, Any]:
    net = sum(day_share(monthly_ore, day) for day in run)
    return {
        "kind": "rent",
        "article": device.article,
        "device": device.number,
        "from": run[0].isoformat(),
        "to": run[-1].isoformat(),
        "quantity": 1,
        "net_ore": net,
        "vat_percent": percent,
    }


def _place(line: dict[str, Any]) -> tuple[str, ...]:
    return tuple(
        f"{line[name] or '':0>12}"
        for name in ("month", "kind", "article", "device", "from", "quantity", "net_ore")
    )
