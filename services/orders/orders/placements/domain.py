"""The rules of placing an order or registering a withdrawal. No clock, no database, no log."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from kvitt_contracts.orders import (
    AddressKind,
    Delivery,
    LineSupply,
    LineToOrder,
    OneOffAddress,
    OrderPlaced,
    OrderPlacedV2,
    PlaceOrder,
    RecipientAddress,
    RegisterWithdrawal,
    SuppliedLine,
    direct_lines,
    in_first_version,
)
from kvitt_contracts.policy import FeeRule, RegionPolicy, fee_free_on
from kvitt_contracts.types import (
    ArticleNumber,
    ArticleType,
    CareUnitRecipient,
    GroupName,
    Money,
    OrderId,
    OrderNumber,
    Reference,
    ServicePointId,
    StoreId,
    SupplierId,
    Word,
    WorkOrderId,
)

from orders.articles.domain import Article
from orders.customer_orders.domain import line_id
from orders.customer_orders.reasons import OrderRefused, Reason
from orders.parties.domain import (
    Parties,
    Patient,
    must_fit,
    must_prescribe_to_patients,
    recipient_of,
)
from orders.placements.covers.domain import cover_of
from orders.placements.equivalents.domain import must_be_equivalent
from orders.placements.occasions.domain import must_be_one_occasion
from orders.placements.supply.domain import Source, must_be_had_from, sources_of
from orders.product_areas.domain import (
    must_be_connected,
    must_be_of_areas,
    must_be_of_profession,
)
from orders.suppliers.domain import Supplier
from orders.units.domain import Customer
from orders.work_orders.applications.domain import refusal_to_order
from orders.work_orders.domain import WorkOrder

CONSULTANT: Final = Word("consultant")
"""The profession of who orders outside the assortment, where the policy says so (ORD-5)."""

_IMMEDIATE: Final = Word("immediate")
TIMINGS: Final = {"immediate": _IMMEDIATE, "delayed_90_days": Word("delayed")}
"""When a fee is charged, as events say it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """The id, number and reference that a new order gets."""

    order_id: OrderId
    order_number: OrderNumber
    reference: Reference | None


def place(
    command: PlaceOrder,
    *,
    naming: Naming,
    parties: Parties,
    articles: Mapping[ArticleNumber, Article],
    applications: Mapping[WorkOrderId, WorkOrder],
    suppliers: Mapping[SupplierId, Supplier],
    policy: RegionPolicy,
    today: date,
) -> OrderPlaced | OrderPlacedV2:
    """Place an order from the central store, or direct from suppliers, by each line's article
    (ORD-1, ORD-21). What has a direct line is never consolidated (ORD-3).

    `articles` has each line's article, `applications` those that lines name and `suppliers` those
    that articles name, as far as they are known; `today` is a Stockholm day. Raises OrderRefused:
    the parties do not fit (REF-3), lack an area (REF-11) or the profession (REF-15), an area is not
    had from there (REF-11), an article without a supplier (ORD-21), for others or never from there
    (ORD-22), outside the assortment (ORD-5) without an application that was approved for it
    (ACT-5) or by policy a consultant, or of which no balance counts or that is no equivalent
    (ORD-6), training of several occasions (ORD-11), more than one of a marked
    device or a certain one (ORD-8), a ward where the store is
    for patients (ORD-25), no address to deliver to (ORD-3), a cover that nobody pays by (BIL-5,
    BIL-11).
    """
    must_fit(parties)
    sources = sources_of(command.lines, articles=articles, suppliers=suppliers, policy=policy)
    must_be_of_profession(
        [line.article_number for line in command.lines],
        articles=articles,
        prescriber=parties.prescriber,
        policy=policy,
    )
    must_be_of_areas(
        command.lines,
        articles=articles,
        parties=parties,
        sources=[one.supply for one in sources],
        policy=policy,
    )
    for number, (line, source) in enumerate(zip(command.lines, sources, strict=True)):
        article = articles[line.article_number]
        must_prescribe_to_patients(source.store, parties.recipient, policy=policy)
        must_be_had_from(source.supply, article, number, service_point=parties.service_point)
        _must_be_in_assortment(article, line, number, applications, parties, policy)
        must_be_to_get(article, number, source, policy)
        must_be_equivalent(line, number, articles)
        must_be_one_occasion(line, number, article)
        _must_suit_marking(article, line, number)
        _must_name_no_device(line, number)
    _must_be_reachable(command.delivery, parties.recipient)
    has_direct = any(one.supply is LineSupply.DIRECT for one in sources)
    return _placed(
        command,
        naming=naming,
        parties=parties,
        articles=articles,
        policy=policy,
        today=today,
        sources=sources,
        address_kind=AddressKind(command.delivery.to.kind),
        consolidated=command.delivery.consolidated and not has_direct,
    )


