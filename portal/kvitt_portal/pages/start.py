"""Startsida: what waits for the user, and the one search."""

import asyncio
import re
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from kvitt_portal import statuses
from kvitt_portal.forms import said_of
from kvitt_portal.here import Here, Visit
from kvitt_portal.numbers import holds_number, personal_number
from kvitt_portal.pages import responsibles
from kvitt_portal.pages.asking import NOTHING, items_of
from kvitt_portal.pages.baskets import fees_to_charge
from kvitt_portal.pages.log import PAGE as LOG
from kvitt_portal.pages.next_steps import SHOWN, locked_of, steps_of
from kvitt_portal.pages.operating import PAGE as OPERATING
from kvitt_portal.pages.own_store import own_stores
from kvitt_portal.pages.pickups import PAGE as PICKUPS
from kvitt_portal.pages.purchase_orders import PAGE as PURCHASES
from kvitt_portal.pages.purchasing import lacking_of
from kvitt_portal.pages.reconditioning import PAGE as RECONDITIONING
from kvitt_portal.pages.registering import find_by_number
from kvitt_portal.pages.scanning import NO_DEVICE, Goods, find_scanned, goods_for, is_code
from kvitt_portal.pages.supplier_returning import PAGE as SUPPLIER_RETURNS
from kvitt_portal.pages.suppliers import PAGE as SUPPLIERS
from kvitt_portal.pages.users import PAGE as USERS
from kvitt_portal.pages.work_order_page import PAGE as WORK_ORDERS
from kvitt_portal.services import Part

router = APIRouter()

_SHORT = re.compile(r"^\d{6}[-+ ]?\d{4}$")
_TELEPHONE = re.compile(r"^(?!\d{6}[-+]\d{4}$)(\+|0)\d[\d -]{5,17}\d$", re.ASCII)
"""What can be a SIP number: a telephone number, which stands in no address."""
_SPACED = str.maketrans(dict.fromkeys("()/.", " ") | dict.fromkeys("‐‑‒–—−", "-"))
"""How people write a telephone number, beside blanks and hyphens."""
_LOOKED_AT = 50
"""So many open baskets are looked through for fees that are to be charged."""
_NUMBERS = {"device": ("device_number", "serial_number"), "supplier": ("supplier_id", "name")}
"""What names a thing alone, where it is not the number of its kind."""
_NO_SUCH = "Inget hjälpmedel som du ser har det SIP-numret. Inget annat heter så heller."


@router.get("/")
async def start(here: Here) -> Response:
    """What there is to do, with counts and the first of it, and the latest messages."""
    if here.may("orders.admin.overview"):
        return here.go(OPERATING)  # nothing else is theirs
    if here.may("orders.log-lines.list") and not here.may("notifications.messages.list"):
        return here.go(LOG)  # nothing else waits for them
    faults = _unanswered_faults(here)
    is_staff = here.may("orders.case.answer")
    (
        taken,
        unanswered,
        rejected,
        broken,
        baskets,
        awaited,
        late,
        cases,
        messages,
        news,
        (locked, lacking),
        stores,
    ) = await asyncio.gather(
        here.ask("bmb", "/transfers:to-take-over", limit=1),
        here.ask("bmb", "/transfers:unanswered", limit=1),
        here.ask("bmb", "/transfers:rejected", limit=1),
        here.ask("orders", "/fault-reports", **faults, limit=1),
        here.ask("orders", "/basket-loans", limit=_LOOKED_AT),
        here.ask("orders", "/receipts/awaited", limit=1 if is_staff else SHOWN),
        here.ask("orders", "/waits", late=True, limit=1),
        here.ask("orders", "/cases", limit=SHOWN if is_staff else 1),
        here.ask("notifications", "/messages", unread_only=True, limit=SHOWN),
        here.ask("notifications", "/news", limit=SHOWN),
        asyncio.gather(locked_of(here), lacking_of(here, limit=SHOWN)),
        _of_stores(here),
    )
    to_do = [
        ("/bmb/att-gora", "Kvittera BMB", taken),
        ("/bmb/obesvarade", "Ej besvarad BMB", unanswered),
        ("/bmb/avslagna", "Ej godkänt övertag", rejected),
        (f"/felanmalningar?att-gora&{urlencode(faults)}", "Felanmälningar utan svar", broken),
        ("/arenden?att-gora", "Ärenden som väntar på svar", cases),
        ("/varukorgar?att-gora", "Öppna varukorgsbeställningar", baskets),
        ("/inkopsordrar/saknas?att-gora", "Beställningar utan inköpsorder", lacking["found"]),
        ("/direktleveranser?att-gora", "Direktleveranser att ta emot", awaited),
        ("/vantar?att-gora&late=1", "Försenat", late),
    ]
    works, unlocks, *departments = await _of_departments(here)
    to_do += departments
    steps = await steps_of(
        here,
        cases=cases if is_staff else NOTHING,
        works=works,
        locked=locked,
        unlocks=unlocks,
        lacking=lacking,
    )
    if here.may_at_units("orders.user.apply"):
        lapsing = await here.ask("orders", "/users:access", state="lapsing", limit=1)
        to_do.append((f"{USERS}?att-gora&state=lapsing", "Behörigheter som upphör snart", lapsing))
    charges = here.may_at_units("orders.basket-loan.deliver-fee")
    fees = fees_to_charge(items_of(baskets)) if charges else []
    return here.page(
        "start/start.html",
        to_do=[one for one in to_do if not one[2].is_denied],
        awaited=[] if is_staff else items_of(awaited),
        steps=steps,
        messages=messages,
        news=news,
        fees=fees,
        stores=stores,
    )


