"""When an order that is not confirmed yet would come, by what there is now. Nothing is locked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from kvitt_chassis.http import RegionReader
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import ReservationDeclined
from kvitt_contracts.orders import LineSupply
from kvitt_contracts.types import (
    ArticleNumber,
    DeviceId,
    DeviceNumber,
    OrderLineId,
    PatientRecipient,
    Quantity,
    Recipient,
    StoreId,
)
from sqlalchemy import select

from inventory.articles.domain import Article
from inventory.articles.models import ArticleRow
from inventory.articles.queries import article_id
from inventory.devices.models import DeviceRow
from inventory.devices.queries import find_device_id
from inventory.order_previews import domain
from inventory.people.queries import current_holder, current_ref
from inventory.stock.models import BalanceRow
from inventory.stock.writes import balance_id
from inventory.stores.models import StoreRow
from inventory.stores.queries import are_own_stores
from inventory.withdrawals.domain import Shelf, Wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Of a line its article, how many, from where, and the device that it names."""

    article_number: ArticleNumber
    quantity: Quantity
    supply: LineSupply
    device_number: DeviceNumber | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """From which store is withdrawn, and for whom."""

    store: StoreId
    recipient: Recipient | None = None


async def expected_of(
    asked: Sequence[Asked], tx: Transaction, *, drawing: Drawing | None = None
) -> tuple[domain.Expected, ...] | ReservationDeclined:
    """When each line would leave, in their order. Raises Refused (UNKNOWN_ARTICLE, ORD-1)."""
    articles = await _articles_of(asked, tx)
    lines = [
        domain.AskedLine(
            line_id=OrderLineId(UUID(int=place)),
            article_number=one.article_number,
            article_type=articles[one.article_number].type,
            quantity=one.quantity,
            supply=one.supply,
            device_number=one.device_number,
        )
        for place, one in enumerate(asked)
    ]
    central = {one.article_number for one in asked if one.supply is LineSupply.CENTRAL}
    return domain.expect(
        lines,
        articles=articles,
        available=await _available(tx.policy.stores.central, central, tx),
        shelf=None if drawing is None else await _shelf(drawing, asked, articles, tx),
        today=tx.today,
    )


async def must_be_own_store(store: StoreId, reader: RegionReader) -> None:
    """Check that a store is one of the caller's units', or theirs who has the region's (REF-18).
    Raises NotFound (404, ORD-8).
    """
    if reader.caller.may_for_all("inventory.balances.list"):
        return
    mine = select(StoreRow.store).where(StoreRow.store == store, are_own_stores(reader.caller))
    await reader.one(mine, noun="store", rule="ORD-8")


async def _shelf(
    drawing: Drawing,
    asked: Sequence[Asked],
    articles: Mapping[ArticleNumber, Article],
    tx: Transaction,
) -> Shelf:
    drawn = [one for one in asked if one.supply is LineSupply.OWN_STORE]
    named = {one.device_number for one in drawn if one.device_number is not None}
    return Shelf(
        store=drawing.store,
        articles=articles,
        available=await _available(drawing.store, {one.article_number for one in drawn}, tx),
        devices={
            number: wanted
            for number in sorted(named)
            if (wanted := await _wanted(number, drawing.recipient, tx)) is not None
        },
    )


async def _wanted(number: DeviceNumber, to: Recipient | None, tx: Transaction) -> Wanted | None:
    device_id = await find_device_id(tx, number)
    row = None if device_id is None else await tx.look_up(DeviceRow, device_id)
    if row is None:
        return None
    is_meant_for_another = False
    if row.meant_for is not None and to is not None:
        meant_for = PatientRecipient(person=await current_ref(tx, row.meant_for))
        is_meant_for_another = meant_for != await current_holder(tx, to)
    return Wanted(
        device_id=DeviceId(row.id),
        device=row.state(),
        claim=row.claim,
        is_meant_for_another=is_meant_for_another,
    )


async def _available(
    store: StoreId, numbers: Iterable[ArticleNumber], tx: Transaction
) -> dict[ArticleNumber, int]:
    ids = [balance_id(tx.region, store, number) for number in numbers]
    return {row.article_number: row.available for row in await tx.look_up_all(BalanceRow, ids)}


async def _articles_of(asked: Sequence[Asked], tx: Transaction) -> Mapping[ArticleNumber, Article]:
    found = {}
    for place, one in enumerate(asked):
        number, field = one.article_number, f"lines.{place}.article_number"
        row = await tx.get(ArticleRow, article_id(tx, number), rule="ORD-1", field=field)
        found[number] = row.state()
    return found
