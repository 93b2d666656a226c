"""A month's invoices: the lines of rent by device and days, of sales and fees, and their sums
(BIL-1 … BIL-3, BIL-10).
"""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from examples.generator.messages import days_from
from examples.generator.model.state import Device, World


def invoices(world: World, *, first: date, last: date) -> dict[str, list[dict[str, Any]]]:
    """The lines of each payer for the days from `first` to `last`, both included."""
    lines: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for device in world.devices.values():
        for payer, line in _rent(world, device, first, last):
            lines[payer].append(line)
    for charge in world.charges:
        if first <= charge.day <= last:
            lines[charge.payer].append(
                {
                    "kind": charge.kind,
                    "article": charge.article,
                    "device": None,
                    "from": None,
                    "to": None,
                    "quantity": charge.quantity,
                    "net_ore": charge.net_ore,
                    "vat_percent": charge.vat_percent,
                }
            )
    return {payer: sorted(lines[payer], key=_place) for payer in sorted(lines)}


def documents(lines: dict[str, list[dict[str, Any]]]) -> dict[str, dict[str, int]]:
    """What each payer's lines come to; VAT is rounded once for each rate, as EN 16931 does."""
    found = {}
    for payer, of_payer in lines.items():
        nets: dict[int, int] = defaultdict(int)
        for line in of_payer:
            nets[line["vat_percent"]] += line["net_ore"]
        net, tax = sum(nets.values()), sum(vat(nets[percent], percent) for percent in nets)
        found[payer] = {"net_ore": net, "vat_ore": tax, "gross_ore": net + tax}
    return found


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
    """VAT of an amount that is not negative, half öre upwards."""
    return (2 * net_ore * percent + 100) // 200


def _rent(
    world: World, device: Device, first: date, last: date
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Consecutive days with the same payer and price are one line."""
    run: list[date] = []
    kept: tuple[str, int, int] | None = None
    for day in days_from(first, last + timedelta(days=1)):
        custody, price = device.on(day), world.price(device.article, day)
        owed = None
        payer = custody.payer if custody is not None and custody.charging == "rent" else None
        if day <= last and payer is not None and price is not None:
            owed = (payer, price.net_ore, price.vat_percent)
        if owed != kept and kept is not None:
            yield kept[0], _rent_line(device, run, kept[1], kept[2])
            run = []
        kept = owed
        if owed is not None:
            run.append(day)


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
        for name in ("kind", "article", "device", "from", "quantity", "net_ore")
    )
