"""Prints the month's outcome in Swedish, as tables. Reads and compares nothing."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from rich.console import Console
from rich.table import Table

from kvitt.story.comparison import Difference, payers_by_day
from kvitt.story.outcome import Outcome
from kvitt.story.region_client import FeedEvent
from kvitt.story.services import Json
from kvitt.story.things import holder_of
from kvitt.terminal import show

MOST_DIFFERENCES = 50
MOST_LINES = 12
REFUSED = "region.message.refused.v1"

ORDER_STATUS = {
    "registered": "registrerade",
    "part_delivered": "delvis levererade",
    "delivered": "levererade",
    "voided": "makulerade",
    "dissolved": "upplösta, allt återlämnat",
    "declined": "avvisade av lagret",
    "pending": "väntar på lagret",
    "voiding": "makuleras",
}
TRANSFER_STATUS = {
    "draft": "utkast",
    "cancelled": "kastade utkast",
    "requested": "väntar på lagret",
    "refused": "nekade av lagret",
    "sent": "skickade, ej besvarade",
    "accepted": "godkända, ej i kraft",
    "rejected": "ej godkända",
    "executed_automatically": "automatiskt verkställda, ej i kraft",
    "locked": "låsta",
    "unlocked": "upplåsta",
    "voided": "makulerade",
    "dissolved": "upplösta, allt återlämnat",
    "completed": "genomförda",
}
BASKET_STATUS = {
    "requested": "väntar på lagret",
    "open": "utlånade",
    "closed": "avslutade",
    "declined": "avvisade av lagret",
}
PURCHASE_STATUS = {"created": "gjorda", "sent": "skickade", "closed": "mottagna"}
BILLED_STATUS = {
    "held": "väntar",
    "cleared": "stämmer",
    "released": "släppta till betalning",
    "rejected": "betalas inte",
}
PICKUP_STATUS = {
    "requested": "väntar på lagret",
    "refused": "nekade av lagret",
    "registered": "väntar på hämtning",
    "voided": "avbeställda",
    "closed": "hämtade",
}
FAULT_STATUS = {
    "waiting": "väntar på svar",
    "naming": "väntar på lagret",
    "prescribed": "har fått förskrivare",
    "forwarded": "bedöms på nytt",
    "closed": "avslutade",
}
WORK_STATUS = {
    "assigned": "tilldelade",
    "planned": "planerade",
    "started": "påbörjade",
    "finished": "avslutade",
    "voided": "makulerade",
}
_APPLICATION = "application"
DECISION = {
    "": "väntar på beslut",
    "approved": "godkända",
    "refused": "avslagna",
    "referred": "lämnade till sortimentsansvarig",
    "voided": "makulerade",
}
STOCKTAKING_STATUS = {
    "planned": "planerade",
    "announced": "aviserade",
    "opened": "påbörjade",
    "posted": "bokförda",
    "cancelled": "avbrutna",
}
SALE_STATUS = {
    "requested": "begärda",
    "proposed": "väntar på svar",
    "approved": "godkända",
    "not_approved": "inte godkända",
    "refused": "nekade av lagret",
    "ended": "upplösta, allt återlämnat",
}
RECONDITIONING_STATUS = {
    "open": "pågår",
    "approved": "godkända",
    "scrapped": "skrotade",
    "broken": "avbrutna",
}
CASE_STATUS = {"waiting": "väntar på svar", "answered": "besvarade", "withdrawn": "tillbakatagna"}
HOLDER = {"patient": "hos patient", "care_unit": "hos vårdenhet", "store": "i förråd"}
CAUSE = {
    "unreadable": "oläsligt",
    "too_large": "för stort",
    "invalid": "stämmer inte med schemat",
    "unknown_version": "okänd version",
    "fork": "numret är redan använt",
    "gap": "ett tidigare meddelande saknas",
    "not_yet_known": "väntar på något okänt",
    "unknown_policy": "regionen saknar regelverk",
    "region_out": "regionen är tagen ur drift",
    "fault": "fel hos oss",
    "behind": "står bakom ett annat",
}
KIND = {
    "rent": "hyra",
    "sale": "köp",
    "fee": "egenavgift",
    "service": "tjänst",
    "home_region": "hjälpmedel till patient från annan region",
    "urgent_pickup": "akut hämtning",
    "postage": "porto",
    "region_sale": "försäljning till annan region",
    "lost_device": "förlorat hjälpmedel",
    "damaged_device": "skada på hjälpmedel",
    "stolen_device": "stulet hjälpmedel",
    "missing_device": "förkommet hjälpmedel",
}


def print_regions(console: Console, outcomes: Sequence[Outcome]) -> None:
    """Print what became of orders, devices, transfers and messages, one column per region."""
    table = titled_table("Månaden i siffror", "", *(one.region for one in outcomes), numbers=True)
    _section(table, "Ordrar och uttag", ORDER_STATUS, [_by_status(one.orders) for one in outcomes])
    chosen = [sum(map(_has_older, one.orders)) for one in outcomes]
    if any(chosen):
        table.add_row("  varav med äldre artikel", *map(str, chosen))
    _section(table, "Byten (BMB)", TRANSFER_STATUS, [_by_status(one.transfers) for one in outcomes])
    automatic = [_executed_automatically(one) for one in outcomes]
    if any(automatic):
        table.add_row("    varav automatiskt", *map(str, automatic))
    in_part = [_completed_in_part(one) for one in outcomes]
    if any(in_part):
        table.add_row("    varav till en del", *map(str, in_part))
    _section(table, "Varukorgar", BASKET_STATUS, [_by_status(one.baskets) for one in outcomes])
    lent = [sum(basket["is_overdue"] for basket in one.baskets) for one in outcomes]
    if any(lent):
        table.add_row("  varav sena", *map(str, lent))
    bought = [_by_status(one.purchase_orders) for one in outcomes]
    _section(table, "Inköpsordrar", PURCHASE_STATUS, bought)
    billed = [_by_status(one.supplier_invoices) for one in outcomes]
    _section(table, "Leverantörsfakturor", BILLED_STATUS, billed)
    _section(table, "Hämtordrar", PICKUP_STATUS, [_by_status(one.pickups) for one in outcomes])
    late = [sum(pickup["is_overdue"] for pickup in one.pickups) for one in outcomes]
    if any(late):
        table.add_row("  varav sena", *map(str, late))
    faults = [_by_status(one.fault_reports) for one in outcomes]
    _section(table, "Felanmälningar utan förskrivare", FAULT_STATUS, faults)
    works = [_by_status(work_of(one)) for one in outcomes]
    _section(table, "Arbetsordrar", WORK_STATUS, works)
    applied = [Counter(map(_decision, _applications_of(one))) for one in outcomes]
    _section(table, "Ansökningar utanför sortimentet", DECISION, applied)
    _section(
        table, "Ärenden till kundtjänst", CASE_STATUS, [_by_status(one.cases) for one in outcomes]
    )
    counted = [_by_status(one.stocktakings) for one in outcomes]
    _section(table, "Inventeringar", STOCKTAKING_STATUS, counted)
    bought_over = [len(one.takeovers) for one in outcomes]
    table.add_row("[bold]Övertagna från andra regioner", *map(str, bought_over))
    sold = [_by_status(one.region_sales) for one in outcomes]
    _section(table, "Försäljningar till andra regioner", SALE_STATUS, sold)
    sent_back = [len(one.supplier_returns) for one in outcomes]
    table.add_row("[bold]Returer till leverantör", *map(str, sent_back))
    made_fit = [_by_status(one.reconditionings) for one in outcomes]
    _section(table, "Rekonditioneringar", RECONDITIONING_STATUS, made_fit)
    held = [Counter(device["holder"]["kind"] for device in one.devices) for one in outcomes]
    _section(table, "Märkta hjälpmedel", HOLDER, held)
    table.add_row("[bold]Fakturor")
    credits = [sum(one["is_credit"] for one in outcome.invoices) for outcome in outcomes]
    issued = [len(one.invoices) for one in outcomes]
    table.add_row(
        "  utställda", *(str(all_ - back) for all_, back in zip(issued, credits, strict=True))
    )
    table.add_row("  kreditnotor", *map(str, credits))
    table.add_row("  att betala", *(kronor(_gross(one)) for one in outcomes))
    table.add_row("[bold]Bokföring")
    entered = [sum(month.verifications for month in one.ledger) for one in outcomes]
    table.add_row("  verifikationer", *map(str, entered))
    wrong = [sum(len(month.unbalanced) for month in one.ledger) for one in outcomes]
    table.add_row("  som inte går jämnt upp", *map(str, wrong))
    closed = [sum(month.balance["is_closed"] for month in one.ledger) for one in outcomes]
    table.add_row("  stängda månader", *map(str, closed))
    table.add_row("[bold]Meddelanden")
    table.add_row("  olästa", *(str(one.unread) for one in outcomes))
    show(table, on=console)


def print_device(console: Console, outcome: Outcome, *, first: date, last: date) -> str | None:
    """Print the life of the device whose payer changed most often, by day. Answers its
    last payer.
    """
    spans = {
        one["device_id"]: payers_by_day(one["periods"], first=first, last=last)
        for one in outcome.payments
    }
    if not spans:
        return None
    chosen = max(sorted(spans), key=lambda one: (len({span[2] for span in spans[one]}), one))
    device = next(one for one in outcome.devices if one["device_id"] == chosen)
    holder = holder_of(device, outcome.persons)
    table = titled_table(
        f"Ett hjälpmedels månad: {device['device_number']} (artikel {device['article_number']}), "
        f"region {outcome.region}",
        "från",
        "till och med",
        "betalare",
        "namn",
    )
    for start, end, payer in spans[chosen]:
        table.add_row(start, end, payer, outcome.payers.get(payer, ""))
    show(table, on=console)
    console.print(f"  Nu {HOLDER[holder['kind']]} {holder['name']}, sedan {device['since']}.\n")
    return spans[chosen][-1][2] if spans[chosen] else None


def print_invoice(console: Console, outcome: Outcome, *, payer: str | None) -> None:
    """Print an invoice with its lines: one of this payer's, else the first."""
    of_payer = [one for one in outcome.invoices if one["payer"].get("payer_id") == payer]
    for invoice in (of_payer or outcome.invoices)[:1]:
        code = invoice["payer"].get("payer_id", "")
        table = titled_table(
            f"Faktura {invoice['number']} för {invoice['month']} till {code} "
            f"{outcome.payers.get(code, 'en patient')}, region {outcome.region}",
            "slag",
            "artikel",
            "individ",
            "från",
            "till och med",
            "antal",
            "netto",
            "moms",
        )
        for column in table.columns[-3:]:
            column.justify = "right"
        for line in invoice["lines"][:MOST_LINES]:
            table.add_row(*_invoice_row(line))
        if left := len(invoice["lines"]) - MOST_LINES:
            table.add_row(f"… {left} till" if left > 0 else "")
        show(table, on=console)
        console.print(
            f"  Netto {kronor(invoice['net_ore'])}, moms {kronor(invoice['vat_ore'])}, "
            f"att betala {kronor(invoice['gross_ore'])}.\n"
        )


