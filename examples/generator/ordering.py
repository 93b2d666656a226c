"""A region's orders, withdrawals, deliveries and returns, as its own system sends them."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial

from kvitt_contracts.calendar import working_days_after
from kvitt_contracts.orders import (
    Delivery,
    LineToOrder,
    PlaceOrder,
    RecipientAddress,
    RegisterWithdrawal,
    UnitAddress,
    VoidOrder,
)
from kvitt_contracts.regions import (
    ArticlePriceStated,
    DeviceReturned,
    DispatchedLine,
    GoodsDispatched,
    GoodsReceived,
    MarkedDevice,
    PickingBegun,
)
from kvitt_contracts.types import (
    ArticleNumber,
    CareUnitRecipient,
    DeviceNumber,
    NamedPatient,
    NamedRecipient,
    PayerId,
    Reference,
    RegionPersonId,
    ServicePointId,
    StoreId,
    UserId,
)

from examples.generator.catalogue import Listed
from examples.generator.model.state import Device
from examples.generator.month import Month


def patient(name: str) -> NamedPatient:
    """A patient by the region's own id."""
    return NamedPatient(person=RegionPersonId(name))


def any_recipient(month: Month) -> NamedRecipient:
    """Mostly a patient, else a care unit."""
    if month.rng.randrange(7) == 0:
        return CareUnitRecipient(unit=month.rng.choice(month.units.care_units).unit)
    return patient(month.rng.choice(month.patients))


def place(
    month: Month,
    lines: Sequence[LineToOrder],
    *,
    recipient: NamedRecipient | None = None,
    consolidated: bool = True,
    instructions: str | None = None,
) -> str:
    """Place an order from the central store; gives its reference."""
    prescriber = month.rng.choice(month.prescribers())
    named = recipient or any_recipient(month)
    helpers = [one for one in month.units.users if prescriber.user_id in one.acts_for]
    requester = month.rng.choice(helpers).user_id if helpers and month.rng.randrange(2) else None
    known = month.model.world.people.get(named.person) if named.kind == "patient" else None
    home = known is not None and known.has_address and month.rng.randrange(3) == 0
    reference = month.name(month.profile.sends_order)
    month.send(
        "orders",
        reference,
        PlaceOrder(
            recipient=named,
            prescriber=prescriber.user_id,
            requester=requester,
            service_point=month.rng.choice(prescriber.service_points),
            payer_id=_other_payer(month, one_in=18),
            lines=tuple(lines),
            delivery=Delivery(
                to=RecipientAddress() if home else UnitAddress(),
                consolidated=consolidated,
                instructions=instructions,
            ),
        ),
    )
    return reference


def order_something(month: Month) -> None:
    """An order of one to three lines that the central store has, and what becomes of it."""
    lines: list[LineToOrder] = []
    for _ in range(month.rng.choice((1, 1, 2, 2, 3))):
        line = _line_in_stock(month)
        if line is not None and all(line.article_number != other.article_number for other in lines):
            lines.append(line)
    if not lines:
        return
    apart = len(lines) > 1 and month.rng.randrange(4) == 0
    reference = place(month, lines, consolidated=not apart)
    fate = month.rng.randrange(100)
    if fate < 9:
        month.plan(month.later(1), partial(void, month, reference))
        return
    if fate < 14:
        return  # the warehouse does not come to it this month
    pick_on = month.later(1, 3)
    month.plan(pick_on, partial(pick, month, reference))
    numbers = list(range(1, len(lines) + 1))
    first, rest = (numbers[:1], numbers[1:]) if apart else (numbers, [])
    send_on = working_days_after(pick_on, 1)
    month.plan(send_on, partial(dispatch, month, reference, first))
    if fate < 19:
        month.plan(send_on, partial(void, month, reference))
    if rest:
        month.plan(working_days_after(send_on, 2), partial(dispatch, month, reference, rest))


def pick(month: Month, reference: str) -> None:
    """The warehouse begins."""
    wire_type = PickingBegun.wire_type
    month.send(
        "inventory",
        reference,
        PickingBegun(version=month.version(wire_type, reference), order=Reference(reference)),
    )


def dispatch(
    month: Month, reference: str, numbers: Sequence[int], quantity: int | None = None
) -> None:
    """Send lines (by number) of an order; a day later where a marked device has to rest today.

    `quantity`: how many of the line; all that is left where none is given.
    """
    order = month.order(reference)
    sent: list[DispatchedLine] = []
    for number in numbers:
        line = order.lines[number - 1]
        devices: list[str] = []
        if month.model.world.articles[line.article].marked:
            found = month.take_device(
                partial(_is_in_store, store=month.profile.central, article=line.article)
            )
            if found is None:
                month.let_go([one for done in sent for one in done.devices])
                month.plan(month.later(1), partial(dispatch, month, reference, numbers, quantity))
                return
            devices = [found]
        sent.append(
            DispatchedLine(
                line=number,
                quantity=quantity or line.quantity - line.delivered,
                devices=tuple(DeviceNumber(one) for one in devices),
            )
        )
    arrives_on = working_days_after(month.today, 1)
    month.send(
        "inventory",
        reference,
        GoodsDispatched(
            version=month.version(GoodsDispatched.wire_type, reference),
            order=Reference(reference),
            dispatched_on=month.today,
            arrives_on=arrives_on,
            lines=tuple(sent),
        ),
    )
    month.let_go([one for line in sent for one in line.devices], after=arrives_on)


def void(month: Month, reference: str) -> None:
    """Request that an order be voided; too late where the warehouse has begun."""
    by = UserId(month.order(reference).prescriber)
    month.send("orders", reference, VoidOrder(by=by))


