"""Topic `orders.cases`, one aggregate kind: the case, a request of a user to customer service
(CAS-1). The texts are stored by orders alone.
"""

from kvitt_contracts.envelope import Command, Event
from kvitt_contracts.types import (
    CaseId,
    DeviceId,
    Reference,
    ServicePointId,
    Thing,
    UserId,
    Value,
    Word,
)


class CaseAsked(Event, type="orders.case.asked.v1"):
    """A user requests something of customer service (CAS-1): it waits.

    `kind`: `urgent`, `person_missing`, `short_delivery`, `address`, `deviation`, `complaint`,
    `patient_moves`, `other`. `about`: an order, pickup, work_order, device, transfer or person that
    the user may see; to unlock a transfer is asked on the transfer itself.
    `devices`: what a patient who leaves the region has, and is offered to the region where they go;
    of other kinds none.
    """

    case_id: CaseId
    kind: Word
    about: Thing | None = None
    devices: tuple[DeviceId, ...] = ()
    service_point: ServicePointId
    has_text: bool
    by: UserId


class CaseReminderDue(Event, type="orders.case.reminder-due.v1"):
    """Nobody answered within the policy's working days: customer service is notified. It waits
    on.
    """

    case_id: CaseId
    kind: Word


class CaseAnswered(Event, type="orders.case.answered.v1"):
    """Customer service has answered, `done` or `refused`; an act was done together with it."""

    case_id: CaseId
    outcome: Word
    has_text: bool
    asked_by: UserId
    by: UserId


class CaseWithdrawn(Event, type="orders.case.withdrawn.v1"):
    """The asker needs no answer any more."""

    case_id: CaseId
    by: UserId


CaseEvent = CaseAsked | CaseReminderDue | CaseAnswered | CaseWithdrawn
"""Every event of a case."""


# -- commands ------------------------------------------------------------------------------------


class NamedThing(Value):
    """What a case is about, by the region's own reference or the number that it goes by."""

    kind: Word
    reference: Reference


class AskCase(Command, type="orders.case.ask.v1"):
    """Request something of customer service (CAS-1).

    Subject: the region's own reference, which names the case. Its text is given over HTTP only.
    """

    kind: Word
    about: NamedThing | None = None
    service_point: ServicePointId
    by: UserId


class AnswerCase(Command, type="orders.case.answer.v1"):
    """Customer service answers (CAS-1)."""

    outcome: Word
    by: UserId


class WithdrawCase(Command, type="orders.case.withdraw.v1"):
    """Withdraw the request."""

    by: UserId
