"""The extract that a person is handed on paper: who they are, what each service has of them, what
was corrected and who has looked, in plain Swedish (REF-24).
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.calendar import STOCKHOLM
from kvitt_contracts.types import Address, ServicePointId
from kvitt_documents.extracts import MOST_ROWS, Extract, Section
from kvitt_documents.rendering import print_document

from orders.blocks.domain import Status as BlockStatus
from orders.consents.domain import Status as ConsentStatus
from orders.devices.queries import called
from orders.erasures.exports import BlockSaid, ConsentSaid, CorrectionView, PersonExport
from orders.erasures.queries import looks_of, things_of, units_of
from orders.erasures.written import WrittenView
from orders.extracts.words import said_of
from orders.people.models import PersonAccessRow
from orders.slips.documents import address_lines, device_on_slip, unit_in_words

_FIELDS: Final[Mapping[str, str]] = {
    "identity": "Nummer",
    "name": "Namn",
    "address": "Adress",
    "phone": "Telefon",
    "door_code": "Portkod",
    "instructions": "Anvisningar",
    "home_region": "Länstillhörighet",
    "protected": "Skyddade personuppgifter",
    "deceased": "Avliden",
}
_WHERE_FOUND: Final = frozenset({"address", "phone", "door_code", "instructions"})
"""What is on no paper of who is protected (REF-9)."""
OF_WRITTEN: Final[Mapping[str, str]] = {
    "order_details": "Beställning eller uttag",
    "order_drafts": "Utkast till beställning",
    "attachments": "Bilaga",
    "purchase_order_details": "Inköp",
    "pickup_details": "Hämtning",
    "fault_reports": "Felanmälan",
    "cases": "Ärende hos kundtjänst",
    "work_orders": "Arbetsorder eller ansökan",
    "work_order_details": "Arbetsorder eller ansökan",
    "work_order_notes": "Arbetsorder eller ansökan",
    "application_drafts": "Utkast till ansökan",
    "block_openings": "Nödöppning av en spärr",
}
SAID_IN: Final = frozenset(
    {
        *("street", "postal_code", "city", "order_phone", "recipient_phone", "door_code"),
        *("instructions", "contact_person", "information", "comment", "work", "need", "tried"),
        *("why_not_tried", "supplier", "supplier_article_name", "supplier_article_number"),
    }
)
"""Where something was written, of what has several fields: the rest are numbers, words of a list
and users.
"""
_CLOSING: Final = (
    (
        "Avgifter och fakturor i ditt namn finns i faktureringen och bevaras enligt"
        " bokföringslagen: be kundtjänst om kopior. Meddelanden i systemet har inga uppgifter om"
        " dig."
    ),
    (
        "Filer som hör till dina beställningar och ärenden står inte här: be kundtjänst, så lämnar"
        " regionen ut dem."
    ),
    (
        "Är något fel kan du begära att det rättas. Du kan också begära att uppgifter raderas, om"
        " ingen lag kräver att de står kvar. Vänd dig till kundtjänst eller till regionens"
        " dataskyddsombud."
    ),
    (
        "Undrar du över någon som har sett dina uppgifter, fråga regionens dataskyddsombud, som"
        " granskar loggen."
    ),
)
_BLOCKS: Final[Mapping[BlockStatus, str]] = {
    BlockStatus.STANDS: "gäller",
    BlockStatus.LIFTED: "hävd",
}
_CONSENTS: Final[Mapping[ConsentStatus, str]] = {
    ConsentStatus.HOLDS: "gäller",
    ConsentStatus.WITHDRAWN: "återtaget",
    ConsentStatus.ENDED: "slut",
}


async def print_extract(told: PersonExport, tx: Transaction) -> bytes:
    """The extract as PDF. Of who is protected neither where they are, nor the log, nor what they
    have said to units, nor what was written of them stands on it.
    """
    return await print_document(await _extract(told, tx))


async def _extract(told: PersonExport, tx: Transaction) -> Extract:
    # one more than is shown: then it is said that there are more
    lines = [] if told.protected else await looks_of(told.references, tx, most=MOST_ROWS + 1)
    wishes: list[BlockSaid | ConsentSaid] = []
    if not told.protected:
        wishes += [*told.blocks, *told.consents]
    written = () if told.protected else told.written
    named = {line.unit for line in lines if line.unit} | {one.service_point for one in wishes}
    units = await _unit_names(named, tx)
    things = await things_of(told.references, tx)
    names = await called(things.devices, tx)
    devices = [device_on_slip(names.get(one)) for one in things.devices]
    kept = [
        *(("Lager", "Hjälpmedel hos dig", one.number, one.article) for one in devices),
        *(("Beställningar", what, number, day.isoformat()) for what, number, day in things.orders),
        *(("Byten", "Byte av ansvar för hjälpmedel", "", f"{things.transfers} st"),),
    ]
    return Extract(
        issued_on=tx.today,
        who=_who(told),
        sections=(
            Section(
                heading="Vad varje tjänst har om dig",
                says="Varje tjänst sparar bara en referens till dig, inte ditt namn eller nummer.",
                columns=("Tjänst", "Vad", "Nummer", "Dag eller artikel"),
                rows=tuple(kept if things.transfers else kept[:-1]),
                nothing="Ingen tjänst har något om dig.",
            ),
            Section(
                heading="Vad som har rättats",
                says="",
                columns=("När", "Uppgift", "Av", "Var", "Blev"),
                rows=tuple(_corrected(told)),
                nothing="Inget har rättats.",
            ),
            Section(
                heading="Vad som har skrivits",
                says="Det som har skrivits fritt om det som rör dig.",
                columns=("Var", "Vad som skrevs"),
                rows=tuple(_written(written)),
                nothing=_nothing(told, "Inget har skrivits fritt om dig."),
            ),
            Section(
                heading="Vad du har sagt om vem som får se",
                says="",
                columns=("Vad", "Enhet", "Dag", "Läge"),
                rows=tuple(_wish(one, units) for one in wishes),
                nothing=_nothing(told, "Du har inte bett om någon spärr eller gett samtycke."),
            ),
            Section(
                heading="När någon har sett dina uppgifter",
                says="När, från vilken enhet och för vad. Vem det var står inte här.",
                columns=("När", "Enhet", "Vad"),
                rows=tuple(_look(line, units) for line in lines),
                nothing=_nothing(told, "Ingen har sett dina uppgifter.", "loggen"),
            ),
        ),
        closing=_CLOSING,
    )


def _who(told: PersonExport) -> tuple[tuple[str, str], ...]:
    where = (
        ("Adress", address_lines(told.address)),
        ("Telefon", told.phone or ""),
        ("Portkod", told.door_code or ""),
        ("Anvisningar", told.instructions or ""),
    )
    return (
        ("Namn", told.name),
        ("Nummer", _number(told.identity.number)),
        *(() if told.protected else where),
        ("Länstillhörighet", told.home_region.upper()),
        ("Skyddade uppgifter", "Ja" if told.protected else "Nej"),
        ("Regionens id för dig", str(told.region_person_id)),
    )


def _corrected(told: PersonExport) -> Sequence[tuple[str, ...]]:
    return [
        (
            _time(one.at),
            _FIELDS.get(one.field, one.field),
            "regionen" if one.by is None else "en användare",
            _value(one.was),
            _value(one.now),
        )
        for one in told.corrections
        if _is_shown(one, told)
    ]


def _is_shown(one: CorrectionView, told: PersonExport) -> bool:
    return not (told.protected and one.field in _WHERE_FOUND)


def _look(line: PersonAccessRow, units: Mapping[ServicePointId, str]) -> tuple[str, ...]:
    unit = units.get(line.unit, str(line.unit)) if line.unit else "–"
    return _time(line.at), unit, said_of(line.look, line.purpose)


def _written(written: Sequence[WrittenView]) -> Iterator[tuple[str, ...]]:
    for one in written:
        texts = tuple(_texts(one.written))
        if texts:
            yield OF_WRITTEN[one.of], "\n".join(texts)


def _texts(value: Any) -> Iterator[str]:
    """What was written in something, or in its fields, each line's comment included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, dict):
        for name, one in value.items():
            if not isinstance(one, str):
                yield from _texts(one)
            elif name in SAID_IN or name.isdecimal():
                yield one