def withdraw_something(month: Month) -> None:
    """A withdrawal from an own store: unmarked articles, or one marked device."""
    owner = month.rng.choice([one for one in month.units.customers if one.store])
    assert owner.store is not None
    lines: list[LineToOrder] = []
    if month.rng.randrange(3) == 0:
        number = month.take_device(partial(_is_in_store, store=owner.store))
        if number is not None:
            article = month.device(number).article
            month.promise(owner.store, article, 1)
            month.let_go([number])
            lines.append(
                LineToOrder(
                    article_number=ArticleNumber(article), device_number=DeviceNumber(number)
                )
            )
    else:
        for one in month.rng.sample(month.listed, 40):
            article = one.article.article_number
            quantity = month.rng.randint(1, 2)
            if (
                not one.kind.marked
                and len(lines) < 2
                and month.promise(owner.store, article, quantity)
            ):
                lines.append(LineToOrder(article_number=article, quantity=quantity))
    if lines:
        withdraw(month, owner.customer_id, owner.store, lines)


def withdraw(month: Month, service_point: str, store: str, lines: Sequence[LineToOrder]) -> str:
    """Prescribe from an own store; gives the reference."""
    prescriber = month.rng.choice(
        [one for one in month.prescribers() if service_point in one.service_points]
    )
    reference = month.name(month.profile.sends_order)
    month.send(
        "orders",
        reference,
        RegisterWithdrawal(
            recipient=patient(month.rng.choice(month.patients)),
            prescriber=prescriber.user_id,
            service_point=ServicePointId(service_point),
            store=StoreId(store),
            payer_id=_other_payer(month, one_in=20),
            lines=tuple(lines),
        ),
    )
    return reference


def return_something(month: Month) -> None:
    """A device on loan comes back; one in three is reported some days late."""
    number = month.take_device(lambda device: device.store is None)
    if number is None:
        return
    days = month.rng.randint(2, 5) if month.rng.randrange(3) == 0 else 0
    returned_on = _lent_since(month.device(number), month.today - timedelta(days=days))
    scarce = month.device(number).article in {
        one.article.article_number for one in scarce_of(month)
    }
    own = StoreId(month.rng.choice(month.profile.own_stores))
    store = month.profile.central if not scarce and month.rng.randrange(2) else own
    give_back(month, number, store, days=(month.today - returned_on).days)
    month.let_go([number])


def give_back(month: Month, number: str, store: str, *, days: int = 0) -> None:
    """A device came back into a store so many days ago."""
    month.send(
        "inventory",
        number,
        DeviceReturned(
            version=month.version(DeviceReturned.wire_type, number),
            device_number=DeviceNumber(number),
            store=StoreId(store),
            returned_on=month.today - timedelta(days=days),
        ),
    )


def receive(month: Month, article: str, quantity: int, *, store: str | None = None) -> str:
    """Goods come in, to the central store unless told; marked ones with new device numbers. Gives
    the delivery's reference.
    """
    marked = month.model.world.articles[article].marked
    reference = month.name("INL")
    letter = month.profile.device_letter
    devices = [
        MarkedDevice(
            device_number=DeviceNumber(f"{letter}{month.name('7').replace('-', '')}"),
            serial_number=f"NY-{reference}-{place}",
        )
        for place in range(quantity if marked else 0)
    ]
    month.send(
        "inventory",
        reference,
        GoodsReceived(
            version=1,
            store=StoreId(store or month.profile.central),
            article_number=ArticleNumber(article),
            quantity=quantity,
            devices=tuple(devices),
            received_on=month.today,
        ),
    )
    return reference


def change_price(month: Month, one: Listed) -> None:
    """A new price from a later day on."""
    number = one.article.article_number
    percent = month.rng.choice((94, 97, 103, 105, 108, 112))
    month.send(
        "inventory",
        number,
        ArticlePriceStated(
            version=month.version(ArticlePriceStated.wire_type, number, least=2),
            article_number=number,
            valid_from=month.today + timedelta(days=month.rng.randint(1, 6)),
            net_ore=one.price.net_ore * percent // 100,
            vat_percent=one.price.vat_percent,
        ),
    )


def scarce_of(month: Month) -> list[Listed]:
    """The articles that the central store has none of at first and that may be ordered."""
    return [
        one
        for one in month.listed
        if not one.kind.stock and not one.kind.outside and one.kind.type != "service"
    ]


def line_of(article: str, quantity: int = 1, *, payer: PayerId | None = None) -> LineToOrder:
    """A line to order."""
    return LineToOrder(article_number=ArticleNumber(article), quantity=quantity, payer_id=payer)


def _lent_since(device: Device, day: date) -> date:
    """`day`, or the first one after it from which the device has been on loan without a break."""
    stays = max((one.since for one in device.said if one.holder[0] == "store"), default=date.min)
    lent = min(one.since for one in device.said if one.since >= stays and one.holder[0] != "store")
    return max(day, lent)


def _line_in_stock(month: Month) -> LineToOrder | None:
    wants_device = month.rng.randrange(5) < 2
    candidates = [one for one in month.listed if one.kind.stock and one.kind.marked == wants_device]
    if month.rng.randrange(20) == 0:
        candidates = [one for one in month.listed if one.kind.type == "service"]
    one = month.rng.choice(candidates)
    number = one.article.article_number
    quantity = 1 if one.kind.marked or one.kind.type == "service" else month.rng.randint(1, 4)
    if one.kind.type != "service" and not month.promise(month.profile.central, number, quantity):
        return None
    return line_of(number, quantity, payer=_other_payer(month, one_in=9))


def _other_payer(month: Month, *, one_in: int) -> PayerId | None:
    if month.rng.randrange(one_in):
        return None
    return month.rng.choice(month.units.payers).payer_id


def _is_in_store(device: Device, *, store: str, article: str | None = None) -> bool:
    return device.store == store and article in (None, device.article)
