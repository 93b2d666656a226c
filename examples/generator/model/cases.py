"""Cases: what users ask of customer service, answered, withdrawn, not answered in time (CAS-1).

Each raises No with the reason and the rule when it is refused.
"""

from collections.abc import Container
from datetime import timedelta

from kvitt_contracts.calendar import working_days_after
from kvitt_contracts.orders import AnswerCase, AskCase, WithdrawCase
from kvitt_contracts.types import Role

from examples.generator.model import pickups
from examples.generator.model.state import Case, No, World

_CARRIED_OUT = frozenset({"order", "pickup", "work_order"})
_FITS = {
    "urgent": _CARRIED_OUT,
    "person_missing": frozenset[str](),
    "short_delivery": frozenset({"order"}),
    "address": _CARRIED_OUT | {"person"},
    "deviation": _CARRIED_OUT | {"device", "transfer"},
    "complaint": _CARRIED_OUT | {"device", "transfer"},
    "other": _CARRIED_OUT | {"device", "transfer", "person"},
}


def ask(world: World, subject: str, command: AskCase) -> None:
    """Request something of customer service; a message carries no text, so it is about a thing."""
    if subject in world.cases:
        raise No("ALREADY_ASKED", "CAS-1")
    by = world.user(command.by)
    if command.service_point not in world.customers:
        raise No("UNKNOWN_CUSTOMER", "REF-3")
    about = (str(command.about.kind), str(command.about.reference)) if command.about else None
    if about is not None and not _is_known(world, *about):
        raise No("UNKNOWN_THING", "CAS-1")
    if not world.customers[command.service_point].is_service_point:
        raise No("NOT_A_SERVICE_POINT", "REF-3")
    is_staff = Role.CUSTOMER_SERVICE in by.roles
    if not is_staff and command.service_point not in by.service_points:
        raise No("NOT_CONNECTED_TO_SERVICE_POINT", "REF-3")
    if command.kind not in _FITS:
        raise No("UNKNOWN_WORD", "CAS-1")
    if about is None:
        nothing = command.kind in ("person_missing", "other")
        raise No("TEXT_MISSING" if nothing else "ABOUT_MISSING", "CAS-1")
    if about[0] not in _FITS[command.kind]:
        raise No("DOES_NOT_FIT", "CAS-1")
    last = working_days_after(world.today, world.policy.answer_working_days)
    world.cases[subject] = Case(
        reference=subject,
        kind=command.kind,
        about=about,
        service_point=command.service_point,
        asked_by=command.by,
        reminded_on=last + timedelta(days=1),
    )


def answer(world: World, subject: str, command: AnswerCase) -> None:
    """Customer service answers, once; what is asked to be urgent is so with the answer."""
    case = _case(world, subject)
    if command.outcome not in ("done", "refused"):
        raise No("UNKNOWN_WORD", "CAS-1")
    if case.status != "waiting":
        raise No("WITHDRAWN" if case.status == "withdrawn" else "ALREADY_ANSWERED", "CAS-1")
    if (case.kind, case.about[0], command.outcome) == ("urgent", "pickup", "done"):
        pickups.hurry(world, world.pickups[case.about[1]])
    case.status, case.outcome, case.answered_by = "answered", command.outcome, command.by


def withdraw(world: World, subject: str, command: WithdrawCase) -> None:
    """The asker, or a colleague, needs no answer any more."""
    case, by = _case(world, subject), world.user(command.by)
    if by.user_id != case.asked_by and case.service_point not in by.service_points:
        raise No("NOT_YOUR_CASE", "REF-3")
    if case.status == "answered":
        raise No("ALREADY_ANSWERED", "CAS-1")
    case.status = "withdrawn"


def remind(world: World, case: Case) -> None:
    """Nobody has answered within the policy's working days."""
    if case.status == "waiting" and case.reminded_on <= world.today:
        case.is_reminded = True


def _is_known(world: World, kind: str, reference: str) -> bool:
    """What the month's cases are about is within the asker's reach, where it is there at all."""
    things: dict[str, Container[str]] = {
        "order": world.orders,
        "pickup": world.pickups,
        "work_order": world.works,
        "device": world.devices,
        "transfer": world.transfers,
        "person": world.people,
    }
    return kind not in things or reference in things[kind]


def _case(world: World, reference: str) -> Case:
    if reference not in world.cases:
        raise No("UNKNOWN_CASE", "CAS-1")
    return world.cases[reference]
