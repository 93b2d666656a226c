"""Cases: what units ask of customer service about what the other tales are of. Answered, withdrawn,
not answered in time, and what rules refuse.
"""

from datetime import date
from functools import partial
from typing import Final

from kvitt_contracts.envelope import Command
from kvitt_contracts.orders import AnswerCase, AskCase, NamedThing, WithdrawCase
from kvitt_contracts.types import Reference, UserId, Word

from examples.generator import fetching, mending
from examples.generator.month import Month, may
from examples.generator.own_devices import AT
from examples.generator.responsibles import service_point_at, team

_ELSEWHERE: Final = 5


def plan_cases(month: Month) -> None:
    """Each case on days of its own, after what it is about."""
    asker, colleague, _ = team(month.units, AT)
    stranger, *_ = team(month.units, _ELSEWHERE)
    overdue = ("pickup", fetching.reference(month, "overdue"))
    not_found = ("pickup", fetching.reference(month, "not_found"))
    mended = ("work_order", mending.reference(month, "adjusted"))
    _ask(month, 1, "deviation", not_found, may(12))
    _say(month, 1, _answer("done"), may(13))
    _say(month, 1, _answer("refused"), may(18))  # it is answered already
    _ask(month, 2, "urgent", overdue, may(7))
    _say(month, 2, AnswerCase(outcome=Word("done"), by=asker), may(8))  # customer service does
    _say(month, 2, _answer("done"), may(11))
    _ask(month, 3, "address", mended, may(8))
    _say(month, 3, WithdrawCase(by=stranger), may(8))
    _say(month, 3, WithdrawCase(by=colleague), may(11))
    _ask(month, 4, "complaint", ("device", fetching.devices_of(month, "overdue")[0]), may(19))
    _ask(month, 5, "complaint", mended, may(15))
    _say(month, 5, _answer("done"), may(21))  # late
    _ask(month, 10, "urgent", mended, may(11))
    _say(month, 10, _answer("refused"), may(12))
    _ask(month, 6, "person_missing", None, may(6))  # a message can say nothing of whom
    _ask(month, 7, "complaint", None, may(6))
    _ask(month, 8, "short_delivery", overdue, may(7))
    _ask(month, 9, "deviation", ("pickup", "VB-HO-99"), may(7))


def _ask(month: Month, number: int, kind: str, about: tuple[str, str] | None, on: date) -> None:
    asker, *_ = team(month.units, AT)
    named = NamedThing(kind=Word(about[0]), reference=Reference(about[1])) if about else None
    command = AskCase(
        kind=Word(kind), about=named, service_point=service_point_at(month.units, AT), by=asker
    )
    _say(month, number, command, on)


def _answer(outcome: str, *, by: UserId = fetching.STAFF) -> AnswerCase:
    return AnswerCase(outcome=Word(outcome), by=by)


def _say(month: Month, number: int, command: Command, on: date) -> None:
    reference = f"{month.profile.sends_order}-AR-{number:02}"
    month.plan(on, partial(month.send, "orders", reference, command))
