"""Stores that are counted, while business goes on: something is missing and something too much, and
of the marked devices one is not found, and found again later.

Where a unit has become a private clinic in the month, what is missing of its store is invoiced.
"""

from datetime import UTC, date, datetime, time
from typing import Final

from kvitt_contracts.calendar import STOCKHOLM
from kvitt_contracts.inventory import FindDevice, OpenStocktaking, PostStocktaking
from kvitt_contracts.regions import CountedShelf, CustomerStated, GoodsReceived, ShelfCountStated
from kvitt_contracts.types import ArticleNumber, CustomerId, StoreId, UserId

from examples.generator.fetching import STAFF
from examples.generator.month import may
from examples.generator.own_devices import numbered
from examples.generator.profiles import Profile
from examples.generator.registry import Units
from examples.generator.responsibles import team
from examples.generator.telling import Goods, Teller, own_store

LOOP: Final = ArticleNumber("39971-01")
STUDS: Final = ArticleNumber("39972-01")
STRAPS: Final = ArticleNumber("39973-01")
INVESTIGATION: Final = StoreId("990")
_OF_CLINIC: Final = StoreId("790")
_CLINIC_IN: Final = "m"
_AT: Final = 1
_FIRST: Final = 48101
_DEVICES: Final = 4


def state(told: Goods, profile: Profile, units: Units) -> None:
    """What is counted, and where what is missing is searched for."""
    told.store(INVESTIGATION, "Utredningslagret", "investigation")
    told.article(LOOP, "Halsslinga till hörapparat", "221824", net_ore=184_000, marked=True)
    told.article(STUDS, "Isdubb till käpp", "120313", net_ore=9_500)
    told.article(STRAPS, "Rem till duschstol", "093303", net_ore=4_200)
    store = own_store(units, _AT)
    found, missing, elsewhere, lost = numbered(profile, _FIRST, _DEVICES)
    told.device(found, LOOP, store)
    told.device(missing, LOOP, store)
    told.device(elsewhere, LOOP, StoreId(profile.central))
    told.balance(f"{profile.sends_order}-IB-{STUDS}", store, STUDS, 12)
    told.balance(f"{profile.sends_order}-IB-{STRAPS}", store, STRAPS, 5)
    if profile.code == _CLINIC_IN:
        unit = _clinic(units, is_private=False)
        told.registry.append(("orders", unit.customer_id, unit))
        told.store(_OF_CLINIC, "Förråd Sofielund", "own", of=unit.customer_id)
        told.device(lost, LOOP, _OF_CLINIC)


def tell(teller: Teller) -> None:
    """Opened, counted, posted, found."""
    teller.month.keep(numbered(teller.profile, _FIRST, _DEVICES))
    _own_store(teller)
    if teller.profile.code == _CLINIC_IN:
        _clinics_store(teller)


def _own_store(teller: Teller) -> None:
    store = own_store(teller.units, _AT)
    by, colleague, *_ = team(teller.units, _AT)
    found, missing, elsewhere, _ = numbered(teller.profile, _FIRST, _DEVICES)
    name = f"{teller.profile.sends_order}-INV-{store}"
    teller.say(may(4), "inventory", store, OpenStocktaking(store=store, by=by))
    more = GoodsReceived(
        version=1, store=store, article_number=STUDS, quantity=3, received_on=may(5)
    )
    teller.say(may(5), "inventory", f"{name}-INL", more)  # counted the evening before
    batch = _count(
        store,
        may(4),
        by,
        CountedShelf(article_number=LOOP, counted=1, devices=(found,)),
        CountedShelf(article_number=STUDS, counted=10),
        CountedShelf(article_number=STRAPS, counted=6),
    )
    teller.say(may(5), "inventory", f"{name}-1", batch)
    wrong = CountedShelf(article_number=LOOP, counted=2, devices=(found, elsewhere))
    teller.say(may(5), "inventory", f"{name}-2", _count(store, may(4), colleague, wrong))
    path = f"/stores/{store}/stocktaking"
    teller.do(may(6), f"{name}/unit-posts", by, f"{path}:post", {})
    teller.do(may(6), f"{name}/post", STAFF, f"{path}:post", {})
    find = FindDevice(device_number=missing, store=store, found_on=may(11), by=STAFF, asked_by=by)
    teller.say(may(11), "inventory", missing, find)
    again = find.model_copy(update={"found_on": may(12)})
    teller.say(may(12), "inventory", missing, again)  # it is not searched for any more


def _clinics_store(teller: Teller) -> None:
    *_, lost = numbered(teller.profile, _FIRST, _DEVICES)
    private = _clinic(teller.units, is_private=True)
    teller.say(may(6), "orders", private.customer_id, private)
    opened = OpenStocktaking(store=_OF_CLINIC, by=STAFF)
    teller.say(may(7), "inventory", _OF_CLINIC, opened)
    nothing = CountedShelf(article_number=LOOP, counted=0)
    name = f"{teller.profile.sends_order}-INV-{_OF_CLINIC}"
    teller.say(may(8), "inventory", f"{name}-1", _count(_OF_CLINIC, may(7), STAFF, nothing))
    posted = PostStocktaking(store=_OF_CLINIC, by=STAFF)
    teller.say(may(11), "inventory", _OF_CLINIC, posted)
    find = FindDevice(
        device_number=lost, store=_OF_CLINIC, found_on=may(12), by=STAFF, asked_by=STAFF
    )
    teller.say(may(12), "inventory", lost, find)  # a private clinic has no stock of its own


def _count(store: StoreId, day: date, by: UserId, *lines: CountedShelf) -> ShelfCountStated:
    """A batch that was counted in the afternoon of a day."""
    at = datetime.combine(day, time(15), STOCKHOLM).astimezone(UTC)
    return ShelfCountStated(version=1, store=store, counted_at=at, lines=lines, by=by)


def _clinic(units: Units, *, is_private: bool) -> CustomerStated:
    """A unit with a store of its own, and the private clinic that it becomes."""
    first = units.customers[0].customer_id
    name = "Sofielunds vårdcentral"
    return CustomerStated(
        version=2 if is_private else 1,
        customer_id=CustomerId(f"{int(first) + 89}"),
        name=f"{name}, privat mottagning" if is_private else name,
        payer_id=units.payers[-1].payer_id,
        is_service_point=True,
        private_clinic=is_private,
        store=None if is_private else _OF_CLINIC,
    )
