"""Placing, withdrawing and voiding orders (ORD-1, ORD-5, ORD-7, ORD-8, ORD-14, ORD-18).

Each raises No with the reason and the rule when it is refused.
"""

from datetime import date

from kvitt_contracts.orders import PlaceOrder, RegisterWithdrawal, VoidOrder
from kvitt_contracts.policy import FeeRule
from kvitt_contracts.types import Role

from examples.generator.model import alternatives, applications, direct, home_region, stock
from examples.generator.model.state import Holder, No, Order, OrderLine, World


def place(world: World, subject: str, command: PlaceOrder) -> None:
    """An order from the central store (ORD-1)."""
    given = command.delivery.model_dump(exclude={"to", "consolidated"}, exclude_none=True)
    if given or command.delivery.to.kind == "one_off":
        raise No("DELIVERY_DETAILS_OVER_HTTP_ONLY", "ORD-3")
    order = _order(world, subject, command, store=str(world.policy.stores.central))
    for line in command.lines:
        article = world.articles[line.article_number]
        if not article.in_assortment and line.application is None:
            raise No("ARTICLE_NOT_IN_ASSORTMENT", "ORD-5")
        if not article.in_assortment and not applications.permit(world, line, order.recipient):
            raise No("ARTICLE_NOT_APPROVED", "ACT-5")
        alternatives.must_be_older(world, line)
        _must_suit_marking(world, line.article_number, line.quantity, line.device_number)
    to_patient = command.recipient.kind == "patient" and command.delivery.to.kind == "recipient"
    if to_patient and not world.people[order.recipient[1]].has_address:
        raise No("RECIPIENT_HAS_NO_ADDRESS", "ORD-3")
    for placed in order.lines:
        placed.is_direct = direct.is_direct(world, placed.article)
    world.orders[subject] = order
    if alternatives.is_never_had(world, order):
        order.status = "declined"
        return
    home_region.open_case(world, subject, command)
    stock.reserve(world, order)


def withdraw(world: World, subject: str, command: RegisterWithdrawal) -> None:
    """A withdrawal from one's own store (ORD-7)."""
    order = _order(world, subject, command, store=str(command.store))
    place = world.customers[order.service_point]
    if place.private_clinic:
        raise No("PRIVATE_CLINIC_HOLDS_NO_STOCK", "REF-7")
    if place.store != command.store:
        raise No("STORE_NOT_OF_SERVICE_POINT", "ORD-8")
    for line in command.lines:
        if world.articles[line.article_number].type == "service":
            raise No("SERVICE_IS_NOT_STOCKED", "ORD-7")
        _must_suit_marking(world, line.article_number, line.quantity, line.device_number)
        if world.articles[line.article_number].marked and line.device_number is None:
            raise No("DEVICE_NUMBER_MISSING", "ORD-8")
    order.own_store = True
    world.orders[subject] = order
    home_region.open_case(world, subject, command)
    stock.withdraw(world, order)


def void(world: World, subject: str, command: VoidOrder) -> None:
    """Void a whole order: until the warehouse has begun, and never a withdrawal (ORD-14)."""
    if subject not in world.orders:
        raise No("UNKNOWN_ORDER", "ORD-14")
    order, by = world.orders[subject], world.user(command.by)
    if order.status == "voided":
        return
    has_part = (
        by.user_id in (order.prescriber, order.requester)
        or order.prescriber in by.acts_for
        or order.service_point in by.service_points
        or Role.CUSTOMER_SERVICE in by.roles
    )
    if not (by.active and has_part):
        raise No("NOT_YOUR_ORDER", "REF-3")
    if order.own_store:
        raise No("WITHDRAWAL_IS_DELIVERED", "ORD-14")
    if order.status in ("delivered", "part_delivered"):
        raise No("DELIVERED", "ORD-14")
    if order.picking:
        raise No("PICKING_BEGUN", "ORD-14")
    order.status = "voided"
    stock.release(world, order)


