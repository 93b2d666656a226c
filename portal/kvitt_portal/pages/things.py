"""The things that cases, waits and messages are about: where the page of each is, and what it is
called.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from kvitt_portal.acts import act_at
from kvitt_portal.forms import is_id
from kvitt_portal.here import Visit

_BETWEEN: Final = ":"


@dataclass(frozen=True, slots=True)
class _Kind:
    """`word`: what such a thing is called, as the region says it; `path`: where its service has
    it; `number`: the field of what is written on it, where there is such.
    """

    page: str
    word: str
    service: str = ""
    path: str = ""
    number: str = ""


_KINDS: Final[Mapping[str, _Kind]] = {
    "order": _Kind("/bestallningar", "Beställning", "orders", "/orders", "order_number"),
    "pickup": _Kind("/hamtordrar", "Hämtorder", "orders", "/pickups", "pickup_number"),
    "work_order": _Kind(
        "/arbetsordrar", "Aktivitet", "orders", "/work-orders", "work_order_number"
    ),
    "device": _Kind("/individ", "Individ", "inventory", "/devices", "device_number"),
    "refill": _Kind("/lagerpafyllnad", "Påfyllnadsförslag", "inventory", "/refills"),
    "reconditioning": _Kind(
        "/rekonditionering", "Rekonditionering", "inventory", "/reconditionings"
    ),
    "transfer": _Kind("/bmb", "BMB", "bmb", "/transfers"),
    "person": _Kind("/mottagare", "Mottagare", "orders", "/persons"),
    "basket_loan": _Kind("/varukorgar", "Varukorg", "orders", "/basket-loans", "order_number"),
    "case": _Kind("/arenden", "Ärende", "orders", "/cases"),
    "supplier_invoice": _Kind(
        "/leverantorsfakturor", "Leverantörsfaktura", "billing", "/supplier-invoices", "number"
    ),
    "purchase_order": _Kind(
        "/inkopsordrar", "Inköpsorder", "orders", "/purchase-orders", "purchase_order_number"
    ),
    "fault_report": _Kind("/felanmalningar", "Felanmälan", "orders", "/fault-reports"),
}
_ELSEWHERE: Final[Mapping[str, str]] = {
    "/home-region-cases/": "/hemregionsarenden/",
    "/region-sales/": "/forsaljningar/",
    "/persons/": "/mottagare/",
}
"""Where services have what messages lead to, and nobody asks about."""
_LISTS: Final[Mapping[str, str]] = {"/users:access": "/anvandare"}
"""What stands in a list alone."""
_TOLD: Final = frozenset({"order", "work_order", "transfer"})
"""Those whose story tells who decided what it is about."""
WORDS: Final[Mapping[str, str]] = {name: kind.word for name, kind in _KINDS.items()}
"""What each kind of thing is called."""


def page_of(kind: str, thing: str) -> str:
    """The address of a thing's page; empty where there is none."""
    known = _KINDS.get(kind)
    return f"{known.page}/{thing}" if known else ""


def way_to(here: Visit, kind: str, thing: str) -> str:
    """As `page_of`, for whoever is granted the page; empty for others."""
    known = _KINDS.get(kind)
    if known is None:
        return ""
    act = act_at(known.service, "GET", f"{known.path}/{thing}")
    return page_of(kind, thing) if act is None or here.may(act.name) else ""


def page_at(path: str) -> str:
    """The address of the page of what a service has at this path; a page's own address as it is;
    empty where it is neither.
    """
    for kind in _KINDS.values():
        if kind.path and path.startswith(f"{kind.path}/"):
            return kind.page + path.removeprefix(kind.path)
    for start, page in _ELSEWHERE.items():
        if path.startswith(start):
            return page + path.removeprefix(start)
    if path in _LISTS:
        return _LISTS[path]
    pages = tuple(f"{kind.page}/" for kind in _KINDS.values())
    return path if path.startswith(pages) else ""


async def story_of(here: Visit, kind: str, thing: str) -> dict[str, Any] | None:
    """A thing's story, where it has one and the user may read it."""
    known = _KINDS.get(kind)
    if known is None or kind not in _TOLD:
        return None
    part = await here.ask(known.service, f"{known.path}/{thing}/story")
    return dict(part.value) if part else None


def about_of(text: str) -> dict[str, str] | None:
    """What `order:<id>` names, as orders takes it; None of anything else."""
    kind, _, thing = text.partition(_BETWEEN)
    if kind not in _KINDS or not is_id(thing):
        return None
    return {"kind": kind, "id": str(UUID(thing))}


async def name_of(here: Visit, about: Mapping[str, Any] | None) -> str:
    """What a thing is called: its word and number, or who it is, as far as the user may see it."""
    known = _KINDS.get(about["kind"]) if about else None
    if about is None or known is None:
        return ""
    said = here.word(known.word)
    if about["kind"] == "person":
        people = await here.people([about["id"]], purpose="display")
        who = people.get(about["id"])
        return f"{said} {who.name}" if who else said
    if not known.number:
        return said
    part = await here.ask(known.service, f"{known.path}/{about['id']}")
    return f"{said} {part.value[known.number]}" if part else said
