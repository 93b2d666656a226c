"""Makulera och beställ på nytt: a line that its supplier cannot deliver is voided and ordered anew
in one go, once it is confirmed.
"""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter
from kvitt_chassis.web.problems import Problem
from starlette.responses import Response

from kvitt_portal.forms import Form
from kvitt_portal.here import Here, PageProblem, Visit
from kvitt_portal.pages.articles import articles_of
from kvitt_portal.pages.asking import code, say_refused
from kvitt_portal.pages.covers import chosen_of, cover_of, payables_of
from kvitt_portal.pages.purchase_orders import PAGE, line_of
from kvitt_portal.services import Part

router = APIRouter()

_WHY: Final = "CANNOT_DELIVER"
_ONE_OFF: Final = "one_off"
_VOIDED: Final = "voided"
_IS_VOIDED: Final = (
    "Raden är redan makulerad. Är den inte beställd på nytt gör du det från beställningen."
)
_TO_FILL_IN: Final = (
    "Raden är makulerad. Fyll i det som saknas, se efter vem som betalar och skicka beställningen."
)
_NOT_KNOWN: Final = (
    "Raden är makulerad. Tryck på knappen igen, så läggs beställningen: bara en, fast du trycker"
    " två gånger."
)


@router.get(f"{PAGE}/{{purchase_order}}/bestall-pa-nytt")
async def confirm(here: Here, purchase_order: UUID) -> Response:
    """Which line it is, and what is ordered instead: the same, unless another is written."""
    line = here.request.query_params.get("line", "")[:4]
    return await _page(here, purchase_order, Form(given={"line": line}))


# decision 0447: nothing is voided before it is known that the same can be ordered
@router.post(f"{PAGE}/{{purchase_order}}/bestall-pa-nytt")
async def reorder(here: Here, purchase_order: UUID) -> Response:
    """Void the line, and order it anew; where the order must be filled in, its form is next."""
    form = await here.form()
    bought = await here.need("orders", f"/purchase-orders/{purchase_order}")
    order = await here.need("orders", f"/orders/{bought['order_id']}")
    line, its_purchase = line_of(order, form["line"]), line_of(bought, form["line"])
    if line is None or its_purchase is None or _is_over(its_purchase, form):
        return await _page(here, purchase_order, form)
    article = form["article"] or line["article_number"]
    anew = None
    if order["recipient"] and order["address_kind"] != _ONE_OFF:
        anew = await _anew(here, order, line, article)
    if anew is not None:
        seen = await here.send("orders", "POST", "/orders:preview", anew)
        if seen.problem is not None:
            form.refuse(seen.problem, {"lines.0": "article"})
            return await _page(here, purchase_order, form)
    body = {"lines": [line["number"]], "reason": _WHY, "is_supplier_told": True}
    if form["asked_by"]:
        body["asked_by"] = form["asked_by"]
    path = f"/orders/{bought['order_id']}:void-lines"
    part = await here.send("orders", "POST", path, body, form)
    if part.problem is not None:
        say_refused(form, part, {"asked_by": "asked_by"})
        return await _page(here, purchase_order, form, is_denied=_is_denied(part))
    if anew is not None:
        placed = await here.send("orders", "POST", "/orders", anew, form)
        if placed.status >= 500:  # it may be placed: sent again by the same key it is one
            form.give(_VOIDED, "1")
            form.add("", _NOT_KNOWN)
            return await _page(here, purchase_order, form)
        if placed.problem is None:
            number = placed.value["order_number"]
            word = here.word("Beställning")
            said = f"Raden är makulerad. {word} {number} är lagd i stället."
            return here.go(f"/bestallningar/{placed.value['order_id']}", said)
    return here.go(_form_of(order, line, article), _TO_FILL_IN, tone="info")


async def _anew(
    here: Visit, order: Mapping[str, Any], line: Mapping[str, Any], article: str
) -> dict[str, Any] | None:
    """The order that takes the line's place, as orders takes it: for whom, by whom and at whose
    cost it was. None where it is not known which region paid.
    """
    wanted: dict[str, Any] = {"article_number": article, "quantity": line["quantity"]}
    if line["comment"]:
        wanted["comment"] = line["comment"]
    if line["application"] and article == line["article_number"]:
        wanted["application"] = line["application"]
    body: dict[str, Any] = {
        "recipient": order["recipient"],
        "prescriber": order["prescriber"],
        "service_point": order["service_point"],
        "delivery": {"to": {"kind": order["address_kind"]}, "consolidated": order["consolidated"]},
        "lines": [wanted],
    }
    if order.get("cover"):
        cover = cover_of(chosen_of(order["cover"], await payables_of(here)))
        return body | {"cover": cover} if cover else None
    customer = await here.need("orders", f"/customers/{code(order['service_point'])}")
    if line["payer_id"] != customer["payer_id"]:
        wanted["payer_id"] = line["payer_id"]
    return body


def _form_of(order: Mapping[str, Any], line: Mapping[str, Any], article: str) -> str:
    """Where what cannot be ordered as it was is filled in."""
    if not order["recipient"]:
        wanted = f"{article}~{line['quantity']}"
        return f"/lagerpafyllnad?{urlencode({'line': wanted})}"
    asked = {"lik": order["order_id"], "rad": line["number"], "article": article}
    return f"/bestallningar/ny?{urlencode(asked)}"


def _is_over(line: Mapping[str, Any], form: Form) -> bool:
    """True where a line of a purchase order is voided, and not by what this form did."""
    return line["state"] == _VOIDED and not form[_VOIDED]


def _is_denied(part: Part) -> bool:
    """True where single lines are voided by customer service alone (ORD-14)."""
    return part.problem is not None and part.problem.reason == "BY_CUSTOMER_SERVICE_ONLY"


async def _page(
    here: Visit, purchase_order: UUID, form: Form, *, is_denied: bool = False
) -> Response:
    view = await here.need("orders", f"/purchase-orders/{purchase_order}")
    line = line_of(view, form["line"])
    if line is None:
        raise PageProblem(_NO_LINE)
    if _is_over(line, form):
        return here.go(f"{PAGE}/{purchase_order}", _IS_VOIDED, tone="info")
    if "article" not in form:
        form.give("article", line["article_number"])
        form.give(
            "asked_by", view["by"] if here.may_for_all("orders.purchase-order.create") else ""
        )
    articles = await articles_of(here, [line["article_number"]])
    return here.page(
        "purchase_orders/reorder.html",
        purchase_order=view,
        line=line,
        article=articles.get(line["article_number"]),
        supplier=await here.ask("orders", f"/suppliers/{view['supplier_id']}"),
        form=form,
        is_staff=here.may_for_all("orders.purchase-order.create"),
        is_denied=is_denied,
    )


_NO_LINE: Final = Problem(
    status=404,
    reason="UNKNOWN_LINE",
    title="Raden finns inte",
    detail="Inköpsordern har ingen sådan rad.",
    way_on="Välj en rad på inköpsorderns sida.",
)
