"""The rules of reconditioning: the stages of the work, in which order, and its end. No clock, no
database.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from kvitt_contracts.copying import same_fields
from kvitt_contracts.inventory import (
    DeviceStatusChanged,
    ReconditioningApproved,
    ReconditioningBroken,
    ReconditioningEvent,
    ReconditioningOpened,
    ReconditioningOverdue,
    ReconditioningRedated,
    ReconditioningScrapped,
    ReconditioningStageDone,
)
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import (
    ArticleNumber,
    DeviceId,
    Quantity,
    ReasonCode,
    ReconditioningId,
    ReturnId,
    StoreId,
    UserId,
    Value,
    Word,
)

from inventory.devices.domain import DeviceStatus

LATE_AFTER: Final = timedelta(days=14)
"""How long a reconditioning may take before it is listed as late (INV-13)."""


class Step(StrEnum):
    """What a technician does: stages of the work, and what ends it (INV-13)."""

    INSPECTED = "inspected"
    CLEANED = "cleaned"
    REPAIRED = "repaired"
    APPROVED = "approved"
    SCRAPPED = "scrapped"


ENDS: Final = frozenset({Word(Step.APPROVED), Word(Step.SCRAPPED)})
"""The steps that end the work."""
STAGES: Final = tuple(Word(step) for step in Step if Word(step) not in ENDS)
"""The steps before them."""


class ScrapReason(StrEnum):
    """Why goods are not worth their reconditioning (INV-13)."""

    NOT_WORTH_REPAIR = "NOT_WORTH_REPAIR"
    DAMAGED = "DAMAGED"
    PARTS_MISSING = "PARTS_MISSING"
    NOT_HYGIENIC = "NOT_HYGIENIC"
    TOO_OLD = "TOO_OLD"


class Status(StrEnum):
    """The states of a reconditioning. `broken`: a physical fact has ended it."""

    OPEN = "open"
    APPROVED = "approved"
    SCRAPPED = "scrapped"
    BROKEN = "broken"


class Done(Value):
    """A stage that a technician has done, on a Stockholm day."""

    stage: Step
    done_on: date
    technician: UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconditioning:
    """The work on a device, or on some of an unmarked article, that came back (INV-13).

    `done`: its stages, the first one first; the end is the last of them. `opened_on`: the day of
    the return. `overdue_on`: since when it is late, or was, as it was told last.
    """

    device_id: DeviceId | None = None
    article_number: ArticleNumber
    quantity: Quantity
    store: StoreId
    return_id: ReturnId | None = None
    opened_on: date
    status: Status = Status.OPEN
    done: tuple[Done, ...] = ()
    reason: ReasonCode | None = None
    overdue_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What somebody says that a technician has done."""

    step: Word
    done_on: date
    technician: UserId
    reason: ReasonCode | None = None


class ReconditioningRefused(Refused):
    """The work is not done so, not by who says it, or there is none."""


def late_since(today: date) -> date:
    """What came back on this day or before it, and is not ready today, is late (INV-13)."""
    return today - LATE_AFTER


def due_on(opened_on: date) -> date:
    """The day from which it is late (INV-13)."""
    return opened_on + LATE_AFTER


