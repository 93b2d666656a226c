"""Orders' values for tests, with only what matters to say."""

from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from kvitt_chassis.policies import read_policies
from kvitt_contracts.inventory import ArticleListed, LineDelivered, StockReserved
from kvitt_contracts.orders import (
    Delivery,
    LineToOrder,
    OrderPlaced,
    PlaceOrder,
    RegisterWithdrawal,
)
from kvitt_contracts.personnummer import Identity, PersonalNumber, ReserveNumber
from kvitt_contracts.policy import RegionPolicy
from kvitt_contracts.regions import (
    CareUnitStated,
    CustomerStated,
    PayerStated,
    PersonStated,
    UserStated,
)
from kvitt_contracts.types import (
    Address,
    ArticleNumber,
    ArticleStatus,
    ArticleType,
    CareUnitId,
    Charging,
    CustomerId,
    DeviceNumber,
    IsoCode,
    NamedPatient,
    OrderId,
    OrderNumber,
    PayerId,
    PersonRef,
    RegionCode,
    RegionPersonId,
    Role,
    ServicePointId,
    StoreId,
    UserId,
    identify,
)
from kvitt_testkit.world import REGION, World
from orders.articles.domain import Article
from orders.customer_orders.domain import Order, evolve, line_id
from orders.placements.domain import Naming, Parties, Patient, place, withdraw
from orders.units.domain import Customer, User

OLD_WOMAN = "189001019802"
"""A test number of Skatteverket: born 1890."""

CHILD = "201701012393"
"""A test number of Skatteverket: born 2017."""

ORDER = OrderId(UUID("0d6a3f1b-2c11-4a52-9d4e-5f0f5d0c7a39"))
PATIENT = PersonRef(UUID("5f0f5d0c-7a39-4a52-9d4e-0d6a3f1b2c11"))
TODAY = date(2026, 3, 2)
HOME = Address(street="Storgatan 1", postal_code="90325", city="Umeå")


def an_identity(number: str = OLD_WOMAN) -> PersonalNumber:
    """A personal number."""
    return PersonalNumber(number=number)


def a_reserve_number(number: str = "R-10024", born_on: str = "1950-05-01") -> ReserveNumber:
    """A region's reserve number."""
    return ReserveNumber(number=number, born_on=date.fromisoformat(born_on))


def a_person(
    identity: Identity | None = None,
    *,
    version: int = 1,
    name: str = "Tess Testsson",
    address: Address | None = HOME,
    **others: Any,
) -> PersonStated:
    """A person as the region states them."""
    return PersonStated(
        version=version,
        identity=identity or an_identity(),
        name=name,
        address=address,
        home_region="ac",
        **others,
    )


def a_payer(payer: str = "61200", name: str = "Hälsocentralen Ersboda") -> PayerStated:
    """A payer as the region states it."""
    return PayerStated(version=1, payer_id=PayerId(payer), name=name)


def a_customer_fact(
    customer: str = "61201", *, payer: str = "61200", store: str | None = "402", **others: Any
) -> CustomerStated:
    """A service point as the region states it."""
    return CustomerStated(
        version=1,
        customer_id=CustomerId(customer),
        name="Ersboda rehab",
        payer_id=PayerId(payer),
        store=None if store is None else StoreId(store),
        **{"is_service_point": True, **others},
    )


def a_care_unit(unit: str = "70001") -> CareUnitStated:
    """A care unit as the region states it."""
    return CareUnitStated(
        version=1, unit=CareUnitId(unit), name="Avdelning 3", customer_id=CustomerId("61201")
    )


def a_user_fact(
    user: str = "k082lno", *, at: tuple[str, ...] = ("61201",), **others: Any
) -> UserStated:
    """A prescriber as the region states them."""
    points = tuple(ServicePointId(point) for point in at)
    return UserStated(
        version=1,
        user_id=UserId(user),
        service_points=points,
        **{"roles": (Role.PRESCRIBER,), "default_service_point": points[0], **others},
    )


def an_article_listed(number: str = "12345", **others: Any) -> ArticleListed:
    """An article as inventory tells of it."""
    values: dict[str, Any] = {
        "name": "Rullstol Cross",
        "iso_code": IsoCode("122203"),
        "type": ArticleType.MAIN_DEVICE,
        "marked": False,
        "in_assortment": True,
        "charging": Charging.RENT,
        "status": ArticleStatus.ACTIVE,
        "lead_time_days": 5,
    }
    return ArticleListed(article_number=ArticleNumber(number), **{**values, **others})


def an_article(number: str = "12345", **others: Any) -> Article:
    """An article as the rules see it."""
    values: dict[str, Any] = {
        "type": ArticleType.MAIN_DEVICE,
        "marked": False,
        "in_assortment": True,
    }
    return Article(article_number=ArticleNumber(number), **{**values, **others})


def a_line(article: str = "12345", quantity: int = 1, **others: Any) -> LineToOrder:
    """A wanted line."""
    return LineToOrder(article_number=ArticleNumber(article), quantity=quantity, **others)


def a_marked_line(article: str = "12345", device: str = "RUL-1001") -> LineToOrder:
    """A line that names a device."""
    return a_line(article, device_number=DeviceNumber(device))


