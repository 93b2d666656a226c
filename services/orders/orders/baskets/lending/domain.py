"""The rules of lending in a basket: from which stores, what, until when. No clock, no database."""

from collections.abc import Mapping, Sequence
from datetime import date

from kvitt_contracts.calendar import working_days_after
from kvitt_contracts.orders import (
    BasketLine,
    BasketLoanRequested,
    LineSupply,
    LineToLend,
    LineToOrder,
    RequestBasketLoan,
)
from kvitt_contracts.policy import RegionPolicy
from kvitt_contracts.types import (
    ArticleNumber,
    ArticleType,
    DeviceNumber,
    GroupName,
    OrderId,
    ServicePointId,
    StoreId,
)

from orders.articles.domain import Article
from orders.baskets.reasons import BasketRefused, Reason, refusal
from orders.customer_orders.domain import line_id
from orders.parties.domain import Ordering, must_fit
from orders.placements.domain import Naming, must_own
from orders.placements.supply.domain import must_be_had_from
from orders.product_areas.domain import (
    must_be_connected,
    must_be_of_areas,
    must_be_of_profession,
)


def lend(
    command: RequestBasketLoan,
    *,
    naming: Naming,
    parties: Ordering,
    articles: Mapping[ArticleNumber, Article],
    policy: RegionPolicy,
    today: date,
) -> BasketLoanRequested:
    """Lend from the service point's own store until the last of the policy's working days, of which
    `today`, a Stockholm day, is none (ORD-10); inventory decides whether the store has it.

    Each line of an article that the policy has a fee for is followed, after all of them, by a line
    of its own for the fee: nobody chooses it (ORD-18). Raises Refused: the parties do not fit
    (REF-3), lack an area or the store, or the area is not had from own stores (REF-11), a private
    clinic (REF-7), another's store or a marked device that is not named (ORD-8), a store that lends
    no baskets (ORD-10), an article for others or never from own stores (ORD-22), or of which the
    profession may not prescribe any (REF-15), a service (ORD-7).
    """
    must_fit(parties)
    must_own(command.store, parties.service_point, policy)
    _must_lend(command.store, policy)
    must_be_connected(command.store, parties.prescriber, parties.requester)
    must_be_of_profession(
        [line.article_number for line in command.lines],
        articles=articles,
        prescriber=parties.prescriber,
        policy=policy,
    )
    must_be_of_areas(
        [LineToOrder(article_number=line.article_number) for line in command.lines],
        articles=articles,
        parties=parties,
        sources=[LineSupply.OWN_STORE] * len(command.lines),
        policy=policy,
    )
    seen: set[DeviceNumber] = set()
    for place, line in enumerate(command.lines):
        article = articles[line.article_number]
        must_be_had_from(LineSupply.OWN_STORE, article, place, service_point=parties.service_point)
        _must_be_lendable(article, line, place, seen)
    return BasketLoanRequested(
        order_id=naming.order_id,
        order_number=naming.order_number,
        reference=naming.reference,
        prescriber=parties.prescriber.user_id,
        requester=parties.requester.user_id,
        service_point=ServicePointId(parties.service_point.customer_id),
        store=command.store,
        lent_on=today,
        due_on=working_days_after(today, policy.order.basket_days),
        policy=policy.pin,
        lines=_lines(naming.order_id, command.lines, articles=articles, policy=policy),
    )


def refuse_used_reference(*, field: str) -> BasketRefused:
    """The refusal of a reference that names a basket loan already (ORD-10)."""
    way_on = "Referensen har redan en varukorg. Välj en ny referens för en ny varukorg."
    return refusal(Reason.ALREADY_LENT, "ORD-10", field, way_on)


def _lines(
    order_id: OrderId,
    lines: Sequence[LineToLend],
    *,
    articles: Mapping[ArticleNumber, Article],
    policy: RegionPolicy,
) -> tuple[BasketLine, ...]:
    lent = [
        BasketLine(line_id=line_id(order_id, number), number=number, **dict(line))
        for number, line in enumerate(lines, 1)
    ]
    groups = {rule.fee_group for rule in policy.fees.rules}
    paid = [line for line in lent if articles[line.article_number].fee_group in groups]
    fees = [
        BasketLine(
            line_id=line_id(order_id, number),
            number=number,
            article_number=line.article_number,
            quantity=line.quantity,
            fee_of=line.line_id,
            fee_group=_group(articles[line.article_number]),
        )
        for number, line in enumerate(paid, len(lent) + 1)
    ]
    return (*lent, *fees)


def _group(article: Article) -> GroupName | None:
    return GroupName(article.fee_group) if article.fee_group is not None else None


def _must_lend(store: StoreId, policy: RegionPolicy) -> None:
    if store not in policy.stores.own:
        stores = " och ".join(policy.stores.own)
        way_on = (
            f"Varukorg lånas ur förråd {stores}. Gör ett uttag ur det här förrådet i stället."
            if stores
            else "Regionen lånar inte ut i varukorg. Gör ett uttag ur förrådet i stället."
        )
        raise refusal(Reason.STORE_LENDS_NO_BASKETS, "ORD-10", "store", way_on)


def _must_be_lendable(
    article: Article, line: LineToLend, place: int, seen: set[DeviceNumber]
) -> None:
    field = f"lines.{place}"
    if article.type is ArticleType.SERVICE:
        way_on = "En tjänst finns inte i förråd. Beställ den med en order."
        raise refusal(Reason.SERVICE_IS_NOT_STOCKED, "ORD-7", f"{field}.article_number", way_on)
    if article.is_contribution:
        way_on = "Ett bidrag lagerförs inte. Beställ det till mottagaren med en order."
        reason = Reason.CONTRIBUTION_IS_NEVER_STOCKED
        raise refusal(reason, "INV-16", f"{field}.article_number", way_on)
    if not article.marked:
        if line.device_number is not None:
            way_on = "Artikeln är inte individmärkt. Ta bort individnumret."
            raise refusal(Reason.NOT_MARKED, "ORD-8", f"{field}.device_number", way_on)
        return
    if line.quantity != 1:
        way_on = "Antalet är alltid 1 för märkta hjälpmedel. Gör en rad per individ."
        raise refusal(Reason.ONE_OF_A_MARKED_DEVICE, "ORD-8", f"{field}.quantity", way_on)
    if line.device_number is None:
        way_on = "Ange individnumret på det märkta hjälpmedlet."
        raise refusal(Reason.DEVICE_NUMBER_MISSING, "ORD-8", f"{field}.device_number", way_on)
    if line.device_number in seen:
        way_on = "Samma individ står på två rader. Ta bort den ena."
        raise refusal(Reason.DEVICE_NUMBER_TWICE, "ORD-8", f"{field}.device_number", way_on)
    seen.add(line.device_number)