# decision 0484: what comes back to the device service is in nobody's balance until it is approved
def work(
    reconditioning_id: ReconditioningId,
    known: Reconditioning,
    said: Said,
    *,
    is_technician: bool,
) -> tuple[ReconditioningEvent, ...]:
    """A technician has done a stage, or ends the work (INV-13). No event: it is known already.

    Raises ReconditioningRefused: whoever did it is no technician of the device service; there is no
    such step; the work is over; that stage was done otherwise before; it was not inspected first;
    it is approved without having been cleaned, or scrapped for no reason (INV-13); it is done
    before the goods came, or before the stage before it (DAY-5).
    """
    step = _step(said.step)
    if not is_technician:
        raise refusal("NOT_A_TECHNICIAN", field="technician", way_on=_TECHNICIAN)
    reason = _reason(step, said.reason)
    now = Done(stage=step, done_on=said.done_on, technician=said.technician)
    if now in known.done and (step is not Step.SCRAPPED or reason == known.reason):
        return ()
    if known.status is not Status.OPEN:
        raise refusal("RECONDITIONING_ENDED", field=None, way_on=_ENDED[known.status])
    stages = {one.stage for one in known.done}
    if step in stages:
        raise refusal("STAGE_DONE_ALREADY", field="stage", way_on=_DONE_ALREADY)
    if step is not Step.INSPECTED and Step.INSPECTED not in stages:
        raise refusal("NOT_INSPECTED", field="stage", way_on=_INSPECT_FIRST)
    if step is Step.APPROVED and Step.CLEANED not in stages:
        raise refusal("NOT_CLEANED", field="stage", way_on=_CLEAN_FIRST)
    earliest = max([known.opened_on, *(one.done_on for one in known.done)])
    if said.done_on < earliest:
        raise ReconditioningRefused(
            "DONE_TOO_EARLY", rule="DAY-5", field="done_on", way_on=_TOO_EARLY, earliest=earliest
        )
    day, by = said.done_on, said.technician
    if step is Step.APPROVED:
        return (
            ReconditioningApproved(reconditioning_id=reconditioning_id, done_on=day, technician=by),
        )
    if reason is not None:
        return (
            ReconditioningScrapped(
                reconditioning_id=reconditioning_id, reason=reason, done_on=day, technician=by
            ),
        )
    return (
        ReconditioningStageDone(
            reconditioning_id=reconditioning_id, stage=Word(step), done_on=day, technician=by
        ),
    )


def scrap(
    reconditioning_id: ReconditioningId, device_id: DeviceId, *, on: date
) -> DeviceStatusChanged:
    """The device that is not worth its reconditioning is scrapped (INV-13)."""
    return DeviceStatusChanged(
        device_id=device_id,
        kind=Word(DeviceStatus.SCRAPPED),
        since_on=on,
        cause=Word("reconditioning"),
        cause_id=reconditioning_id,
    )


def break_off(
    reconditioning_id: ReconditioningId, known: Reconditioning, *, reason: str
) -> tuple[ReconditioningBroken, ...]:
    """A physical fact ends the work (INV-13). No event: it is over already."""
    if known.status is not Status.OPEN:
        return ()
    return (ReconditioningBroken(reconditioning_id=reconditioning_id, reason=ReasonCode(reason)),)


# decision 0504: that work is late is told once
def tell_late(
    reconditioning_id: ReconditioningId, known: Reconditioning, *, today: date
) -> tuple[ReconditioningOverdue, ...]:
    """The work is not over in time (INV-13). No event: it is over, not late, or that is told."""
    due = due_on(known.opened_on)
    if known.status is not Status.OPEN or today < due or known.overdue_on == due:
        return ()
    return (ReconditioningOverdue(reconditioning_id=reconditioning_id, overdue_on=due),)


def is_told(known: Reconditioning, *, today: date) -> bool:
    """Whether it has been told that the work is late, as it is still: a corrected return makes that
    no other lateness (INV-13).
    """
    return known.overdue_on is not None and due_on(known.opened_on) <= today


# decision 0485: a corrected return moves the work that it opened, and nothing that was done
def redate(
    reconditioning_id: ReconditioningId, known: Reconditioning, *, on: date
) -> ReconditioningRedated:
    """The return that it came by is told of another day (PHY-1).

    Raises ReconditioningRefused (RETURNED_AFTER_RECONDITIONING): it was worked on before that day.
    """
    if known.done and on > known.done[0].done_on:
        raise ReconditioningRefused(
            "RETURNED_AFTER_RECONDITIONING",
            rule="PHY-1",
            field="returned_on",
            way_on=_WORKED_ON,
            worked_on=known.done[0].done_on,
        )
    return ReconditioningRedated(reconditioning_id=reconditioning_id, opened_on=on)