def print_explained(console: Console, outcome: Outcome) -> None:
    """Print why a line of an invoice is as it is, each step with its rule."""
    found = outcome.explained
    if found is None:
        return
    amount = kronor(found["line"]["amount"]["net_ore"])
    console.print(
        f"Varför {amount} på rad {found['n']} av {found['number']}, region {outcome.region}?"
    )
    for step in found["steps"]:
        console.print(f"  {step['rule']}: {step['said']}", highlight=False)
    console.print()


def print_refused(console: Console, outcomes: Sequence[Outcome]) -> None:
    """Print what was refused in each region, by reason and rule, with the way on."""
    refused = {one.region: [event.data for event in _said(one, REFUSED)] for one in outcomes}
    counts = {
        region: Counter((one["reason"], one["rule"]) for one in several)
        for region, several in refused.items()
    }
    ways = {
        (one["reason"], one["rule"]): one["way_on"]
        for several in refused.values()
        for one in several
    }
    table = titled_table(
        "Avvisat, med besked till regionen", "skäl", "regel", *counts, "väg vidare"
    )
    total = sum(counts.values(), Counter[tuple[str, str]]())
    for reason, rule in sorted(total, key=lambda one: (-total[one], one)):
        numbers = (str(of_region[reason, rule] or "") for of_region in counts.values())
        table.add_row(reason, rule, *numbers, ways[reason, rule])
    show(table, on=console)


