"""What the tales of stores have in common: goods that they state, and days on which they say and do
something.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any, Literal

from kvitt_contracts.envelope import Message
from kvitt_contracts.regions import (
    ArticlePriceStated,
    ArticleStated,
    BalanceStated,
    DeviceStated,
    StoreStated,
)
from kvitt_contracts.types import (
    ArticleNumber,
    ArticleType,
    CareUnitRecipient,
    Charging,
    CustomerId,
    DeviceNumber,
    IsoCode,
    ServicePointId,
    StoreId,
    UserId,
    identify,
)

from examples.generator.messages import Act, Pen
from examples.generator.month import CUT_OVER, Month
from examples.generator.profiles import Profile
from examples.generator.registry import Units
from examples.generator.responsibles import service_point_at, team

Said = tuple[str, str, Message]
"""A topic, a subject and a body."""

SUPPLIER = "Exempelhjälpmedel AB"


@dataclass(slots=True)
class Goods:
    """What tales state at the cut-over: units, stores and articles, and what there is."""

    registry: list[Said] = field(default_factory=list)
    catalogue: list[Said] = field(default_factory=list)
    stock: list[Said] = field(default_factory=list)

    def by_file(self) -> dict[str, list[Said]]:
        """What is said, by the file that it stands in."""
        return {
            "registry.jsonl": self.registry,
            "catalogue.jsonl": self.catalogue,
            "stock.jsonl": self.stock,
        }

    def article(
        self,
        number: ArticleNumber,
        name: str,
        iso: str,
        *,
        net_ore: int,
        marked: bool = False,
        rented: bool = False,
        in_assortment: bool = True,
    ) -> None:
        """An article with its price from the new year, without VAT."""
        article = ArticleStated(
            version=1,
            article_number=number,
            name=name,
            iso_code=IsoCode(iso),
            type=ArticleType.MAIN_DEVICE if marked else ArticleType.ACCESSORY,
            marked=marked,
            in_assortment=in_assortment,
            charging=Charging.RENT if rented else Charging.SALE,
            supplier=SUPPLIER,
            lead_time_days=10,
        )
        price = ArticlePriceStated(
            version=1,
            article_number=number,
            valid_from=date(2026, 1, 1),
            net_ore=net_ore,
            vat_percent=25,
        )
        self.catalogue += [("inventory", number, article), ("inventory", number, price)]

    def store(
        self,
        store: StoreId,
        name: str,
        kind: Literal["own", "investigation"],
        *,
        of: CustomerId | None = None,
    ) -> None:
        """A store, of a service point where one is given."""
        point = ServicePointId(of) if of is not None else None
        stated = StoreStated(version=1, store=store, name=name, kind=kind, service_point=point)
        self.catalogue.append(("inventory", store, stated))

    def balance(self, name: str, store: StoreId, number: ArticleNumber, quantity: int) -> None:
        """Unmarked goods in a store; `name` is the statement's own."""
        stated = BalanceStated(
            version=1, store=store, article_number=number, quantity=quantity, stated_on=CUT_OVER
        )
        self.stock.append(("inventory", name, stated))

    def device_at_unit(
        self, number: DeviceNumber, article: ArticleNumber, units: Units, *, at: int
    ) -> None:
        """A marked device that a care unit has; `at`: the service point that pays for it."""
        by, *_ = team(units, at)
        place = service_point_at(units, at)
        stated = DeviceStated(
            version=1,
            device_number=number,
            serial_number=f"SN-{number}",
            article_number=article,
            recipient=CareUnitRecipient(unit=units.care_units[0].unit),
            payer_id=next(one.payer_id for one in units.customers if one.customer_id == place),
            prescriber=by,
            stated_on=CUT_OVER,
        )
        self.stock.append(("inventory", number, stated))

    def device(self, number: DeviceNumber, article: ArticleNumber, store: StoreId) -> None:
        """A marked device in a store."""
        stated = DeviceStated(
            version=1,
            device_number=number,
            serial_number=f"SN-{number}",
            article_number=article,
            store=store,
            stated_on=CUT_OVER,
        )
        self.stock.append(("inventory", number, stated))


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """A month, and the pen that the tales are written with."""

    month: Month
    pen: Pen

    @property
    def profile(self) -> Profile:
        """The region."""
        return self.month.profile

    @property
    def units(self) -> Units:
        """Who there is."""
        return self.month.units

    def say(self, day: date, topic: str, subject: str, body: Message) -> None:
        """Publish a message on a day."""
        self.on(day, lambda: self._publish(topic, subject, body))

    def do(self, day: date, name: str, by: UserId, path: str, data: Any) -> None:
        """Have a user act over HTTP on a day; `name` is the act's own."""
        act = Act(name=name, by=by, service="inventory", path=path, data=data)
        self.on(day, partial(self.month.act, act))

    def on(self, day: date, action: Callable[[], object]) -> None:
        """Do something on a day."""
        self.month.plan(day, action)

    def device_path(self, number: DeviceNumber, verb: str) -> str:
        """The path of what is done with a device."""
        return f"/devices/{identify(self.profile.code, 'device', number)}:{verb}"

    def _publish(self, topic: str, subject: str, body: Message) -> None:
        self.month.publish(self.pen.write(topic, subject, body, day=self.month.today))


def own_store(units: Units, at: int) -> StoreId:
    """The store of a service point, by where it stands."""
    store = next(
        one.store for one in units.customers if one.customer_id == service_point_at(units, at)
    )
    assert store is not None
    return store
