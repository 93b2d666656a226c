"""The rules of stocktakings: a store's rounds, what was counted, and what differs (INV-10)."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from kvitt_contracts.inventory import (
    CountedArticle,
    StockDifference,
    StocktakingAnnounced,
    StocktakingCancelled,
    StocktakingCounted,
    StocktakingEvent,
    StocktakingOpened,
    StocktakingPlanned,
    StocktakingPosted,
)
from kvitt_contracts.policy_parts import StocktakingPolicy
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import (
    ArticleNumber,
    ArticleType,
    DeviceId,
    DeviceNumber,
    ServicePointId,
    StocktakingId,
    StoreId,
    UserId,
    Value,
)

from inventory.articles.domain import Article
from inventory.devices.domain import Claim, ClaimKind, Device
from inventory.stores.domain import StoreKind

COUNTED_TYPES = frozenset({ArticleType.MAIN_DEVICE, ArticleType.ACCESSORY, ArticleType.SPARE_PART})
"""What is counted; a service is not (INV-10)."""

DIFFERENCES_AT_MOST = 2_500
"""What is posted is an event, and an event is small (256 KiB)."""


COUNTED_KINDS = frozenset({StoreKind.CENTRAL, StoreKind.OWN})
"""The stores that are counted (INV-10)."""


class Status(StrEnum):
    """How far a store's present round is."""

    PLANNED = "planned"
    ANNOUNCED = "announced"
    OPENED = "opened"
    POSTED = "posted"
    CANCELLED = "cancelled"


class Counted(Value):
    """The count of an article that holds: the latest one, by when it was counted."""

    article_number: ArticleNumber
    counted: int
    devices: tuple[DeviceId, ...] = ()
    counted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Stocktaking:
    """A store's stocktaking in its present round. `counts`: in the order of the article numbers."""

    store: StoreId
    service_point: ServicePointId | None
    is_private_clinic: bool
    status: Status
    planned_on: date
    basis_at: datetime | None = None
    posted_on: date | None = None
    counts: tuple[Counted, ...] = ()


class StocktakingRefused(Refused):
    """A stocktaking is not as far as that, or what was counted cannot be so."""


def planned_day(policy: StocktakingPolicy, *, after: date) -> date:
    """The first last day of the policy's month that is after a Stockholm day (INV-10)."""
    found = (_last_day(year, policy.month) for year in (after.year, after.year + 1))
    return next(day for day in found if day > after)


def announced_day(policy: StocktakingPolicy, planned_on: date) -> date:
    """The Stockholm day on which the unit is notified of a planned day, in good time (INV-10)."""
    return planned_on - timedelta(days=policy.notice_days)


def announce(
    key: StocktakingId,
    taking: Stocktaking,
    *,
    kind: StoreKind,
    service_point: ServicePointId | None,
) -> tuple[StocktakingAnnounced, ...]:
    """Notify the unit that has the store by now of the planned day. No event: the round is further
    already, or the store is not counted any more.
    """
    if taking.status is not Status.PLANNED or kind not in COUNTED_KINDS:
        return ()
    return (
        StocktakingAnnounced(
            stocktaking_id=key, service_point=service_point, planned_on=taking.planned_on
        ),
    )


def check_kind(kind: StoreKind) -> None:
    """A purchasing store has no balance, and what the investigation store has is missing.

    Raises StocktakingRefused: NOT_COUNTED. Source: INV-10.
    """
    if kind not in COUNTED_KINDS:
        raise StocktakingRefused(
            "NOT_COUNTED",
            rule="INV-10",
            field="store",
            way_on="Ange ett förråd med eget saldo: inköps- och utredningsförråd inventeras inte.",
        )


def check_own(*, is_own: bool) -> None:
    """A unit counts its own store, customer service any. Raises StocktakingRefused:
    STORE_ELSEWHERE. Source: INV-10.
    """
    if not is_own:
        raise StocktakingRefused(
            "STORE_ELSEWHERE",
            rule="INV-10",
            field="by",
            way_on="Förrådet hör till ett annat tjänsteställe: be någon där, eller kundtjänst.",
        )


