"""Applications outside the assortment: one is approved, and what it is for is ordered and
delivered; one is refused, one says too little, one is not decided in time. They are all text, which
users say over HTTP, where a pickup's slip is looked at too.

The patient is theirs whose devices are mended; the article is ordered by nobody else.
"""

from datetime import date
from functools import partial
from typing import Any, Final

from kvitt_contracts.orders import Delivery, LineToOrder, PlaceOrder, UnitAddress
from kvitt_contracts.regions import GoodsReceived
from kvitt_contracts.types import ArticleNumber, StoreId, UserId, WorkOrderId, identify

from examples.generator import fetching
from examples.generator.fetching import STAFF
from examples.generator.mending import patient_of
from examples.generator.messages import Act
from examples.generator.month import Month, may
from examples.generator.ordering import dispatch, patient, pick
from examples.generator.own_devices import AT
from examples.generator.responsibles import service_point_at, team

_NAMES: Final = ("approved", "refused", "incomplete", "waits")
_SAID: Final = {
    "supplier": "Testrehab i Norr AB",
    "supplier_article_number": "TR-3307",
    "supplier_article_name": "Duschstol, äldre modell",
    "is_ce_marked": True,
    "need": "Når inte golvet från den nya modellen.",
    "tried": "Den nya modellen, i två veckor.",
    "attests_responsibility": True,
}


def plan_applications(month: Month) -> None:
    """Each application on days of its own."""
    article = _article(month)
    for name in ("approved", "refused", "waits"):
        _apply(month, name, may(5))
    _apply(month, "incomplete", may(6), need=None, attests_responsibility=False)
    _decide(month, "waits", may(6), {"outcome": "refused"})  # and says not why
    _decide(month, "approved", may(7), {"outcome": "approved", "article_number": article})
    said = {"outcome": "refused", "reason": "Behovet täcks av sortimentet."}
    _decide(month, "refused", may(7), said)
    _order(month, "refused", may(8))
    _order(month, "approved", may(8))
    month.plan(may(8), partial(_receive, month))
    month.plan(may(11), partial(pick, month, _ordered(month, "approved")))
    month.plan(may(12), partial(dispatch, month, _ordered(month, "approved"), [1]))
    month.plan(may(6), partial(_look, month))


def _apply(month: Month, name: str, on: date, **changed: Any) -> None:
    by, *_ = team(month.units, AT)
    said = {field: one for field, one in {**_SAID, **changed}.items() if one is not None}
    data = {
        "kind": "application",
        "recipient": {"kind": "patient", "person": _patient(month)},
        "service_point": service_point_at(month.units, AT),
        "application": said,
        "reference": _reference(month, name),
    }
    act = _act(f"{_reference(month, name)}/apply", by, "/work-orders", data)
    month.plan(on, partial(month.act, act))


def _decide(month: Month, name: str, on: date, said: dict[str, Any]) -> None:
    path = f"/work-orders/{_id(month, name)}:decide"
    act = _act(f"{_reference(month, name)}/decide", STAFF, path, said)
    month.plan(on, partial(month.act, act))


def _order(month: Month, name: str, on: date) -> None:
    prescriber, *_ = team(month.units, AT)
    command = PlaceOrder(
        recipient=patient(_patient(month)),
        prescriber=prescriber,
        service_point=service_point_at(month.units, AT),
        lines=(
            LineToOrder(article_number=_article(month), quantity=1, application=_id(month, name)),
        ),
        delivery=Delivery(to=UnitAddress()),
    )
    month.plan(on, partial(month.send, "orders", _ordered(month, name), command))


def _receive(month: Month) -> None:
    """What was approved comes from its supplier."""
    fact = GoodsReceived(
        version=1,
        store=StoreId(month.profile.central),
        article_number=_article(month),
        quantity=1,
        received_on=month.today,
    )
    month.send("inventory", f"{month.profile.sends_order}-AN-INL", fact)


def _look(month: Month) -> None:
    """The unit prints the slip of what is fetched, with the checklist of its product area."""
    by, *_ = team(month.units, AT)
    pickup = fetching.reference(month, "unit")
    path = f"/pickups/{identify(month.profile.code, 'pickup', pickup)}/slip"
    month.act(_act(f"{pickup}/slip", by, path, None))


def _act(name: str, by: UserId, path: str, data: Any) -> Act:
    return Act(name=name, by=by, service="orders", path=path, data=data)


def _patient(month: Month) -> str:
    return patient_of(month.model.world.people)


def _article(month: Month) -> ArticleNumber:
    return next(
        one.article.article_number
        for one in month.listed
        if one.kind.outside and not one.kind.marked
    )


def _reference(month: Month, name: str) -> str:
    """What the region calls the application: `VB-AN-01`."""
    return f"{month.profile.sends_order}-AN-{_NAMES.index(name) + 1:02}"


def _ordered(month: Month, name: str) -> str:
    return f"{_reference(month, name)}-B"


def _id(month: Month, name: str) -> WorkOrderId:
    return WorkOrderId(identify(month.profile.code, "work-order", _reference(month, name)))
