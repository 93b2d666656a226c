"""A region's month of random orders over the real services: each is shown before it is confirmed,
then placed, purchased, sent, received and invoiced, day by day. What is shown is kept beside it.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from random import Random
from typing import Any, Final, TypeVar
from uuid import uuid4

from billing.order_previews import queries as costs
from billing.order_previews.domain import AskedLine, LineCost
from inventory.order_previews import queries as days
from inventory.order_previews.domain import Expected
from inventory.order_previews.queries import Asked, Drawing
from kvitt_chassis.operating.row_comparison import read_event
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.calendar import start_of_day
from kvitt_contracts.envelope import Event, Message
from kvitt_contracts.inventory import ReservationDeclined, StockReserved
from kvitt_contracts.orders import (
    CreatePurchaseOrder,
    LineSupply,
    LineToOrder,
    OrderPlaced,
    OrderPlacedV2,
    PlaceOrder,
    ReceivedLine,
    RegisterWithdrawal,
    ReportReceipt,
)
from kvitt_contracts.refusals import Refused
from kvitt_contracts.regions import StoreStated
from kvitt_contracts.types import (
    ArticleNumber,
    CareUnitId,
    CareUnitRecipient,
    DeviceNumber,
    LineNumber,
    MarkedDevice,
    Money,
    NamedPatient,
    OrderId,
    PayerId,
    Reference,
    RegionCode,
    RegionPersonId,
    StoreId,
    SupplierId,
    UserId,
    identify,
)
from kvitt_testkit.world import an_envelope
from orders.customer_orders.views import OrderPreview, PreviewLine
from orders.placements.handlers import preview

from contracts.tests.builders.home_regions import a_finish
from contracts.tests.builders.purchases import SUPPLIER
from contracts.tests.builders.regions import a_dispatch, a_sent_line
from contracts.tests.builders.story import CARE_UNIT, SENDER
from tests.previews.setting import (
    ARTICLES,
    CENTRAL_OF,
    COVERS,
    OWN_STORES,
    PATIENTS,
    PAYERS,
    POINTS,
    Offered,
    code,
    devices_in,
    the_goods,
    the_registry,
)
from tests.races.post import Post
from tests.races.system import MOMENT, Moment, System

STATED_ON: Final = date(2026, 6, 5)
FIRST, LAST = date(2026, 6, 8), date(2026, 6, 24)
"""The days on which is ordered."""
ENDS_ON: Final = date(2026, 8, 2)
"""By then all has arrived, and June and July are invoiced."""
NOTE_ORE: Final = 12_345
"""What each direct delivery costs by its note."""
_DAY: Final = timedelta(days=1)
_TOGETHER: Final = 100
E_ = TypeVar("E_", bound=Event)


@dataclass(slots=True, kw_only=True)
class Shown:
    """An order with what was shown before it was confirmed: its lines, when each is expected (or
    why the store would decline it, by which rule), and what each costs. `refusal`: it was refused
    instead. `finished_on`: the day on which its fitting is reported finished, where another pays.
    """

    id: OrderId
    reference: str
    command: PlaceOrder | RegisterWithdrawal
    refusal: str | None = None
    lines: Sequence[PreviewLine] = ()
    expected: Sequence[Expected] = ()
    declined: ReservationDeclined | None = None
    finished_on: date | None = None
    costs: Sequence[LineCost] = ()
    was_refused: str | None = None

    @property
    def is_withdrawal(self) -> bool:
        """True of one from the service point's own store."""
        return isinstance(self.command, RegisterWithdrawal)


