"""Goods: receipts, reservations, dispatches, withdrawals, returns (ORD-7, ORD-13, INV-7).

Each raises No with the reason and the rule when it is refused, Waits for an unknown name.
"""

from collections.abc import Sequence
from datetime import date

from kvitt_contracts.inventory import RegisterReturn
from kvitt_contracts.regions import (
    BalanceStated,
    DeviceReturned,
    DeviceStated,
    GoodsDispatched,
    GoodsReceived,
    PickingBegun,
    ReconditioningStated,
)
from kvitt_contracts.types import Role

from examples.generator.model import home_region, later, pickups, region_sales, reminders, workshop
from examples.generator.model.state import (
    Balance,
    Custody,
    Device,
    No,
    Order,
    OrderLine,
    Shipment,
    Waits,
    World,
)
from examples.generator.model.trade import Charge


def received(world: World, subject: str, fact: GoodsReceived) -> None:
    """Goods come into a store; orders that wait get them, the oldest first."""
    if not _is_new(world, f"received/{subject}", fact, fact.received_on):
        return
    must_hold_stock(world, fact.store)
    expected = fact.quantity if _article_is_marked(world, fact.article_number) else 0
    numbers = [device.device_number for device in fact.devices]
    if len(numbers) != expected or len(set(numbers)) != len(numbers):
        raise No("DEVICES_DO_NOT_MATCH_QUANTITY", "INV-5")
    if any(number in world.devices for number in numbers):
        raise No("DEVICE_NUMBER_TAKEN", "INV-5")
    for number in numbers:
        register(world, number, fact.article_number, fact.store, fact.received_on)
    _book(world, f"received/{subject}", fact, fact.received_on)


def balance_stated(world: World, subject: str, fact: BalanceStated) -> None:
    """Old stock of an unmarked article."""
    if not _is_new(world, f"stated/{subject}", fact, fact.stated_on):
        return
    must_hold_stock(world, fact.store)
    if _article_is_marked(world, fact.article_number):
        raise No("MARKED_ARTICLE_IS_STATED_BY_DEVICE", "INV-5")
    _book(world, f"stated/{subject}", fact, fact.stated_on)


def device_stated(world: World, subject: str, fact: DeviceStated) -> None:
    """Old stock: a device in a store or on loan, from the cut-over day."""
    if not _article_is_marked(world, fact.article_number):
        raise No("ARTICLE_IS_NOT_MARKED", "INV-5")
    if (fact.store is None) == (fact.recipient is None):
        raise No("EITHER_STORE_OR_RECIPIENT", "INV-5")
    if fact.recipient is not None and fact.payer_id is None:
        raise No("LOAN_WITHOUT_PAYER", "BIL-1")
    if fact.store is not None and (fact.payer_id or fact.customer_id or fact.prescriber):
        raise No("NO_LOAN_IN_A_STORE", "BIL-1")
    if fact.device_number in world.devices:
        if world.devices[fact.device_number].article != fact.article_number:
            raise No("DEVICE_NUMBER_TAKEN", "INV-5")
        return
    if fact.store is not None:
        must_hold_stock(world, fact.store)
        register(world, fact.device_number, fact.article_number, fact.store, fact.stated_on)
        world.balances[fact.store, fact.article_number].available += 1
        return
    assert fact.recipient is not None
    named = fact.recipient
    if named.kind == "patient" and named.person not in world.people:
        raise Waits(named.person)
    holder = (
        ("patient", world.current(named.person))
        if named.kind == "patient"
        else ("care_unit", str(named.unit))
    )
    custody = Custody(
        since=fact.stated_on,
        holder=holder,
        payer=fact.payer_id,
        charging=world.articles[fact.article_number].charging,
        prescriber=fact.prescriber,
    )
    world.devices[fact.device_number] = Device(
        number=fact.device_number, article=fact.article_number, said=[custody]
    )


def reserve(world: World, order: Order) -> None:
    """Set aside what there is; the rest waits. A service is not stocked (INV-4)."""
    for line in order.lines:
        if line.is_direct:
            continue
        if world.articles[line.article].type == "service":
            line.reserved = line.quantity
            continue
        balance = world.balances[order.store, line.article]
        line.reserved = min(line.quantity, balance.available)
        line.missing = line.quantity - line.reserved
        set_aside(balance, line.reserved)