def withdraw(
    command: RegisterWithdrawal,
    *,
    naming: Naming,
    parties: Parties,
    articles: Mapping[ArticleNumber, Article],
    policy: RegionPolicy,
    today: date,
) -> OrderPlaced | OrderPlacedV2:
    """A withdrawal from the service point's own store (ORD-7); inventory decides whether it has the
    goods.

    `today` is a Stockholm day. Articles outside the assortment may be withdrawn (ORD-5). Raises
    OrderRefused: the parties do not fit (REF-3), lack an area, the store or the profession
    (REF-15), an area is not had from
    own stores (REF-11), an article for others or never from own stores (ORD-22), one that is no
    equivalent of what was asked for (ORD-6), a private clinic (REF-7), another's store or a marked
    device that is not named (ORD-8), a service (ORD-7), a contribution (INV-16), a ward where the
    store is for patients (ORD-25), a cover that nobody pays by (BIL-5, BIL-11).
    """
    must_fit(parties)
    must_own(command.store, parties.service_point, policy)
    must_prescribe_to_patients(command.store, parties.recipient, policy=policy)
    must_be_connected(command.store, parties.prescriber, parties.requester)
    own = Source(supply=LineSupply.OWN_STORE, store=command.store)
    must_be_of_profession(
        [line.article_number for line in command.lines],
        articles=articles,
        prescriber=parties.prescriber,
        policy=policy,
    )
    must_be_of_areas(
        command.lines,
        articles=articles,
        parties=parties,
        sources=[own.supply] * len(command.lines),
        policy=policy,
    )
    seen: set[str] = set()
    for number, line in enumerate(command.lines):
        article = articles[line.article_number]
        must_be_had_from(own.supply, article, number, service_point=parties.service_point)
        must_be_equivalent(line, number, articles)
        if article.type is ArticleType.SERVICE:
            raise _refused(
                Reason.SERVICE_IS_NOT_STOCKED, "ORD-7", number, "article_number",
                "En tjänst finns inte i förråd. Beställ den med en order.",
            )  # fmt: skip
        if article.is_contribution:
            raise _refused(
                Reason.CONTRIBUTION_IS_NEVER_STOCKED, "INV-16", number, "article_number",
                "Ett bidrag lagerförs inte. Beställ det till mottagaren med en order.",
            )  # fmt: skip
        _must_suit_marking(article, line, number)
        if article.marked and line.device_number is None:
            raise _refused(
                Reason.DEVICE_NUMBER_MISSING, "ORD-8", number, "device_number",
                "Ange individnumret på det märkta hjälpmedlet.",
            )  # fmt: skip
        if line.device_number in seen:
            raise _refused(
                Reason.DEVICE_NUMBER_TWICE, "ORD-8", number, "device_number",
                "Samma individ står på två rader. Ta bort den ena.",
            )  # fmt: skip
        seen |= {line.device_number} if line.device_number else set()
    return _placed(
        command,
        naming=naming,
        parties=parties,
        articles=articles,
        policy=policy,
        today=today,
        sources=[own] * len(command.lines),
        address_kind=AddressKind.UNIT,
        consolidated=True,
    )


def refuse_used_reference(*, field: str) -> OrderRefused:
    """The refusal of a reference that names an order already: one for ever (ORD-2, decision 0034).

    `field` is where the reference was given. It says nothing of the order: that may be out of the
    reach of who asks (REF-18).
    """
    return OrderRefused(
        Reason.ALREADY_PLACED,
        rule="ORD-2",
        field=field,
        way_on="Referensen har redan en order. Välj en ny referens för en ny order.",
    )


def fee(
    article: Article,
    *,
    recipient: Patient | CareUnitRecipient,
    policy: RegionPolicy,
    today: date,
) -> Money | None:
    """Returns the patient fee of one unit in öre, or None (ORD-18). Nobody chooses it: article, age
    on `today` and policy decide.
    """
    rule = fee_rule(article, recipient=recipient, policy=policy, today=today)
    return rule.amount if rule else None


