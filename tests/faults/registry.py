"""What a small region consists of: units, users, persons, articles, stock. Contracts and their
builders only.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from kvitt_contracts.envelope import Message
from kvitt_contracts.personnummer import PersonalNumber
from kvitt_contracts.types import (
    ArticleNumber,
    DeviceNumber,
    NamedPatient,
    PayerId,
    RegionPersonId,
    ServicePointId,
    StoreId,
    UserId,
)

from contracts.tests.builders.regions import (
    a_balance_stated,
    a_customer_stated,
    a_delivery_received,
    a_device_on_loan_stated,
    a_payer_stated,
    a_person_stated,
    a_store_stated,
    a_user_stated,
    an_article_price_stated,
    an_article_stated,
)

# Of Skatteverket's series for tests.
NUMBERS = ("193001019805", "194005159811", "195511309824", "196207149839", "199012249844")
SOLD = ArticleNumber("FEL-SALJ")
RENTED = ArticleNumber("FEL-HYRA")
CENTRAL = StoreId("500")
DEVICES = 40
SPARE = 40
"""Devices that stay in the central store: messages of two orders overtake each other, and no order
may find the balance too low since another has what was delivered for it.
"""


@dataclass(frozen=True, slots=True)
class Region:
    """One region's own names. `digits`: how long its customers' and payers' ids are."""

    code: str
    digits: int
    own_store: StoreId | None

    @property
    def service_points(self) -> tuple[ServicePointId, ServicePointId]:
        """Two that send devices to each other."""
        return ServicePointId(self._id(4, 1)), ServicePointId(self._id(4, 2))

    @property
    def payers(self) -> tuple[PayerId, PayerId]:
        """The payer of each service point."""
        return PayerId(self._id(8, 1)), PayerId(self._id(8, 2))

    @property
    def prescribers(self) -> tuple[UserId, UserId]:
        """The prescriber at each service point."""
        return UserId("forskrivare1"), UserId("forskrivare2")

    @property
    def devices(self) -> tuple[DeviceNumber, ...]:
        """Devices on loan at the beginning, at the first service point's prescriber."""
        return tuple(DeviceNumber(f"{self.code.upper()}{n:05}") for n in range(DEVICES))

    def person(self, number: int) -> NamedPatient:
        """One of the region's few persons."""
        name = f"{self.code.upper()}-FEL-{number % len(NUMBERS):03}"
        return NamedPatient(person=RegionPersonId(name))

    def facts(self, day: date) -> Iterator[tuple[str, str, Message]]:
        """Topic, subject and body of everything that the region states before its business."""
        yield from self._units()
        for number, digits in enumerate(NUMBERS):
            stated = a_person_stated(
                PersonalNumber(number=digits),
                name=f"Test Testsson {number}",
                address=None,
                home_region=self.code,
            )
            yield "persons", str(self.person(number).person), stated
        yield from self._stock(day)

    def _units(self) -> Iterator[tuple[str, str, Message]]:
        for payer in self.payers:
            yield "orders", payer, a_payer_stated(payer)
        for number, (point, payer) in enumerate(zip(self.service_points, self.payers, strict=True)):
            store = self.own_store if number == 0 else None
            yield "orders", point, a_customer_stated(point, payer=payer, store=store)
        for user, point in zip(self.prescribers, self.service_points, strict=True):
            yield "orders", user, a_user_stated(user, point)

    def _stock(self, day: date) -> Iterator[tuple[str, str, Message]]:
        yield "inventory", CENTRAL, a_store_stated(CENTRAL)
        if self.own_store is not None:
            own = a_store_stated(self.own_store, "own", service_point=self.service_points[0])
            yield "inventory", self.own_store, own
        for article in (SOLD, RENTED):
            stated = an_article_stated(article, marked=article == RENTED)
            yield "inventory", article, stated
            yield "inventory", article, an_article_price_stated(article, valid_from=day)
        for store in filter(None, (CENTRAL, self.own_store)):
            stock = a_balance_stated(SOLD, 10_000, store=store, stated_on=day)
            for number in range(3):
                yield "inventory", f"IB-{store}-{number}", stock
        spare = [f"{self.code.upper()}S{n:04}" for n in range(SPARE)]
        goods = a_delivery_received(RENTED, SPARE, devices=spare, store=CENTRAL, received_on=day)
        yield "inventory", "IN-FORRAD", goods
        for device in self.devices:
            on_loan = a_device_on_loan_stated(
                device,
                article_number=RENTED,
                recipient=self.person(int(device[-2:])),
                payer_id=self.payers[0],
                prescriber=self.prescribers[0],
                stated_on=day,
            )
            yield "inventory", device, on_loan

    def _id(self, first: int, number: int) -> str:
        return f"{first}{number:0{self.digits - 1}}"


REGIONS = (Region("ac", 5, StoreId("402")), Region("bd", 4, None))