def release(world: World, order: Order) -> None:
    """What an order has set aside is free again (ORD-14)."""
    for line in order.lines:
        if world.articles[line.article].type != "service":
            set_aside(world.balances[order.store, line.article], -line.reserved)
        line.reserved = line.missing = 0
    for article in sorted({line.article for line in order.lines}):
        serve(world, order.store, article)


def serve(world: World, store: str, article: str) -> None:
    """Free goods go to the orders that wait for them, in the order that they were placed."""
    balance = world.balances[store, article]
    waiting = (
        line
        for order in world.orders.values()
        for line in order.lines
        if order.store == store and line.article == article and line.missing
    )
    for line in waiting:
        got = min(line.missing, balance.available)
        line.reserved += got
        line.missing -= got
        set_aside(balance, got)


def picking(world: World, subject: str, fact: PickingBegun) -> None:
    """The warehouse has begun: no voiding any more (ORD-14)."""
    order = _order(world, fact.order)
    if order.status in ("voided", "declined"):
        raise No("ORDER_HAS_NO_GOODS", "ORD-14")
    order.picking = True


def dispatched(world: World, subject: str, fact: GoodsDispatched) -> None:
    """Goods leave the central store; they are delivered on the day of arrival (ORD-13)."""
    order = _order(world, fact.order)
    if order.status == "voided":
        raise No("ORDER_HAS_NO_GOODS", "ORD-14")
    if fact.dispatched_on < order.placed_on:
        raise No("DISPATCHED_BEFORE_ORDER", "DAY-5")
    if fact.arrives_on < fact.dispatched_on:
        raise No("ARRIVES_BEFORE_DISPATCH", "ORD-13")
    for sent in fact.lines:
        if not 1 <= sent.line <= len(order.lines):
            raise No("LINE_UNKNOWN_OR_TWICE", "ORD-13")
        line = order.lines[sent.line - 1]
        if sent.quantity > line.reserved + line.missing:
            raise No("MORE_THAN_ORDERED", "ORD-13")
        _check_sent(world, order, line, sent.quantity, sent.devices)
    order.picking = True
    for sent in fact.lines:
        line = order.lines[sent.line - 1]
        from_reserved = min(line.reserved, sent.quantity)
        line.reserved -= from_reserved
        line.missing -= sent.quantity - from_reserved
        if world.articles[line.article].type != "service":
            balance = world.balances[order.store, line.article]
            balance.reserved -= from_reserved
            balance.available -= sent.quantity - from_reserved
        for number in sent.devices:
            world.devices[number].claim = ("dispatch", order.reference)
    order.shipments.append(
        Shipment(
            arrives_on=fact.arrives_on,
            lines=[(sent.line, sent.quantity, tuple(sent.devices)) for sent in fact.lines],
        )
    )
    arrive(world, order)


def arrive(world: World, order: Order) -> None:
    """Deliver what has arrived by today."""
    for shipment in [one for one in order.shipments if one.arrives_on <= world.today]:
        order.shipments.remove(shipment)
        for number, quantity, devices in shipment.lines:
            mine = [
                one for one in devices if world.devices[one].claim == ("dispatch", order.reference)
            ]
            if quantity := len(mine) if devices else quantity:
                deliver(
                    world, order, order.lines[number - 1], quantity, mine, on=shipment.arrives_on
                )