def fee_rule(
    article: Article,
    *,
    recipient: Patient | CareUnitRecipient,
    policy: RegionPolicy,
    today: date,
) -> FeeRule | None:
    """Returns the rule of the policy that a unit's patient fee follows, or None where nothing is
    paid (ORD-18); it says when the fee is charged too (BIL-3).
    """
    if not isinstance(recipient, Patient) or article.fee_group is None:
        return None
    for rule in policy.fees.rules:
        free = fee_free_on(
            recipient.born_on, day=today, rule=rule, free_until=policy.fees.free_until
        )
        if rule.fee_group == article.fee_group and not free:
            return rule
    return None


def must_own(store: StoreId, owner: Customer, policy: RegionPolicy) -> None:
    """Check that a service point has stock of its own, and that this is the store that it has.

    Raises OrderRefused: a private clinic (REF-7), another's store (ORD-8).
    """
    if owner.private_clinic and not policy.private_clinics_hold_stock:
        raise OrderRefused(
            Reason.PRIVATE_CLINIC_HOLDS_NO_STOCK,
            rule="REF-7",
            field="service_point",
            way_on="En privat mottagning har inget eget förråd. Beställ från centrallagret.",
        )
    if store != owner.store:
        raise OrderRefused(
            Reason.STORE_NOT_OF_SERVICE_POINT,
            rule="ORD-8",
            field="store",
            way_on="Välj det förråd som hör till tjänstestället, eller ett annat tjänsteställe.",
            store_of_service_point=owner.store,
        )


def must_carry_no_details(delivery: Delivery) -> None:
    """Over Kafka an order carries no one-off address, phone, name or free text about a door: these
    travel on no order topic.

    Raises OrderRefused (DELIVERY_DETAILS_OVER_HTTP_ONLY, ORD-3) naming the field.
    """
    field = next(_details(delivery), None)
    if field is not None:
        raise OrderRefused(
            Reason.DELIVERY_DETAILS_OVER_HTTP_ONLY,
            rule="ORD-3",
            field=field,
            way_on="Skicka ordern med POST /orders, där adress, telefon och anvisningar tas emot.",
        )


def has_details(delivery: Delivery) -> bool:
    """True when the delivery has data that is stored with this order alone (address, phone,
    door).
    """
    return next(_details(delivery), None) is not None


def _details(delivery: Delivery) -> Iterator[str]:
    if isinstance(delivery.to, OneOffAddress):
        yield "delivery.to"
    for name in (
        "order_phone",
        "recipient_phone",
        "door_code",
        "instructions",
        "contact_person",
        "information",
    ):
        if getattr(delivery, name) is not None:
            yield f"delivery.{name}"


# decision 0395: only what the first version cannot say is of the second
def _placed(
    command: PlaceOrder | RegisterWithdrawal,
    *,
    naming: Naming,
    parties: Parties,
    articles: Mapping[ArticleNumber, Article],
    policy: RegionPolicy,
    today: date,
    sources: Sequence[Source],
    address_kind: AddressKind,
    consolidated: bool,
) -> OrderPlaced | OrderPlacedV2:
    cover = cover_of(command, parties, policy)
    default = command.payer_id or parties.service_point.payer_id  # REF-4
    if cover is not None:
        default = cover.payer_id
    lines = []
    for number, (line, source) in enumerate(zip(command.lines, sources, strict=True), start=1):
        article = articles[line.article_number]
        rule = fee_rule(article, recipient=parties.recipient, policy=policy, today=today)
        placed = SuppliedLine(
            line_id=line_id(naming.order_id, number),
            number=number,
            article_number=line.article_number,
            article_type=article.type,
            marked=article.marked,
            quantity=line.quantity,
            payer_id=line.payer_id or default,
            device_number=line.device_number,
            fee=rule.amount if rule else None,
            application=None if article.in_assortment else line.application,
            supply=source.supply,
            store=source.store,
            supplier_id=source.supplier_id,
            instead_of=line.instead_of,
            fee_group=GroupName(rule.fee_group) if rule else None,
            fee_timing=TIMINGS[rule.timing] if rule else None,
        )
        lines.append(placed)
    order = OrderPlacedV2(
        order_id=naming.order_id,
        order_number=naming.order_number,
        reference=naming.reference,
        recipient=recipient_of(parties),
        prescriber=parties.prescriber.user_id,
        requester=parties.requester.user_id,
        service_point=ServicePointId(parties.service_point.customer_id),
        customer_id=parties.service_point.customer_id,
        address_kind=address_kind,
        consolidated=consolidated,
        placed_on=today,
        policy=policy.pin,
        cover=cover,
        lines=tuple(lines),
    )
    is_delayed = any(line.fee_timing not in (None, _IMMEDIATE) for line in lines)
    has_choice = any(line.instead_of is not None for line in lines)
    is_of_second = is_delayed or direct_lines(order) or cover is not None
    return order if is_of_second or has_choice else in_first_version(order)


