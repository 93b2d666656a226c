"""Baskets in the regions whose policy names stores that lend them when the month is over already:
in June, or in autumn. Of two devices that a patient tries one is kept, and its fee is paid where
the policy has one; the rest is put back. Another basket is kept too long, and one of its lines is
delivered twice: in June it is put back in the end, in autumn it is lent still.

All of it comes after what else is told of its days, and no goods of it are in anything else.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final

from kvitt_contracts.envelope import Command
from kvitt_contracts.orders import ActOnBasketLoan, DeliverBasketFee, DeliveredLine, LineToLend
from kvitt_contracts.policy import RegionPolicy
from kvitt_contracts.regions import ArticlePriceStated, GoodsReceived
from kvitt_contracts.types import LineNumber, MarkedDevice, UserId

from examples.generator import lending
from examples.generator.lending import BASKET, WHEELS
from examples.generator.model.state import World
from examples.generator.month import AUTUMN, DUE, Month, june, may
from examples.generator.ordering import patient
from examples.generator.own_devices import numbered
from examples.generator.responsibles import team

_FIRST: Final = 49991
_DEVICES: Final = 4
_BASKETS: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Days:
    """The goods come in, are lent, and acted on; on the last day what is lent is overdue, and comes
    back or does not.
    """

    came: date
    lent: date
    acted: date
    late: date
    is_put_back: bool


def plan_articles(month: Month) -> None:
    """What is lent is stated before the month is over, where it is lent later."""
    if not lending.is_in(month.policy):
        month.plan_apart(may(29), month.pen.apart("articles-lent"), partial(_state, month))


def plan_in_june(month: Month, policy: RegionPolicy) -> None:
    """Baskets where June's policy names the stores, and May's did not."""
    if lending.is_in(policy) and not lending.is_in(month.policy):
        days = _Days(came=june(1), lent=june(2), acted=june(3), late=june(11), is_put_back=True)
        _plan_baskets(month, policy, days)


def plan_in_autumn(month: Month, policy: RegionPolicy) -> None:
    """Baskets where autumn's policy names the stores, and that of today does not."""
    if lending.is_in(policy) and not lending.is_in(month.model.policy):
        lent, acted, late = AUTUMN
        days = _Days(came=DUE, lent=lent, acted=acted, late=late, is_put_back=False)
        _plan_baskets(month, policy, days)


def _plan_baskets(month: Month, policy: RegionPolicy, days: _Days) -> None:
    pen = month.pen.apart("baskets")
    numbers = numbered(month.profile, _FIRST, _DEVICES)
    month.keep(numbers)
    month.plan_apart(days.came, pen, partial(_come_in, month, policy))
    kept, tried, handed, late = (
        LineToLend(article_number=WHEELS, device_number=number) for number in numbers
    )
    by, colleague, *_ = team(month.units, lending.unit_of(month.units, policy))
    first, second = (f"{month.profile.sends_order}-KORG-{n}" for n in (1, 2))
    lend = partial(lending.loan, month.units, policy, by)
    recipient = patient(lending.somebody_who_pays(month))

    def deliver(*lines: int, back: tuple[LineNumber, ...] = ()) -> ActOnBasketLoan:
        delivered = tuple(DeliveredLine(line=LineNumber(one)) for one in lines)
        return ActOnBasketLoan(recipient=recipient, deliver=delivered, put_back=back, by=by)

    def say(day: date, name: str, command: Command) -> None:
        month.plan_apart(day, pen, partial(month.send, "orders", name, command))

    say(days.lent, first, lend(kept, tried, LineToLend(article_number=BASKET, quantity=2)))
    say(days.lent, second, lend(handed, late))
    say(days.acted, first, deliver(1, back=(LineNumber(2), LineNumber(3))))
    say(days.acted, second, deliver(1))
    month.plan_apart(days.late, pen, partial(_pay_the_fee, month, first))
    say(days.late, second, deliver(1))  # somebody has it already
    if days.is_put_back:
        say(days.late, second, ActOnBasketLoan(put_back=(LineNumber(2),), by=colleague))


def _state(month: Month) -> None:
    for fact in lending.catalogue():
        if isinstance(fact, ArticlePriceStated):
            fact = fact.model_copy(update={"valid_from": june(1)})
        month.send("inventory", fact.article_number, fact)


def _come_in(month: Month, policy: RegionPolicy) -> None:
    """The store's goods."""
    devices = tuple(
        MarkedDevice(device_number=number, serial_number=f"SN-{number}")
        for number in numbered(month.profile, _FIRST, _DEVICES)
    )
    for article, marked in ((WHEELS, devices), (BASKET, ())):
        came = GoodsReceived(
            version=1,
            store=policy.stores.own[0],
            article_number=article,
            quantity=len(marked) or _BASKETS,
            devices=marked,
            received_on=month.today,
        )
        month.send("inventory", f"{month.profile.sends_order}-INL-{article}", came)


def _pay_the_fee(month: Month, name: str) -> None:
    """Whoever kept a device pays its fee, where there is one."""
    for line in _due(month.model.world, name):
        by = month.model.world.baskets[name].prescriber
        month.send("orders", name, DeliverBasketFee(line=LineNumber(line), by=UserId(by)))


def _due(world: World, name: str) -> Iterator[int]:
    lines = world.baskets[name].lines
    return (n for n, one in enumerate(lines, 1) if one.fee_of is not None and one.outcome is None)
