"""The rules of registering a work order: who may, what each kind asks for (ACT-1, ACT-2). No
clock, no database.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from kvitt_contracts.orders import WorkOrderRegistered
from kvitt_contracts.policy import RegionPolicy
from kvitt_contracts.types import (
    ArticleType,
    CareUnitRecipient,
    DeviceId,
    OrderId,
    OrderLineId,
    OrderNumber,
    PayerId,
    Recipient,
    Reference,
    ServicePointId,
    Word,
    WorkOrderId,
)

from orders.articles.domain import Article
from orders.units.domain import Customer, User, must_act_at
from orders.work_orders.applications.domain import Application, must_be_complete
from orders.work_orders.domain import Kind
from orders.work_orders.reasons import Reason, WorkOrderRefused, refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """The id, number and reference that a new work order gets."""

    work_order_id: WorkOrderId
    work_order_number: OrderNumber
    reference: Reference | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """The device that is worked on; `holder` is None in a store."""

    id: DeviceId
    holder: Recipient | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderedLine:
    """The order that work is tied to, and its line where one is named; `is_over`: of no effect. A
    replenishment has no recipient.
    """

    order_id: OrderId
    line_id: OrderLineId | None
    recipient: Recipient | None
    is_over: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants done. `born_on` is a patient's; `is_installing`: an installation is open
    at the recipient; `has_place`: an address or a phone was chosen; `is_in_words`: over HTTP.
    """

    kind: Word
    recipient: Recipient
    born_on: date | None
    is_installing: bool
    device: Device | None
    order: OrderedLine | None
    service: Article | None
    payer_id: PayerId | None
    application: Application | None
    has_description: bool
    has_attachments: bool
    has_place: bool
    has_address: bool
    has_phone: bool
    is_in_words: bool
    attests_cannot_dismantle: bool
    attests_outside_instructions: bool


class _Needs(StrEnum):
    """What work is done on."""

    ORDER = "order"
    DEVICE = "device"
    EITHER = "either"


_ON: Final[Mapping[Kind, _Needs]] = {
    Kind.TIED_TO_ORDER: _Needs.ORDER,
    Kind.REPAIR: _Needs.DEVICE,
    Kind.WARRANTY_REPAIR: _Needs.DEVICE,
    Kind.INSTALLATION: _Needs.DEVICE,
    Kind.INSTALLED_REPAIR: _Needs.DEVICE,
    Kind.MAINTENANCE: _Needs.DEVICE,
}
"""A kind that is not here is done on a delivered device or for an order."""
_REGISTER: Final = "orders.work-order.register"
_NAMES_A_SERVICE: Final = (Kind.REPAIR, Kind.WARRANTY_REPAIR)
_FOR_CHILDREN: Final = (Kind.DISMANTLING, Kind.INSTALLED_REPAIR)


# decision 0364: what a kind asks for is attested or named
def register(
    wish: Wish,
    *,
    naming: Naming,
    requester: User,
    by: User,
    place: Customer,
    policy: RegionPolicy,
    today: date,
) -> WorkOrderRegistered:
    """Register a work order; `today` is a Stockholm day (ACT-2).

    Raises Refused naming the field: who may not there (REF-3), an unknown kind, or what
    the kind asks for and is not there (ACT-1), no device, order, text, address or phone (ACT-2), an
    application that is not complete or says what it may not (ACT-5).
    """
    _must_be_allowed(requester, by, place)
    kind = _kind(wish.kind)
    if kind is Kind.APPLICATION:
        _must_be_application(wish)
    else:
        _must_be_on_something(kind, wish)
        _must_suit_kind(kind, wish, policy, today)
        _must_be_reachable(wish)
    return WorkOrderRegistered(
        work_order_id=naming.work_order_id,
        work_order_number=naming.work_order_number,
        reference=naming.reference,
        kind=wish.kind,
        recipient=wish.recipient,
        service_point=ServicePointId(place.customer_id),
        customer_id=place.customer_id,
        requester=requester.user_id,
        device_id=wish.device.id if wish.device else None,
        order_id=wish.order.order_id if wish.order else None,
        line_id=wish.order.line_id if wish.order else None,
        service_article=wish.service.article_number if wish.service else None,
        payer_id=wish.payer_id or place.payer_id,  # REF-4
        has_description=wish.has_description,
        has_attachments=wish.has_attachments,
        is_attested=kind in {Kind.APPLICATION, Kind.DISMANTLING, Kind.SPECIAL_ADAPTATION},
        is_type_missing=wish.application is not None and wish.application.is_type_missing,
        registered_on=today,
        policy=policy.pin,
        by=by.user_id,
    )


