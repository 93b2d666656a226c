"""Baskets: lent from a unit's store, delivered or put back line by line (ORD-10, ORD-18).

Each rule raises No with the reason and the rule when it is refused.
"""

from kvitt_contracts.calendar import working_days_after
from kvitt_contracts.orders import ActOnBasketLoan, DeliverBasketFee, RequestBasketLoan
from kvitt_contracts.types import Role

from examples.generator.model import orders as placing
from examples.generator.model import stock
from examples.generator.model.state import Custody, No, World
from examples.generator.model.trade import Basket, BasketLine, Charge


def request(world: World, subject: str, command: RequestBasketLoan) -> None:
    """All of it is set aside, or nothing. Each fee is a line after the goods (ORD-18)."""
    if subject in world.baskets:
        raise No("ALREADY_LENT", "ORD-10")
    place = world.customers[command.service_point]
    by = world.user(command.prescriber)
    if place.customer_id not in by.service_points:
        raise No("NOT_CONNECTED_TO_SERVICE_POINT", "REF-3")
    if place.store != command.store:
        raise No("STORE_NOT_OF_SERVICE_POINT", "ORD-8")
    if command.store not in world.policy.stores.own:
        raise No("STORE_LENDS_NO_BASKETS", "ORD-10")
    lines = [
        BasketLine(article=one.article_number, quantity=one.quantity, device=one.device_number)
        for one in command.lines
    ]
    groups = {rule.fee_group for rule in world.policy.fees.rules}
    fees = [
        BasketLine(article=one.article, quantity=one.quantity, fee_of=number)
        for number, one in enumerate(lines, 1)
        if world.articles[one.article].fee_group in groups
    ]
    basket = Basket(
        store=command.store,
        prescriber=by.user_id,
        service_point=place.customer_id,
        payer=place.payer_id,
        lent_until=working_days_after(world.today, world.policy.order.basket_days),
        lines=lines + fees,
    )
    world.baskets[subject] = basket
    has_all = all(
        world.balances[basket.store, one.article].available >= one.quantity for one in lines
    ) and all(
        world.devices[one.device].store == basket.store and world.devices[one.device].claim is None
        for one in lines
        if one.device is not None
    )
    if not has_all:
        basket.status = "declined"
        return
    for line in lines:
        stock.set_aside(world.balances[basket.store, line.article], line.quantity)
        if line.device is not None:
            world.devices[line.device].claim = ("basket", subject)


def act(world: World, subject: str, command: ActOnBasketLoan) -> None:
    """Lines to one recipient, lines back into the store: all of it or nothing."""
    basket = _open(world, subject, command.by)
    for number in (*(one.line for one in command.deliver), *command.put_back):
        line = _line(basket, number)
        if line.fee_of is not None:
            raise No("FEE_IN_ITS_OWN_ACT", "ORD-10")
        if line.outcome is not None:
            raise No("LINE_ENDED", "ORD-10")
    for one in command.deliver:
        assert command.recipient is not None
        assert command.recipient.kind == "patient"
        recipient = world.current(command.recipient.person)
        _deliver(world, basket, one.line, recipient, str(one.payer_id or basket.payer))
    for number in command.put_back:
        line = _line(basket, number)
        line.outcome = "put_back"
        stock.set_aside(world.balances[basket.store, line.article], -line.quantity)
        if line.device is not None:
            world.devices[line.device].claim = None
        stock.serve(world, basket.store, line.article)
        for fee in _fees_of(basket, number):
            fee.outcome = "not_due"
    _close_when_over(basket)


def deliver_fee(world: World, subject: str, command: DeliverBasketFee) -> None:
    """The patient who has the device pays for it, as of the day on which they got it."""
    basket = _open(world, subject, command.by)
    fee = _line(basket, command.line)
    if fee.outcome is not None:
        raise No("LINE_ENDED", "ORD-10")
    if fee.fee_of is None:
        raise No("NOT_A_FEE", "ORD-10")
    goods = _line(basket, fee.fee_of)
    if goods.outcome != "delivered":
        raise No("DEVICE_NOT_DELIVERED", "ORD-10")
    assert goods.recipient is not None
    assert goods.ended_on is not None
    assert fee.fee is not None
    fee.outcome, fee.recipient = "delivered", goods.recipient
    world.charges.append(
        Charge(
            kind="fee",
            day=goods.ended_on,
            payer=goods.recipient,
            article=fee.article,
            quantity=fee.quantity,
            net_ore=fee.fee.net_ore * fee.quantity,
            vat_percent=fee.fee.vat_percent,
        )
    )
    _close_when_over(basket)


def fall_due(world: World) -> None:
    """The last day has passed with goods lent still."""
    for basket in world.baskets.values():
        if basket.status == "open" and basket.lent and world.today > basket.lent_until:
            basket.is_overdue = basket.is_told = True


def _deliver(world: World, basket: Basket, number: int, recipient: str, payer: str) -> None:
    line, today = _line(basket, number), world.today
    line.outcome, line.recipient, line.payer, line.ended_on = "delivered", recipient, payer, today
    world.balances[basket.store, line.article].reserved -= line.quantity
    article = world.articles[line.article]
    if line.device is not None:
        device = world.devices[line.device]
        device.claim = None
        device.said.append(
            Custody(
                since=today,
                holder=("patient", recipient),
                payer=payer,
                charging=article.charging,
                customer=basket.service_point,
                prescriber=basket.prescriber,
            )
        )
    if article.charging == "sale":
        price = world.price(line.article, today)
        assert price is not None
        world.charges.append(
            Charge(
                kind="sale",
                day=today,
                payer=payer,
                article=line.article,
                quantity=line.quantity,
                net_ore=price.net_ore * line.quantity,
                vat_percent=price.vat_percent,
            )
        )
    rule = placing.fee_of(world, line.article, ("patient", recipient))
    for fee in _fees_of(basket, number):
        fee.fee = rule.amount if rule is not None else None
        fee.outcome = None if rule is not None else "not_due"


def _open(world: World, subject: str, by: str) -> Basket:
    basket, user = world.baskets.get(subject), world.user(by)
    if basket is None:
        raise No("UNKNOWN_BASKET_LOAN", "ORD-10")
    works_there = basket.service_point in user.service_points
    if not works_there and Role.CUSTOMER_SERVICE not in user.roles:
        raise No("NOT_YOUR_BASKET", "ORD-10")
    if basket.status in ("declined", "closed"):
        raise No(basket.status.upper(), "ORD-10")
    return basket


def _line(basket: Basket, number: int) -> BasketLine:
    if not 1 <= number <= len(basket.lines):
        raise No("UNKNOWN_LINE", "ORD-10")
    return basket.lines[number - 1]


def _fees_of(basket: Basket, number: int) -> list[BasketLine]:
    return [one for one in basket.lines if one.fee_of == number]


def _close_when_over(basket: Basket) -> None:
    basket.is_overdue = basket.is_overdue and bool(basket.lent)
    if all(one.outcome is not None for one in basket.lines):
        basket.status = "closed"