ToDo = tuple[str, str, Part]
"""What there is to do: the list's address, what it is called, and the list."""


async def _of_departments(here: Visit) -> tuple[Part, Part | None, *tuple[ToDo, ...]]:
    """What waits for the region's own departments, each for whoever is granted what it waits for:
    the user's own work, the transfers that are asked to be unlocked, and the lists.
    """
    me = here.user.user_id
    works, unlocks, *waiting = await asyncio.gather(
        _if_may(
            here,
            "orders.work-order.start",
            "/work-orders",
            technician=me,
            sort="planned_on",
            limit=SHOWN,
        ),
        _if_may(here, "bmb.transfer.unlock", "/transfers:locked", asked=True, limit=SHOWN),
        *(_if_may(here, act, path, **query, limit=1) for _, _, act, path, query in _LISTS),
        _if_may(here, _FIT, "/reconditionings", status="open", limit=1),
        _if_may(here, _FIT, "/reconditionings", limit=1),
    )
    *lists, fit, ever = waiting
    listed = [(one[0], one[1], part) for one, part in zip(_LISTS, lists, strict=True) if part]
    if works:
        listed.insert(1, ("/arbetsordrar?att-gora&technician=1", "Mina arbeten", works))
    # a region that does not make anything fit again has none, and never had
    if fit and (ever is None or ever.problem or ever.value["total"]):
        listed.append((RECONDITIONING, "Rekonditionering", fit))
    return (works or NOTHING, unlocks, *listed)


_FIT = "inventory.reconditioning.do-stage"
_LISTS: tuple[tuple[str, str, str, str, dict[str, Any]], ...] = (
    (
        "/arbetsordrar?att-gora&status=assigned&kind=work",
        "Att planera",
        "orders.work-order.plan",
        "/work-orders",
        {"status": "assigned", "kind": list(statuses.WORK)},
    ),
    (
        "/arbetsordrar?att-gora&kind=application",
        "Ansökningar att besluta",
        "orders.work-order.decide",
        "/work-orders",
        {"kind": "application"},
    ),
    (
        responsibles.PAGE,
        "Utan huvudansvarig",
        "bmb.responsibles.set",
        "/responsibles",
        {"vacant": True},
    ),
    (
        f"{USERS}?att-gora&state=applied",
        "Behörigheter att besluta",
        "orders.user.grant",
        "/users:access",
        {"state": "applied"},
    ),
    (
        "/inkopsordrar?att-gora&has_deviation=true",
        "Avvikelser att lösa",
        "orders.purchase-order.settle-deviation",
        "/purchase-orders",
        {"has_deviation": True},
    ),
    (
        "/leverantorsfakturor?att-gora&status=held&sort=due_on",
        "Leverantörsfakturor som väntar",
        "billing.supplier-invoice.release",
        "/supplier-invoices",
        {"status": "held"},
    ),
)
"""The departments' lists: where each is shown and what it is called, the act by which it is
somebody's, and what is asked of the act's service.
"""


