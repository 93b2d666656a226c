"""Orders' values for tests, with only what matters to say."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import pytest
from kvitt_chassis.policies import read_policies
from kvitt_contracts.orders import (
    Delivery,
    LineToOrder,
    OrderPlaced,
    OrderPlacedV2,
    PlaceOrder,
    PlaceReplenishment,
    RegisterWithdrawal,
)
from kvitt_contracts.personnummer import PersonalNumber, ReserveNumber
from kvitt_contracts.policy import RegionPolicy
from kvitt_contracts.types import (
    ArticleNumber,
    ArticleStatus,
    ArticleType,
    CustomerId,
    DeviceNumber,
    Goods,
    NamedPatient,
    OrderId,
    OrderNumber,
    PatientRecipient,
    PayerId,
    PersonRef,
    RegionCode,
    RegionPersonId,
    Role,
    ServicePointId,
    StoreId,
    UserId,
    WorkOrderId,
)
from kvitt_testkit.world import REGION, World
from orders.articles.domain import Article
from orders.customer_orders.domain import Order, evolve
from orders.customer_orders.reasons import OrderRefused
from orders.parties.domain import Parties, Patient
from orders.people.models import PersonIdRow
from orders.placements.domain import Naming, place, withdraw
from orders.units.domain import Customer, User
from orders.work_orders.domain import WorkOrder

from contracts.tests.builders.inventory import (
    a_custody,
    a_custody_changed_by_order,
    an_article_listed,
)
from contracts.tests.builders.regions import (
    OLD_WOMAN,
    a_care_unit_stated,
    a_customer_stated,
    a_payer_stated,
    a_person_stated,
    a_user_stated,
)
from contracts.tests.builders.story import CARE_UNIT, CUSHION, OTHER, PAYER, SENDER, SENDING

ORDER = OrderId(UUID("0d6a3f1b-2c11-4a52-9d4e-5f0f5d0c7a39"))
PATIENT = PersonRef(UUID("5f0f5d0c-7a39-4a52-9d4e-0d6a3f1b2c11"))
TODAY = date(2026, 3, 2)


def an_identity(number: str = OLD_WOMAN) -> PersonalNumber:
    """A personal number."""
    return PersonalNumber(number=number)


def a_reserve_number(number: str = "R-10024", born_on: str = "1950-05-01") -> ReserveNumber:
    """A region's reserve number."""
    return ReserveNumber(number=number, born_on=date.fromisoformat(born_on))


def an_article(number: str = "30457", **others: Any) -> Article:
    """An article as the rules see it."""
    values: dict[str, Any] = {
        "type": ArticleType.MAIN_DEVICE,
        "marked": False,
        "in_assortment": True,
        "status": ArticleStatus.ACTIVE,
    }
    return Article(article_number=ArticleNumber(number), **{**values, **others})


def a_line(article: str = "30457", quantity: int = 1, **others: Any) -> LineToOrder:
    """A wanted line."""
    return LineToOrder(article_number=ArticleNumber(article), quantity=quantity, **others)


def a_marked_line(article: str = "30457", device: str = "RUL-1001") -> LineToOrder:
    """A line that names a device."""
    return a_line(article, device_number=DeviceNumber(device))


def an_order_command(*lines: LineToOrder, person: str = "ac-person-1", **others: Any) -> PlaceOrder:
    """A command to order from the central store."""
    return PlaceOrder(
        **{
            "recipient": NamedPatient(person=RegionPersonId(person)),
            "prescriber": UserId("k082lno"),
            "service_point": ServicePointId("40201"),
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
            "service_point": ServicePointId("40201"),
            "store": StoreId(store),
            "lines": lines or (a_line(),),
            **others,
        }
    )


def a_replenishment(*lines: Goods, **others: Any) -> PlaceReplenishment:
    """A command to fill up the own store."""
    return PlaceReplenishment(
        **{
            "requester": UserId("k082lno"),
            "service_point": ServicePointId("40201"),
            "to_store": StoreId("402"),
            "lines": lines or (some(),),
            **others,
        }
    )


def some(article: str = "30457", quantity: int = 1) -> Goods:
    """So many of an article."""
    return Goods(article_number=ArticleNumber(article), quantity=quantity)


def a_service_point(**others: Any) -> Customer:
    """A service point with its own store."""
    values: dict[str, Any] = {
        "customer_id": CustomerId("40201"),
        "name": "Ersboda rehab",
        "payer_id": PayerId("20011"),
        "is_service_point": True,
        "private_clinic": False,
        "store": StoreId("402"),
    }
    return Customer(**{**values, **others})


