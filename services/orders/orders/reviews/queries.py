"""Lines of the log, and what was reviewed of them. Reads only."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from kvitt_chassis.filters import Criterion
from kvitt_chassis.http import RegionReader, RegionWide
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.calendar import start_of_day
from kvitt_contracts.types import ServicePointId
from sqlalchemy import ColumnElement, Row, String, cast, func, literal, not_, or_, select

from orders.people.domain import Look
from orders.people.models import PersonAccessRow
from orders.reviews.models import LogReviewRow, LogSampleRow

_LINE = PersonAccessRow
SAMPLES_OF_ALL = RegionWide(LogSampleRow.region, because="who reviews the log reviews all of it")


def is_from(day: date, _: RegionReader) -> Criterion:
    """The criterion of a line of a Stockholm day or later."""
    return _LINE.at >= start_of_day(day)


def is_until(day: date, _: RegionReader) -> Criterion:
    """The criterion of a line of a Stockholm day or earlier."""
    return _LINE.at < start_of_day(day + timedelta(days=1))


def is_reviewed(value: bool, _: RegionReader) -> Criterion:
    """The criterion of a line that somebody has reviewed, or nobody."""
    reviewed: Criterion = _reviews_of_line().exists()
    return reviewed if value else not_(reviewed)


async def is_drawn(sample: UUID, reader: RegionReader) -> Criterion:
    """The criterion of a line of a sample."""
    row = await reader.get(LogSampleRow, sample, scope=SAMPLES_OF_ALL, rule="REF-21")
    return _LINE.access_id.in_(row.lines)


def is_no_review() -> ColumnElement[bool]:
    """The criterion of a line that is not itself of reading the log."""
    return or_(_LINE.look.is_(None), _LINE.look != Look.REVIEWED)


async def draw(
    sample: UUID,
    *,
    first: date,
    last: date,
    unit: ServicePointId | None,
    emergencies: bool,
    size: int,
    tx: Transaction,
) -> tuple[UUID, ...]:
    """Lines of some days in an order that nobody chooses (see LogSampleRow)."""
    digest = func.md5(cast(_LINE.access_id, String) + literal(str(sample)))
    query = select(_LINE.access_id).where(
        _LINE.region == tx.region,
        _LINE.at >= start_of_day(first),
        _LINE.at < start_of_day(last + timedelta(days=1)),
        is_no_review(),
    )
    if unit is not None:
        query = query.where(_LINE.unit == unit)
    if emergencies:
        query = query.where(_LINE.look == Look.OPENED)
    found = await tx.session.scalars(query.order_by(digest, _LINE.access_id).limit(size))
    return tuple(found.all())


async def latest_reviews(lines: Iterable[UUID], reader: RegionReader) -> dict[UUID, LogReviewRow]:
    """The latest review of each of some lines, by the line."""
    row = LogReviewRow
    these = row.region == reader.region, row.access_id.in_(sorted(set(lines)))
    found = await reader.all(select(row).where(*these).order_by(row.at))
    return {one.access_id: one for one in found}


async def latest_review(line: UUID, tx: Transaction) -> LogReviewRow | None:
    """The latest review of a line."""
    row = LogReviewRow
    query = select(row).where(row.region == tx.region, row.access_id == line)
    found: LogReviewRow | None = await tx.session.scalar(query.order_by(row.at.desc()).limit(1))
    return found


async def units_of(first: date, last: date, reader: RegionReader) -> Sequence[Row[Any]]:
    """How many lines each unit has of some days, how many of them were openings in an emergency,
    and how many somebody has reviewed.
    """
    of_the_days = (
        select(
            _LINE.unit,
            (_LINE.look == Look.OPENED).label("is_emergency"),
            _reviews_of_line().exists().label("is_reviewed"),
        )
        .where(
            _LINE.region == reader.region,
            _LINE.at >= start_of_day(first),
            _LINE.at < start_of_day(last + timedelta(days=1)),
            is_no_review(),
        )
        .subquery()
    )
    query = select(
        of_the_days.c.unit,
        func.count().label("lines"),
        func.count().filter(of_the_days.c.is_emergency).label("emergencies"),
        func.count().filter(of_the_days.c.is_reviewed).label("reviewed"),
    ).group_by(of_the_days.c.unit)
    return await reader.all(query)


async def last_reviews(reader: RegionReader) -> Sequence[Row[Any]]:
    """When the log of each unit was reviewed last, whatever days that was about."""
    row = LogReviewRow
    query = select(row.unit, func.max(row.at).label("at")).where(row.region == reader.region)
    return await reader.all(query.group_by(row.unit))


async def reviewed_among(lines: Iterable[UUID], reader: RegionReader) -> frozenset[UUID]:
    """Those of some lines that somebody has reviewed."""
    row = LogReviewRow
    query = select(row.access_id).where(
        row.region == reader.region, row.access_id.in_(sorted(set(lines)))
    )
    return frozenset(await reader.all(query))


def _reviews_of_line() -> Any:
    row = LogReviewRow
    same = row.region == _LINE.region, row.access_id == _LINE.access_id
    return select(row.review_id).where(*same).correlate(_LINE)
