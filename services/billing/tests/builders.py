"""Billing's values for tests, with only what matters to say."""

from datetime import date
from uuid import UUID

from billing.rents.domain import ChangePoint, PricePoint
from kvitt_contracts.inventory import (
    ArticleListed,
    ArticlePriced,
    Custody,
    CustodyCause,
    CustodyChanged,
    DeviceRegistered,
    LineDelivered,
)
from kvitt_contracts.orders import AddressKind, OrderPlaced, PlacedLine, Supply
from kvitt_contracts.types import (
    ArticleNumber,
    ArticleStatus,
    ArticleType,
    Charging,
    CustomerId,
    DeviceId,
    DeviceNumber,
    IsoCode,
    Money,
    OrderId,
    OrderLineId,
    OrderNumber,
    PatientRecipient,
    PayerId,
    PersonRef,
    PolicyVersion,
    ServicePointId,
    StoreHolder,
    StoreId,
    UserId,
    identify,
)

PATIENT = PersonRef(UUID("5f0f5d0c-7a39-4a52-9d4e-0d6a3f1b2c11"))
ORDER = OrderId(UUID("5f0f5d0c-7a39-4a52-9d4e-0d6a3f1b2c12"))
LINE = OrderLineId(UUID("5f0f5d0c-7a39-4a52-9d4e-0d6a3f1b2c13"))


def a_point(day: str, payer: str | None) -> ChangePoint:
    """From `day` on, `payer` pays."""
    return ChangePoint(
        effective_on=date.fromisoformat(day), payer_id=None if payer is None else PayerId(payer)
    )


def a_price(day: str, net_ore: int) -> PricePoint:
    """From `day` on, the price in öre."""
    return PricePoint(valid_from=date.fromisoformat(day), price=Money(net_ore=net_ore))


def an_article(number: str, *, charging: Charging = Charging.RENT) -> ArticleListed:
    """An article of the catalogue."""
    return ArticleListed(
        article_number=ArticleNumber(number),
        name="Sittdyna 39,5x43",
        iso_code=IsoCode("043303"),
        type=ArticleType.MAIN_DEVICE,
        marked=charging is Charging.RENT,
        in_assortment=True,
        charging=charging,
        status=ArticleStatus.ACTIVE,
        lead_time_days=5,
    )


def article_price(number: str, net_ore: int, *, valid_from: str = "2026-01-01") -> ArticlePriced:
    """A price of an article, in öre."""
    return ArticlePriced(
        article_number=ArticleNumber(number),
        valid_from=date.fromisoformat(valid_from),
        price=Money(net_ore=net_ore),
    )


def a_fee(net_ore: int) -> Money:
    """A patient fee: no VAT on it."""
    return Money(net_ore=net_ore, vat_percent=0)


def an_order(number: str, *, quantity: int = 1, fee: Money | None = None) -> OrderPlaced:
    """An order of one line for PATIENT."""
    line = PlacedLine(
        line_id=LINE,
        number=1,
        article_number=ArticleNumber(number),
        article_type=ArticleType.MAIN_DEVICE,
        marked=False,
        quantity=quantity,
        payer_id=PayerId("20311"),
        fee=fee,
    )
    return OrderPlaced(
        order_id=ORDER,
        order_number=OrderNumber("26190001"),
        recipient=PatientRecipient(person=PATIENT),
        prescriber=UserId("k082lno"),
        requester=UserId("k082lno"),
        service_point=ServicePointId("20311"),
        customer_id=CustomerId("20311"),
        supply=Supply.CENTRAL,
        store=StoreId("500"),
        address_kind=AddressKind.UNIT,
        placed_on=date(2026, 5, 4),
        policy=PolicyVersion(version=1, content_hash="0" * 16),
        lines=(line,),
    )


def a_delivery(
    number: str, *, quantity: int = 1, on: str = "2026-05-07", payer: str = "20311"
) -> LineDelivered:
    """The order's line has been delivered."""
    return LineDelivered(
        order_id=ORDER,
        line_id=LINE,
        article_number=ArticleNumber(number),
        quantity=quantity,
        payer_id=PayerId(payer),
        delivered_on=date.fromisoformat(on),
    )


def a_device(number: str, *, article: str = "15749") -> DeviceRegistered:
    """A marked device in the central store."""
    return DeviceRegistered(
        device_id=DeviceId(identify("ac", "device", number)),
        device_number=DeviceNumber(number),
        article_number=ArticleNumber(article),
        store=StoreId("500"),
        registered_on=date(2026, 5, 1),
    )


def a_custody_change(device: DeviceRegistered, *, payer: str | None, since: str) -> CustodyChanged:
    """From `since` on `payer` pays for the device; None: it stands in the store."""
    in_store = Custody(holder=StoreHolder(store=StoreId("500")), since=date(2026, 5, 1))
    holder = (
        StoreHolder(store=StoreId("500")) if payer is None else PatientRecipient(person=PATIENT)
    )
    return CustodyChanged(
        device_id=device.device_id,
        article_number=device.article_number,
        custody=Custody(
            holder=holder,
            payer_id=None if payer is None else PayerId(payer),
            since=date.fromisoformat(since),
        ),
        before=in_store,
        cause=CustodyCause(),
    )