def a_user(user: str = "k082lno", **others: Any) -> User:
    """A prescriber at the service point."""
    values: dict[str, Any] = {
        "roles": (Role.PRESCRIBER,),
        "service_points": (ServicePointId("40201"),),
        "default_service_point": ServicePointId("40201"),
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
    applications: Mapping[WorkOrderId, WorkOrder] | None = None,
    today: date = TODAY,
    **others: Any,
) -> OrderPlaced:
    """An order as the rules place it; every line is of one article, whose fee is not delayed."""
    known = article or an_article()
    people = {k: others.pop(k) for k in tuple(others) if k in Parties.__dataclass_fields__}
    order = place(
        an_order_command(*lines, **others),
        naming=naming(),
        parties=parties(**people),
        articles={known.article_number: known},
        applications=applications or {},
        suppliers={},
        policy=policy,
        today=today,
    )
    assert isinstance(order, OrderPlaced)
    return order


def placed_later_paid(policy: RegionPolicy, *articles: Article, **people: Any) -> OrderPlacedV2:
    """An order as the rules place it, a line of each article, of which a fee is delayed."""
    order = place(
        an_order_command(*(a_line(one.article_number) for one in articles)),
        naming=naming(),
        parties=parties(**people),
        articles={one.article_number: one for one in articles},
        applications={},
        suppliers={},
        policy=policy,
        today=TODAY,
    )
    assert isinstance(order, OrderPlacedV2)
    return order


def withdrawn(
    policy: RegionPolicy,
    *lines: LineToOrder,
    article: Article | None = None,
    **others: Any,
) -> OrderPlaced:
    """A withdrawal as the rules register it; every line is of one article."""
    known = article or an_article()
    people = {k: others.pop(k) for k in tuple(others) if k in Parties.__dataclass_fields__}
    order = withdraw(
        a_withdrawal_command(*lines, **others),
        naming=naming(),
        parties=parties(**people),
        articles={known.article_number: known},
        policy=policy,
        today=TODAY,
    )
    assert isinstance(order, OrderPlaced)
    return order


def an_order(policy: RegionPolicy, *lines: LineToOrder, **others: Any) -> Order:
    """A placed order."""
    return evolve(None, placed(policy, *lines, **others))


def a_withdrawal(policy: RegionPolicy, *lines: LineToOrder, **others: Any) -> Order:
    """A registered withdrawal."""
    return evolve(None, withdrawn(policy, *lines, **others))


async def prescriber(world: World, *, region: str = REGION) -> None:
    """A prescriber whom a region has stated, with the service point and its payer."""
    await world.handle(a_payer_stated(), subject=PAYER, region=region)
    await world.handle(a_customer_stated(), subject=SENDING, region=region)
    await world.handle(a_user_stated(), subject=SENDER, region=region)


async def registry(world: World, *, region: str = REGION) -> None:
    """A region's registry: a payer, a service point, a care unit, a prescriber, an article, and
    a person in the prescriber's care.
    """
    await prescriber(world, region=region)
    await world.handle(a_care_unit_stated(), subject=CARE_UNIT, region=region)
    await world.handle(a_person_stated(), subject="ac-person-1", region=region)
    await world.handle(an_article_listed(CUSHION, marked=False), region=region)
    await cared_for(world, customer=SENDING, region=region)


async def cared_for(
    world: World,
    named: str = "ac-person-1",
    *,
    customer: str = OTHER,
    region: str = REGION,
) -> PersonRef:
    """The reference of a person who has a device that SENDER has prescribed for a customer: they
    have a part in the person's care.
    """
    ref = (await world.row(PersonIdRow, RegionPersonId(named), region=region)).person
    custody = a_custody(PatientRecipient(person=ref), customer=customer)
    await world.handle(a_custody_changed_by_order(f"D-{named}", to=custody), region=region)
    return ref


def any_ref(seed: str) -> PersonRef:
    """A reference that nobody has."""
    return PersonRef(uuid5(PATIENT, seed))


def a_policy(region: str = REGION) -> RegionPolicy:
    """The newest policy of a region that the project comes with."""
    found = read_policies(Path(__file__).parents[3] / "deploy" / "regions")
    return found.of(RegionCode(region)).versions[-1]


def refusal(refused: pytest.ExceptionInfo[OrderRefused]) -> tuple[str, str, str | None]:
    """Reason, rule and field of a refusal."""
    return refused.value.reason, refused.value.rule, refused.value.field