@dataclass
class RegionMonth:
    """One region's orders and what its services have said of them."""

    system: System
    region: str
    orders: int
    partition: int
    chance: Random
    shown: list[Shown] = field(default_factory=list)
    events: dict[str, list[Event]] = field(default_factory=lambda: defaultdict(list))
    due: dict[date, list[tuple[str, Message, str]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    async def live(self) -> "RegionMonth":
        """Live through it."""
        self.moment = Moment(_morning(STATED_ON))
        MOMENT.set(self.moment)
        self.post = Post(self.system, partition=self.partition)
        self.devices = {
            (store, one.number): devices_in(store, one)
            for store in (CENTRAL_OF[self.region], *OWN_STORES.values())
            for one in ARTICLES
        }
        await self._state()
        days = [FIRST + _DAY * n for n in range((LAST - FIRST).days + 1)]
        places = sorted(self.chance.choice(days) for _ in range(self.orders))
        today = STATED_ON
        while today < ENDS_ON:
            today += _DAY
            self.moment.now = _morning(today)
            await self._fire_due()
            for service, fact, subject in self.due.pop(today, []):
                await self._say(service, fact, subject)
            for number, _ in enumerate([day for day in places if day == today]):
                await self._order(f"O-{today:%m%d}-{number}", today)
            await self._rest()
        return self

    # -- what is asked, and done -------------------------------------------------------------------

    async def _order(self, reference: str, today: date) -> None:
        order_id = OrderId(identify(RegionCode(self.region), "order", reference))
        command = self._wanted()
        one = Shown(id=order_id, reference=reference, command=command)
        self.shown.append(one)
        await self._show(one, today)
        try:
            await self._say("orders", command, reference)
        except Refused as refused:
            one.was_refused = refused.reason
            return
        placed = self._said_of(order_id)
        await self._hand_over("inventory", "orders.customer-orders", str(order_id))
        await self._hand_over("orders", "inventory.reservations", str(order_id))
        if one.declined is not None:
            return
        await self._purchase(one, placed)
        if isinstance(command, PlaceOrder):
            self._plan(one)
        if command.cover is not None and self.chance.random() < 0.7:
            self._finish_fitting(one, today)

    def _finish_fitting(self, one: Shown, today: date) -> None:
        """The unit reports it some day, before or after all has come."""
        one.finished_on = today + _DAY * self.chance.randint(1, (ENDS_ON - today).days - 3)
        finish = a_finish(one.finished_on.isoformat())
        self.due[one.finished_on].append(("billing", finish, one.reference))

    async def _show(self, one: Shown, today: date) -> None:
        """Ask what the order would be, as the three services answer."""
        try:
            async with self._reading("orders", one.reference) as tx:
                would_be = await preview(one.command, tx)
                one.lines = OrderPreview.of(would_be).lines
        except Refused as refused:
            one.refusal = refused.reason
            return
        supplies = [LineSupply(line.supply) for line in one.lines if line.supply]
        asked = [
            Asked(
                article_number=line.article_number,
                quantity=line.quantity,
                supply=supply,
                device_number=wanted.device_number,
            )
            for line, supply, wanted in zip(one.lines, supplies, one.command.lines, strict=True)
        ]
        drawing = None
        if isinstance(one.command, RegisterWithdrawal):
            drawing = Drawing(store=one.command.store, recipient=would_be.recipient)
        async with self._reading("inventory", one.reference) as tx:
            expected = await days.expected_of(asked, tx, drawing=drawing)
        if isinstance(expected, ReservationDeclined):
            one.declined = expected
            return
        one.expected = expected
        lines = [
            (
                line.article_number,
                AskedLine(
                    payer_id=line.payer_id,
                    quantity=line.quantity,
                    delivered_on=when.planned_arrival_on,
                    is_direct=line.supply is LineSupply.DIRECT,
                    fee=line.fee,
                ),
            )
            for line, when in zip(one.lines, expected, strict=True)
        ]
        async with self._reading("billing", one.reference) as tx:
            one.costs = await costs.costs_of(lines, tx)

    async def _purchase(self, one: Shown, placed: OrderPlaced | OrderPlacedV2) -> None:
        direct = [line for line in one.lines if line.supply is LineSupply.DIRECT]
        if not direct:
            return
        bought = CreatePurchaseOrder(
            order=Reference(one.reference),
            supplier_id=SupplierId(SUPPLIER),
            lines=tuple(LineNumber(line.number) for line in direct),
            by=UserId(SENDER),
        )
        await self._say("orders", bought, f"I-{one.reference}")
        arrival = {
            line.number: when.planned_arrival_on
            for line, when in zip(one.lines, one.expected, strict=True)
        }
        direct.sort(key=lambda line: (arrival[line.number], line.number))
        for day, arrived in groupby(direct, key=lambda line: arrival[line.number]):
            receipt = ReportReceipt(
                number_kind="order",
                number=placed.order_number,
                received_on=day,
                lines=tuple(_received(one, line) for line in arrived),
                by=UserId(SENDER),
            )
            self.due[day].append(("orders", receipt, f"K-{uuid4().hex[:8]}"))

    def _plan(self, one: Shown) -> None:
        """What is set aside whole leaves on the day that was shown."""
        of_central = [
            (line, when)
            for line, when in zip(one.lines, one.expected, strict=True)
            if line.supply is LineSupply.CENTRAL
        ]
        if not of_central or not self.of(StockReserved, one.id):
            return
        sent = []
        for line, _ in of_central:
            pool = self.devices[CENTRAL_OF[self.region], line.article_number]
            devices = [pool.pop(0)] if line.marked else []
            sent.append(a_sent_line(line.number, line.quantity, *devices))
        when = of_central[0][1]
        fact = a_dispatch(
            *sent,
            order=one.reference,
            on=when.planned_dispatch_on,
            arrives_on=when.planned_arrival_on,
        )
        self.due[when.planned_dispatch_on].append(("inventory", fact, one.reference))

    def _wanted(self) -> PlaceOrder | RegisterWithdrawal:
        chance = self.chance
        point = chance.choice(POINTS)
        is_drawn = chance.random() < 0.25
        store = OWN_STORES.get(point, "402")
        among = [one for one in ARTICLES if one.own] if is_drawn else list(ARTICLES)
        wanted = [chance.choice(among) for _ in range(chance.choice((1, 1, 2, 3)))]
        patient = NamedPatient(person=RegionPersonId(chance.choice(PATIENTS)))
        unit = CareUnitRecipient(unit=CareUnitId(code(CARE_UNIT, self.region)))
        cover = chance.choice(COVERS) if chance.random() < 0.25 else None
        named = cover is None or chance.random() < 0.1  # a payer is named beside no cover
        common: dict[str, Any] = {
            "recipient": patient if chance.random() < 0.8 else unit,
            "prescriber": SENDER,
            "service_point": code(point, self.region),
            "payer_id": self._perhaps_a_payer(0.15 if named else 0),
            "cover": cover,
            "lines": tuple(
                self._line(one, store if is_drawn else None, payers=0.2 if named else 0)
                for one in wanted
            ),
        }
        if is_drawn:
            return RegisterWithdrawal(**common, store=StoreId(store))
        return PlaceOrder(**common)

    def _line(self, article: Offered, store: str | None, *, payers: float) -> LineToOrder:
        device = None
        if store is not None and article.marked:
            pool = self.devices[store, article.number]
            device = pool.pop(0) if pool else "GONE-1"
            if self.chance.random() < 0.1:  # the first of a store: lent since, or in the other one
                elsewhere = self.chance.choice(tuple(OWN_STORES.values()))
                device = devices_in(elsewhere, article)[0]
        return LineToOrder(
            article_number=ArticleNumber(article.number),
            quantity=1 if article.marked else self.chance.randint(1, 4),
            payer_id=self._perhaps_a_payer(payers),
            device_number=DeviceNumber(device) if device else None,
        )

    def _perhaps_a_payer(self, share: float) -> PayerId | None:
        if self.chance.random() >= share:
            return None
        return PayerId(code(self.chance.choice(PAYERS), self.region))

    # -- the machinery -----------------------------------------------------------------------------

    def of(self, kind: type[E_], order_id: OrderId) -> list[E_]:
        """What has been said of an order."""
        return [one for one in self.events[str(order_id)] if isinstance(one, kind)]

    async def _state(self) -> None:
        for subject, fact in the_registry(self.region):
            await self._say("orders", fact, subject)
        await self._rest()
        goods = list(the_goods(self.region))
        for at in range(0, len(goods), _TOGETHER):
            some = goods[at : at + _TOGETHER]
            for running in self.system:
                known = running.service.handlers.messages
                read = [one for one in some if type(one) in known]
                if read:
                    await running.handle([(self._envelope(one), one) for one in read])
        await self._rest()

    def _envelope(self, message: Message, subject: str | None = None) -> Any:
        named = subject or getattr(message, "device_number", None)
        if isinstance(message, StoreStated):
            named = message.store
        return an_envelope(message, region=self.region, subject=named, time=self.moment.now)

    async def _say(self, service: str, message: Message, subject: str) -> None:
        await self.system[service].handle([(self._envelope(message, subject), message)])
        self._take()

    def _take(self) -> None:
        new = self.moment.take()
        self.post.put(new)
        for said in new:
            event: Any = read_event(said.event.type, said.event.payload)
            self.events[str(getattr(event, "order_id", ""))].append(event)

    def _said_of(self, order_id: OrderId) -> OrderPlaced | OrderPlacedV2:
        (placed,) = [
            one
            for one in self.events[str(order_id)]
            if isinstance(one, OrderPlaced | OrderPlacedV2)
        ]
        return placed

    async def _hand_over(self, reader: str, topic: str, key: str) -> None:
        if (reader, topic, key) in self.post.waiting:
            await self.post.hand_over([(reader, topic, key)], most=_TOGETHER)
            self._take()

    async def _rest(self) -> None:
        self._take()
        while self.post.waiting or self.post.parked:
            await self.post.hand_over_all()
            self._take()

    async def _fire_due(self) -> None:
        while due := sorted(
            (at, name) for name, at in self.moment.timers.items() if at <= self.moment.now
        ):
            for _, (service, timer, key) in due:
                if (service, timer, key) in self.moment.timers:
                    await self.system[service].fire(timer, self.region, key)
            await self._rest()

    @asynccontextmanager
    async def _reading(self, service: str, subject: str) -> AsyncIterator[Transaction]:
        code = RegionCode(self.region)
        async with self.system[service].api.unit(code) as unit:
            yield unit.begin(region=code, is_command=True, subject=subject, target=uuid4())


def _received(one: Shown, line: PreviewLine) -> ReceivedLine:
    number = DeviceNumber(f"N-{one.reference}-{line.number}")
    return ReceivedLine(
        line=LineNumber(line.number),
        quantity=line.quantity,
        price=Money(net_ore=NOTE_ORE),
        devices=(MarkedDevice(device_number=number, serial_number=number),) if line.marked else (),
    )


def _morning(day: date) -> datetime:
    return start_of_day(day) + timedelta(hours=8)
