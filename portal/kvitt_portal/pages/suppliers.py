"""Leverantörer: the region's register of suppliers, with how each is reached (REF-13)."""

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from kvitt_portal.here import Here
from kvitt_portal.pages import listing
from kvitt_portal.pages.asking import code

router = APIRouter()

PAGE: Final = "/leverantorer"
_FILTERS: Final = ("name", "is_active", "sort")
_COLUMNS: Final = (
    ("name", "Leverantör"),
    ("", "Telefon"),
    ("", "E-post"),
    ("", "Adress"),
)
"""The list's columns, and what each sorts by."""


@router.get(PAGE)
async def search(here: Here) -> Response:
    """All of them by name, or those whose names begin as is written."""
    form = listing.filters_of(here, _FILTERS)
    found = await listing.found(
        here,
        form,
        "orders",
        "/suppliers",
        name=form["name"],
        is_active=form["is_active"],
        sort=form["sort"] or "name",
    )
    return here.page("suppliers/search.html", found=found, form=form, columns=_COLUMNS, status=200)


@router.get(f"{PAGE}/{{supplier}}")
async def shown(here: Here, supplier: str) -> Response:
    """A supplier with how it is reached."""
    view = await here.need("orders", f"/suppliers/{code(supplier)}")
    return here.page(
        "suppliers/supplier.html",
        supplier=view,
        may_see_purchases=here.may("orders.purchase-orders.list"),
    )
