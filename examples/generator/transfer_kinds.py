"""What becomes of a region's transfers: accepted, rejected, left unanswered, made anew …"""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Final

from kvitt_contracts.bmb import CancelTransfer, ExecuteTransfer
from kvitt_contracts.policy import ExpiryOutcome
from kvitt_contracts.types import CareUnitRecipient, UserId

from examples.generator.month import END, LAST_DAY, Month
from examples.generator.ordering import give_back, patient
from examples.generator.transferring import (
    accept,
    lent,
    lent_to_patient,
    other_prescriber,
    reject,
    save,
    sender_of,
    unlock,
)

_NO = (
    "Patienten tillhör en annan enhet.",
    "Hjälpmedlet är redan återlämnat till oss.",
    "Fel mottagare: kontrollera mot patientlistan.",
)


def transfer_something(month: Month) -> None:
    """One transfer of some kind, with what becomes of it."""
    month.rng.choice(_KINDS)(month)


def transfer_in_each_way(month: Month) -> None:
    """One transfer of every kind."""
    for kind in dict.fromkeys(_KINDS):
        kind(month)


def left_unanswered(month: Month) -> None:
    """Nobody answers: executed automatically, locked or voided. A locked one is mostly unlocked and
    made anew, a voided one made anew.
    """
    number = month.take_device(lent)
    if number is None:
        return
    new = other_prescriber(month, number) if month.rng.randrange(3) else None
    future = month.today + timedelta(days=12) if month.rng.randrange(6) == 0 else None
    reference = save(month, [number], prescriber=new, on=future)
    deadline = month.transfer(reference).deadline_on
    if deadline is None or deadline >= LAST_DAY:
        return
    if month.policy.transfer.expiry.outcome is ExpiryOutcome.AUTO_EXECUTE:
        month.let_go([number], after=max(deadline, future or deadline))
        if month.rng.randrange(4) == 0:
            late = month.today + timedelta(days=9)  # past the deadline, and past the day of it
            if late < END:
                month.plan(late, partial(accept, month, reference))
        return
    if month.policy.transfer.expiry.outcome is ExpiryOutcome.VOID:
        month.plan(deadline + timedelta(days=1), partial(_send_anew, month, number))
        return
    if month.rng.randrange(3):
        month.plan(deadline + timedelta(days=1), partial(_try_while_locked, month, reference))


def _try_while_locked(month: Month, reference: str) -> None:
    number = month.transfer(reference).left[0]
    if month.rng.randrange(2):
        save(month, [number], prescriber=other_prescriber(month, number))
    if month.today < LAST_DAY:
        month.plan(month.today + timedelta(days=1), partial(_unlock_and_resend, month, reference))


def _unlock_and_resend(month: Month, reference: str) -> None:
    number = month.transfer(reference).left[0]
    unlock(month, reference)
    month.keep([number])
    if month.today < LAST_DAY:
        month.plan(month.today + timedelta(days=1), partial(_send_anew, month, number))


def _send_anew(month: Month, number: str) -> None:
    reference = save(month, [number], prescriber=other_prescriber(month, number))
    _answer_soon(month, reference)


def _to_new_prescriber(month: Month) -> None:
    number = month.take_device(lent)
    if number is not None:
        reference = save(month, [number], prescriber=other_prescriber(month, number))
        _answer_soon(month, reference)


def _change_of_payer(month: Month) -> None:
    number = month.take_device(lent)
    if number is not None:
        _answer_soon(month, save(month, [number]))


def _to_another_patient(month: Month) -> None:
    number = month.take_device(lent_to_patient)
    if number is not None:
        to = patient(month.rng.choice(month.patients))
        _answer_soon(month, save(month, [number], to=to))


def _to_care_unit(month: Month) -> None:
    number = month.take_device(lent)
    if number is not None:
        to = CareUnitRecipient(unit=month.rng.choice(month.units.care_units).unit)
        _answer_soon(month, save(month, [number], to=to))


def _to_own_store(month: Month) -> None:
    stores = {one.customer_id: one.store for one in month.units.customers if one.store}
    at_store = {
        one.user_id: one.default_service_point
        for one in month.prescribers()
        if one.default_service_point in stores
    }
    number = month.take_device(lambda device: lent(device) and device.now.prescriber in at_store)
    if number is None:
        return
    sender = UserId(str(month.device(number).now.prescriber))
    _answer_soon(month, save(month, [number], sender=sender, store=stores[at_store[sender]]))


def _from_own_store(month: Month) -> None:
    number = month.take_device(
        lambda device: (
            device.store in month.profile.own_stores
            and month.promise(str(device.store), device.article, 0)
        )
    )
    if number is None:
        return
    device = month.device(number)
    if not month.promise(str(device.store), device.article, 1):
        month.let_go([number])
        return
    to = patient(month.rng.choice(month.patients))
    _answer_soon(month, save(month, [number], to=to))


def _on_a_later_day(month: Month) -> None:
    number = month.take_device(lent)
    if number is not None:
        on = month.today + timedelta(days=month.rng.randint(5, 20))
        new = other_prescriber(month, number)
        _answer_soon(month, save(month, [number], prescriber=new, on=on))