def an_order_command(*lines: LineToOrder, person: str = "ac-person-1", **others: Any) -> PlaceOrder:
    """A command to order from the central store."""
    return PlaceOrder(
        **{
            "recipient": NamedPatient(person=RegionPersonId(person)),
            "prescriber": UserId("k082lno"),
            "service_point": ServicePointId("61201"),
            "lines": lines or (a_line(),),
            "delivery": Delivery(),
            **others,
        }
    )


def a_withdrawal_command(
    *lines: LineToOrder, store: str = "402", person: str = "ac-person-1", **others: Any
) -> RegisterWithdrawal:
    """A command to prescribe from the own store."""
    return RegisterWithdrawal(
        **{
            "recipient": NamedPatient(person=RegionPersonId(person)),
            "prescriber": UserId("k082lno"),
            "service_point": ServicePointId("61201"),
            "store": StoreId(store),
            "lines": lines or (a_line(),),
            **others,
        }
    )


def a_service_point(**others: Any) -> Customer:
    """A service point with its own store."""
    values: dict[str, Any] = {
        "customer_id": CustomerId("61201"),
        "name": "Ersboda rehab",
        "payer_id": PayerId("61200"),
        "is_service_point": True,
        "private_clinic": False,
        "store": StoreId("402"),
    }
    return Customer(**{**values, **others})


def a_user(user: str = "k082lno", **others: Any) -> User:
    """A prescriber at the service point."""
    values: dict[str, Any] = {
        "roles": (Role.PRESCRIBER,),
        "service_points": (ServicePointId("61201"),),
        "default_service_point": ServicePointId("61201"),
        "active": True,
    }
    return User(user_id=UserId(user), **{**values, **others})


def a_patient(born_on: str = "1890-01-01", *, has_address: bool = True) -> Patient:
    """A patient of an age."""
    return Patient(person=PATIENT, born_on=date.fromisoformat(born_on), has_address=has_address)


def parties(**others: Any) -> Parties:
    """Who has a part in an order: all fit."""
    values: dict[str, Any] = {
        "recipient": a_patient(),
        "prescriber": a_user(),
        "requester": a_user(),
        "service_point": a_service_point(),
    }
    return Parties(**{**values, **others})


def naming() -> Naming:
    """What the order is called."""
    return Naming(order_id=ORDER, order_number=OrderNumber("26100001"), reference=None)


def placed(
    policy: RegionPolicy,
    *lines: LineToOrder,
    article: Article | None = None,
    today: date = TODAY,
    **others: Any,
) -> OrderPlaced:
    """An order as the rules place it; every line is of one article."""
    known = article or an_article()
    people = {k: others.pop(k) for k in tuple(others) if k in Parties.__dataclass_fields__}
    return place(
        an_order_command(*lines, **others),
        naming=naming(),
        parties=parties(**people),
        articles={known.article_number: known},
        policy=policy,
        today=today,
    )


def withdrawn(
    policy: RegionPolicy,
    *lines: LineToOrder,
    article: Article | None = None,
    **others: Any,
) -> OrderPlaced:
    """A withdrawal as the rules register it; every line is of one article."""
    known = article or an_article()
    people = {k: others.pop(k) for k in tuple(others) if k in Parties.__dataclass_fields__}
    return withdraw(
        a_withdrawal_command(*lines, **others),
        naming=naming(),
        parties=parties(**people),
        articles={known.article_number: known},
        policy=policy,
        today=TODAY,
    )


def an_order(policy: RegionPolicy, *lines: LineToOrder, **others: Any) -> Order:
    """A placed order."""
    return evolve(None, placed(policy, *lines, **others))


def a_withdrawal(policy: RegionPolicy, *lines: LineToOrder, **others: Any) -> Order:
    """A registered withdrawal."""
    return evolve(None, withdrawn(policy, *lines, **others))


def reserved(order: OrderId, on: str = "2026-03-04") -> StockReserved:
    """Inventory has set everything aside."""
    return StockReserved(order_id=order, planned_dispatch_on=date.fromisoformat(on))


def delivered(
    order: OrderId, *, line: int = 1, quantity: int = 1, on: str = "2026-03-05"
) -> LineDelivered:
    """Inventory has delivered some of a line."""
    return LineDelivered(
        order_id=order,
        line_id=line_id(order, line),
        article_number=ArticleNumber("12345"),
        quantity=quantity,
        payer_id=PayerId("61200"),
        delivered_on=date.fromisoformat(on),
    )


async def registry(world: World, *, region: str = REGION) -> None:
    """A region's registry: a payer, a service point, a care unit, a prescriber, a person, an
    article.
    """
    await world.handle(a_payer(), subject="61200", region=region)
    await world.handle(a_customer_fact(), subject="61201", region=region)
    await world.handle(a_care_unit(), subject="70001", region=region)
    await world.handle(a_user_fact(), subject="k082lno", region=region)
    await world.handle(a_person(), subject="ac-person-1", region=region)
    await world.handle(an_article_listed(), region=region)


def order_named(reference: str) -> OrderId:
    """The id of the order that region ac calls `reference`."""
    return OrderId(identify(REGION, "order", reference))


def any_ref(seed: str) -> PersonRef:
    """A reference that nobody has."""
    return PersonRef(uuid5(PATIENT, seed))


def a_policy(region: str = REGION) -> RegionPolicy:
    """The newest policy of a region that the project comes with."""
    found = read_policies(Path(__file__).parents[3] / "deploy" / "regions")
    return found.of(RegionCode(region)).versions[-1]