def deliver(
    world: World, order: Order, line: OrderLine, quantity: int, devices: Sequence[str], *, on: date
) -> None:
    """Some of a line has reached the recipient: custody, charge and fee follow (BIL-1 … BIL-3)."""
    line.delivered += quantity
    done = all(one.delivered >= one.quantity for one in order.lines)
    order.status = "delivered" if done else "part_delivered"
    order.delivered_on = on if done else None
    if order.recipient[0] == "store":  # it fills the store up, and charges nobody
        world.balances[order.recipient[1], line.article].available += quantity
        for number in devices:
            device = world.devices[number]
            device.claim = None
            device.said.append(Custody(since=max(on, device.now.since), holder=order.recipient))
        return
    for number in devices:
        device = world.devices[number]
        device.claim = device.meant_for = None
        device.said.append(
            Custody(
                since=max(on, device.now.since),
                holder=order.recipient,
                payer=line.payer,
                charging=world.articles[line.article].charging,
                customer=order.service_point,
                prescriber=order.prescriber,
            )
        )
    case = world.home_region_cases.get(order.reference)
    if world.articles[line.article].charging == "sale":
        price = world.price(line.article, on)
        assert price is not None, f"{line.article} has no price on {on}"
        net, vat = price.net_ore, price.vat_percent
        sold = _charge("sale", line, on, line.payer, quantity, net, vat)
        if case is None:
            world.charges.append(sold)
        else:
            home_region.wait(case, sold)
    elif case is not None:
        case.devices += devices
    if line.fee_ore is not None:
        patient = world.current(order.recipient[1])
        vat = next(
            rule.amount.vat_percent
            for rule in world.policy.fees.rules
            if rule.fee_group == world.articles[line.article].fee_group
        )
        if line.is_paid_later:
            for number in devices:
                later.delay(world, number, _charge("fee", line, on, patient, 1, line.fee_ore, vat))
            return
        world.charges.append(_charge("fee", line, on, patient, quantity, line.fee_ore, vat))


def withdraw(world: World, order: Order) -> None:
    """Deliver every line at once, or decline the whole (ORD-7, ORD-8)."""
    free = {
        line.article: world.balances[order.store, line.article].available for line in order.lines
    }
    for line in order.lines:
        free[line.article] -= line.quantity
        device = world.devices.get(line.device or "")
        fits = line.device is None or (
            device is not None
            and device.store == order.store
            and device.article == line.article
            and device.claim is None
            and device.meant_for in (None, order.recipient[1])
        )
        if not fits or free[line.article] < 0:
            order.status = "declined"
            return
    for line in order.lines:
        world.balances[order.store, line.article].available -= line.quantity
        named = [line.device] if line.device else []
        deliver(world, order, line, line.quantity, named, on=world.today)


def returned(world: World, subject: str, fact: DeviceReturned) -> None:
    """A device is back in a store: nobody pays from that day, and it is free of claims (INV-7)."""
    must_hold_stock(world, fact.store)
    device = world.devices.get(fact.device_number)
    if device is None:
        raise Waits(fact.device_number)
    in_transit = device.claim is not None and device.claim[0] == "dispatch"
    if device.store == fact.store and not in_transit:
        return
    if device.store is not None and not in_transit:
        raise No("NOT_ON_LOAN", "INV-7")
    if fact.returned_on < _left_stores_on(device):
        raise No("RETURNED_BEFORE_LOAN", "DAY-5")
    _break_claim(world, device)
    later.came_back(world, device.number, fact.returned_on)
    if device.store != fact.store:
        holder = ("store", str(fact.store))
        # told late, it takes back what was decided of the device meanwhile: a physical fact wins
        taken_back = sorted({one.since for one in device.said if one.since > fact.returned_on})
        for day in (fact.returned_on, *taken_back):
            device.said.append(Custody(since=day, holder=holder))
    workshop.take_in(world, device, fact.store, on=fact.returned_on)
    serve(world, fact.store, device.article)


def reconditioned(world: World, subject: str, fact: ReconditioningStated) -> None:
    """How far the work on a device has come; approved, it goes to who waits (INV-13)."""
    store = workshop.state(world, fact)
    if store is not None:
        serve(world, store, world.devices[fact.device_number].article)


def return_registered(world: World, subject: str, command: RegisterReturn) -> None:
    """Customer service takes devices back; what is returned at once into the central store alone
    (PCK-7).
    """
    if Role.CUSTOMER_SERVICE not in world.user(command.by).roles:
        raise No("NOT_YOUR_STORE", "REF-18")
    must_hold_stock(world, command.store)
    if any(world.devices[number].store is not None for number in command.devices):
        raise No("NOT_ON_LOAN", "INV-7")
    is_central = world.stores[command.store].kind == "central"
    for number in command.devices:
        if reminders.is_at_once(world, number) and not is_central:
            raise No("RETURNED_AT_ONCE", "PCK-7")
    for number in command.devices:
        fact = DeviceReturned(
            version=1,
            device_number=number,
            store=command.store,
            returned_on=command.returned_on,
        )
        returned(world, number, fact)