def _must_be_in_assortment(
    article: Article,
    line: LineToOrder,
    number: int,
    applications: Mapping[WorkOrderId, WorkOrder],
    parties: Parties,
    policy: RegionPolicy,
) -> None:
    if article.in_assortment:
        return
    if line.application is None and policy.order.outside_assortment == "consultant":
        _must_be_by_consultant(parties, number)
        return
    if line.application is None:
        raise _refused(
            Reason.ARTICLE_NOT_IN_ASSORTMENT, "ORD-5", number, "article_number",
            "Artikeln ligger utanför sortimentet. Ansök om individuell förskrivning.",
        )  # fmt: skip
    refused = refusal_to_order(
        applications.get(line.application),
        article.article_number,
        recipient=recipient_of(parties),
        field=f"lines.{number}.application",
    )
    if refused is not None:
        raise refused


# decision 0460: a consultant is who the region states as one
def _must_be_by_consultant(parties: Parties, number: int) -> None:
    if CONSULTANT in (parties.prescriber.profession, parties.requester.profession):
        return
    raise _refused(
        Reason.ARTICLE_NOT_IN_ASSORTMENT, "ORD-5", number, "article_number",
        "Artikeln ligger utanför sortimentet. Be en konsulent att beställa den.",
    )  # fmt: skip


# decision 0240: what nobody purchases is ordered where the central store's balance counts
def must_be_to_get(article: Article, number: int, source: Source, policy: RegionPolicy) -> None:
    """Check that a line's source may have its article: it is purchased, or the central store's
    balance counts.

    Raises OrderRefused (NO_LONGER_PURCHASED, ORD-6) naming the line.
    """
    # Whether there is any is inventory's to say, which then declines the order.
    is_central = source.supply is LineSupply.CENTRAL
    counts_in_central = is_central and (not policy.phase_out or "central" in policy.phase_out)
    if article.is_purchased or (counts_in_central and article.type is not ArticleType.SERVICE):
        return
    raise _refused(
        Reason.NO_LONGER_PURCHASED, "ORD-6", number, "article_number",
        "Artikeln köps inte längre in. Det som finns i eget förråd skrivs ut med ett uttag.",
    )  # fmt: skip


def _must_name_no_device(line: LineToOrder, number: int) -> None:
    if line.device_number is not None:
        raise _refused(
            Reason.DEVICE_NUMBER_ON_ORDER, "ORD-8", number, "device_number",
            "Lagret väljer individ. Ta bort individnumret, eller gör ett uttag ur eget förråd.",
        )  # fmt: skip


def _must_suit_marking(article: Article, line: LineToOrder, number: int) -> None:
    if article.marked and line.quantity != 1:
        raise _refused(
            Reason.ONE_OF_A_MARKED_DEVICE, "ORD-8", number, "quantity",
            "Antalet är alltid 1 för märkta hjälpmedel. Gör en rad per individ.",
        )  # fmt: skip
    if not article.marked and line.device_number is not None:
        raise _refused(
            Reason.NOT_MARKED, "ORD-8", number, "device_number",
            "Artikeln är inte individmärkt. Ta bort individnumret.",
        )  # fmt: skip


def _must_be_reachable(delivery: Delivery, recipient: Patient | CareUnitRecipient) -> None:
    to_recipient = isinstance(delivery.to, RecipientAddress)
    if to_recipient and isinstance(recipient, Patient) and not recipient.has_address:
        raise OrderRefused(
            Reason.RECIPIENT_HAS_NO_ADDRESS,
            rule="ORD-3",
            field="delivery.to",
            way_on="Mottagaren saknar adress. Leverera till enheten eller ange en tillfällig.",
        )


def _refused(reason: Reason, rule: str, line: int, field: str, way_on: str) -> OrderRefused:
    return OrderRefused(reason, rule=rule, field=f"lines.{line}.{field}", way_on=way_on)