def open_round(
    key: StocktakingId, taking: Stocktaking | None, *, at: datetime, by: UserId
) -> StocktakingOpened:
    """Begin to count, by the ledger at an instant. Raises StocktakingRefused: ALREADY_OPEN."""
    if taking is not None and taking.status is Status.OPENED:
        raise StocktakingRefused(
            "ALREADY_OPEN",
            rule="INV-10",
            way_on="Inventeringen pågår redan: räkna vidare, eller avbryt den först.",
        )
    return StocktakingOpened(stocktaking_id=key, basis_at=at, by=by)


def count(
    key: StocktakingId,
    taking: Stocktaking,
    *,
    batch: UUID,
    counted_at: datetime,
    lines: Sequence[CountedArticle],
    by: UserId,
) -> StocktakingCounted:
    """Store a batch of counts. Raises StocktakingRefused: NOT_OPENED; COUNTED_OUTSIDE: before the
    round began. Source: INV-10.
    """
    check_open(taking, at=counted_at)
    return StocktakingCounted(
        stocktaking_id=key, batch=batch, counted_at=counted_at, lines=tuple(lines), by=by
    )


def check_open(taking: Stocktaking, *, at: datetime) -> None:
    """Raises StocktakingRefused, as `count`: NOT_OPENED, COUNTED_OUTSIDE. Source: INV-10."""
    basis_at = _basis(taking)
    if at < basis_at:
        raise StocktakingRefused(
            "COUNTED_OUTSIDE",
            rule="INV-10",
            field="counted_at",
            way_on="Ange när hyllan räknades: det ska vara efter att inventeringen öppnades.",
            opened_at=basis_at.isoformat(),
        )


def check_counted(article: Article, *, place: int, before: Sequence[ArticleNumber]) -> None:
    """An article stands once in a batch, a service or a contribution never. `before`: the articles
    of the lines before. Raises StocktakingRefused: SERVICE_IS_NOT_COUNTED,
    CONTRIBUTION_IS_NOT_COUNTED (INV-16), COUNTED_TWICE. Source: INV-10.
    """
    field = f"lines.{place}.article_number"
    if article.is_contribution:
        raise StocktakingRefused(
            "CONTRIBUTION_IS_NOT_COUNTED",
            rule="INV-16",
            field=field,
            way_on="Bidrag lagerförs inte och räknas inte: utelämna raden.",
        )
    if article.type not in COUNTED_TYPES:
        raise StocktakingRefused(
            "SERVICE_IS_NOT_COUNTED",
            rule="INV-10",
            field=field,
            way_on="Tjänster räknas inte: utelämna raden.",
        )
    if article.article_number in before:
        raise StocktakingRefused(
            "COUNTED_TWICE",
            rule="INV-10",
            field=field,
            way_on="Ange artikeln på en rad, med allt som räknats av den i förrådet.",
        )


def was_elsewhere(
    device: Device, *, claim: Claim | None, store: StoreId, was_in: StoreId | None, on: date
) -> bool:
    """True of a device that was not of a store's balance on the Stockholm day when it was counted.
    `was_in`: the store that had it. What is gone or on its way is of none (INV-7, INV-8, ORD-13).
    """
    is_gone = device.is_gone and (device.status_since or on) <= on
    is_sent = claim is not None and claim.kind is ClaimKind.DISPATCH
    return was_in != store or is_gone or is_sent


