"""BIL-7, property: in whatever order a sale's messages come, and however late a return is told, no
device is charged twice or lost, and the other region owes the same in the end.
"""

import random
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Final

import pytest
from billing.device_charges import domain as device_charges
from billing.domain import Charge, ChargeStatus, evolve_charge
from billing.region_sales import domain
from billing.region_sales.domain import RegionSale, Status
from kvitt_contracts.billing import ChargeEvent, RegionSaleEvent, RegionSaleRequested
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import (
    ArticleNumber,
    ChargeId,
    DeviceId,
    Money,
    ReasonCode,
    SaleId,
    UserId,
    identify,
)

from contracts.tests.builders.region_sales import OTHER_REGION, a_sale_requested, in_use, sold
from contracts.tests.builders.story import SENDER, SERVICE, device_id

DEVICES: Final = ("170098", "170099", "170100")
PRICES: Final = {device_id(one): (place + 1) * 100_000 for place, one in enumerate(DEVICES)}
DAY: Final = date(2026, 3, 2)
RETURNED: Final = ReasonCode("RETURNED")


class Billing:
    """A sale and its charges as the handlers apply the rules, without a database."""

    def __init__(self, requested: RegionSaleRequested) -> None:
        self.key = SaleId(requested.sale_id)
        self.sale: RegionSale = domain.evolve(None, requested)
        self.charges: dict[ChargeId, Charge] = {}
        self.raised: list[DeviceId] = []

    def propose(self) -> None:
        """Customer service prices what is left."""
        prices = [(one.device_id, Money(net_ore=PRICES[one.device_id])) for one in self.sale.lines]
        self._record(
            domain.propose(
                self.key,
                self.sale,
                prices,
                answer_by_on=DAY,
                by=UserId(SERVICE),
                asked_by=UserId(SENDER),
                is_claimed=True,
                today=DAY,
            )
        )

    def approve(self) -> tuple[DeviceId, ...]:
        """The other region buys; what inventory is to sell."""
        said = domain.approve(self.key, self.sale, sold_on=DAY, lent_since={}, by=UserId(SERVICE))
        self._record(said)
        return said[0].devices

    def broken(self, device: DeviceId) -> None:
        """Inventory says that a device came back first."""
        self._record(domain.drop(self.key, self.sale, device_id=device, reason=RETURNED))

    def sell(self, number: str) -> None:
        """Inventory has sold a device."""
        price = domain.price_of(self.sale, device_id(number))
        if price is None:
            return
        key = ChargeId(identify("ac", "charge", f"{len(self.raised)}/{number}"))
        raised = device_charges.charge_sold(
            key,
            sold(number),
            sale_id=self.key,
            payer=self.sale.payer_id,
            price=price,
            article_number=ArticleNumber("30012"),
        )
        self.raised.append(device_id(number))
        self._charge(key, raised)

    def back(self, number: str) -> None:
        """Inventory says that it is in use after all."""
        device = in_use(number).device_id
        mine = {key: one for key, one in self.charges.items() if one.device_id == device}
        for key, cancelled in device_charges.to_cancel(mine).items():
            self._charge(key, cancelled)
            self.broken(device)

    @property
    def owed(self) -> dict[DeviceId, int]:
        """What the other region owes for each device, in öre."""
        return {
            one.device_id: one.amount.net_ore
            for one in self.charges.values()
            if one.status is ChargeStatus.RAISED and one.device_id is not None
        }

    def _charge(self, key: ChargeId, event: ChargeEvent) -> None:
        self.charges[key] = evolve_charge(self.charges.get(key), event)

    def _record(self, events: Sequence[RegionSaleEvent]) -> None:
        for event in events:
            self.sale = domain.evolve(self.sale, event)


def a_course(dice: random.Random, returned: frozenset[str]) -> Billing:
    """One order of all that happens: each of `returned` came back by the day of the sale, and is
    told before the proposal, between it and the approval, while the approval is on its way to
    inventory, or after the sale. What inventory says of a device keeps its order; of different
    devices, and of claims, in any.
    """
    billing = Billing(a_sale_requested(*DEVICES))
    told = {number: dice.randrange(4) for number in sorted(returned)}
    for when in (0, 1):
        for number in [one for one, at in told.items() if at == when]:
            billing.broken(device_id(number))
            if dice.random() < 0.3:
                billing.broken(device_id(number))  # told twice
        if billing.sale.status is Status.ENDED:
            return billing
        billing.propose()
    if dice.random() < 0.3:
        billing.propose()  # said again
    approved = set(billing.approve())
    of_devices: list[list[tuple[str, str]]] = []
    for number in DEVICES:
        if device_id(number) in approved:
            says = {2: ["broken"], 3: ["sold", "back"]}.get(told.get(number, -1), ["sold"])
            of_devices.append([(one, number) for one in says])
    while waiting := [one for one in of_devices if one]:
        what, number = dice.choice(waiting).pop(0)
        match what:
            case "broken":
                billing.broken(device_id(number))
            case "sold":
                billing.sell(number)
            case _:
                billing.back(number)
    return billing


@pytest.mark.rule("BIL-7d", "BIL-7b")
def test_in_any_order_no_device_is_charged_twice_or_lost_and_the_sum_is_the_same() -> None:
    for seed in range(2_000):
        dice = random.Random(seed)
        returned = frozenset(dice.sample(DEVICES, dice.randrange(len(DEVICES) + 1)))
        kept = {device_id(one) for one in DEVICES if one not in returned}
        expected = {one: PRICES[one] for one in kept}

        ends = [a_course(random.Random(f"{seed}/{course}"), returned) for course in range(3)]

        for one, other in pairwise(ends):
            assert one.owed == other.owed, f"seed {seed}"
        for end in ends:
            assert end.owed == expected, f"seed {seed}"
            assert len(end.raised) == len(set(end.raised)), f"seed {seed}"
            assert {line.device_id for line in end.sale.lines} == kept, f"seed {seed}"
            assert end.sale.payer_id == OTHER_REGION
            assert (end.sale.status is Status.ENDED) is (not kept), f"seed {seed}"


@pytest.mark.rule("BIL-7d")
def test_a_decided_sale_takes_no_other_decision() -> None:
    billing = Billing(a_sale_requested(*DEVICES))
    billing.propose()
    billing.approve()

    with pytest.raises(Refused):
        domain.disapprove(billing.key, billing.sale, by=UserId(SERVICE))
