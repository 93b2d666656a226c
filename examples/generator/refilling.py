"""Own stores that have less of an article than they want: what the night proposes is ordered as it
is, ordered otherwise, and dropped by the unit, which then wants nothing of it.

What the night after a drop proposes is the same again, since the store lacks it still.
"""

from datetime import date
from typing import Final

from kvitt_contracts.inventory import DropRefill
from kvitt_contracts.orders import PlaceReplenishment
from kvitt_contracts.regions import DispatchedLine, GoodsDispatched, SafetyLevelStated
from kvitt_contracts.types import ArticleNumber, Goods, Reference, ServicePointId, StoreId

from examples.generator.month import may
from examples.generator.profiles import Profile
from examples.generator.registry import Units
from examples.generator.responsibles import service_point_at, team
from examples.generator.telling import Goods as Told
from examples.generator.telling import Teller, own_store

CAPS: Final = ArticleNumber("39974-01")
PADS: Final = ArticleNumber("39975-01")
_ORDERED, _CHANGED, _DROPPED = 1, 2, 3
"""Each unit by where it stands."""
_WANTED: Final = 6
_HAD: Final = 2


def state(told: Told, profile: Profile, units: Units) -> None:
    """What the stores have, and what they want."""
    told.article(CAPS, "Doppsko till rollator", "120606", net_ore=6_800)
    told.article(PADS, "Handtagsskydd till rollator", "120606", net_ore=5_100)
    central, name = StoreId(profile.central), f"{profile.sends_order}-IB"
    told.balance(f"{name}-{CAPS}", central, CAPS, 30)
    told.balance(f"{name}-{PADS}", central, PADS, 30)
    for at in (_ORDERED, _CHANGED, _DROPPED):
        store = own_store(units, at)
        told.balance(f"{name}-{CAPS}-{store}", store, CAPS, _HAD)
        level = SafetyLevelStated(version=1, store=store, article_number=CAPS, level=_WANTED)
        told.stock.append(("inventory", f"{store}-{CAPS}", level))


def tell(teller: Teller) -> None:
    """Each unit's answer, on days of its own."""
    less = _WANTED - _HAD
    _order(teller, _ORDERED, may(4), Goods(article_number=CAPS, quantity=less))
    _order(
        teller,
        _CHANGED,
        may(5),
        Goods(article_number=CAPS, quantity=less + 2),
        Goods(article_number=PADS, quantity=4),
    )
    store, (by, *_) = own_store(teller.units, _DROPPED), team(teller.units, _DROPPED)
    stranger, *_ = team(teller.units, _ORDERED)
    teller.say(may(5), "inventory", store, DropRefill(store=store, by=stranger))
    teller.say(may(6), "inventory", store, DropRefill(store=store, by=by))
    nothing = SafetyLevelStated(version=2, store=store, article_number=CAPS, level=0)
    teller.say(may(8), "inventory", f"{store}-{CAPS}", nothing)
    teller.say(may(11), "inventory", store, DropRefill(store=store, by=by))  # nothing is proposed


def _order(teller: Teller, at: int, day: date, *lines: Goods) -> None:
    """A unit orders by the proposal; the goods are sent two days later, and come the day after."""
    store, (by, *_) = own_store(teller.units, at), team(teller.units, at)
    name = f"{teller.profile.sends_order}-PAFYLLNAD-{store}"
    command = PlaceReplenishment(
        requester=by,
        service_point=ServicePointId(service_point_at(teller.units, at)),
        to_store=store,
        follows_proposal=True,
        lines=lines,
    )
    teller.say(day, "orders", name, command)
    sent = GoodsDispatched(
        version=1,
        order=Reference(name),
        dispatched_on=day.replace(day=day.day + 2),
        arrives_on=day.replace(day=day.day + 3),
        lines=tuple(
            DispatchedLine(line=number, quantity=line.quantity)
            for number, line in enumerate(lines, start=1)
        ),
    )
    teller.say(sent.dispatched_on, "inventory", name, sent)
