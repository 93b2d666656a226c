"""Of part `pickups`: what units and customer service do with pickups, work orders, fault reports
and cases, and the years of it that stand behind: the same rows, copied into the time before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import cycle

from kvitt.story.files import Outgoing
from kvitt.story.month import morning_of

from tests.bench.listing import Behind, fill
from tests.bench.load import Business
from tests.bench.system import World
from tests.bench.transfer_month import Unit, units_of

BEHIND: Mapping[str, int] = {
    "pickups": 400_000,
    "work_orders": 300_000,
    "fault_reports": 100_000,
    "cases": 200_000,
}
_LATE, _IN_TIME = 2, 8
"""So many tens of things at each unit wait until their last day has passed, and so many do not."""
_LATER = timedelta(days=40)
_STAFF = ("kundtjanst1", "kundtjanst2", "kundtjanst3")
_YEARS = 5

# how ten of each in turn end
_PICKUPS = ("open", "urgent", "void", "void", *("returned",) * 6)
_WORK_ORDERS = ("open", "started", "void", *("finish",) * 7)
_REPORTS = ("open", *("close", "named", "forwarded") * 3)
_CASES = ("open", "withdraw", "withdraw", *("answer",) * 7)
_KINDS = ("adjustment", "maintenance")
_ASKS = ("deviation", "complaint", "address")

# two thirds of a unit's are given to nine other units: it keeps what a large unit has of a region's
_ELSEWHERE = "mod(turn, 3) > 0"
_OTHER = "(1 + mod(turn / 3, 9))"
_PERSON = (
    "CASE WHEN mod(turn, 50) = 0 THEN recipient_person "
    "ELSE md5(recipient_person::text || turn || mod(hashtext(id::text), 40))::uuid END"
)


def _unit(column: str) -> str:
    other = f"({column}::int + 1000 * {_OTHER})::text"
    return f"CASE WHEN {_ELSEWHERE} THEN {other} ELSE {column} END"


def _user(column: str) -> str:
    return f"CASE WHEN {_ELSEWHERE} THEN {column} || {_OTHER} ELSE {column} END"


def _thing(column: str) -> str:
    other = f"md5({column}::text || turn)::uuid"
    return f"CASE WHEN mod(turn, 50) = 0 THEN {column} ELSE {other} END"


def _before(*columns: str) -> dict[str, str]:
    return {column: f"{column} - days" for column in columns}


def _numbered(column: str) -> dict[str, str]:
    """Older ones have lower numbers, as texts too, and none a name by the region."""
    return {column: "lpad((row_number() OVER ())::text, 9, '0')", "reference": "NULL"}


_EACH = {"id": "gen_random_uuid()", "service_point": _unit("service_point")}
_CONCERNING = {
    "recipient": f"jsonb_set(recipient, '{{person}}', to_jsonb({_PERSON}))",
    "recipient_person": _PERSON,
}
_CHANGED: Mapping[str, Mapping[str, str]] = {
    "pickups": {
        **_EACH,
        **_CONCERNING,
        **_numbered("pickup_number"),
        **_before("requested_on"),
        "by": _user("by"),
    },
    "work_orders": {
        **_EACH,
        **_CONCERNING,
        **_numbered("work_order_number"),
        **_before("registered_on", "planned_on", "finished_on"),
        "requester": _user("requester"),
        "by": _user("by"),
        "device_id": _thing("device_id"),
    },
    "fault_reports": {
        **_EACH,
        **_CONCERNING,
        "device_id": _thing("device_id"),
        "prescriber": _user("prescriber"),
        "forwarded_to": _user("forwarded_to"),
    },
    "cases": {
        **_EACH,
        **_before("asked_on"),
        "asked_by": _user("asked_by"),
        "about_id": _thing("about_id"),
        "about": f"jsonb_set(about, '{{id}}', to_jsonb({_thing('about_id')}))",
    },
}
"""What differs from the row that is copied. Most persons, devices and pickups that are named are
nobody's.
"""


@dataclass(slots=True)
class Round:
    """What is sent in turn: each stage names what those before it have made."""

    loans: list[Outgoing] = field(default_factory=list)
    made: list[Outgoing] = field(default_factory=list)
    asked: list[Outgoing] = field(default_factory=list)
    begun: list[Outgoing] = field(default_factory=list)
    ended: list[Outgoing] = field(default_factory=list)


async def live_through(world: World, *, tens: int = 1) -> None:
    """Some of it is late, which means that it is answered after its last day; some goes on waiting.
    `tens`: how many times as much.
    """
    units, day = units_of(world), world.business.files.cut_over + timedelta(days=1)
    last = day + _LATER
    late = _begin(world.business, units, _LATE * tens, begun=day, ended=last)
    in_time = _begin(world.business, units, _IN_TIME * tens, begun=last, ended=last)
    for messages in (late.loans, in_time.loans, late.made, late.asked, late.begun):
        await world.settle(messages)
    await world.barrier.move_clock(morning_of(last))
    await world.rest()
    for messages in (late.ended, in_time.made, in_time.asked, in_time.begun, in_time.ended):
        await world.settle(messages)


def fill_all(world: World, *, share: int = 1) -> Mapping[str, int]:
    """Copy what has ended into the years before; answers how many rows each table has."""
    ended = {
        "pickups": "status IN ('closed', 'voided', 'refused')",
        "work_orders": "status IN ('finished', 'voided')",
        "fault_reports": "status = 'closed'",
        "cases": "status IN ('answered', 'withdrawn')",
    }
    with world.connect("orders") as connection:
        connection.autocommit = True
        return {
            table: fill(
                connection,
                Behind(
                    table=table,
                    rows=rows // share,
                    ended=ended[table],
                    days=f"{_LATER.days} + turn * {365 * _YEARS} / turns",
                    changed=_CHANGED[table],
                ),
            )
            for table, rows in BEHIND.items()
        }


def _begin(make: Business, units: Sequence[Unit], tens: int, *, begun: date, ended: date) -> Round:
    """Four pickups, three work orders, a fault report and two cases for each of `tens` at each
    unit, with the days on which they begin and end.
    """
    sent, staff = Round(), cycle(_STAFF)
    for unit in units:
        for number in range(4 * tens):
            _a_pickup(make, sent, unit, number, on=ended)
        for number in range(3 * tens):
            _a_work_order(make, sent, unit, number, by=next(staff), begun=begun, ended=ended)
        for number in range(tens):
            _a_fault_report(make, sent, unit, number, by=next(staff))
    return sent


def _a_pickup(make: Business, sent: Round, unit: Unit, number: int, *, on: date) -> None:
    """And a case about every other one."""
    loan = make.loan(prescriber=unit.prescriber)
    pickup = make.pickup(loan, by=unit.prescriber, service_point=unit.service_point)
    sent.loans.append(loan)
    sent.made.append(pickup)
    end = _turn(_PICKUPS, number)
    if end == "urgent":
        sent.begun.append(make.act(pickup, "make-urgent", by=unit.prescriber))
    if end == "void":
        sent.ended.append(make.act(pickup, "void", by=unit.prescriber))
    elif end != "open":
        sent.ended.append(make.returned(loan, on=on))
    if number % 2 == 0:
        _a_case(make, sent, unit, number // 2, pickup)


def _a_case(make: Business, sent: Round, unit: Unit, number: int, about: Outgoing) -> None:
    case = make.case(
        about,
        kind=_turn(_ASKS, number),
        by=unit.prescriber,
        service_point=unit.service_point,
    )
    sent.asked.append(case)
    end = _turn(_CASES, number)
    if end == "answer":
        sent.ended.append(make.act(case, "answer", outcome="done", by=_turn(_STAFF, number)))
    elif end == "withdraw":
        sent.ended.append(make.act(case, "withdraw", by=unit.prescriber))


def _a_work_order(
    make: Business, sent: Round, unit: Unit, number: int, *, by: str, begun: date, ended: date
) -> None:
    loan = make.loan(prescriber=unit.prescriber)
    work = make.work_order(
        loan,
        kind=_turn(_KINDS, number),
        requester=unit.prescriber,
        service_point=unit.service_point,
    )
    sent.loans.append(loan)
    sent.made.append(work)
    planned_on = (begun + timedelta(days=7)).isoformat()
    sent.begun.append(make.act(work, "plan", planned_on=planned_on, by=by))
    end = _turn(_WORK_ORDERS, number)
    if end in ("finish", "started"):
        sent.begun.append(make.act(work, "start", technician=by))
    if end == "finish":
        on = ended.isoformat()
        sent.ended.append(make.act(work, "finish", outcome="done", finished_on=on, by=by))
    elif end == "void":
        sent.ended.append(make.act(work, "void", reason="NOT_NEEDED", by=unit.prescriber))


def _a_fault_report(make: Business, sent: Round, unit: Unit, number: int, *, by: str) -> None:
    loan = make.loan(prescriber=None)
    report = make.fault_report(loan, by=by, service_point=unit.service_point)
    sent.loans.append(loan)
    sent.made.append(report)
    end = _turn(_REPORTS, number)
    if end == "named":
        named = {"prescriber": unit.prescriber, "by": unit.answers}
        sent.begun.append(make.act(report, "name-prescriber", **named))
    elif end == "forwarded":
        sent.begun.append(make.act(report, "forward", to=unit.prescriber, by=unit.answers))
    if end != "open":
        sent.ended.append(make.act(report, "close", outcome="repaired", by=by))


def _turn(those: Sequence[str], number: int) -> str:
    return those[number % len(those)]
