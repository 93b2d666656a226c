"""What scanned codes come to in a round: which devices they are, and whether these are counted."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.calendar import stockholm_day
from kvitt_contracts.inventory import CountedArticle
from kvitt_contracts.types import ArticleNumber, DeviceId

from inventory.articles.models import ArticleRow
from inventory.devices.models import DeviceRow
from inventory.scanning import domain as scanning
from inventory.stocktakings.domain import Stocktaking, was_elsewhere
from inventory.stocktakings.queries import devices_scanned, stores_of_devices
from inventory.stocktakings.tallies import domain as tallies
from inventory.stocktakings.tallies.domain import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What a code has come to; of a device, which."""

    code: str
    answer: Answer
    device: DeviceRow | None = None
    article: ArticleRow | None = None
    way_on: str = ""


async def scanned_lines(
    tx: Transaction, taking: Stocktaking, codes: Sequence[str], *, at: datetime
) -> tuple[CountedArticle, ...]:
    """What is counted now of each article of which something new was scanned. The stocktaking is
    locked.
    """
    read = await read_codes(tx, taking, codes, at=at)
    seen: dict[ArticleNumber, list[DeviceId]] = {}
    for one in read:
        if one.answer is Answer.COUNTED and one.device is not None:
            seen.setdefault(one.device.article_number, []).append(DeviceId(one.device.id))
    before = {one.article_number: one.devices for one in taking.counts}
    known = [device for number in seen for device in before.get(number, ())]
    gone = await _elsewhere(tx, taking, await tx.look_up_all(DeviceRow, known), at=at)
    lines = []
    for number, devices in sorted(seen.items()):
        there = tallies.with_scanned(before.get(number, ()), devices, elsewhere=gone)
        lines.append(CountedArticle(article_number=number, counted=len(there), devices=there))
    return tuple(lines)


async def read_codes(
    tx: Transaction, taking: Stocktaking, codes: Iterable[str], *, at: datetime
) -> list[Read]:
    """What each code is: a device of the store that counts, one that is counted already, or none
    that can be; a code that stands there twice counts once.
    """
    found = [await _read(tx, code, store=taking.store) for code in codes]
    devices = [one.device for one in found if one.device is not None]
    gone = await _elsewhere(tx, taking, devices, at=at)
    counted = {device for one in taking.counts for device in one.devices}
    answers = []
    for one in found:
        if one.device is None:
            answers.append(one)
            continue
        key = DeviceId(one.device.id)
        answer = tallies.answer_to(is_elsewhere=key in gone, is_counted=key in counted)
        counted.add(key)
        answers.append(Read(code=one.code, answer=answer, device=one.device, article=one.article))
    return answers


async def _read(tx: Transaction, code: str, *, store: str) -> Read:
    scanned = scanning.look_at(code)
    if isinstance(scanned, scanning.NoDevice):
        return Read(code=code, answer=Answer.UNREADABLE, way_on=scanned.way_on)
    rows = await devices_scanned(tx, scanned)
    named = [(row, row[0].device_number, row[1]) for row in rows]
    meant = [row for row, _, _ in scanning.narrowed(scanned, named)]
    here = [row for row in meant if row[0].state().store == store]
    chosen = here if len(here) == 1 else meant
    if not chosen:
        return Read(code=code, answer=Answer.UNKNOWN)
    if len(chosen) > 1:
        return Read(code=code, answer=Answer.SEVERAL)
    ((device, article),) = chosen
    return Read(code=code, answer=Answer.COUNTED, device=device, article=article)


async def _elsewhere(
    tx: Transaction, taking: Stocktaking, rows: Sequence[DeviceRow], *, at: datetime
) -> frozenset[DeviceId]:
    """Those of these devices that were not the store's then."""
    by_id: Mapping[UUID, DeviceRow] = {row.id: row for row in rows}
    stores = await stores_of_devices(tx, [DeviceId(key) for key in by_id], at=at) if by_id else {}
    return frozenset(
        DeviceId(key)
        for key, row in by_id.items()
        if was_elsewhere(
            row.state(),
            claim=row.claim,
            store=taking.store,
            was_in=stores.get(key),
            on=stockholm_day(at),
        )
    )