def print_quarantine(console: Console, outcomes: Iterable[Outcome]) -> None:
    """Print what could not be read and waits for a person; operators list the details."""
    table = titled_table("I karantän", "region", "tjänst", "nr", "orsak", "fält", "väntar")
    for outcome in outcomes:
        for one in outcome.quarantine:
            cause = CAUSE.get(one["cause"], one["cause"])
            table.add_row(
                outcome.region,
                one["service"],
                str(one["id"]),
                cause,
                one["field"] or "",
                str(one["messages"]),
            )
    if table.row_count:
        show(table, on=console)
    else:
        console.print("Ingenting står i karantän.")


def print_later(console: Console, day: date) -> None:
    """Print that business time is later than the month."""
    console.print(
        f"Affärstiden har gått vidare till {day}, och mer har hänt sedan dess. "
        "Börja om från början med kvitt reset."
    )


def print_differences(console: Console, found: Mapping[str, Sequence[Difference]]) -> None:
    """Print each difference from expected.json, at most MOST_DIFFERENCES."""
    told = [(region, one) for region, several in found.items() for one in several]
    if not told:
        console.print(
            "[green]✓[/] Allt blev som väntat (expected.json): inget fattas eller dubblas."
        )
        return
    table = titled_table(
        f"{len(told)} skillnader mot expected.json",
        "region",
        "vad",
        "namn",
        "slag",
        "väntat",
        "blev",
    )
    for region, one in told[:MOST_DIFFERENCES]:
        table.add_row(
            region, one.section, one.name, one.kind, _short(one.expected), _short(one.found)
        )
    show(table, on=console)
    if len(told) > MOST_DIFFERENCES:
        console.print(f"… och {len(told) - MOST_DIFFERENCES} till.")