async def _if_may(here: Visit, act: str, path: str, **query: Any) -> Part | None:
    """What the act's service has at a path, for who may do the act in all of the region."""
    if not here.may_for_all(act):
        return None
    return await here.ask(act.partition(".")[0], path, **query)


async def _of_stores(here: Visit) -> list[tuple[str, str]]:
    """Where the stores that the user counts are counted, and what has gone back to suppliers."""
    if here.may_for_all("inventory.stocktaking.open"):
        return [("/lager", "Inventering"), (SUPPLIER_RETURNS, "Returer till leverantör")]
    counts = here.may_at_units("inventory.stocktaking.open")
    own = list(dict.fromkeys((await own_stores(here)).values())) if counts else []
    one = len(own) == 1
    counted = [
        (f"/lager/{store}/inventering", "Inventering" if one else f"Inventering, förråd {store}")
        for store in own
    ]
    back = f"{SUPPLIER_RETURNS}?store={own[0]}" if one else SUPPLIER_RETURNS
    return [*counted, (back, "Returer till leverantör")] if own else []


def _unanswered_faults(here: Visit) -> dict[str, str]:
    """Which fault reports wait for this user: of customer service, those that nobody has answered
    in time.
    """
    waits = {"status": "waiting"}
    return (
        {**waits, "escalated": "true"} if here.may_for_all("orders.fault-report.close") else waits
    )


@router.post("/sok")
async def search(here: Here) -> Response:
    """The one search: a personal number, with or without hyphen, leads to the person, and a SIP
    number to the device that has it; neither stands in an address. Anything else is looked for
    among devices, orders, purchase orders, pickups, work orders, articles and suppliers.
    """
    form = await here.form()
    query = form["q"]
    if number := personal_number(query):
        return await _person(here, number)
    plain = " ".join(query.translate(_SPACED).split())
    if is_code(query):
        return await _scanned(here, query)
    if _TELEPHONE.match(plain):
        return await _device_with(here, query, plain)
    if _SHORT.match(plain):
        return _nothing(here, "Skriv personnumret med 12 siffror: ÅÅÅÅMMDDNNNN.")
    if holds_number(query):  # it would stand in the address
        return _nothing(here, "Skriv personnumret för sig, utan annan text.")
    if not query:
        return _nothing(here, "Skriv vad du söker.")
    return here.go(f"/sok?{urlencode({'q': query})}")


@router.get("/sok")
async def hits(here: Here, q: str = "") -> Response:
    """What a text may mean: devices, orders, articles and what else has a number or a name; the
    page of the only one at once.
    """
    return await _hits(here, q)