def _left_stores_on(device: Device) -> date:
    """The first day of the present loan, or the day on which it came to its store."""
    said_last = {one.since: one for one in device.said}  # the last one of a day counts
    days = sorted(said_last)
    began_on = days[-1]
    for day in reversed(days):
        if said_last[day].holder[0] == "store":
            break
        began_on = day
    return began_on


def _break_claim(world: World, device: Device) -> None:
    if device.claim is not None and device.claim[0] == "pickup":
        pickups.came_back(world, device)
    if device.claim is not None and device.claim[0] == "sale":
        region_sales.came_back(world, device)
    claim, device.claim = device.claim, None
    if claim is None or claim[0] in ("dispatch", "pickup", "sale"):
        return
    transfer = world.transfers[claim[1]]
    transfer.left.remove(device.number)
    if not transfer.left:
        transfer.status = "dissolved"


def _check_sent(
    world: World, order: Order, line: OrderLine, quantity: int, numbers: Sequence[str]
) -> None:
    if len(numbers) != (quantity if world.articles[line.article].marked else 0):
        raise No("DEVICES_DO_NOT_MATCH_QUANTITY", "INV-5")
    for number in numbers:
        if number not in world.devices:
            raise Waits(number)
        device = world.devices[number]
        if device.store != order.store or device.claim is not None:
            raise No("DEVICE_NOT_IN_STORE", "ORD-8")
        if device.article != line.article:
            raise No("DEVICE_OF_ANOTHER_ARTICLE", "ORD-8")


def _charge(
    kind: str, line: OrderLine, day: date, payer: str, quantity: int, unit_ore: int, vat: int
) -> Charge:
    return Charge(
        kind=kind,
        day=day,
        payer=payer,
        article=line.article,
        quantity=quantity,
        net_ore=unit_ore * quantity,
        vat_percent=vat,
    )


def register(world: World, number: str, article: str, store: str, day: date) -> None:
    """A device gets its card, in a store."""
    custody = Custody(since=day, holder=("store", store))
    world.devices[number] = Device(number=number, article=article, said=[custody])


def _is_new(world: World, reference: str, fact: GoodsReceived | BalanceStated, day: date) -> bool:
    content = (fact.store, fact.article_number, fact.quantity, day)
    known = world.booked.get(reference)
    if known is not None and known != content:
        raise No("ALREADY_BOOKED", "INV-4")
    return known is None


def _book(world: World, reference: str, fact: GoodsReceived | BalanceStated, day: date) -> None:
    world.booked[reference] = (fact.store, fact.article_number, fact.quantity, day)
    world.balances[fact.store, fact.article_number].available += fact.quantity
    serve(world, fact.store, fact.article_number)


def must_hold_stock(world: World, store: str) -> None:
    """Goods may be put into a store. Raises No where they may not, Waits where it is not known."""
    if store not in world.stores:
        raise Waits(store)
    owner = world.customers.get(world.stores[store].service_point or "")
    if world.stores[store].kind == "purchasing":
        raise No("PURCHASING_STORE_HAS_NO_BALANCE", "INV-4")
    if owner is not None and owner.private_clinic:
        raise No("PRIVATE_CLINIC_HOLDS_NO_STOCK", "REF-7")


def _article_is_marked(world: World, number: str) -> bool:
    if number not in world.articles:
        raise Waits(number)
    if world.articles[number].type == "service":
        raise No("SERVICE_IS_NEVER_STOCKED", "INV-4")
    return world.articles[number].marked


def _order(world: World, reference: str) -> Order:
    if reference not in world.orders:
        raise Waits(reference)
    return world.orders[reference]


def set_aside(balance: Balance, quantity: int) -> None:
    """So many are no longer free, or with a negative quantity are again."""
    balance.available -= quantity
    balance.reserved += quantity