def check_line(
    counted: int,
    devices: Sequence[object],
    *,
    marked: bool,
    place: int,
    unknown: Sequence[DeviceNumber],
    elsewhere: Sequence[DeviceNumber],
) -> None:
    """A marked article is counted by its devices, each of which was in the store. `devices`: their
    ids, since one may be found by several numbers (INV-6); the number of one that is unknown.

    Raises StocktakingRefused: DEVICES_DO_NOT_MATCH, UNKNOWN_DEVICE, DEVICE_NOT_IN_STORE. Source:
    INV-10.
    """
    field = f"lines.{place}.devices"
    if len(set(devices)) != len(devices) or len(devices) != (counted if marked else 0):
        raise StocktakingRefused(
            "DEVICES_DO_NOT_MATCH",
            rule="INV-10",
            field=field,
            way_on="Ange varje hittat individnummer en gång, lika många som räknades; för det som "
            "inte är individmärkt inget.",
        )
    if unknown:
        raise StocktakingRefused(
            "UNKNOWN_DEVICE",
            rule="INV-10",
            field=field,
            way_on="Kontrollera individnumret: det finns inte på något hjälpmedel av artikeln.",
            devices=tuple(unknown),
        )
    if elsewhere:
        raise StocktakingRefused(
            "DEVICE_NOT_IN_STORE",
            rule="INV-10",
            field=field,
            way_on="Hjälpmedlet står inte i förrådet enligt lagret: registrera returen, eller att "
            "det är hittat, och räkna om artikeln. Skrotat och återlämnat räknas inte.",
            devices=tuple(elsewhere),
        )


# decision 0382: what a pickup sends on is the store's until the central one has it
def difference(
    counted: Counted, *, expected: int, out: Iterable[DeviceId] = ()
) -> tuple[StockDifference, ...]:
    """What differs of an article between the shelf and the ledger, both as the shelf was counted.
    None where nothing does. Of the devices that are `out`, in a pickup or lent in a basket, those
    that were not found have gone. Source: INV-10, PCK-7, ORD-10.
    """
    expected -= len(missing(counted, in_store=out))
    if counted.counted == expected:
        return ()
    return (
        StockDifference(
            article_number=counted.article_number, expected=expected, counted=counted.counted
        ),
    )


def stood(counted: Counted, *, expected: int, lent: int) -> int:
    """How many unmarked units the ledger lets stand on a shelf from which so many are lent: as many
    as were counted, where that is between none and all of these. Source: INV-10, ORD-10.
    """
    return min(max(counted.counted, expected - lent), expected)


def missing(counted: Counted, *, in_store: Iterable[DeviceId]) -> tuple[DeviceId, ...]:
    """The devices that were not found of those that were in the store then and are now (INV-10)."""
    found: Set[DeviceId] = frozenset(counted.devices)
    return tuple(device for device in in_store if device not in found)


def post(
    key: StocktakingId,
    taking: Stocktaking,
    *,
    differences: Sequence[StockDifference],
    missing_devices: int,
    on: date,
    by: UserId,
) -> StocktakingPosted:
    """Post what differs. Raises StocktakingRefused: NOT_OPENED, NOTHING_COUNTED,
    TOO_MANY_DIFFERENCES. Source: INV-10.
    """
    _basis(taking)
    if not taking.counts:
        raise StocktakingRefused(
            "NOTHING_COUNTED",
            rule="INV-10",
            way_on="Räkna förrådet först, eller avbryt inventeringen.",
        )
    if len(differences) > DIFFERENCES_AT_MOST:
        raise StocktakingRefused(
            "TOO_MANY_DIFFERENCES",
            rule="INV-10",
            way_on=f"Fler än {DIFFERENCES_AT_MOST} artiklar skiljer sig, och så många bokförs inte "
            "på en gång: avbryt inventeringen, och räkna och bokför förrådet i delar.",
            differences=len(differences),
        )
    return StocktakingPosted(
        stocktaking_id=key,
        posted_on=on,
        differences=tuple(differences),
        missing=missing_devices,
        by=by,
    )


def cancel(key: StocktakingId, taking: Stocktaking, *, by: UserId) -> StocktakingCancelled:
    """Count nothing this time. Raises StocktakingRefused: NOT_OPENED."""
    if taking.status in (Status.POSTED, Status.CANCELLED):
        _basis(taking)
    return StocktakingCancelled(stocktaking_id=key, by=by)