def _rejected(month: Month) -> None:
    number = month.take_device(lent)
    if number is None:
        return
    reference = save(month, [number], prescriber=other_prescriber(month, number))
    message = month.rng.choice(_NO)
    first = month.later(1, 2)
    if month.policy.transfer.rejection_message == "mandatory" and month.rng.randrange(2):
        month.plan(first, partial(reject, month, reference))
        first += timedelta(days=1)
    month.plan(first, partial(reject, month, reference, message=message))


def _drafted_first(month: Month) -> None:
    draft = _draft(month)
    if draft is not None:
        month.plan(month.later(1), partial(_execute, month, *draft))


def _drafted_and_cancelled(month: Month) -> None:
    draft = _draft(month)
    if draft is not None:
        month.plan(month.later(1), partial(_cancel, month, *draft))


def _draft(month: Month) -> tuple[str, str] | None:
    number = month.take_device(lent)
    if number is None:
        return None
    sender = sender_of(month, number)
    new = other_prescriber(month, number)
    return save(month, [number], sender=sender, prescriber=new, send=False), sender


def _cancel(month: Month, reference: str, by: str) -> None:
    month.send("bmb", reference, CancelTransfer(by=UserId(by)))
    month.let_go(month.transfer(reference).left)


def _execute(month: Month, reference: str, by: str) -> None:
    month.send("bmb", reference, ExecuteTransfer(by=UserId(by)))
    _answer_soon(month, reference)


def _several_devices(month: Month) -> None:
    together = _several(month)
    if together is not None:
        _answer_soon(month, together[0])


def _one_of_several_returned(month: Month) -> None:
    """One comes back while the transfer is open: the rest goes on without it."""
    together = _several(month)
    if together is not None:
        month.plan(month.later(1), partial(_come_back, month, together[1]))
        month.plan(month.later(3), partial(accept, month, together[0]))


def _several(month: Month) -> tuple[str, str] | None:
    """All that one recipient has from one prescriber, up to three: the transfer, one device."""
    together: dict[tuple[str, str | None], list[str]] = {}
    for number in month.find_devices(lent_to_patient):
        now = month.device(number).now
        together.setdefault((now.holder[1], now.prescriber), []).append(number)
    several = [numbers for numbers in together.values() if len(numbers) > 1]
    if not several:
        return None
    numbers = month.rng.choice(several)[:3]
    month.keep(numbers)
    return save(month, numbers, prescriber=other_prescriber(month, numbers[0])), numbers[0]


def _returned_meanwhile(month: Month) -> None:
    """The only device comes back while the transfer is open: nothing is left of it."""
    number = month.take_device(lent)
    if number is not None:
        save(month, [number], prescriber=other_prescriber(month, number))
        month.plan(month.later(1, 2), partial(_come_back, month, number))


def _come_back(month: Month, number: str) -> None:
    give_back(month, number, month.rng.choice(month.profile.own_stores))
    month.let_go([number])


def _returned_before_it_took_effect(month: Month) -> None:
    """Reported late, the return takes back what was decided meanwhile: it is a physical fact."""
    number = month.take_device(lent)
    if number is not None:
        to = patient(month.rng.choice(month.patients))
        reference = save(month, [number], to=to)
        month.plan(month.later(1), partial(_accept_and_keep, month, reference, number))
        month.plan(month.later(4), partial(_tell_late, month, number, month.today))


def _accept_and_keep(month: Month, reference: str, number: str) -> None:
    accept(month, reference)
    month.keep([number])


def _tell_late(month: Month, number: str, returned_on: date) -> None:
    store = month.rng.choice(month.profile.own_stores)
    give_back(month, number, store, days=(month.today - returned_on).days)
    month.let_go([number])


def _asked_for_twice(month: Month) -> None:
    """Somebody else requests a device that is in a transfer already (BMB-12)."""
    number = month.take_device(lent)
    if number is None:
        return
    reference = save(month, [number], prescriber=other_prescriber(month, number))
    again = partial(_ask_again, month, number)
    month.plan(month.later(1), again)
    month.plan(month.later(4), partial(accept, month, reference))


def _ask_again(month: Month, number: str) -> None:
    save(month, [number], prescriber=other_prescriber(month, number))


def _answer_soon(month: Month, reference: str) -> None:
    month.plan(month.later(1, 4), partial(accept, month, reference))


_KINDS: Final[tuple[Callable[[Month], None], ...]] = (
    *([_to_new_prescriber] * 5),
    *([_change_of_payer] * 4),
    *([left_unanswered] * 5),
    *([_to_another_patient] * 2),
    *([_to_care_unit] * 2),
    *([_to_own_store] * 2),
    *([_from_own_store] * 2),
    *([_on_a_later_day] * 2),
    *([_rejected] * 3),
    *([_drafted_first] * 2),
    _drafted_and_cancelled,
    _several_devices,
    _one_of_several_returned,
    _returned_meanwhile,
    _returned_before_it_took_effect,
    _asked_for_twice,
)