def kronor(ore: int) -> str:
    """An amount in öre as Swedish text in kronor: `1 234,50 kr`."""
    sign = "-" if ore < 0 else ""
    whole, part = divmod(abs(ore), 100)
    return f"{sign}{whole:,}".replace(",", " ") + f",{part:02} kr"


def titled_table(title: str, *columns: str, numbers: bool = False) -> Table:
    """A table with its title at the left; `numbers`: all but the first column are numbers."""
    table = Table(title=title, title_justify="left", title_style="bold")
    for index, column in enumerate(columns):
        table.add_column(column, justify="right" if numbers and index else "left", overflow="fold")
    return table


def _section(
    table: Table, title: str, words: Mapping[str, str], counts: Sequence[Mapping[str, int]]
) -> None:
    table.add_row(f"[bold]{title}", *(str(sum(one.values())) for one in counts))
    for name, word in words.items():
        if any(one.get(name) for one in counts):
            table.add_row(f"  {word}", *(str(one.get(name, 0)) for one in counts))


def work_of(outcome: Outcome) -> list[Json]:
    """Returns the work orders that are no applications."""
    return [one for one in outcome.work_orders if one["kind"] != _APPLICATION]


def _applications_of(outcome: Outcome) -> list[Json]:
    return [one for one in outcome.work_orders if one["kind"] == _APPLICATION]


def _decision(application: Json) -> str:
    if application["status"] == "voided":
        return "voided"
    return str(application["outcome"] or "")


def _by_status(things: Iterable[Json]) -> Counter[str]:
    return Counter(one["status"] for one in things)


def _said(outcome: Outcome, wire_type: str) -> list[FeedEvent]:
    return [event for event in outcome.feed if event.type == wire_type]


def _executed_automatically(outcome: Outcome) -> int:
    said = _said(outcome, "region.transfer.reported.v1")
    return sum(1 for event in said if event.data["status"] == "executed_automatically")


def _completed_in_part(outcome: Outcome) -> int:
    """The completed transfers of which some devices were not accepted."""
    completed = [one for one in outcome.transfers if one["status"] == "completed"]
    return sum(any(line["end"] == "rejected" for line in one["devices"]) for one in completed)


def _has_older(order: Json) -> bool:
    """True where an older article was taken instead of the one that was asked for (ORD-6)."""
    return any(line["instead_of"] for line in order["lines"])


def _gross(outcome: Outcome) -> int:
    return sum(int(one["gross_ore"]) for one in outcome.invoices)


def _invoice_row(line: Json) -> tuple[str, ...]:
    amount = line["amount"]
    return (
        KIND[line["kind"]],
        line["article_number"],
        line["device_number"] or "",
        line["from_day"] or "",
        line["to_day"] or "",
        str(line["quantity"]),
        kronor(amount["net_ore"]),
        f"{amount['vat_percent']} %",
    )


def _short(value: object) -> str:
    text = value if isinstance(value, str) else _as_json(value)
    return text if len(text) <= 400 else f"{text[:400]} …"


def _as_json(value: object) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False, default=str)