def kinds_at(
    born_on: date | None, *, is_installing: bool, policy: RegionPolicy, today: date
) -> tuple[Kind, ...]:
    """The kinds of work that a recipient may have done: what is for children alone where they are
    one, an installation where none is open (ACT-1). An application is no work.
    """
    for_whom = is_child(born_on, on=today, until=policy.child_until)
    return tuple(
        kind
        for kind in Kind
        if kind is not Kind.APPLICATION
        and (for_whom or kind not in _FOR_CHILDREN)
        and not (is_installing and kind is Kind.INSTALLATION)
    )


def refuse_used_reference(*, field: str) -> WorkOrderRefused:
    """The refusal to register two work orders by one reference."""
    way_on = "Beteckningen är redan använd. Ge den nya arbetsordern en egen."
    return refusal(Reason.ALREADY_REGISTERED, "ACT-2", field, way_on)


def refuse_application_over_kafka() -> WorkOrderRefused:
    """The refusal of an application by a message, which can carry no text."""
    way_on = "En ansökan görs bara över HTTP (POST /work-orders)."
    return refusal(Reason.APPLICATION_OVER_HTTP_ONLY, "ACT-5", "kind", way_on)


def _must_be_allowed(requester: User, by: User, place: Customer) -> None:
    if by.user_id != requester.user_id and not by.may_for_all(_REGISTER):
        way_on = "Beställ i eget namn. Kundservice kan beställa åt andra."
        raise refusal(Reason.NOT_THE_REQUESTER, "REF-3", "requester", way_on)
    must_act_at(place, requester, act=_REGISTER)


def _kind(said: Word) -> Kind:
    try:
        return Kind(said)
    except ValueError:
        way_on = f"Ange ett av: {', '.join(Kind)}."
        raise refusal(Reason.UNKNOWN_WORD, "ACT-1", "kind", way_on) from None


def _must_be_application(wish: Wish) -> None:
    for field, is_given in (
        ("service_article", wish.service is not None),
        ("device_number", wish.device is not None),
        ("order_id", wish.order is not None),
        ("delivery", wish.has_place),
    ):
        if is_given:
            way_on = "I en ansökan väljs varken artikel eller adress. Ta bort uppgiften."
            raise refusal(Reason.NOT_IN_APPLICATION, "ACT-5", field, way_on)
    if isinstance(wish.recipient, CareUnitRecipient):
        way_on = "En ansökan gäller en patient."
        raise refusal(Reason.NOT_IN_APPLICATION, "ACT-5", "recipient", way_on)
    must_be_complete(wish.application or Application())


