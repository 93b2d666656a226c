"""What a small region consists of: units, users, persons, articles, stock. Contracts only."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from kvitt_contracts.envelope import Message
from kvitt_contracts.personnummer import PersonalNumber
from kvitt_contracts.regions import (
    ArticlePriceStated,
    ArticleStated,
    BalanceStated,
    CustomerStated,
    DeviceStated,
    GoodsReceived,
    MarkedDevice,
    PayerStated,
    PersonStated,
    StoreStated,
    UserStated,
)
from kvitt_contracts.types import (
    ArticleNumber,
    ArticleType,
    Charging,
    CustomerId,
    DeviceNumber,
    IsoCode,
    NamedPatient,
    PayerId,
    RegionPersonId,
    Role,
    ServicePointId,
    StoreId,
    UserId,
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
        for number, identity in enumerate(NUMBERS):
            subject = str(self.person(number).person)
            stated = PersonStated(
                version=1,
                identity=PersonalNumber(number=identity),
                name=f"Test Testsson {number}",
                home_region=self.code,
            )
            yield "persons", subject, stated
        yield from self._stock(day)

    def _units(self) -> Iterator[tuple[str, str, Message]]:
        for payer in self.payers:
            yield "orders", payer, PayerStated(version=1, payer_id=payer, name=f"Betalare {payer}")
        for number, (point, payer) in enumerate(zip(self.service_points, self.payers, strict=True)):
            customer = CustomerStated(
                version=1,
                customer_id=CustomerId(point),
                name=f"Enhet {point}",
                payer_id=payer,
                is_service_point=True,
                store=self.own_store if number == 0 else None,
            )
            yield "orders", point, customer
        for user, point in zip(self.prescribers, self.service_points, strict=True):
            stated = UserStated(
                version=1,
                user_id=user,
                roles=(Role.PRESCRIBER,),
                service_points=(point,),
                default_service_point=point,
            )
            yield "orders", user, stated

    def _stock(self, day: date) -> Iterator[tuple[str, str, Message]]:
        central = StoreStated(version=1, store=CENTRAL, name="Centralförrådet", kind="central")
        yield "inventory", CENTRAL, central
        if self.own_store is not None:
            own = StoreStated(
                version=1,
                store=self.own_store,
                name="Eget förråd",
                kind="own",
                service_point=self.service_points[0],
            )
            yield "inventory", self.own_store, own
        for article, charging in ((SOLD, Charging.SALE), (RENTED, Charging.RENT)):
            stated = ArticleStated(
                version=1,
                article_number=article,
                name=f"Hjälpmedel {article}",
                iso_code=IsoCode("122203"),
                type=ArticleType.MAIN_DEVICE,
                marked=charging is Charging.RENT,
                in_assortment=True,
                charging=charging,
            )
            price = ArticlePriceStated(
                version=1, article_number=article, valid_from=day, net_ore=31_000
            )
            yield "inventory", article, stated
            yield "inventory", article, price
        for store in filter(None, (CENTRAL, self.own_store)):
            stock = BalanceStated(
                version=1, store=store, article_number=SOLD, quantity=10_000, stated_on=day
            )
            for number in range(3):
                yield "inventory", f"IB-{store}-{number}", stock
        spare = tuple(
            MarkedDevice(device_number=DeviceNumber(f"{self.code.upper()}S{n:04}"))
            for n in range(SPARE)
        )
        yield (
            "inventory",
            "IN-FORRAD",
            GoodsReceived(
                version=1,
                store=CENTRAL,
                article_number=RENTED,
                quantity=SPARE,
                devices=spare,
                received_on=day,
            ),
        )
        for device in self.devices:
            on_loan = DeviceStated(
                version=1,
                device_number=device,
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
