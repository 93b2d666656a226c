"""The rules of devices that are bought from another region with a patient who moves in: which may
be, and into which store. No clock, no database.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from kvitt_contracts.inventory import DeviceRegistered, Origin, TakeOverDevice
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import (
    DeviceId,
    PersonRef,
    ProductArea,
    RegionCode,
    ServicePointId,
    StoreId,
)

from inventory.articles.domain import Article, check_stocked
from inventory.stores.domain import StoreKind


class TakeOverRefused(Refused):
    """The device is outside the region's rules, or does not go into that store."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A store and the unit that the device is for. `of`: the service point that the store is stated
    of, `drawn_from`: the own store of the unit.
    """

    kind: StoreKind
    of: ServicePointId | None
    drawn_from: StoreId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Approver:
    """Who decided that the device be bought. `areas`: what limits them, None where nothing does."""

    active: bool
    areas: Collection[ProductArea] | None = None


# decision 0362: what the region's rules say of a device that is bought
def take_over(
    command: TakeOverDevice,
    *,
    device_id: DeviceId,
    region: RegionCode,
    person: PersonRef,
    may_receive: bool,
    article: Article,
    place: Place,
    approver: Approver,
    on: date,
) -> DeviceRegistered:
    """Put a device that another region sold into its patient's unit's store (INV-12).

    An article outside the assortment, or one that is purchased no more, is allowed. Raises
    Refused: it comes from the region itself; the article is never stocked (INV-4, INV-16), has no
    marked units (INV-5) or is of a product area that is not the approver's (REF-11); the store is
    not the unit's own; the patient (REF-14) or the approver is not active.
    """
    if command.from_region == region:
        raise TakeOverRefused(
            "FROM_THE_SAME_REGION", rule="INV-12", field="from_region", way_on=_FROM_ANOTHER
        )
    check_stocked(article)
    if not article.marked:
        raise TakeOverRefused(
            "ARTICLE_IS_NOT_MARKED", rule="INV-5", field="article_number", way_on=_UNMARKED
        )
    _check_approver(approver, article)
    is_units = command.service_point == place.of or command.store == place.drawn_from
    if place.kind is not StoreKind.OWN or not is_units:
        raise TakeOverRefused(
            "NOT_THE_UNITS_STORE", rule="INV-12", field="store", way_on=_UNITS_STORE
        )
    if not may_receive:
        raise TakeOverRefused("INACTIVE_RECIPIENT", rule="REF-14", field="person", way_on=_INACTIVE)
    return DeviceRegistered(
        device_id=device_id,
        device_number=command.device_number,
        serial_number=command.serial_number,
        article_number=command.article_number,
        store=command.store,
        registered_on=on,
        origin=Origin(
            from_region=command.from_region,
            supplier_id=command.supplier_id,
            supplier_article_number=command.supplier_article_number,
            service_point=command.service_point,
            approver=command.approver,
            person=person,
        ),
        bought_on=command.bought_on,
        value=command.value,
    )


def _check_approver(approver: Approver, article: Article) -> None:
    if not approver.active:
        raise TakeOverRefused(
            "APPROVER_NOT_ACTIVE", rule="INV-12", field="approver", way_on=_APPROVER
        )
    area = article.product_area
    if area is not None and approver.areas is not None and area not in approver.areas:
        raise TakeOverRefused(
            "OUTSIDE_PRODUCT_AREAS",
            rule="REF-11",
            field="article_number",
            way_on=_AREA,
            product_area=area,
        )


_FROM_ANOTHER = (
    "Ange regionen som säljer hjälpmedlet. Det som redan är regionens eget byter enhet genom ett "
    "byte (BMB)."
)
_UNMARKED = (
    "Artikeln är inte individmärkt, och kan inte hållas för en viss patient: bokför den som en "
    "leverans till enhetens förråd (GoodsReceived)."
)
_APPROVER = "Ange den som har godkänt köpet: någon som är verksam i regionen."
_AREA = (
    "Artikeln hör till ett produktområde som den som godkänt köpet inte arbetar med: låt någon med "
    "det området godkänna det."
)
_UNITS_STORE = (
    "Ange tjänsteställets eget förråd. Har enheten inget kan hjälpmedlet inte köpas över till den."
)
_INACTIVE = (
    "Patienten är avliden eller har flyttat, och får inget nytt: kontrollera vem det gäller."
)