def evolve(known: Reconditioning | None, event: ReconditioningEvent) -> Reconditioning:
    """Returns the state after an event. Raises ValueError for any before it is opened."""
    if isinstance(event, ReconditioningOpened):
        return Reconditioning(**same_fields(event, Reconditioning))
    if known is None:
        raise ValueError(f"{event.wire_type} before the reconditioning is opened")
    match event:
        case ReconditioningRedated():
            return replace(known, opened_on=event.opened_on)
        case ReconditioningOverdue():
            return replace(known, overdue_on=event.overdue_on)
        case ReconditioningStageDone():
            return _with(known, Step(event.stage), event.done_on, event.technician)
        case ReconditioningApproved():
            ended = replace(known, status=Status.APPROVED)
            return _with(ended, Step.APPROVED, event.done_on, event.technician)
        case ReconditioningScrapped():
            ended = replace(known, status=Status.SCRAPPED, reason=event.reason)
            return _with(ended, Step.SCRAPPED, event.done_on, event.technician)
        case ReconditioningBroken():
            return replace(known, status=Status.BROKEN, reason=event.reason)


def refusal(
    reason: str, *, field: str | None, way_on: str, rule: str = "INV-13"
) -> ReconditioningRefused:
    """The refusal of what is said of a reconditioning."""
    return ReconditioningRefused(reason, rule=rule, field=field, way_on=way_on)


def refuse_without_work() -> ReconditioningRefused:
    """The refusal where a device is in no reconditioning and never was."""
    return refusal("NOT_IN_RECONDITIONING", field="device_number", way_on=_NOT_HERE)


def _with(known: Reconditioning, stage: Step, on: date, by: UserId) -> Reconditioning:
    return replace(known, done=(*known.done, Done(stage=stage, done_on=on, technician=by)))


def _step(said: Word) -> Step:
    if said not in [str(one) for one in Step]:
        way_on = f"Ange ett av: {', '.join(Step)}."
        raise refusal("UNKNOWN_STAGE", field="stage", way_on=way_on)
    return Step(said)


def _reason(step: Step, said: ReasonCode | None) -> ReasonCode | None:
    if step is not Step.SCRAPPED:
        if said is not None:
            raise refusal("NOTHING_SCRAPPED", field="reason", way_on=_NO_REASON)
        return None
    if said is None or said not in [str(one) for one in ScrapReason]:
        way_on = f"Ange varför det skrotas, ett av: {', '.join(ScrapReason)}."
        raise refusal("REASON_MISSING", field="reason", way_on=way_on)
    return said


_TECHNICIAN = "Ange en tekniker i hjälpmedelsverksamheten."
_ENDED: Final[Mapping[Status, str]] = {
    Status.APPROVED: "Rekonditioneringen är avslutad: det är godkänt och disponibelt. Skrota "
    "hjälpmedlet på dess sida om det ändå inte duger.",
    Status.SCRAPPED: "Rekonditioneringen är avslutad: det är skrotat. Inget mer behöver göras.",
    Status.BROKEN: "Rekonditioneringen är avbruten: hjälpmedlet är stulet, förlorat eller flyttat. "
    "Registrera först att det är hittat.",
}
_DONE_ALREADY = "Steget är redan gjort, en annan dag eller av en annan: se rekonditioneringen."
_INSPECT_FIRST = "Registrera först att det är kontrollerat."
_CLEAN_FIRST = "Registrera först att det är rengjort, sedan kan det godkännas."
_TOO_EARLY = (
    "Det kom till hjälpmedelsservice, eller steget innan gjordes, efter den dagen: kontrollera "
    "dagen."
)
_WORKED_ON = (
    "Hjälpmedlet rekonditionerades före den dagen, så det hade redan kommit tillbaka: kontrollera "
    "returdagen."
)
_NOT_HERE = (
    "Hjälpmedlet är inte i rekonditionering: kontrollera individnumret, och att det är "
    "återlämnat till hjälpmedelsservice."
)
_NO_REASON = "Utelämna skälet: det anges bara när något skrotas."