async def _hits(here: Visit, q: str, *, nothing: str = "") -> Response:
    """The page. `nothing`: what is said of no hit, where the text stands in no address either."""
    devices, orders, purchases, pickups, works, articles, suppliers = await asyncio.gather(
        here.ask("inventory", "/devices", device_number=q, limit=SHOWN),
        here.ask("orders", "/orders", order_number=q, limit=SHOWN),
        here.ask("orders", "/purchase-orders", purchase_order_number=q, limit=SHOWN),
        here.ask(
            "orders",
            "/pickups",
            pickup_number=q,
            status=list(statuses.PICKUPS),
            limit=SHOWN,
        ),
        here.ask(
            "orders",
            "/work-orders",
            work_order_number=q,
            status=list(statuses.WORK_ORDERS),
            limit=SHOWN,
        ),
        here.ask("inventory", "/articles", query=q, limit=SHOWN),
        here.ask("orders", "/suppliers", name=q, limit=SHOWN),
    )
    found = [
        *((f"/individ/{one['device_id']}", one, "device") for one in items_of(devices)),
        *((f"/bestallningar/{one['order_id']}", one, "order") for one in items_of(orders)),
        *(
            (f"{PURCHASES}/{one['purchase_order_id']}", one, "purchase_order")
            for one in items_of(purchases)
        ),
        *((f"{PICKUPS}/{one['pickup_id']}", one, "pickup") for one in items_of(pickups)),
        *((f"{WORK_ORDERS}/{one['work_order_id']}", one, "work_order") for one in items_of(works)),
        *((f"/artiklar/{one['article_number']}", one, "article") for one in items_of(articles)),
        *((f"{SUPPLIERS}/{one['supplier_id']}", one, "supplier") for one in items_of(suppliers)),
    ]
    asked = (devices, orders, purchases, pickups, works, articles, suppliers)
    silent = [part for part in asked if part.status >= 500]
    exact = [address for address, one, kind in found if q.lower() in _numbers(one, kind)]
    if len(exact) == 1 or (len(found) == 1 and not silent):
        return here.go(exact[0] if exact else found[0][0])
    return here.page(
        "start/search.html",
        query=q,
        found=found,
        more=f"/artiklar?{urlencode({'query': q})}" if items_of(articles) and not nothing else "",
        said="" if found or silent else nothing or f"Ingen träff på ”{q}”.",
        silent=silent,
        missing="",
    )


# decision 0386: a telephone number is asked for in a body
async def _device_with(here: Visit, query: str, number: str) -> Response:
    """The device that has a SIP number; the only one's page at once. Where none has, what else may
    be called so: a device, an order or an article.
    """
    part = await here.send("inventory", "POST", "/devices:find", {"sip_number": number})
    found = items_of(part)
    if len(found) == 1:
        return here.go(f"/individ/{found[0]['device_id']}")
    if part.status >= 500:
        return _nothing(here, said_of(part.problem) if part.problem else "", status=part.status)
    if not found:
        if _SHORT.match(number):
            return _nothing(here, "Skriv personnumret med 12 siffror: ÅÅÅÅMMDDNNNN.")
        return await _hits(here, query, nothing=_NO_SUCH)
    return here.page(
        "start/search.html",
        query="",
        found=[(f"/individ/{one['device_id']}", one, "device") for one in found],
        more="",
        said="",
        silent=[],
        missing="",
    )


async def _scanned(here: Visit, code: str) -> Response:
    """The device that a scanned code names, or the article; the only one's page at once."""
    part = await find_scanned(here, code)
    found = items_of(part)
    if len(found) == 1:
        return here.go(f"/individ/{found[0]['device_id']}")
    if not found and part.status < 500:
        goods = await goods_for(here, code)
        if isinstance(goods, Goods) and len(goods.articles) == 1:
            said = f"{NO_DEVICE} Det här är artikeln." if goods.serial else ""
            return here.go(f"/artiklar/{goods.articles[0]}", said, tone="info")
    if part.problem is not None:
        return _nothing(here, said_of(part.problem), status=part.status)
    if not found:
        return _nothing(here, NO_DEVICE)
    return here.page(
        "start/search.html",
        query="",
        found=[(f"/individ/{one['device_id']}", one, "device") for one in found],
        more="",
        said="",
        silent=[],
        missing="",
    )


async def _person(here: Visit, number: str) -> Response:
    part = await find_by_number(here, number)
    if part.problem is None:
        return here.go(f"/mottagare/{UUID(part.value['person'])}")
    return _nothing(here, said_of(part.problem), status=part.status, number=number)


def _nothing(here: Visit, said: str, *, status: int = 422, number: str = "") -> Response:
    """The search with nothing found, and why; of a person who is missing, with the way to ask
    customer service.
    """
    return here.page(
        "start/search.html",
        query="",
        found=[],
        more="",
        said=said,
        silent=[],
        missing=number if status < 500 else "",
        status=status,
    )


def _numbers(one: dict[str, Any], kind: str) -> set[str]:
    names = _NUMBERS.get(kind, (f"{kind}_number",))
    return {str(one[name]).lower() for name in names if one.get(name) is not None}