def is_free_of_fee(born: date, *, day: date, above_age: int, free_until: str) -> bool:
    """True until the birthday on which the age is reached, or by policy to the end of that year."""
    turns = born.year + above_age
    if free_until == "end_of_year":
        return day.year <= turns
    return (day.year, day.month, day.day) < (turns, born.month, born.day)


def _order(
    world: World, subject: str, command: PlaceOrder | RegisterWithdrawal, *, store: str
) -> Order:
    if subject in world.orders:
        raise No("ALREADY_PLACED", "ORD-2")
    if command.service_point not in world.customers:
        raise No("UNKNOWN_CUSTOMER", "REF-3")
    prescriber = world.user(command.prescriber)
    requester = world.user(command.requester or command.prescriber)
    recipient = _recipient(world, command)
    for line in command.lines:
        if line.article_number not in world.articles:
            raise No("UNKNOWN_ARTICLE", "ORD-1")
        if line.payer_id is not None and line.payer_id not in world.payers:
            raise No("UNKNOWN_PAYER", "REF-4")
    if command.payer_id is not None and command.payer_id not in world.payers:
        raise No("UNKNOWN_PAYER", "REF-4")
    covers = home_region.payer_of(world, command)
    place = world.customers[command.service_point]
    if not place.is_service_point:
        raise No("NOT_A_SERVICE_POINT", "REF-3")
    if not (prescriber.active and Role.PRESCRIBER in prescriber.roles):
        raise No("NOT_A_PRESCRIBER", "REF-3")
    if command.service_point not in prescriber.service_points:
        raise No("NOT_CONNECTED_TO_SERVICE_POINT", "REF-3")
    acts = prescriber.user_id in requester.acts_for or Role.CUSTOMER_SERVICE in requester.roles
    if requester is not prescriber and not (requester.active and acts):
        raise No("NOT_CONNECTED_TO_PRESCRIBER", "REF-3")
    default = covers or command.payer_id or place.payer_id
    return Order(
        reference=subject,
        own_store=False,
        store=store,
        recipient=recipient,
        prescriber=prescriber.user_id,
        requester=requester.user_id,
        service_point=place.customer_id,
        placed_on=world.today,
        lines=[
            OrderLine(
                article=line.article_number,
                quantity=line.quantity,
                payer=line.payer_id or default,
                device=line.device_number,
                instead_of=line.instead_of,
                fee_ore=fee.amount.net_ore if fee else None,
                is_paid_later=fee is not None and fee.timing == "delayed_90_days",
            )
            for line in command.lines
            for fee in [fee_of(world, line.article_number, recipient)]
        ],
    )


def _recipient(world: World, command: PlaceOrder | RegisterWithdrawal) -> Holder:
    named = command.recipient
    if named.kind == "care_unit":
        if named.unit not in world.care_units:
            raise No("UNKNOWN_CARE_UNIT", "ORD-1")
        return ("care_unit", str(named.unit))
    if named.person not in world.people:
        raise No("UNKNOWN_PERSON_ID", "REF-1")
    current = world.current(named.person)
    if not world.people[current].active:
        raise No("RECIPIENT_INACTIVE", "REF-14")
    return ("patient", current)


def fee_of(world: World, article: str, recipient: Holder) -> FeeRule | None:
    """ORD-18: article, age and policy decide; nobody chooses it."""
    if recipient[0] != "patient":
        return None
    for rule in world.policy.fees.rules:
        if rule.fee_group == world.articles[article].fee_group and not is_free_of_fee(
            world.people[recipient[1]].born,
            day=world.today,
            above_age=rule.above_age,
            free_until=world.policy.fees.free_until,
        ):
            return rule
    return None


def _must_suit_marking(world: World, article: str, quantity: int, device: str | None) -> None:
    marked = world.articles[article].marked
    if marked and quantity != 1:
        raise No("ONE_OF_A_MARKED_DEVICE", "ORD-8")
    if not marked and device is not None:
        raise No("NOT_MARKED", "ORD-8")