def _wish(one: BlockSaid | ConsentSaid, units: Mapping[ServicePointId, str]) -> tuple[str, ...]:
    unit = units.get(one.service_point, str(one.service_point))
    if isinstance(one, BlockSaid):
        asked = f"begärd {one.asked_on}" if one.asked_on else "–"
        return "Spärr av vad enheten har om dig", unit, asked, _BLOCKS[one.status]
    what = "Samtycke, också till det spärrade" if one.opens_blocks else "Samtycke"
    return what, unit, f"till och med {one.until_on}", _CONSENTS[one.status]


def _nothing(told: PersonExport, says: str, what: str = "det") -> str:
    if told.protected:
        return f"Du har skyddade personuppgifter: regionen lämnar ut {what} på annat sätt."
    return says


def _value(value: Any) -> str:
    """A value as people read it."""
    match value:
        case None:
            return "–"
        case bool():
            return "Ja" if value else "Nej"
        case {"street": _}:
            return address_lines(Address.model_validate(value)).replace("\n", ", ")
        case {"number": number}:
            return _number(str(number))
        case _:
            return str(value)


def _time(at: datetime) -> str:
    return f"{at.astimezone(STOCKHOLM):%Y-%m-%d %H.%M}"


def _number(number: str) -> str:
    return f"{number[:8]}-{number[8:]}" if len(number) == 12 and number.isdecimal() else number


async def _unit_names(units: set[ServicePointId], tx: Transaction) -> dict[ServicePointId, str]:
    found = await units_of(units, tx)
    return {ServicePointId(one.customer_id): unit_in_words(one) for one in found}
