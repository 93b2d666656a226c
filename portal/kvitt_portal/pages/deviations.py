"""What was not delivered as ordered: reported of a line, before and after its receipt, once it is
confirmed; and settled by customer service.
"""

from typing import Final
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from kvitt_portal import statuses
from kvitt_portal.forms import Form
from kvitt_portal.here import Here, Visit
from kvitt_portal.names import Names
from kvitt_portal.pages.articles import articles_of
from kvitt_portal.pages.asking import say_refused
from kvitt_portal.pages.purchase_orders import PAGE, line_of, page_of
from kvitt_portal.pages.registering import quantity_of

router = APIRouter()

_TOLD: Final = "Kundtjänst har fått veta det. Fakturan för raden väntar tills det är löst."
_NEITHER: Final = "Välj vad som är fel, på raden som är det."


@router.get(f"{PAGE}/{{purchase_order}}/avvikelse")
async def confirm(here: Here, purchase_order: UUID) -> Response:
    """What is about to be reported, and what follows from it."""
    asked = here.request.query_params
    form = Form(given={name: asked.get(name, "")[:20] for name in ("line", "kind")})
    return await _page(here, purchase_order, form)


# decision 0447: what is wrong is chosen, and then confirmed
@router.post(f"{PAGE}/{{purchase_order}}/avvikelse")
async def report(here: Here, purchase_order: UUID) -> Response:
    """Tell customer service that a line came too short, wrong or damaged: its invoice waits."""
    form = await here.form()
    line = quantity_of(form["line"])
    if isinstance(line, str) or form["kind"] not in statuses.DEVIATIONS:
        form.add("kind", _NEITHER)
        return await _page(here, purchase_order, form)
    path = f"/purchase-orders/{purchase_order}:report-deviation"
    body = {"line": line, "kind": form["kind"]}
    part = await here.send("orders", "POST", path, body, form)
    if part.problem is None:
        return here.go(f"{PAGE}/{purchase_order}", _TOLD)
    say_refused(form, part, {"line": "kind", "kind": "kind"})
    return await _page(here, purchase_order, form)


@router.post(f"{PAGE}/{{purchase_order}}/los")
async def settle(here: Here, purchase_order: UUID) -> Response:
    """Customer service says how it was settled with the supplier; whoever reported it is told."""
    form = await here.form()
    view = await here.need("orders", f"/purchase-orders/{purchase_order}")
    line, field = line_of(view, form["line"]), f"settle-{form['line']}"
    if line is None or not form[field]:
        form.add(field, "Välj hur avvikelsen löstes.")
        return await page_of(here, purchase_order, form)
    path = f"/purchase-orders/{purchase_order}:settle-deviation"
    asked_by = line["deviation_by"] or view["by"]  # who reported it was not kept before
    body = {"line": line["number"], "how": form[field], "asked_by": asked_by}
    part = await here.send("orders", "POST", path, body, form)
    if part.problem is None:
        return here.go(
            f"{PAGE}/{purchase_order}", "Avvikelsen är löst. Den som anmälde den får veta det."
        )
    say_refused(form, part, {"line": field, "how": field})
    return await page_of(here, purchase_order, form)


async def _page(here: Visit, purchase_order: UUID, form: Form) -> Response:
    view = await here.need("orders", f"/purchase-orders/{purchase_order}")
    line = line_of(view, form["line"])
    left = [one for one in view["lines"] if one["state"] != "voided"]
    articles = await articles_of(here, (one["article_number"] for one in left))
    lines = [
        (str(one["number"]), f"{one['number']}: {articles[one['article_number']]['name']}")
        for one in left
        if one["article_number"] in articles
    ]
    return here.page(
        "purchase_orders/deviation.html",
        purchase_order=view,
        line=line,
        lines=lines,
        said=statuses.DEVIATIONS.get(form["kind"], ""),
        form=form,
        articles=articles,
        names=await Names.of(here, customers=[view["service_point"]]),
    )
