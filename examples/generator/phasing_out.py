"""A cushion with two older models that are purchased no more, in the regions with a whole month's
business: an older one is proposed first, with and without balance of the new one, and is taken; the
other older one is; the new one is all the same. What is no older one is refused, and an order of an
older one that nobody has any more is declined (ORD-6).

The articles are in nothing else of the month, and all of it comes after what else is told of its
days.
"""

from collections.abc import Callable
from functools import partial
from typing import Final

from kvitt_contracts.orders import (
    Delivery,
    LineToOrder,
    PlaceOrder,
    RegisterWithdrawal,
    UnitAddress,
)
from kvitt_contracts.regions import ArticlePriceStated, ArticleStated, GoodsReceived
from kvitt_contracts.types import (
    ArticleNumber,
    ArticleStatus,
    ArticleType,
    Charging,
    GroupName,
    IsoCode,
    StoreId,
)

from examples.generator.messages import Act
from examples.generator.month import Month, may
from examples.generator.ordering import dispatch, patient
from examples.generator.own_devices import AT, reachable
from examples.generator.profiles import Profile
from examples.generator.responsibles import service_point_at, team

NEW: Final = ArticleNumber("39913-01")
OLD: Final = ArticleNumber("39912-01")
OLDER: Final = ArticleNumber("39911-01")
_GROUP: Final = GroupName("sittdyna_angsull")
_NAMES: Final = {
    NEW: "Sittdyna Ängsull",
    OLD: "Sittdyna Ängsull, äldre modell",
    OLDER: "Sittdyna Ängsull, första modellen",
}
_PRICES: Final = {NEW: 128_500, OLD: 112_000, OLDER: 99_500}
_CENTRAL: Final = {NEW: 3, OLD: 2, OLDER: 4}
_PATIENT: Final = 34


def is_in(profile: Profile) -> bool:
    """True of the regions whose month has it."""
    return not profile.is_brief


def plan_phase_out(month: Month) -> None:
    """Stated, phased out, proposed, chosen, run out of."""
    pen = month.pen.apart("phase-out")

    def on(day: int, action: Callable[[], object]) -> None:
        month.plan_apart(may(day), pen, action)

    name = f"{month.profile.sends_order}-UTBYTE"
    place = partial(_place, month)
    on(5, partial(_state, month, version=1))
    on(6, partial(_come_in, month))
    on(6, partial(_state, month, version=2))
    on(7, partial(_look, month, f"{name}/both"))
    on(8, partial(place, f"{name}-1", OLDER, 2, instead_of=NEW))  # the proposed one
    on(8, partial(place, f"{name}-2", OLD, 1, instead_of=NEW))  # another that may be chosen
    on(8, partial(place, f"{name}-3", NEW, 1))  # the new one, though older ones have balance
    on(8, partial(place, f"{name}-4", NEW, 1, instead_of=OLD))  # is no older one
    for n in (1, 2, 3):
        on(11, partial(dispatch, month, f"{name}-{n}", [1]))
    on(12, partial(place, f"{name}-5", NEW, 2))
    on(13, partial(_look, month, f"{name}/only-old"))
    on(15, partial(place, f"{name}-6", NEW, 1))  # waits for a purchase
    on(15, partial(place, f"{name}-7", OLD, 1, instead_of=NEW))
    for n in (5, 7):
        on(18, partial(dispatch, month, f"{name}-{n}", [1]))
    on(19, partial(place, f"{name}-8", OLD, 1, instead_of=NEW))  # nobody purchases it
    on(20, partial(_receive, month, NEW, 1, month.profile.central, f"{name}-INL-{NEW}-2"))
    on(21, partial(dispatch, month, f"{name}-6", [1]))
    on(22, partial(_withdraw, month, f"{name}-9"))  # of the unit's own store it is had still
    on(25, partial(_look, month, f"{name}/one-left"))


def _state(month: Month, *, version: int) -> None:
    """The articles: first all of them active; then the older ones are phased out."""
    for number, name in _NAMES.items():
        if version > 1 and number == NEW:
            continue
        stated = ArticleStated(
            version=version,
            article_number=number,
            name=name,
            iso_code=IsoCode("043303"),
            type=ArticleType.MAIN_DEVICE,
            marked=False,
            in_assortment=True,
            charging=Charging.SALE,
            status=ArticleStatus.ACTIVE if version == 1 else ArticleStatus.PHASE_OUT,
            supplier="Exempelhjälpmedel AB",
            lead_time_days=8,
            replacement_group=_GROUP,
        )
        month.send("inventory", number, stated)
        if version == 1:
            price = ArticlePriceStated(
                version=1,
                article_number=number,
                valid_from=may(6),
                net_ore=_PRICES[number],
                vat_percent=25,
            )
            month.send("inventory", number, price)


def _come_in(month: Month) -> None:
    """What the central store has of each, and one of the older in the unit's own store."""
    prefix = f"{month.profile.sends_order}-UTBYTE-INL"
    for article, quantity in _CENTRAL.items():
        _receive(month, article, quantity, month.profile.central, f"{prefix}-{article}")
    own = month.units.customers[AT].store
    assert own is not None
    _receive(month, OLD, 1, own, f"{prefix}-{own}")


def _receive(month: Month, article: ArticleNumber, quantity: int, store: str, name: str) -> None:
    came = GoodsReceived(
        version=1,
        store=StoreId(store),
        article_number=article,
        quantity=quantity,
        received_on=month.today,
    )
    month.send("inventory", name, came)


def _look(month: Month, name: str) -> None:
    """What is proposed instead of the new one, at the unit that orders."""
    by, *_ = team(month.units, AT)
    place = service_point_at(month.units, AT)
    path = f"/articles:alternatives?number={NEW}&service_point={place}"
    month.act(Act(name=name, by=by, service="inventory", path=path))


def _place(
    month: Month,
    name: str,
    article: ArticleNumber,
    quantity: int,
    *,
    instead_of: ArticleNumber | None = None,
) -> None:
    by, *_ = team(month.units, AT)
    line = LineToOrder(article_number=article, quantity=quantity, instead_of=instead_of)
    order = PlaceOrder(
        recipient=patient(reachable(month.model.world.people)[_PATIENT]),
        prescriber=by,
        service_point=service_point_at(month.units, AT),
        lines=(line,),
        delivery=Delivery(to=UnitAddress()),
    )
    month.send("orders", name, order)


def _withdraw(month: Month, name: str) -> None:
    by, *_ = team(month.units, AT)
    withdrawal = RegisterWithdrawal(
        recipient=patient(reachable(month.model.world.people)[_PATIENT]),
        prescriber=by,
        service_point=service_point_at(month.units, AT),
        store=StoreId(str(month.units.customers[AT].store)),
        lines=(LineToOrder(article_number=OLD),),
    )
    month.send("orders", name, withdrawal)