def refuse_promised(number: ArticleNumber) -> StocktakingRefused:
    """The refusal to post that goods are missing which the store has promised to orders or to
    transfers: no balance falls below zero (INV-4).
    """
    return StocktakingRefused(
        "PROMISED_IS_MISSING",
        rule="INV-10",
        way_on=f"Av artikel {number} saknas mer än det disponibla saldot: makulera eller flytta de "
        "order som har reserverat den, eller räkna om den.",
        article_number=number,
    )


def refuse_without_investigation_store() -> StocktakingRefused:
    """The refusal to post missing devices where the region has no store for them (INV-10)."""
    return StocktakingRefused(
        "NO_INVESTIGATION_STORE",
        rule="INV-10",
        way_on="Hjälpmedel saknas, och regionen har inget utredningsförråd: lägg upp ett först.",
    )


def check_found_in(kind: StoreKind) -> None:
    """What is found can be used. Raises StocktakingRefused: FOUND_IN_NO_STORE. Source: INV-10."""
    if kind is StoreKind.INVESTIGATION:
        raise StocktakingRefused(
            "FOUND_IN_NO_STORE",
            rule="INV-10",
            field="store",
            way_on="Ange förrådet där hjälpmedlet står nu: i utredningsförrådet söks det ännu.",
        )


def check_investigated(*, is_investigated: bool) -> None:
    """Only what a stocktaking has missed is found again. Raises StocktakingRefused:
    NOT_INVESTIGATED. Source: INV-10.
    """
    if not is_investigated:
        raise StocktakingRefused(
            "NOT_INVESTIGATED",
            rule="INV-10",
            way_on="Hjälpmedlet söks inte: kontrollera individnumret.",
        )


def evolve(taking: Stocktaking | None, event: StocktakingEvent) -> Stocktaking:
    """Returns the state after an event. Raises ValueError when the first is no plan."""
    if isinstance(event, StocktakingPlanned):
        return Stocktaking(
            store=event.store,
            service_point=event.service_point,
            is_private_clinic=event.is_private_clinic,
            status=Status.PLANNED,
            planned_on=event.planned_on,
            posted_on=taking.posted_on if taking else None,
        )
    if taking is None:
        raise ValueError("a stocktaking begins with its plan")
    match event:
        case StocktakingAnnounced():
            told = event.service_point
            return replace(taking, status=Status.ANNOUNCED, service_point=told)
        case StocktakingOpened():
            return replace(taking, status=Status.OPENED, basis_at=event.basis_at, counts=())
        case StocktakingCounted():
            return replace(taking, counts=_with(taking.counts, event))
        case StocktakingPosted():
            return replace(taking, status=Status.POSTED, posted_on=event.posted_on)
        case StocktakingCancelled():
            return replace(taking, status=Status.CANCELLED, counts=())


def _with(counts: Sequence[Counted], batch: StocktakingCounted) -> tuple[Counted, ...]:
    """The counts with a batch's: of one article, the one that was counted last holds."""
    known: Mapping[ArticleNumber, Counted] = {one.article_number: one for one in counts}
    held = dict(known)
    for line in batch.lines:
        before = held.get(line.article_number)
        if before is None or before.counted_at <= batch.counted_at:
            held[line.article_number] = Counted(**dict(line), counted_at=batch.counted_at)
    return tuple(held[number] for number in sorted(held))


def _basis(taking: Stocktaking) -> datetime:
    if taking.status is not Status.OPENED or taking.basis_at is None:
        raise StocktakingRefused(
            "NOT_OPENED",
            rule="INV-10",
            way_on="Öppna inventeringen av förrådet först.",
            status=taking.status,
        )
    return taking.basis_at


def _last_day(year: int, month: int) -> date:
    following = date(year + month // 12, month % 12 + 1, 1)
    return following - timedelta(days=1)
