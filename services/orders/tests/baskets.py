"""What tests on real PostgreSQL do with basket loans, and what they read of them."""

from typing import Any

from kvitt_contracts.orders import (
    ActOnBasketLoan,
    DeliverBasketFee,
    DeliveredLine,
    LineToLend,
    RequestBasketLoan,
)
from kvitt_contracts.types import (
    ArticleNumber,
    CareUnitRecipient,
    DeviceNumber,
    NamedPatient,
    PayerId,
    RegionPersonId,
    ServicePointId,
    StoreId,
    UserId,
)
from kvitt_testkit.world import World
from orders.baskets.models import BasketLoanRow

from contracts.tests.builders.baskets import a_basket_reserved
from contracts.tests.builders.inventory import an_article_listed
from contracts.tests.builders.regions import a_user_stated
from contracts.tests.builders.story import (
    CUSHION,
    OWN,
    ROLLATOR,
    SENDER,
    SENDING,
    SUBSTITUTE,
    basket_id,
)
from services.orders.tests.builders import registry
from services.orders.tests.worlds import refused

KIT = "30998"
"""An unmarked article with a fee."""

PATIENT = NamedPatient(person=RegionPersonId("ac-person-1"))


async def a_unit_that_lends(world: World) -> None:
    """The registry, a colleague at its service point, and what its store may lend."""
    await registry(world)
    await world.handle(a_user_stated(SUBSTITUTE, SENDING), subject=SUBSTITUTE)
    await world.handle(an_article_listed(ROLLATOR, marked=True))
    await world.handle(an_article_listed(KIT, marked=False, fee_group="charge_kit"))


def a_device(device: str = "170098") -> LineToLend:
    """A marked device to lend."""
    return LineToLend(article_number=ArticleNumber(ROLLATOR), device_number=DeviceNumber(device))


def goods(article: str = CUSHION, quantity: int = 1) -> LineToLend:
    """Unmarked goods to lend."""
    return LineToLend(article_number=ArticleNumber(article), quantity=quantity)


def a_loan(*lines: LineToLend, **changes: Any) -> RequestBasketLoan:
    """A prescriber's message to lend from the own store."""
    values: dict[str, Any] = {
        "prescriber": UserId(SENDER),
        "service_point": ServicePointId(SENDING),
        "store": StoreId(OWN),
        "lines": lines or (a_device(),),
    }
    return RequestBasketLoan(**values | changes)


def an_act(
    *deliver: int,
    put_back: tuple[int, ...] = (),
    recipient: NamedPatient | CareUnitRecipient | None = PATIENT,
    payer: str | None = None,
    by: str = SENDER,
) -> ActOnBasketLoan:
    """A message that lines are delivered to the patient, or put back."""
    payer_id = PayerId(payer) if payer else None
    return ActOnBasketLoan(
        recipient=recipient if deliver else None,
        deliver=tuple(DeliveredLine(line=line, payer_id=payer_id) for line in deliver),
        put_back=put_back,
        by=UserId(by),
    )


def a_fee(line: int = 2, *, recipient: NamedPatient | None = None) -> DeliverBasketFee:
    """A message that a fee is delivered."""
    return DeliverBasketFee(line=line, recipient=recipient, by=UserId(SENDER))


async def lent(world: World, *lines: LineToLend, reference: str = "V-1", **changes: Any) -> None:
    """A loan that the store has answered: everything is reserved."""
    asked = lines or (a_device(),)
    await world.handle(a_loan(*asked, **changes), subject=reference)
    devices = tuple(line.device_number for line in asked)
    numbers = tuple(range(1, len(asked) + 1))
    await world.handle(a_basket_reserved(*devices, basket=reference, lines=numbers))


async def basket(world: World, reference: str = "V-1") -> BasketLoanRow:
    """The loan that was asked for by a reference."""
    return await world.row(BasketLoanRow, basket_id(reference))


async def refusal(world: World, message: Any, subject: str = "V-1") -> tuple[str, str, str | None]:
    """Reason, rule and field of a message about a basket loan that is refused."""
    return await refused(world, message, subject)
