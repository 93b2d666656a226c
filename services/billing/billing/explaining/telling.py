"""An explained line in Swedish: each step with its rule and the rule's own sentence."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from kvitt_contracts.billing import ChargeKind, InvoiceLineV2
from kvitt_contracts.calendar import in_swedish
from kvitt_contracts.types import PayerId

from billing.documents import amount_said, kind_said, rate_said
from billing.domain import Charge, Invoice
from billing.explaining.domain import Chosen, Explained, Known, Part, Reason
from billing.explaining.views import Link, Step
from billing.home_region_cases.domain import KIND as HOME_REGION
from billing.rents.domain import MISSING
from billing.services import domain as services

# what the manuals say, and what is ours, as docs/domain.md has it
SENTENCES: Final = {
    "BIL-1b": "Hyran debiteras den som var betalare den dagen.",
    "BIL-1d": "Månadens pris fördelas på månadens dagar.",
    "BIL-1e": "Ingen betalar för ett hjälpmedel som står i förråd.",
    "BIL-1f": "Ett lån hyrs eller säljs så som artikeln gjorde när lånet började.",
    "BIL-2a": "Köpta artiklar och förbrukningsartiklar debiteras radens betalare vid leverans.",
    "BIL-2b": "Tjänster debiteras radens betalare.",
    "BIL-2d": "Priset är det som gäller den dag då det levereras.",
    "BIL-3a": "Egenavgift tas ut efter artikel och ålder.",
    "BIL-3f": "Avgiften tas ut för varje enhet som tas emot.",
    "BIL-4c": "Ett hjälpmedel som lämnas tillbaka före dagen faktureras inte.",
    "BIL-5b": "Hemregionen faktureras när utprovningen är rapporterad avslutad.",
    "BIL-7b": "Det som en annan region har köpt faktureras den.",
    "BIL-8b": "Förlorade hjälpmedel på privata mottagningar faktureras dem.",
    "BIL-8c": "Det som är skadat, förlorat eller stulet debiteras så som det beslutades.",
    "BIL-8a": "En akut hämtning kostar en avgift.",
    "BIL-9b": "Fakturan har en rad för varje hjälpmedel och dagar, och för varje debitering.",
    "BIL-9e": "Rättelser görs som kreditnotor.",
    "BIL-9f": "Inget som har utfärdats ändras.",
    "BIL-10a": "Varje belopp är exakt på öret.",
    "BIL-10d": "Momsen avrundas en gång för varje momssats på ett dokument.",
    "BIL-12a": "Porto ersätts där åtgärden redovisades när garantireparationen avslutades.",
}
"""By clause: the sentence of docs/domain.md, for who reads the explanation."""

_RULE_OF_KIND: Final[Mapping[str, str]] = {
    ChargeKind.SALE: "BIL-2a",
    ChargeKind.FEE: "BIL-3a",
    HOME_REGION: "BIL-5b",
    services.SERVICE: "BIL-2b",
    services.URGENT_PICKUP: "BIL-8a",
    services.POSTAGE: "BIL-12a",
    services.REGION_SALE: "BIL-7b",
    services.LOST_DEVICE: "BIL-8b",
    **dict.fromkeys(sorted(services.DAMAGES), "BIL-8c"),
}
_PRICE_OF_KIND: Final[Mapping[str, tuple[str, str]]] = {
    ChargeKind.FEE: ("BIL-3f", "Avgiften fastställdes när beställningen lades"),
    services.URGENT_PICKUP: ("BIL-8a", "Avgiften fastställdes när hämtningen begärdes som akut"),
    services.REGION_SALE: ("BIL-7b", "Priset är det som den andra regionen godkände"),
    services.LOST_DEVICE: ("BIL-8b", "Beloppet är hjälpmedlets värde på individkortet"),
    **dict.fromkeys(
        sorted(services.DAMAGES), ("BIL-8c", "Beloppet är det som kundtjänst beslutade")
    ),
    services.POSTAGE: ("BIL-12a", "Ersättningen är den som regionens regler anger"),
}
_PAYER_OF_KIND: Final[Mapping[str, str]] = {
    ChargeKind.SALE: "som är radens betalare i beställningen",
    ChargeKind.FEE: "som tog emot det",
    HOME_REGION: "som betalar för patienten enligt beställningen",
    services.SERVICE: "som är arbetsorderns betalare",
    services.URGENT_PICKUP: "vars enhet begärde att det hämtades akut",
    services.REGION_SALE: "som köpte hjälpmedlet",
    services.LOST_DEVICE: "vars förråd saknade hjälpmedlet",
    **dict.fromkeys(sorted(services.DAMAGES), "som kundtjänst beslutade"),
    services.POSTAGE: "vars enhet skickade hjälpmedlet, får ersättningen",
}
_CAUSES: Final[Mapping[str, str]] = {
    "transfer": "genom ett byte (BMB)",
    "order": "genom en beställning eller ett uttag",
    "return": "genom en återlämning",
    "stocktaking": "genom en inventering",
    "work_order": "genom en arbetsorder",
    "fault_report": "genom en felanmälan",
    "pickup": "genom en hämtning",
    "sale": "genom en försäljning",
    "stated": "så som regionen uppgav när Kvitt togs i bruk",
    MISSING: "stulet eller förlorat",
}
_HOLDS_ID: Final = frozenset(_CAUSES) - {"stated", MISSING}


def steps_of_rent(
    line: InvoiceLineV2,
    explained: Explained,
    *,
    invoice: Invoice,
    credited: Link | None,
    named: Collection[PayerId] | None,
) -> list[Step]:
    """The steps of a device's days. `credited`: the line that a credit takes back from. `named`:
    the payers that the reader may know, None: all (BIL-17e).
    """
    return [
        _rented(line),
        *(_pays(one) for one in explained.chosen),
        *_unknown(explained, invoice),
        *_credits(line, credited),
        *(_became_known(one, named) for one in explained.known),
        *_monthly(explained),
        *(_shared(one) for one in explained.parts),
        _rounded(explained),
        *_vat(line, invoice),
    ]


def steps_of_charge(
    line: InvoiceLineV2,
    charge: Charge | None,
    explained: Explained,
    *,
    invoice: Invoice,
    credited: Link | None = None,
) -> list[Step]:
    """The steps of what was raised once; without its `charge` the line's own alone. `credited`: the
    line that a credit takes back from.
    """
    on = charge.charged_on if charge is not None else None
    return [
        _charged(line, on, _links_of(charge)),
        *_pays_once(line, invoice),
        *_ended(line, credited),
        *(_counted(one, line, explained) for one in explained.parts),
        *_vat(line, invoice),
    ]


def _step(about: str, rule: str, said: str, links: Sequence[Link] = ()) -> Step:
    return Step(about=about, rule=rule, said=said, sentence=SENTENCES[rule], links=tuple(links))


def _rented(line: InvoiceLineV2) -> Step:
    assert line.from_day is not None
    assert line.to_day is not None
    days = (line.to_day - line.from_day).days + 1
    said = (
        f"{kind_said(line.kind)} av individ {line.device_number}, artikel {line.article_number}, "
        f"{_span(line.from_day, line.to_day)}: {days} {'dag' if days == 1 else 'dagar'}."
    )
    links = [Link(kind="device", id=line.device_id)] if line.device_id else []
    return _step("thing", "BIL-9b", said, links)


def _unknown(explained: Explained, invoice: Invoice) -> Iterator[Step]:
    """Where nothing is known any more of what made somebody pay."""
    if not explained.chosen and not explained.known and invoice.payer.kind == "unit":
        said = f"{invoice.payer.payer_id} betalade då. Varför är inte noterat."
        yield _step("payer", "BIL-1b", said)


def _pays(chosen: Chosen) -> Step:
    said = f"{chosen.payer_id} betalar sedan {in_swedish(chosen.since)}, {_because(chosen)}"
    return _step("payer", "BIL-1b", said, _link_of(chosen))


def _because(chosen: Chosen) -> str:
    if chosen.cause is None:
        return "valt före det noterades varför."
    told = f" Det avgjordes {in_swedish(chosen.told_on)}." if chosen.told_on else ""
    return f"{_CAUSES.get(chosen.cause.noun, 'av en annan orsak')}.{told}"


def _link_of(chosen: Chosen) -> list[Link]:
    cause = chosen.cause
    if cause is None or cause.id is None or cause.noun not in _HOLDS_ID:
        return []
    return [Link(kind=str(cause.noun), id=cause.id)]


def _credits(line: InvoiceLineV2, credited: Link | None) -> Iterator[Step]:
    if credited is not None:
        said = f"Tar tillbaka det som debiterades på faktura {credited.number}, rad {credited.n}."
        yield _step("credit", "BIL-9e", said, [credited])
    elif line.amount.net_ore < 0:
        said = "Tar tillbaka det som en tidigare faktura debiterade. Vilken är inte noterat."
        yield _step("credit", "BIL-9e", said)


def _ended(line: InvoiceLineV2, credited: Link | None) -> Iterator[Step]:
    """What was charged and is not owed after all: its unit was returned before it was due."""
    if line.corrects is not None:
        yield from _credits(line, credited)
        if line.kind in services.DAMAGES:
            said = "Kundtjänst har beslutat något annat, eller hjälpmedlet är hittat."
            yield _step("known", "BIL-8c", said)
            return
        if line.kind in services.GONE_DEVICES:
            said = "Hjälpmedlet hade kommit tillbaka, eller är hittat."
            yield _step("known", _RULE_OF_KIND[line.kind], said)
            return
        said = "Hjälpmedlet var återlämnat före den dag då avgiften skulle debiteras."
        yield _step("known", "BIL-4c", said)


def _became_known(known: Known, named: Collection[PayerId] | None) -> Step:
    since = in_swedish(known.from_day)
    chosen = known.chosen
    match known.reason:
        case Reason.NOBODY_PAYS if chosen is not None:
            said = f"Från {since} betalar ingen: hjälpmedlet är {_gone_by(chosen)}"
            return _step("known", "BIL-1e", said, _link_of(chosen))
        case Reason.NOBODY_PAYS:
            return _step("known", "BIL-1e", f"Från {since} betalar ingen.")
        case Reason.OTHER_PAYER if chosen is not None:
            is_named = named is None or chosen.payer_id in named
            payer = chosen.payer_id if is_named else "en annan betalare"
            said = f"Från {since} betalar {payer}, {_because(chosen)}"
            return _step("known", "BIL-1b", said, _link_of(chosen))
        case Reason.SOLD:
            return _step("known", "BIL-1f", f"Från {since} är hjälpmedlet sålt, och hyrs inte.")
        case Reason.OTHER_PRICE if known.price is not None:
            said = (
                f"Från {since} gäller ett annat pris: {amount_said(known.price.price.net_ore)} i "
                f"månaden, sedan {in_swedish(known.price.valid_from)}."
            )
            return _step("known", "BIL-9f", said)
        case _:
            said = f"Vad som blev känt om dagarna från {since} är inte noterat."
            return _step("known", "BIL-9f", said)


def _gone_by(chosen: Chosen) -> str:
    is_missing = chosen.cause is not None and chosen.cause.noun == MISSING
    return _because(chosen) if is_missing else f"tillbaka, {_because(chosen)}"


def _monthly(explained: Explained) -> Iterator[Step]:
    for one in explained.prices:
        said = (
            f"Månadspriset är {amount_said(one.price.net_ore)} utan moms, och gäller sedan "
            f"{in_swedish(one.valid_from)}."
        )
        yield _step("price", "BIL-1b", said)


def _shared(part: Part) -> Step:
    assert part.from_day is not None
    assert part.to_day is not None
    said = (
        f"{_span(part.from_day, part.to_day)}: {part.quantity} av månadens {part.of_days} dagar "
        f"till {amount_said(part.price_ore)} i månaden blir {amount_said(part.net_ore)}."
    )
    return _step("computed", "BIL-1d", said)


def _rounded(explained: Explained) -> Step:
    total = amount_said(sum(one.net_ore for one in explained.parts))
    said = (
        "Varje dag är skillnaden mellan månadens andel till och med dagen och till och med dagen "
        "före, båda avrundade till hela ören, så att en hel månad blir månadspriset. "
        f"Summa {total}."
    )
    return _step("computed", "BIL-10a", said)


def _charged(line: InvoiceLineV2, on: date | None, links: Sequence[Link]) -> Step:
    rule = _RULE_OF_KIND.get(line.kind, "BIL-9b")
    article = f", artikel {line.article_number}" if line.article_number else ""
    day = f", {in_swedish(on)}" if on is not None else ""
    return _step("thing", rule, f"{kind_said(line.kind)}{article}{day}.", links)


def _pays_once(line: InvoiceLineV2, invoice: Invoice) -> Iterator[Step]:
    why = _PAYER_OF_KIND.get(line.kind)
    if why is not None:
        payer = invoice.payer
        who = str(payer.payer_id) if payer.kind == "unit" else "Patienten"
        verb = "" if line.kind == services.POSTAGE else ", betalar"
        yield _step("payer", _RULE_OF_KIND[line.kind], f"{who}, {why}{verb}.")


def _counted(part: Part, line: InvoiceLineV2, explained: Explained) -> Step:
    rule, whence = _PRICE_OF_KIND.get(line.kind, ("BIL-2d", ""))
    if explained.prices:
        whence = f"Priset gäller sedan {in_swedish(explained.prices[0].valid_from)}"
    if not explained.is_noted or not whence:
        rule, whence = "BIL-10a", "Priset fastställdes när debiteringen gjordes"
    price, sum_ = amount_said(part.price_ore), amount_said(part.net_ore)
    said = f"{whence}: {part.quantity} × {price} blir {sum_}."
    return _step("computed", rule, said)


def _vat(line: InvoiceLineV2, invoice: Invoice) -> Iterator[Step]:
    rate = line.amount.vat_percent
    for part in invoice.vat:
        if part.vat_percent == rate:
            said = (
                f"Moms {rate_said(rate)} räknas på summan av fakturans rader med den satsen, "
                f"{amount_said(part.net_ore)}, och blir {amount_said(part.vat_ore)}."
            )
            yield _step("vat", "BIL-10d", said)
    if not invoice.vat:
        said = f"Moms {rate_said(rate)} på raden blir {amount_said(line.amount.vat_ore)}."
        yield _step("vat", "BIL-10a", said)


def _links_of(charge: Charge | None) -> list[Link]:
    if charge is None:
        return []
    named: list[tuple[str, UUID | None]] = [
        ("order", charge.order_id),
        ("work_order", charge.work_order_id),
        ("pickup", charge.pickup_id),
        ("region_sale", charge.sale_id),
        ("device", charge.device_id if charge.kind in services.DAMAGES else None),
    ]
    return [Link(kind=kind, id=key) for kind, key in named if key is not None]


def _span(first: date, last: date) -> str:
    if first == last:
        return in_swedish(first)
    return f"{in_swedish(first)}–{in_swedish(last)}"
