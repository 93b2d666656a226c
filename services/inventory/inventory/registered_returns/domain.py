"""The rules of returns that users register: what may come back, and what is scrapped of it. No
clock, no database.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from kvitt_contracts.inventory import LineReturned
from kvitt_contracts.orders import PlacedLine
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import (
    ArticleType,
    Charging,
    Money,
    OrderId,
    ReturnId,
    StoreId,
)

from inventory.articles.domain import Article
from inventory.devices.domain import Device
from inventory.reservations.domain import Line


class ReturnRefused(Refused):
    """A return cannot be registered so, or not by who registers it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Back:
    """Some of an order's unmarked line comes back. `held`: what the line has had delivered and
    returned, None where nothing of it was. `is_of_basket`: a basket loan delivered it (ORD-10).
    """

    order_id: OrderId
    placed_on: date
    line: PlacedLine
    held: Line | None
    article: Article
    quantity: int
    is_of_basket: bool = False


def with_held(back: Back, held: Line | None) -> Back:
    """The same, with what its line has had, once that is locked."""
    return replace(back, held=held)


def left_of(held: Line | None) -> int:
    """How many of an order's line have been delivered and have not come back (INV-7)."""
    return held.delivered - held.returned if held is not None else 0


def check_named_once(devices: Sequence[object], lines: Sequence[object]) -> None:
    """Raises ReturnRefused where a device or a line is named twice (INV-7)."""
    for field, named in (("devices", devices), ("lines", lines)):
        for place, one in enumerate(named):
            if one in named[:place]:
                raise ReturnRefused(
                    "NAMED_TWICE", rule="INV-7", field=f"{field}.{place}", way_on=_NAMED_TWICE
                )


def check_comes_back(
    device: Device, *, is_sent_back: bool, place: int, is_in_basket: bool = False
) -> None:
    """Raises ReturnRefused where a device is at nobody (INV-7). `is_sent_back`: a pickup sends it
    on from a unit's own store, and the return is into the central one (PCK-7). `is_in_basket`: it
    is lent in a basket, which it is put back from (ORD-10).
    """
    if device.store is not None and not is_sent_back:
        way_on = _IN_BASKET if is_in_basket else _NOT_ON_LOAN
        raise ReturnRefused("NOT_ON_LOAN", rule="INV-7", field=f"devices.{place}", way_on=way_on)


# decision 0382: what is to be returned at once comes back to the central store alone
def check_may_stay(article: Article, *, is_central: bool, place: int) -> None:
    """Raises ReturnRefused where a device that the central store is to have back at once would be
    put into another store (PCK-7).
    """
    if article.return_at_once and not is_central:
        raise ReturnRefused(
            "RETURNED_AT_ONCE", rule="PCK-7", field=f"devices.{place}", way_on=_BY_PICKUP
        )


def check_line(back: Back, *, on: date, is_scrapped: bool, place: int) -> None:
    """Raises ReturnRefused: the line is of a contribution, which never comes back (INV-16); of
    marked devices (INV-5); of a service, which no store takes in (INV-4); comes back before it was
    ordered (DAY-5); or more than was delivered and has not come back (INV-7).
    """
    field = f"lines.{place}"
    if back.article.is_contribution:
        raise ReturnRefused(
            "CONTRIBUTION_IS_NEVER_RETURNED",
            rule="INV-16",
            field=f"{field}.line",
            way_on=_CONTRIBUTION,
        )
    if back.line.marked:
        raise ReturnRefused(
            "LINE_IS_MARKED", rule="INV-5", field=f"{field}.line", way_on=_BY_NUMBER
        )
    if back.article.is_service and not is_scrapped:
        raise ReturnRefused(
            "SERVICE_IS_NEVER_STOCKED", rule="INV-4", field=f"{field}.line", way_on=_SERVICE
        )
    if on < back.placed_on:
        raise ReturnRefused(
            "RETURNED_BEFORE_LOAN", rule="DAY-5", field="returned_on", way_on=_NOT_YET_ORDERED
        )
    left = left_of(back.held)
    if back.quantity > left:
        raise ReturnRefused(
            "MORE_THAN_DELIVERED",
            rule="INV-7",
            field=f"{field}.quantity",
            way_on=_MORE_THAN_DELIVERED,
            left=left,
        )


# decision 0349: what a line is worth is its price to pay
def is_scrapped(
    article: Article, *, on: date, leaves_region: bool, scrap_below: Money | None
) -> bool:
    """Whether unmarked goods are scrapped and not put into the store (INV-7): where the patient
    leaves the region, services, and main devices whose price on that day is under the limit.

    A region without a limit scraps nothing at a return. What is rented, or has no price yet, has
    nothing to compare.
    """
    if not leaves_region or scrap_below is None:
        return False
    if article.is_service:
        return True
    if article.type is not ArticleType.MAIN_DEVICE or article.charging is not Charging.SALE:
        return False
    prices = [point.price for point in article.prices if point.valid_from <= on]
    return bool(prices) and prices[-1].net_ore < scrap_below.net_ore


def returned(
    back: Back, *, return_id: ReturnId, store: StoreId, on: date, is_scrapped: bool
) -> LineReturned:
    """Some of a line is back: in the store, or scrapped (INV-7)."""
    return LineReturned(
        order_id=back.order_id,
        line_id=back.line.line_id,
        quantity=back.quantity,
        store=None if is_scrapped else store,
        is_scrapped=is_scrapped,
        returned_on=on,
        return_id=return_id,
    )


_NAMED_TWICE = "Ange varje hjälpmedel och varje orderrad en gång."
_NOT_ON_LOAN = (
    "Hjälpmedlet är inte utlånat: det står i ett förråd eller är på väg. Kontrollera individnumret."
)
_IN_BASKET = "Hjälpmedlet är utlånat i en varukorg: öppna varukorgen och lägg tillbaka det där."
_BY_PICKUP = (
    "Hjälpmedlet ska genast tillbaka till centrallagret, inte till enhetens förråd: skapa en "
    "hämtorder för det på mottagarens sida."
)
_BY_NUMBER = "Raden är individmärkt: ange hjälpmedlens individnummer i stället."
_SERVICE = "Tjänster lagerförs inte och kan inte återlämnas: utelämna raden."
_CONTRIBUTION = "Bidrag lämnas inte tillbaka och skrotas inte: utelämna raden."
_NOT_YET_ORDERED = "Raden beställdes efter den dagen: kontrollera returdagen."
_MORE_THAN_DELIVERED = "Ange högst det som levererats av raden och inte redan är återlämnat."