def _must_be_on_something(kind: Kind, wish: Wish) -> None:
    if wish.application is not None:
        way_on = "Bara ett arbete av slaget application är en ansökan."
        raise refusal(Reason.NOT_AN_APPLICATION, "ACT-5", "application", way_on)
    needs = _ON.get(kind, _Needs.EITHER)
    if needs is _Needs.DEVICE and wish.device is None:
        way_on = "Arbetet görs på ett utlämnat hjälpmedel: ange individnumret."
        raise refusal(Reason.DEVICE_MISSING, "ACT-1", "device_number", way_on)
    if needs is _Needs.ORDER and wish.order is None:
        way_on = "Arbetet hör till en order: ange vilken."
        raise refusal(Reason.ORDER_MISSING, "ACT-1", "order_id", way_on)
    if wish.device is None and wish.order is None:
        way_on = "Ange ett utlämnat hjälpmedel eller en order."
        raise refusal(Reason.NOTHING_TO_WORK_ON, "ACT-2", "device_number", way_on)
    if wish.device is not None and wish.device.holder != wish.recipient:
        way_on = "Hjälpmedlet finns inte hos mottagaren: kontrollera individnumret."
        raise refusal(Reason.NOT_AT_RECIPIENT, "ACT-2", "device_number", way_on)
    if wish.order is not None and wish.order.recipient != wish.recipient:
        way_on = "Ordern är till en annan mottagare: kontrollera den."
        raise refusal(Reason.NOT_THE_RECIPIENTS_ORDER, "ACT-2", "order_id", way_on)
    if wish.order is not None and wish.order.is_over:
        way_on = "Ordern är makulerad eller avvisad. Ange en som gäller."
        raise refusal(Reason.ORDER_IS_OVER, "ACT-2", "order_id", way_on)


def _must_suit_kind(kind: Kind, wish: Wish, policy: RegionPolicy, today: date) -> None:
    if kind in _NAMES_A_SERVICE and wish.service is None:
        way_on = "Ange tjänsteprodukten: en reparation utanför garantin är ett tjänsteköp."
        raise refusal(Reason.SERVICE_MISSING, "ACT-1", "service_article", way_on)
    if wish.service is not None and wish.service.type is not ArticleType.SERVICE:
        way_on = "Artikeln är ingen tjänst. Ange en tjänsteprodukt."
        raise refusal(Reason.NOT_A_SERVICE, "ACT-1", "service_article", way_on)
    if kind in _FOR_CHILDREN and not is_child(wish.born_on, on=today, until=policy.child_until):
        way_on = "Det görs bara hos barn. Patienten monterar själv ner det, eller en närstående."
        raise refusal(Reason.CHILDREN_ONLY, "ACT-1", "recipient", way_on)
    if kind is Kind.DISMANTLING and not wish.attests_cannot_dismantle:
        way_on = "Intyga att varken patienten eller en närstående kan montera ner det."
        raise refusal(Reason.NOT_ATTESTED, "ACT-1", "attests_cannot_dismantle", way_on)
    if kind is Kind.SPECIAL_ADAPTATION and not wish.attests_outside_instructions:
        way_on = (
            "Intyga att arbetet inte omfattas av tillverkarens eller leverantörens anvisningar"
            " eller av ett kombinationsavtal; annars är det en anpassning (adjustment)."
        )
        raise refusal(Reason.NOT_ATTESTED, "ACT-1", "attests_outside_instructions", way_on)
    if kind is Kind.INSTALLATION and wish.is_installing:
        way_on = "Mottagaren har en öppen installation: nämn fler hjälpmedel i dess text."
        raise refusal(Reason.INSTALLATION_IS_OPEN, "ACT-1", "device_number", way_on)


def _must_be_reachable(wish: Wish) -> None:
    if wish.is_in_words and not wish.has_description:
        way_on = "Beskriv felet eller den åtgärd som önskas."
        raise refusal(Reason.DESCRIPTION_MISSING, "ACT-2", "description", way_on)
    if not wish.has_address:
        way_on = "Mottagaren har ingen adress. Ange enhetens adress eller en egen."
        raise refusal(Reason.NO_ADDRESS, "ACT-2", "delivery.to", way_on)
    if not wish.has_phone:
        way_on = "Ange ett telefonnummer: den som gör arbetet ringer först."
        raise refusal(Reason.PHONE_MISSING, "ACT-2", "delivery.order_phone", way_on)


def is_child(born_on: date | None, *, on: date, until: int) -> bool:
    """True until the day on which somebody turns `until`; False of who has no birthday: a unit."""
    if born_on is None:
        return False
    return (on.year, on.month, on.day) < (born_on.year + until, born_on.month, born_on.day)
